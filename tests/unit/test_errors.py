"""Errors: every one of ours speaks in sentences, and the tree tells whose fault it was."""

import inspect
import re
from typing import Any

import pytest

from sellerdesk.domain import errors
from sellerdesk.domain.errors import CallError, OurBug, RefusedError, SellerDeskError, WorldError

SENTENCE = "Something went wrong. Nothing was changed."
ARGUMENTS: dict[type, tuple[Any, ...]] = {
    errors.MixedCurrencies: ("eur", "usd"),
    errors.NotMinorUnits: (1.5,),
    errors.UnknownCurrency: ("",),
    errors.ShopperRefused: ({"name": "Please enter your name.", "email": "Please enter your e-mail."},),
    errors.AddressTaken: (8080,),
}
EVERY = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, SellerDeskError)]
LEAVES = [each for each in EVERY if not each.__subclasses__() or each in ARGUMENTS]


def made(kind: type[SellerDeskError]) -> SellerDeskError:
    if kind in ARGUMENTS:
        return kind(*ARGUMENTS[kind])
    own = vars(kind).get("__init__")
    says_it_itself = own is not None and list(inspect.signature(own).parameters) == ["self"]
    return kind() if says_it_itself else kind(SENTENCE)


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_leaf_is_a_sentence(kind: type[SellerDeskError]) -> None:
    text = str(made(kind))
    assert text[0].isupper() or text[0] in "“0123456789"
    assert text.endswith(".")
    assert " " in text
    assert "\n" not in text


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_everything_is_somebodys_fault_and_documented(kind: type[SellerDeskError]) -> None:
    assert kind.__doc__
    sides = [side for side in (RefusedError, WorldError, OurBug) if issubclass(kind, side)]
    assert len(sides) == (0 if kind is SellerDeskError else 1)


def test_a_call_error_keeps_stripes_words() -> None:
    error = errors.Declined("The card was declined.", http_status=402, code="card_declined", decline_code="x")
    assert isinstance(error, CallError)
    assert (error.http_status, error.code, error.decline_code, error.facts) == (402, "card_declined", "x", None)
    assert not error.replayed


def test_a_refused_shopper_is_told_per_field() -> None:
    error = errors.ShopperRefused({"name": "Please enter your name."})
    assert error.problems == {"name": "Please enter your name."}
    assert str(error) == "Please enter your name."


def test_a_long_currency_does_not_fill_the_sentence() -> None:
    assert len(str(errors.UnknownCurrency("x" * 1000))) < 100


def test_the_tree_shows_every_error() -> None:
    tree = re.findall(r"\w+", (errors.__doc__ or "").partition("\n\n")[2])
    assert {each.__name__ for each in EVERY} <= set(tree)
