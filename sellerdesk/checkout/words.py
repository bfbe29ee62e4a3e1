"""Every sentence of the shopper's page, in English. ``**bold**`` marks what is printed bold; ``{name}`` is filled in.

"Held", "charged" and "released" mean the bank's three things and nothing else; "paid" is not used before the charge.
"""

import re
from collections.abc import Mapping

from babel import Locale
from markupsafe import Markup, escape

_LOCALE = Locale("en")

PAGE: Mapping[str, str] = {
    "practice": "**Practice shop.** No real money moves here.",
    "test_mode": "**Stripe’s test mode.** Real cards are not charged here.",
    "tagline": "We charge your card only when we pack.",
    "nothing_for_sale": "Nothing is for sale at the moment.",
    "in_stock": "In stock",
    "few_left": "Only {count} left",
    "last_one": "Last one",
    "ships_from": "Ships from {date}",
    "out_of_stock": "Out of stock",
    "add": "Add",
    "more": "One more: {name}",
    "fewer": "One less: {name}",
    "your_cart": "Your cart",
    "cart_empty": "Nothing in it yet.",
    "total": "Total",
    "check_out": "Check out",
    "items": "Items",
    "back_to_shop": "Back to shop",
    "shop": "Shop",
    "checkout": "Checkout",
    "your_order": "Your order",
    "contact": "Contact",
    "email": "E-mail",
    "email_hint": "For the receipt and the tracking link.",
    "deliver_to": "Deliver to",
    "country": "Country",
    "name": "Full name",
    "line1": "Street and number",
    "line2": "Flat, floor or company",
    "add_line2": "Add flat, floor or company",
    "postal_code": "Postcode",
    "city": "City",
    "state": "State",
    "phone": "Phone",
    "optional": "(optional)",
    "phone_hint": "Only for the carrier, if delivery fails.",
    "payment": "Payment",
    "by_stripe": "by Stripe",
    "card_loading": "The card form is loading.",
    "consent": "Save this card with {shop}",
    "consent_why": "So we can send a missing item later and charge it then, after writing to you first. "
    "You can ask us to delete the card at any time.",
    "under_button": "Stripe handles the card. The number goes straight to Stripe; {shop} never sees it.",
    "accept_terms": "By ordering you accept our {link}.",
    "terms": "terms",
    "no_script": "This page needs JavaScript to hand your card to Stripe safely. Nothing has been sent.",
    "money_steps": "What happens to your money",
    "step_hold": "Today we hold your total",
    "step_hold_why": "Your bank sets it aside. Nothing is charged yet.",
    "step_charge": "When we pack, we charge it",
    "step_charge_why": "Only for what we send. Anything out of stock is released.",
    "step_ship": "Then it ships, with tracking",
    "step_ship_why": "If we never pack it, the hold ends by itself.",
    "to_hold_now": "To hold now",
    "waiting_title": "Checking with your bank",
    "waiting": "**Please don’t pay again.** This usually takes a few seconds, rarely a minute.",
    "waiting_close": "You may close this window: the answer will be on {link}.",
    "your_order_page": "your order page",
    "offline_bar": "You are offline. What you typed stays here.",
    "hold_sentence": "**We hold {amount} now and charge it when we pack your order.** "
    "If something is out of stock, you pay only for what we send.",
    "place": "Place order",
    "place_order": "Place order – hold {amount}",
    "hold": "Hold {amount}",
    "where_it_stands": "Where it stands",
    "your_money": "Your money",
    "order_number": "Order {reference}",
    "short_address": "The full address shows only in the browser the order was made in.",
    "keep_page": "Keep this page",
    "keep_why": "Anyone with this link can see the order. There is no password.",
    "copy_link": "Copy the link",
    "updates": "This page updates by itself. Last checked {time}.",
    "parcel_number": "{carrier} tracking number",
    "copy_number": "Copy the tracking number",
    "track_at": "Track at {host}",
    "pay_another": "Pay with another card",
    "pay_now": "Your card",
    "approve_elsewhere": "Approve it in the browser the card was typed in, or use another card here.",
    "consented": "The card is saved with {shop} for missing items, as agreed when this was ordered.",
    "use_another": "Use another card",
    "approve_amount": "Approve {amount}",
    "approval_title": "Your bank asks about {amount}",
    "approval_backorder": "What was missing when we packed is here now. Your bank wants you to approve the charge to "
    "your saved card first. Nothing is charged until you do.",
    "approval_renewal": "The time for which your bank holds the money is nearly over. We ask it to hold the same "
    "amount anew, and it wants you to approve that. Nothing is charged by this, and the old hold is then released.",
    "start_again": "Start again with {items}",
    "seller_wrote": "{shop} wrote",
    "error_title": "This page could not be shown",
    "error_number": "If you write to the shop about it, give them this number: {id}",
    "not_found": "There is nothing at this address. Check that the link is complete.",
    "not_allowed": "This address cannot be used this way.",
    "unexpected": "Our server met a fault. Nothing was changed by it. Load the page again in a minute.",
    "not_ready": "The shop’s order book cannot be read at the moment. Load the page again in a minute.",
}

SCRIPT: Mapping[str, str] = {
    "hold_sentence": PAGE["hold_sentence"],
    "place": PAGE["place"],
    "place_order": PAGE["place_order"],
    "hold_button": PAGE["hold"],
    "step_hold": "Today we hold {amount}",
    "your_order": "Your order, {items}",
    "required_email": "Please enter your e-mail address.",
    "email_ending": "This address has no ending, like .com or .de.",
    "email_shape": "Please check this address.",
    "required_name": "Please enter your full name.",
    "required_line1": "Please enter street and number.",
    "required_city": "Please enter the city.",
    "required_postal_code": "Please enter it.",
    "required_state": "Please choose one.",
    "label_email": "e-mail",
    "label_country": "country",
    "label_name": "name",
    "label_line1": "street",
    "label_line2": "flat or company",
    "label_postal_code": "postcode",
    "label_city": "city",
    "label_state": "state",
    "label_phone": "phone",
    "label_card": "card",
    "fix_1": "**One thing to fix first:**",
    "fix_2": "**Two things to fix first:**",
    "fix_3": "**Three things to fix first:**",
    "fix_n": "**{n} things to fix first:**",
    "nothing_held": "Nothing is held.",
    "kept": "Everything else you entered is kept.",
    "not_asked": "**Your bank was not asked. Nothing is held.** Press again when you are ready.",
    "left_3ds": "**Your bank has not approved it yet. Nothing is held.** Approve again, or use another card.",
    "left_elsewhere": "**The bank has not approved it yet. Nothing is held.** "
    "Approve it in the browser the card was typed in, or use another card here.",
    "approve_again": "Approve again",
    "checking": "**Checking with your bank.** Please don’t pay again.",
    "checking_button": "Checking with your bank…",
    "lost": "**The connection broke while we asked your bank.** Please don’t pay again: we are finding out.",
    "not_arrived": "**Your bank has not answered, and nothing is held so far.** Press again: "
    "this order cannot be held twice.",
    "lost_early": "**The connection broke before we asked your bank. Nothing is held.** Press again.",
    "unsure": "**The bank’s answer to your last try is still open.** Please don’t pay again: "
    "it will be on your order page.",
    "open_order": "Open your order page",
    "finding_out": "Finding out…",
    "offline": "**You are offline. Nothing was sent and nothing is held.** The button comes back with the connection.",
    "busy": "**Many people are ordering right now. Nothing is held yet.** "
    "We try again by ourselves; no need to press again.",
    "stop_trying": "Stop trying",
    "again_in": "Trying again in {n} s",
    "blocked": "**Paying waits for the card form.** Nothing has been sent to your bank.",
    "blocked_title": "The card form could not load",
    "blocked_why": "Something on this device or network blocks {host}, which keeps your card number safe. "
    "What you typed is kept, and nothing is held.",
    "blocked_do": "Allow {host} in your content blocker, or use another network.",
    "load_again": "Load the card form again",
    "changed": "**The new total is {amount}. Nothing is held.** Please check it and press again.",
    "sold_out": "**{what} The new total is {amount}.** Please check it and press again.",
    "cart_changed": "**Your cart changed elsewhere. The new total is {amount}.** Please check it and press again.",
    "closed": "**This checkout was closed. Nothing is held.** Press again to start a new one with the same cart.",
    "server_fault": "**Our server met a fault before we asked your bank. Nothing is held.** Press again in a minute.",
    "bank_opens": "Your bank’s page opens…",
    "bank_refused": "Your bank refused. Nothing was charged.",
    "bank_not_asked": "Your bank could not be asked. Nothing was charged. Please try again in a minute.",
    "copied": "Copied",
    "update": "Your order changed: {what}",
}

# Each page carries only what its script may say; the catalogue's says nothing.
_FORM_LEAVES_OUT = ("copied", "update", "hold_button", "left_elsewhere", "bank_")
_ORDER_PAGE_LEAVES_OUT = (
    "required_",
    "email_",
    "label_",
    "fix_",
    "cart_",
    "sold_",
    "step_",
    "your_",
    "place",
)


def for_form() -> Mapping[str, str]:
    """The sentences that the script of the form may need."""
    return {key: text for key, text in SCRIPT.items() if not key.startswith(_FORM_LEAVES_OUT)}


def for_order_page() -> Mapping[str, str]:
    """The sentences that the script of an order page may need."""
    return {key: text for key, text in SCRIPT.items() if not key.startswith(_ORDER_PAGE_LEAVES_OUT)}


def sentence(key: str, **values: object) -> Markup:
    """The sentence under ``key`` for a page; text in ``values`` is escaped, markup is kept."""
    bold = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", str(escape(PAGE[key])))
    return Markup(bold).format(**values)  # noqa: S704 - escaped above, and ``values`` by Markup.format


def country_name(code: str) -> str:
    """'Germany' for 'DE'; the code itself when it is unknown."""
    return str(_LOCALE.territories.get(code, code))


def pieces(count: int) -> str:
    """'1 item', '4 items'."""
    return "1 item" if count == 1 else f"{count} items"
