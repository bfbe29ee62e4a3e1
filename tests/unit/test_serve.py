"""Where a shopper may have parcels sent to."""

from sellerdesk.checkout.postal import rules_for
from sellerdesk.domain.catalogue import ShippingRate
from sellerdesk.serve import deliverable


def rate(country: str) -> ShippingRate:
    return ShippingRate(country, "eur", 590, 1900)


def test_countries_with_a_rate_of_their_own_in_the_catalogues_order() -> None:
    assert deliverable((rate("DE"), rate("AT"), rate("DE"))) == ("DE", "AT")


def test_one_rate_for_all_others_opens_every_country_once() -> None:
    found = deliverable((rate("SE"), rate("*")))
    assert found[0] == "SE"
    assert {"DE", "JP", "US", "GB"} <= set(found)
    assert not {"EU", "ZZ", "XA", "001", "*"} & set(found)
    assert len(found) == len(set(found)) > 200


def test_every_country_that_is_offered_has_rules_for_its_addresses() -> None:
    """'UK' and the Canary Islands' 'IC' are found in rates, and no address is written with them."""
    found = deliverable((rate("UK"), rate("IC"), rate("DE"), rate("*")))
    assert [rules_for(country).country for country in found] == list(found)
    assert {"DE", "ES", "GB"} < set(found)
    assert not {"CP", "CQ", "DG", "EA", "IC", "UK"} & set(found)
    assert deliverable((rate("IC"), rate("DE"))) == ("DE",)


def test_a_shop_with_the_general_rate_alone_sends_everywhere() -> None:
    assert len(deliverable((rate("*"),))) > 200
