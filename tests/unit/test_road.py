"""The road of confirmation: the shop's setting for new orders, and what an intent remembers of its own."""

from pathlib import Path

import pytest

from sellerdesk.domain.road import TAG_ROAD, ConfirmationRoad, road_of
from sellerdesk.settings import CONFIRMATION_ROAD, PROFILE, Settings
from sellerdesk.shops import road_from
from tests import builders


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_p16_a_shop_goes_by_the_server_until_it_is_told_otherwise(path: Path) -> None:
    road = road_from(path)
    assert road() is ConfirmationRoad.SERVER
    for wanted in ConfirmationRoad:
        settings = Settings.load(path, PROFILE)
        settings.set(CONFIRMATION_ROAD, wanted.value)
        settings.save()
        assert road() is wanted


@pytest.mark.parametrize("content", ['confirmation_road = "both"', "confirmation_road = 3", "confirmation_road = ["])
def test_a_setting_that_is_none_of_them_means_the_server(path: Path, content: str) -> None:
    path.write_text(content, "utf-8")
    assert road_from(path)() is ConfirmationRoad.SERVER


def test_every_road_has_a_name_and_a_method() -> None:
    assert len({road.label for road in ConfirmationRoad}) == 3
    assert [road.confirmation_method for road in ConfirmationRoad] == ["automatic", "automatic", "manual"]


@pytest.mark.parametrize(
    ("method", "metadata", "road"),
    [
        ("automatic", (), ConfirmationRoad.SERVER),
        ("automatic", ((TAG_ROAD, "page"),), ConfirmationRoad.PAGE),
        ("automatic", ((TAG_ROAD, "moon"),), ConfirmationRoad.SERVER),
        ("manual", (), ConfirmationRoad.MANUAL),
        ("manual", ((TAG_ROAD, "page"),), ConfirmationRoad.MANUAL),
    ],
)
def test_an_intent_remembers_its_road(
    method: str, metadata: tuple[tuple[str, str], ...], road: ConfirmationRoad
) -> None:
    facts = builders.facts(confirmation_method=method, metadata=metadata)
    assert road_of(builders.payment("o", facts)) is road
    assert road_of(builders.payment("o")) is None
