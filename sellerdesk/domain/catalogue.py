"""Products and carts: prices come from here and never from a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sellerdesk.domain.errors import CartRefused
from sellerdesk.domain.money import divide_rounded, exponent, share_out, step
from sellerdesk.domain.order import OrderLine

MAX_QUANTITY = 99
MAX_LINES = 100
# Most amounts have at most eight digits: https://docs.stripe.com/currencies
MAX_AMOUNT = 99_999_999

# Smallest charge per currency, minor units. https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
_MINIMUM = {
    "usd": 50, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "eur": 50, "inr": 50, "nzd": 50, "sgd": 50,
    "gbp": 30, "aed": 200, "pln": 200, "ron": 200, "bgn": 100, "dkk": 250, "nok": 300, "sek": 300,
    "hkd": 400, "mxn": 1000, "thb": 1000, "myr": 200, "czk": 1500, "huf": 17500, "jpy": 50,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Product:
    """One thing for sale. ``sku`` up to 12 characters; ``price`` minor units per piece, tax included;
    ``tax_rate`` basis points; ``on_hand`` pieces on the shelf; ``available_from`` ISO date or ''."""

    sku: str
    name: str
    price: int
    currency: str
    tax_rate: int
    on_hand: int
    picture: str = ""
    available_from: str = ""
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class ShippingRate:
    """What sending costs to one country, minor units, tax included. ``country`` '*' is every other one."""

    country: str
    currency: str
    amount: int
    tax_rate: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is for sale and where it is sent, each in the order in which shoppers and sellers see it."""

    products: tuple[Product, ...] = ()
    rates: tuple[ShippingRate, ...] = ()


@dataclass(frozen=True, slots=True)
class CartItem:
    """One wish of the shopper's; nothing but a SKU and a number is believed."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart priced by us; ``total`` = lines + shipping. All minor units of ``currency``."""

    currency: str
    lines: tuple[OrderLine, ...]
    shipping: int
    shipping_tax_rate: int
    discount: int

    @property
    def items(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def total(self) -> int:
        return self.items + self.shipping

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines) + included_tax(self.shipping, self.shipping_tax_rate)


def included_tax(amount: int, tax_rate: int) -> int:
    """The part of ``amount`` (tax included) that is tax, rounded half up. ``tax_rate`` in basis points."""
    return divide_rounded(amount * tax_rate, 10_000 + tax_rate)


def share_tax(amounts: list[int], rates: list[int]) -> list[int]:
    """Tax included in each amount. Each rate's tax is rounded once on its sum, then shared out among its lines,
    so that the lines of one rate always add up to the tax of their sum."""
    taxes = [0] * len(amounts)
    for rate in sorted(set(rates)):
        members = [index for index, each in enumerate(rates) if each == rate]
        total = included_tax(sum(amounts[index] for index in members), rate)
        for index, part in zip(members, share_out(total, [amounts[i] for i in members]), strict=True):
            taxes[index] = part
    return taxes


def price_cart(
    products: Mapping[str, Product],
    cart: Iterable[CartItem],
    rates: Iterable[ShippingRate],
    country: str,
    discount: int = 0,
) -> PricedCart:
    """Price ``cart`` from our own catalogue for a delivery to ``country``; ``discount`` minor units off the items.

    Raises CartRefused, with the SKU to blame, for an empty cart, an unknown or withdrawn product, a quantity
    outside 1 to 99, two currencies, a country nothing is sent to, or a total outside what Stripe takes.
    """
    chosen = _merge_items(cart)
    picked = [(_product(products, sku), quantity) for sku, quantity in chosen.items()]
    currency = _one_currency(product for product, _ in picked)
    amounts = [product.price * quantity for product, quantity in picked]
    if not 0 <= discount <= sum(amounts) or discount % step(currency):
        raise CartRefused("The discount is larger than the order.")
    discounts = share_out(discount, amounts, step(currency))
    nets = [amount - part for amount, part in zip(amounts, discounts, strict=True)]
    taxes = share_tax(nets, [product.tax_rate for product, _ in picked])
    lines = tuple(
        OrderLine(
            position=index,
            sku=product.sku,
            name=product.name,
            quantity=quantity,
            unit_price=product.price,
            tax_rate=product.tax_rate,
            tax=taxes[index],
            discount=discounts[index],
            picture=product.picture,
        )
        for index, (product, quantity) in enumerate(picked)
    )
    rate = _shipping_rate(rates, country, currency)
    priced = PricedCart(currency, lines, rate.amount, rate.tax_rate, discount)
    _check_total(priced)
    return priced


def minimum_amount(currency: str) -> int:
    """The smallest amount Stripe charges in ``currency``, minor units; one unit where no minimum is published."""
    return _MINIMUM.get(currency, 100 if exponent(currency) else 1)


def _merge_items(cart: Iterable[CartItem]) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for item in cart:
        if type(item.quantity) is not int or not 1 <= item.quantity <= MAX_QUANTITY:
            raise CartRefused(f"The quantity must be a whole number from 1 to {MAX_QUANTITY}.", item.sku)
        chosen[item.sku] = chosen.get(item.sku, 0) + item.quantity
        if chosen[item.sku] > MAX_QUANTITY:
            raise CartRefused(f"The quantity must be a whole number from 1 to {MAX_QUANTITY}.", item.sku)
    if not chosen:
        raise CartRefused("The cart is empty.")
    if len(chosen) > MAX_LINES:
        raise CartRefused(f"An order can have at most {MAX_LINES} different products.")
    return chosen


def _product(products: Mapping[str, Product], sku: str) -> Product:
    product = products.get(sku)
    if product is None or product.withdrawn:
        raise CartRefused("One of the products is not for sale any more.", sku)
    return product


def _one_currency(picked: Iterable[Product]) -> str:
    currencies = {product.currency for product in picked}
    if len(currencies) != 1:
        raise CartRefused("These products are sold in different currencies. Please order them separately.")
    return currencies.pop()


def _shipping_rate(rates: Iterable[ShippingRate], country: str, currency: str) -> ShippingRate:
    ours = [rate for rate in rates if rate.currency == currency]
    for wanted in (country, "*"):
        for rate in ours:
            if rate.country == wanted:
                return rate
    raise CartRefused("We cannot send to this country.")


def _check_total(priced: PricedCart) -> None:
    if priced.total < minimum_amount(priced.currency):
        raise CartRefused("The total is smaller than a card payment can be.")
    if priced.total > MAX_AMOUNT:
        raise CartRefused("The total is larger than a card payment can be.")
