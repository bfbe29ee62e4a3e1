"""Reading a catalogue: everything right is taken, and one wrong cell means that nothing is."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerdesk.domain.catalogue import Product, ShippingRate
from sellerdesk.domain.catalogue_csv import (
    MAX_BYTES,
    PRODUCT_COLUMNS,
    SHIPPING_COLUMNS,
    WITHDRAWN,
    CatalogueRefused,
    read_products,
    read_shipping_rates,
    write_products,
    write_shipping_rates,
)

HEADER = ",".join(PRODUCT_COLUMNS) + "\n"
RATE_HEADER = ",".join(SHIPPING_COLUMNS) + "\n"
GOOD = {
    "sku": "MUG-1",
    "name": "Mug",
    "price": "2400",
    "currency": "eur",
    "tax_rate": "1900",
    "on_hand": "38",
    "picture": "mug.svg",
    "available_from": "",
}


def table(*rows: dict[str, str], columns: tuple[str, ...] = PRODUCT_COLUMNS) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_a_good_file() -> None:
    later = {**GOOD, "sku": "POT", "name": 'Pot, "blue"', "currency": "JPY", "available_from": "2026-12-01"}
    assert read_products("\ufeff" + table(GOOD, later)) == (
        Product("MUG-1", "Mug", 2400, "eur", 1900, 38, "mug.svg"),
        Product("POT", 'Pot, "blue"', 2400, "jpy", 1900, 38, "mug.svg", "2026-12-01"),
    )
    assert read_shipping_rates(RATE_HEADER + "de,EUR, 590 ,1900\n*,eur,0,0\n") == (
        ShippingRate("DE", "eur", 590, 1900),
        ShippingRate("*", "eur", 0, 0),
    )


def test_line_ends_of_every_system_and_blank_lines() -> None:
    for end in ("\n", "\r\n"):
        assert len(read_products(table(GOOD).replace("\r\n", end) + end * 3)) == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("sku", ""),
        ("sku", "  "),
        ("sku", "THIRTEEN-LONG"),
        ("sku", "A\x00B"),
        ("sku", "A\nB"),
        ("name", ""),
        ("name", "x" * 201),
        ("name", "\u202egnp.exe"),
        ("name", "two\nlines"),
        ("price", ""),
        ("price", "0"),
        ("price", "-5"),
        ("price", "+5"),
        ("price", "24.00"),
        ("price", "24,00"),
        ("price", "1e3"),
        ("price", "１２"),
        ("price", "١٢"),
        ("price", "²"),
        ("price", "1_000"),
        ("price", "0x10"),
        ("price", "100000000"),
        ("price", "9" * 5000),
        ("price", "NaN"),
        ("currency", ""),
        ("currency", "euro"),
        ("currency", "bhd"),
        ("currency", "€"),
        ("tax_rate", "10000"),
        ("tax_rate", "19%"),
        ("tax_rate", "-1"),
        ("on_hand", "1000001"),
        ("on_hand", "many"),
        ("picture", "../secret"),
        ("picture", "/etc/passwd"),
        ("picture", ".hidden"),
        ("picture", "a\\b.svg"),
        ("picture", "https://evil.example/x.svg"),
        ("available_from", "tomorrow"),
        ("available_from", "2026-13-01"),
        ("available_from", "01.12.2026"),
    ],
)
def test_one_wrong_cell_and_nothing_is_taken(column: str, value: str) -> None:
    with pytest.raises(CatalogueRefused, match="Nothing was changed") as refused:
        read_products(table(GOOD, {**GOOD, "sku": "B", column: value}))
    assert str(refused.value).startswith("Line ")
    assert len(str(refused.value)) < 300


def test_kronur_have_no_cents() -> None:
    with pytest.raises(CatalogueRefused, match="Line 2"):
        read_products(table({**GOOD, "currency": "isk", "price": "2450"}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeff",
        "\x00",
        "\n\n\n",
        "sku;name;price\n",
        HEADER.replace("sku", "SKU"),
        HEADER.replace("name,price", "price,name"),
        HEADER.strip() + ",more\n",
        '"sku',
        '"' + "x" * 200_000,
        "x" * 200_000,
        "sku\rname\r",
        HEADER,
        HEADER + "\n\n",
        HEADER + "MUG-1,Mug,2400\n",
        HEADER + "MUG-1,Mug,2400,eur,1900,38,mug.svg,,more\n",
        HEADER + '"MUG-1,Mug,2400,eur,1900,38,mug.svg,\n',
        HEADER + 'MUG-1,"Mug"x,2400,eur,1900,38,mug.svg,\n',
        HEADER + "x" * 200_000 + "\n",
        HEADER + "{" * 1000,
        "<html><body>Not found</body></html>",
        "PK\x03\x04binary",
        "x" * (MAX_BYTES + 1),
    ],
    ids=lambda text: repr(text[:30]),
)
def test_what_is_no_catalogue(text: str) -> None:
    with pytest.raises(CatalogueRefused):
        read_products(text)


@given(st.text(max_size=200), st.booleans())
def test_any_text_is_taken_or_refused_with_a_sentence(text: str, with_header: bool) -> None:
    for read, header in ((read_products, HEADER), (read_shipping_rates, RATE_HEADER)):
        try:
            assert read(header + text if with_header else text)
        except CatalogueRefused as refused:
            assert str(refused).endswith(".")


def test_the_same_sku_twice() -> None:
    with pytest.raises(CatalogueRefused, match="Line 4: the SKU MUG-1 stands in line 2 already"):
        read_products(table(GOOD, {**GOOD, "sku": "B"}, {**GOOD, "name": "Other"}))


@pytest.mark.parametrize(
    "row",
    ["DEU,eur,1,0", "D,eur,1,0", "D1,eur,1,0", "ÄÖ,eur,1,0", ",eur,1,0", "DE,xxx,1,0", "DE,eur,-1,0", "DE,isk,50,0"],
)
def test_what_is_no_shipping_rate(row: str) -> None:
    with pytest.raises(CatalogueRefused, match="Line 2"):
        read_shipping_rates(f"{RATE_HEADER}{row}\n")


def test_two_rates_for_one_country_and_currency() -> None:
    with pytest.raises(CatalogueRefused, match="Line 3: DE in EUR stands in line 2 already"):
        read_shipping_rates(RATE_HEADER + "DE,eur,590,0\nde,EUR,690,0\n")
    with pytest.raises(CatalogueRefused, match="The first line must be"):
        read_shipping_rates(RATE_HEADER.strip() + ",\nDE,eur,590,0,\n")


def test_a_spreadsheets_formula_is_only_a_name() -> None:
    assert read_products(table({**GOOD, "name": '=HYPERLINK("x")'}))[0].name == '=HYPERLINK("x")'


def test_withdrawn_may_be_told_and_may_be_left_out() -> None:
    columns = (*PRODUCT_COLUMNS, WITHDRAWN)
    rows = [{**GOOD, "sku": f"S{index}", WITHDRAWN: word} for index, word in enumerate(["", "no", "yes", "YES"])]
    assert [each.withdrawn for each in read_products(table(*rows, columns=columns))] == [False, False, True, True]
    with pytest.raises(CatalogueRefused, match="Line 2: withdrawn must be"):
        read_products(table({**GOOD, WITHDRAWN: "maybe"}, columns=columns))


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60)


@given(
    st.lists(
        st.builds(
            Product,
            NAMES.map(lambda text: text[:12]),
            NAMES,
            st.integers(1, 99_999_999),
            st.sampled_from(["eur", "jpy"]),
            st.integers(0, 9_999),
            st.integers(0, 1_000_000),
            st.sampled_from(["", "mug.svg"]),
            st.sampled_from(["", "2026-12-04"]),
            st.booleans(),
        ),
        min_size=1,
        unique_by=lambda product: product.sku,
    )
)
def test_what_is_written_is_read_as_the_same(products: list[Product]) -> None:
    assert read_products(write_products(products)) == tuple(products)


def test_rates_written_are_read_as_the_same() -> None:
    rates = (ShippingRate("DE", "eur", 590, 1900), ShippingRate("*", "jpy", 0, 0))
    assert read_shipping_rates(write_shipping_rates(rates)) == rates


def test_no_spreadsheet_works_out_a_name() -> None:
    text = write_products([Product("=1+1", "@SUM(A1)", 100, "eur", 0, 1), Product("B", "'tis", 100, "eur", 0, 1)])
    assert "\r\n'=1+1,'@SUM(A1),100" in text
    assert [(each.sku, each.name) for each in read_products(text)] == [("=1+1", "@SUM(A1)"), ("B", "'tis")]
