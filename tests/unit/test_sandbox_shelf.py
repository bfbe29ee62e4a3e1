"""The shelf keeps what a plain list of objects would keep, and finds it without looking at everything."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from sellerdesk.sandbox.lists import page
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.shelf import Shelf


@dataclass
class Thing:
    id: str
    created: int
    customer: str | None


MOMENTS = st.integers(0, 9)
STEPS = st.lists(
    st.tuples(st.sampled_from(("put", "put", "put", "take", "change")), MOMENTS, st.sampled_from((None, "a", "b")))
)
RANGES = st.dictionaries(st.sampled_from(("gt", "gte", "lt", "lte")), MOMENTS)


def within(moment: int, wanted: dict[str, int]) -> bool:
    holds = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
    return all(holds[name](moment, bound) for name, bound in wanted.items())


@given(STEPS, RANGES, st.sampled_from(("", "a")), st.integers(1, 4), st.integers(0, 30), st.booleans())
def test_pages_are_those_of_a_plain_list(
    steps: list[tuple[str, int, str | None]],
    created: dict[str, int],
    customer: str,
    limit: int,
    pick: int,
    upwards: bool,
) -> None:
    shelf: Shelf[Thing] = Shelf("customer")
    plain: list[Thing] = []
    for number, (what, moment, whose) in enumerate(steps):
        if what == "put":
            plain.append(Thing(f"t{number}", moment, whose))
            shelf[plain[-1].id] = plain[-1]
        elif what == "take" and plain:
            del shelf[plain.pop(moment % len(plain)).id]
        elif plain:
            thing = plain[moment % len(plain)]
            shelf.regroup(thing.id, "customer", thing.customer, whose)
            thing.customer = whose
    params: Json = {"limit": limit, "created": created}
    wanted = [each for each in plain[::-1] if within(each.created, created) and customer in ("", each.customer)]
    if customer:
        params["customer"] = customer
    cursor = plain[pick % len(plain)] if pick and plain else None
    if cursor is not None:
        params["ending_before" if upwards else "starting_after"] = cursor.id
        order = plain.index(cursor)
        wanted = [each for each in wanted if (plain.index(each) > order) == upwards and each is not cursor]
    expected = wanted[-limit:] if cursor is not None and upwards else wanted[:limit]
    shown = page(shelf, params, "/v1/things", lambda thing: {"id": thing.id}, group="customer" if customer else "")
    assert [each["id"] for each in shown["data"]] == [each.id for each in expected]
    assert shown["has_more"] == (len(wanted) > limit)
    assert shelf.of("customer", "a") == [each for each in plain if each.customer == "a"]
