"""Search: the query language, its pages, and an index that lags behind (https://docs.stripe.com/search)."""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.errors import ApiError
from sellerdesk.sandbox.search import CUSTOMERS, INTENTS
from sellerdesk.sandbox.search_query import Clause, parse
from tests.contract.calls import authorize, call, control, create

pytestmark = pytest.mark.usefixtures("sandbox")  # an account's index lags behind


def found(client: stripe.StripeClient, query: str) -> list[str]:
    return [intent.id for intent in client.v1.payment_intents.search({"query": query}).data]


def test_a_query_is_clauses() -> None:
    query = parse(r"""amount>=1000 AND -metadata["a \"b\""]:'C\'d' currency:"EUR" customer:null""", INTENTS.fields)
    assert query.any_of is False
    assert query.clauses == (
        Clause("amount", None, ">=", 1000, False),
        Clause("metadata", 'a "b"', ":", "c'd", True),
        Clause("currency", None, ":", "eur", False),
        Clause("customer", None, ":", None, False),
    )
    assert parse('name:"x" or email~"abc"', CUSTOMERS.fields).any_of is True


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ('email:"a"', "cannot be searched"),
        ('status~"req"', "does not know the operator ~"),
        ('status>"a"', "does not know the operator >"),
        ("status:canceled", "quotes"),
        ('status:"canceled', "not closed"),
        ('status "canceled"', "operator"),
        ("status:", "value is missing"),
        ('amount:"much"', "whole numbers"),
        ("amount>null", "null goes with"),
        ('metadata:"a"', "key"),
        ('metadata[a]:"b"', "quotes and brackets"),
        ('metadata["a":"b"', "quotes and brackets"),
        ('status:"a"currency:"b"', "space is missing"),
        ('status:"a" AND currency:"b" OR amount>1', "AND and OR"),
        ('status:"a" OR currency:"b" amount>1', "AND and OR"),
        ('(status:"a")', "Brackets"),
        ('status:"a" AND', "'AND' cannot be searched"),
        ('AND status:"a"', "cannot be searched"),
        ("-", "field is missing"),
        (" ".join(["amount>1"] * 11), "at most 10"),
        ("\x00", "field is missing"),
        ("amount>" + "9" * 50, "whole numbers"),
    ],
)
def test_what_is_no_query(query: str, words: str) -> None:
    with pytest.raises(ApiError) as refusal:
        parse(query, INTENTS.fields)
    assert (refusal.value.status, refusal.value.param) == (400, "query") and words in refusal.value.message


def test_a_part_of_a_name_has_three_characters() -> None:
    with pytest.raises(ApiError):
        parse('email~"ab"', CUSTOMERS.fields)


def test_intents_are_found(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    held = authorize(client, metadata={"order": "N-17"}).id
    other = create(client, amount=500, currency="usd", metadata={"order": "n-18", "paid": "no"}).id
    assert found(client, 'metadata["order"]:"n-17"') == [held]
    assert found(client, 'status:"REQUIRES_CAPTURE"') == [held]
    assert found(client, "amount<7000") == [other] and found(client, f"created<={sandbox.world.clock.now()}") == [
        other,
        held,
    ]
    assert found(client, '-currency:"eur" AND amount:500') == [other]
    assert found(client, '-metadata["paid"]:null') == [other] and found(client, 'metadata["paid"]:null') == [held]
    assert found(client, 'currency:"usd" OR status:"requires_capture"') == [other, held]
    assert found(client, 'currency:"usd" status:"requires_capture"') == []
    expanded: Any = client.v1.payment_intents.search(
        {"query": "amount>1", "expand": ["data.latest_charge", "total_count"]}
    )
    assert (expanded.total_count, expanded.data[1].latest_charge.object) == (2, "charge")


def test_charges_and_customers_are_found(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"email": "Mara@Example.org", "name": "Mara O'Neil", "phone": "0301234"}).id
    client.v1.customers.create({"email": "b@example.org"})
    charge = authorize(client, "pm_card_mastercard", customer=customer).latest_charge
    card = 'payment_method_details.card.brand:"mastercard" payment_method_details.card.last4:4444'
    for query in (card, 'disputed:"false"', "refunded:false", f'customer:"{customer}"', 'status:"succeeded"'):
        assert [each.id for each in client.v1.charges.search({"query": query}).data] == [charge]
    for query in ('email:"mara@example.org"', 'name~"o\'ne"', 'phone~"301"', "-name:null"):
        assert [each.id for each in client.v1.customers.search({"query": query}).data] == [customer]


def test_pages(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    made = [create(client).id for _ in range(5)]
    page: Any = client.v1.payment_intents.search({"query": "amount>1", "limit": 2})
    assert (page.object, page.has_more, page.url) == ("search_result", True, "/v1/payment_intents/search")
    assert [intent.id for intent in page.auto_paging_iter()] == made[::-1]
    last: Any = client.v1.payment_intents.search({"query": "amount>1", "limit": 5})
    assert (last.has_more, last.next_page) == (False, None)
    path = "/v1/payment_intents/search"
    for wrong in ({"query": "amount>2", "page": page.next_page}, {"query": "amount>1", "page": "§§"}, {"limit": "1"},
                  {"query": "amount>1", "page": "YWI6YmE="}, {"query": "amount>1", "limit": "0"}):  # fmt: skip
        answer = call(sandbox, "GET", path, params=wrong)
        assert answer.status_code == 400 and answer.json()["error"]["param"] in ("page", "query", "limit")


def test_the_index_lags_behind(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    """The query sees how things stood; the hits show how they stand (docs.stripe.com/search#data-freshness)."""
    held = authorize(client)
    assert control(sandbox, "POST", "search_lag", {"seconds": 60}).json() == {"seconds": 60}
    new = create(client)
    client.v1.payment_intents.capture(held.id)
    hits = client.v1.payment_intents.search({"query": 'status:"requires_capture"'}).data
    assert [(hit.id, hit.status) for hit in hits] == [(held.id, "succeeded")]
    assert found(client, 'status:"succeeded"') == [] and found(client, "amount>1") == [held.id]
    sandbox.world.clock.advance(60)
    assert found(client, 'status:"succeeded"') == [held.id] and found(client, "amount>1") == [new.id, held.id]
    create(client)
    assert len(found(client, "amount>1")) == 2
    assert control(sandbox, "POST", "search_lag", {"seconds": 0}).status_code == 200
    assert len(found(client, "amount>1")) == 3
    assert control(sandbox, "POST", "search_lag", {"seconds": -1}).status_code == 400
