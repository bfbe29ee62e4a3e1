"""The words of every kind of refusal. Which code means which stands in ``decline_table``.

What a bank's or Stripe's code means and what to do next: https://docs.stripe.com/declines/codes
"""

from sellerdesk.domain.explanation import Again, Explanation, Refuser

MINUTE = 60
DAY = 24 * 60 * MINUTE

DECLINED = "Your bank declined this card."
ANOTHER = "Try another card."
LINK = "Send the pay link. The shopper can use another card."
_NO_GOODS = "Do not ship, and do not try this card again."


def _hidden(headline: str, happened: str, refuser: Refuser, steps: tuple[str, ...], again: Again) -> Explanation:
    """A reason that must not be told: the shopper hears what everybody with a refused card hears."""
    return Explanation(headline, happened, refuser, steps, again, DECLINED, ANOTHER, tell=False)


UNSAID = Explanation(
    "Refused without a reason",
    "The bank refused the card and gives no reason.",
    Refuser.BANK,
    (LINK, "If it must be this card, the shopper calls the bank first: the bank tells its reason to nobody else."),
    Again.OTHER_CARD,
    DECLINED,
    ANOTHER,
)
UNKNOWN = Explanation(
    "Refused, code not known",
    "The card was refused with a code that SellerDesk does not know.",
    Refuser.BANK,
    (LINK, "Look the code up at Stripe before this card is tried again."),
    Again.OTHER_CARD,
    DECLINED,
    ANOTHER,
)
NOT_PERMITTED = Explanation(
    "Bank does not permit it",
    "The bank does not permit this payment.",
    Refuser.BANK,
    (LINK, "Or the shopper calls the bank and asks it to permit the payment, then pays again."),
    Again.OTHER_CARD,
    "Your bank does not permit this payment.",
    "Try another card, or call your bank.",
)
FUNDS = Explanation(
    "Not enough money, or limit",
    "The bank refused the card: too little money, or over its limit.",
    Refuser.BANK,
    (
        LINK,
        "Or the shopper tries this card again in a few days.",
        "A smaller order helps, too: with a changed cart the shopper orders anew.",
    ),
    Again.AFTER,
    "Not enough money on this card.",
    ANOTHER,
    politely=True,
    wait=2 * DAY,
)
LIMIT = Explanation(
    "Card used too often",
    "The bank refused the card: used too often, or for too much, in a short time.",
    Refuser.BANK,
    (LINK, "Or the shopper tries this card again after a day. More tries before that make it worse."),
    Again.AFTER,
    "This card has reached its limit for now.",
    ANOTHER,
    politely=True,
    wait=DAY,
)
UNSUPPORTED = Explanation(
    "Card cannot pay here",
    "The card cannot be used for this kind of purchase.",
    Refuser.BANK,
    (LINK, "If it must be this card, the shopper asks the bank whether it works for purchases on the internet."),
    Again.OTHER_CARD,
    "This card cannot pay here.",
    ANOTHER,
)
CURRENCY = Explanation(
    "Card not for this currency",
    "The card cannot pay in the currency of the order.",
    Refuser.BANK,
    (LINK, "If it must be this card, the shopper asks the bank which currencies it pays in."),
    Again.OTHER_CARD,
    "This card cannot pay in this currency.",
    ANOTHER,
)
EXPIRED = Explanation(
    "Card has expired",
    "The card is past its date.",
    Refuser.BANK,
    (LINK, "A new card of the same bank has new details: the shopper types them all."),
    Again.OTHER_CARD,
    "The card has expired.",
    ANOTHER,
)
CVC = Explanation(
    "Wrong security code",
    "The security code was wrong.",
    Refuser.BANK,
    (
        "Send the pay link. The shopper types the card again, with the three or four figures printed on it.",
        "Several wrong codes in a row can be somebody who tries stolen numbers. Then leave the order alone.",
    ),
    Again.RETYPED,
    "The security code is wrong.",
    "Check the three or four digits and press again.",
)
NUMBER = Explanation(
    "Wrong card number",
    "The card number was wrong.",
    Refuser.BANK,
    ("Send the pay link. The shopper types the card again, or uses another one.",),
    Again.RETYPED,
    "The card details are wrong.",
    "Check them and press again.",
)
DATE = Explanation(
    "Wrong expiry date",
    "The expiry date of the card was wrong.",
    Refuser.BANK,
    ("Send the pay link. The shopper types the card again, with the date printed on it.",),
    Again.RETYPED,
    "The card details are wrong.",
    "Check them and press again.",
)
POSTCODE = Explanation(
    "Postcode does not match",
    "The postcode does not belong to the card.",
    Refuser.BANK,
    ("Send the pay link. The shopper types the address that the bank has, or uses another card.",),
    Again.RETYPED,
    "The postcode does not match the card.",
    "Check it and press again.",
)
ACCOUNT = Explanation(
    "Account closed or changed",
    "The account behind the card is closed, or has other card details now.",
    Refuser.BANK,
    (LINK, "Or the shopper asks the bank for the new card and types that one."),
    Again.OTHER_CARD,
    "Your bank does not know this card any more.",
    ANOTHER,
)
AMOUNT = Explanation(
    "Bank refused the amount",
    "The bank does not take this amount on the card.",
    Refuser.BANK,
    (
        "Check the amount of the order.",
        "If it is right, send the pay link. The shopper can use another card, or call the bank and then pay again.",
    ),
    Again.OTHER_CARD,
    "Your bank does not take this amount on this card.",
    "Try another card, or call your bank.",
)
APPROVAL = Explanation(
    "Bank wants confirmation",
    "The bank wants the shopper’s own approval, and the shopper was not there to give it.",
    Refuser.BANK,
    ("Send the pay link. The shopper pays again and approves it with the bank.",),
    Again.WITH_SHOPPER,
    "Your bank has not approved it yet.",
    "Approve again, or use another card.",
)
NOT_ASKED = Explanation(
    "Approval was not possible",
    "The bank wanted the shopper’s approval, and this try could not ask for it.",
    Refuser.NOBODY,
    ("Send the pay link. On the order page the bank can ask, and the shopper approves.",),
    Again.WITH_SHOPPER,
    "Your bank has not approved it yet.",
    "Approve again, or use another card.",
)
NOT_APPROVED = Explanation(
    "Shopper did not approve",
    "The bank asked the shopper to approve the payment, and that failed or was broken off.",
    Refuser.SHOPPER,
    ("Send the pay link. The shopper approves again, or uses another card.",),
    Again.WITH_SHOPPER,
    "Your bank has not approved it yet.",
    "Approve again, or use another card.",
)
TOO_SLOW = Explanation(
    "Approval came too late",
    "The shopper approved the payment, but it was not finished within the hour that the bank gives.",
    Refuser.NOBODY,
    ("Send the pay link. The shopper pays and approves once more; nothing was held the first time.",),
    Again.WITH_SHOPPER,
    "Your bank’s approval came too late to be used.",
    "Press again, or use another card.",
)
TEMPORARY = Explanation(
    "Bank could not answer",
    "The bank could not be asked, or wants to be asked once more.",
    Refuser.BANK,
    (
        "Wait until the time below, then send the pay link: the same card is fine.",
        "If it fails again, the shopper uses another card.",
    ),
    Again.AFTER,
    "Your bank could not answer.",
    "Press again in a minute, or use another card.",
    wait=5 * MINUTE,
)
PROCESSING = Explanation(
    "Technical fault",
    "Something failed at the bank, or on the way to it. The card itself is fine.",
    Refuser.NOBODY,
    (
        "Wait until the time below, then send the pay link: the same card is fine.",
        "If it fails again, look at the state of Stripe, or let the shopper use another card.",
    ),
    Again.AFTER,
    "Your bank could not answer.",
    "Press again in a minute, or use another card.",
    wait=5 * MINUTE,
)
TWICE = Explanation(
    "Same payment just before",
    "The bank saw the same amount on the same card a moment ago.",
    Refuser.BANK,
    (
        "Search for another order of the same shopper: it may hold the money already.",
        "Only if there is none, send the pay link.",
    ),
    Again.REVIEW,
    "Your bank saw this payment a moment ago.",
    "Look at your e-mail before you try again.",
)
BLOCKED = _hidden(
    "Card is blocked",
    "The bank has blocked the card: lost, stolen, or restricted.",
    Refuser.BANK,
    (
        _NO_GOODS,
        "Look at other orders of the same person before you pack them.",
        "If you trust the shopper, send the pay link and ask for another card.",
    ),
    Again.NEVER,
)
FRAUD = _hidden(
    "Suspected of fraud",
    "The payment was stopped because it looks like fraud.",
    Refuser.STRIPE_RULES,
    (
        _NO_GOODS,
        "Look at the payment at Stripe, and at other orders of the same person.",
        "Send the pay link only if you are sure of the shopper.",
    ),
    Again.NEVER,
)
OWN_LIST = _hidden(
    "On your own block list",
    "The card or the shopper stands on your own block list at Stripe.",
    Refuser.OWN_LIST,
    (
        "Look at your lists in Stripe Radar, and whether the entry is still meant.",
        "If not, take it off there, then send the pay link. If it is, leave the order alone.",
    ),
    Again.REVIEW,
)
FORBIDDEN = Explanation(
    "Bank forbids another try",
    "The bank refused, and forbids that this card is tried again.",
    Refuser.BANK,
    ("Do not try this card again.", LINK),
    Again.OTHER_CARD,
    DECLINED,
    ANOTHER,
)
PIN = Explanation(
    "Card wants a PIN",
    "The bank wants a PIN, which only a card reader can ask for.",
    Refuser.BANK,
    (LINK, "This is not expected on the internet. If it happens again, tell Stripe."),
    Again.OTHER_CARD,
    "This card cannot pay here.",
    ANOTHER,
)
TEST_CARD = Explanation(
    "Test card in a live shop",
    "A card for tests was used where real money is taken.",
    Refuser.STRIPE,
    ("If that was you: test in a shop in test mode.", "If not, send the pay link. The shopper uses a real card."),
    Again.OTHER_CARD,
    "This is a card for tests.",
    "Use a real card.",
)
RATE = Explanation(
    "Card refused too often",
    "The card was refused so often that Stripe asks its bank no more for a day.",
    Refuser.STRIPE,
    (LINK, "Leave this card alone until the time below."),
    Again.AFTER,
    "This card was declined too often today.",
    ANOTHER,
    wait=DAY,
)
METHOD = Explanation(
    "Payment method refused",
    "The way to pay was refused by its provider.",
    Refuser.BANK,
    ("Send the pay link. The shopper can pay by card.",),
    Again.OTHER_CARD,
    "This way to pay was declined.",
    ANOTHER,
)
SHOPPER_DECLINED = Explanation(
    "Shopper broke it off",
    "The shopper broke the payment off at the provider.",
    Refuser.SHOPPER,
    ("Send the pay link, if the shopper still wants the goods.",),
    Again.WITH_SHOPPER,
    "The payment was broken off.",
    "Pay again, or use another card.",
)
FASTER = Explanation(
    "Something else was faster",
    "The payment had moved on at Stripe before this try.",
    Refuser.NOBODY,
    ("Press F5 to ask Stripe for news.", "Look at the order again, then decide."),
    Again.REVIEW,
    "The payment has changed meanwhile.",
    "Load your order page again.",
)
LAPSED = Explanation(
    "Too late to capture",
    "The hold had lapsed before it was captured.",
    Refuser.NOBODY,
    ("Do not ship.", "If the shopper still wants the goods, they order and pay anew."),
    Again.WITH_SHOPPER,
    "The hold on your card has ended.",
    "Order again if you still want the goods.",
)
RISK = _hidden(
    "Risk too high, stopped",
    "Stripe stopped the payment, because it judged the risk too high.",
    Refuser.STRIPE_RULES,
    (
        "Look at the payment at Stripe: it shows what looked wrong. Do not ship.",
        "If you are sure of the shopper, send the pay link and ask for another card.",
        "If not, leave the order alone: nothing is held.",
    ),
    Again.REVIEW,
)
OWN_RULE = _hidden(
    "Stopped by your own rule",
    "One of your own rules in Stripe Radar stopped the payment.",
    Refuser.OWN_RULE,
    (
        "Look at the payment at Stripe: it names the rule. Do not ship.",
        "If the rule is too strict, change it there, then send the pay link.",
    ),
    Again.REVIEW,
)
UNLIKELY = Explanation(
    "Would have been refused",
    "Stripe did not ask the bank, because it would very likely have refused.",
    Refuser.STRIPE_RULES,
    (LINK, "This card may be tried again after a day, when the shopper has spoken to the bank."),
    Again.AFTER,
    DECLINED,
    ANOTHER,
    wait=DAY,
)
TRIED_OUT = Explanation(
    "Tried too often, stopped",
    "Stripe asks this bank no more about this payment: it was tried too often.",
    Refuser.STRIPE_RULES,
    ("Do not try this card again.", LINK),
    Again.OTHER_CARD,
    DECLINED,
    ANOTHER,
)
