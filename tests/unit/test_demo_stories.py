"""The demo's stories: every stage, three currencies, every kind of trouble, and nothing that cannot be read."""

import pytest

from sellerdesk.demo_stories import Approval, _seconds, read_stories
from sellerdesk.domain import tracking
from sellerdesk.domain.errors import OurBug
from sellerdesk.domain.message import read_message


def test_about_sixty_orders_in_order_of_time() -> None:
    stories = read_stories()
    assert 55 <= len(stories) <= 65
    assert [each.ago for each in stories] == sorted((each.ago for each in stories), reverse=True)


def test_what_the_seller_did_came_after_the_order() -> None:
    for story in read_stories():
        steps = [each for each in (story.ago, story.prepared, story.shipped) if each is not None]
        assert steps == sorted(steps, reverse=True), story
        assert story.released is None or (story.prepared is None and story.released < story.ago), story
        assert story.prepared is None or story.ago - story.prepared < 7 * 86_400, story
        assert bool(story.parcels) == (story.shipped is not None), story
        assert read_message(story.message) == story.message


def test_parcels_are_what_the_ship_dialog_would_take() -> None:
    parcels = [parcel for story in read_stories() for parcel in story.parcels]
    for parcel in parcels:
        assert tracking.parcel(parcel.number, parcel.carrier) == parcel
    assert len({parcel.carrier for parcel in parcels}) >= 6


def test_every_kind_of_trouble_is_there() -> None:
    cards = {card.method for story in read_stories() for card in story.cards}
    wanted = (
        "Declined InsufficientFunds LostCard ExpiredCard IncorrectCvc ProcessingError radarBlock chargeCustomerFail"
    )
    for word in wanted.split():
        assert any(word in card for card in cards), word
    approvals = {card.approval for story in read_stories() for card in story.cards if "Required" in card.method}
    assert approvals == set(Approval)
    assert any(not story.cards for story in read_stories())
    assert any(len(story.parcels) > 1 for story in read_stories())


def test_a_time_that_is_none_is_our_bug() -> None:
    assert _seconds("6d21h20m") == 6 * 86_400 + 21 * 3600 + 1200
    for text in ("", "6", "d", "6h1d", "-1h"):
        with pytest.raises(OurBug):
            _seconds(text)
