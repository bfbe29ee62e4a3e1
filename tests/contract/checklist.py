"""What a local stand-in for Stripe has to do, point by point, and the tests that show it.

Each claim names the public page it comes from, and the tests as ``file.function`` in this folder.
"""

from dataclasses import dataclass

_DOCS = "https://docs.stripe.com/"
_NO_TYPES = (
    "changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents"
)
_NO_REFUND = "changelog/basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow"


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing the sandbox does. ``point`` is the number of the point it belongs to, 1 to 13."""

    point: int
    what: str
    page: str
    tests: tuple[str, ...]


def _claim(point: int, what: str, page: str, tests: str) -> Claim:
    return Claim(point, what, _DOCS + page, tuple(tests.split()))


CLAIMS = (
    _claim(1, "no key, wrong keys and live keys are answered with 401", "keys", "service.wrong_keys service.no_key"),
    _claim(
        1,
        "a publishable key may not do what a server does",
        "keys",
        "service.wrong_keys page_confirms.what_a_page_may_not_send",
    ),
    _claim(
        1,
        "a restricted key without the permission gets 403",
        "keys/restricted-api-keys",
        "service.restricted_key_names_what_it_lacks",
    ),
    _claim(1, "a revoked key has expired", "error-codes", "service.revoked_key"),
    _claim(2, "payment_method_types cannot be sent", _NO_TYPES, "intent_rules.create_refusals"),
    _claim(
        2,
        "ways to pay and manual confirmation exclude each other",
        "api/payment_intents/create",
        "intent_rules.create_refusals manual_confirmation.what_goes_together",
    ),
    _claim(2, "unknown and missing parameters are refused by name", "error-codes", "intent_rules.create_refusals"),
    _claim(
        2,
        "a return_url is needed where redirects are possible",
        "changelog/2023-08-16/automatic-payment-methods",
        "intent_rules.create_refusals",
    ),
    _claim(
        3,
        "each call in each status",
        "payments/paymentintents/lifecycle",
        "lifecycle.each_call_in_each_status machine.two_clients",
    ),
    _claim(
        3,
        "refused calls bring the whole intent",
        "api/errors",
        "payments.second_capture_is_refused_with_the_whole_intent",
    ),
    _claim(
        3,
        "a decline leaves the intent alive with a failed charge",
        "declines",
        "payments.a_decline_leaves_the_intent_alive declines.one_charge_for_every_attempt",
    ),
    _claim(
        3, "capture amounts have bounds", "api/payment_intents/capture", "payments.capture_amounts_that_are_refused"
    ),
    _claim(
        4,
        "no refund for what a capture or a cancel lets go",
        _NO_REFUND,
        "payments.partial_capture_releases_the_rest_without_a_refund payments.release_leaves_no_refund",
    ),
    _claim(4, "a lapsed hold is canceled as expired", _NO_REFUND, "expiry.how_long_a_hold_lasts"),
    _claim(
        4,
        "captured, refunded and released add up",
        "payments/place-a-hold-on-a-payment-method",
        "machine.two_clients refunds.refund_in_two_parts",
    ),
    _claim(
        5,
        "capture_before tells the deadline, Visa without the shopper sooner",
        "payments/place-a-hold-on-a-payment-method",
        "expiry.how_long_a_hold_lasts",
    ),
    _claim(
        5,
        "a clock that can be moved passes all deadlines in order",
        "payments/place-a-hold-on-a-payment-method",
        "expiry.a_jump_passes_every_deadline_in_order service.control_plane",
    ),
    _claim(
        6,
        "each test number and its id are one card",
        "testing",
        "cards.number_and_ids_are_one_card cards.no_number_and_no_id_twice",
    ),
    _claim(6, "codes of the refusing cards", "testing", "declines.code_and_decline_code"),
    _claim(
        6,
        "3-D Secure by a window and by redirect",
        "payments/3d-secure",
        "browser.the_bank_approves browser.the_bank_is_refused"
        " browser.bank_opened_as_a_page_leads_back challenge.approval_becomes_a_hold",
    ),
    _claim(6, "a card that attaches and fails later", "testing", "service.attached_cards"),
    _claim(
        7,
        "the same key brings the same answer for a day",
        "api/idempotent_requests",
        "service.same_key_same_answer machine.two_clients",
    ),
    _claim(
        7, "other parameters under the same key are refused", "api/idempotent_requests", "service.same_key_same_answer"
    ),
    _claim(7, "a key in use is a conflict", "error-low-level", "service.same_key_while_running"),
    _claim(
        7,
        "a 500 is replayed, refused parameters are not",
        "api/idempotent_requests",
        "service.faults_of_a_capture service.refusals_and_keys",
    ),
    _claim(
        8,
        "answers lost before and after the work, 500, 429 in both forms, 409, HTML",
        "error-low-level",
        "service.faults_of_a_capture service.a_500_that_is_not_remembered",
    ),
    _claim(8, "slow and odd answers", "error-low-level", "service.slow_answer_after_the_work service.odd_answers"),
    _claim(
        9, "events come in order", "api/events", "payments.hold_then_full_capture lifecycle.each_call_in_each_status"
    ),
    _claim(
        9,
        "events are found by type, time and cursor for 30 days",
        "api/events/list",
        "service.events_are_found events.kinds_can_be_chosen events.thirty_days",
    ),
    _claim(
        9,
        "events twice, in reverse, missing and in an older version",
        "webhooks",
        "events.switches events.the_accounts_version_is_set_from_outside",
    ),
    _claim(
        9,
        "deliveries are signed and tried again",
        "webhooks",
        "webhooks.deliveries_are_signed webhooks.failures_are_tried_again_with_growing_gaps",
    ),
    _claim(10, "search finds, and lags behind", "search", "search.intents_are_found search.the_index_lags_behind"),
    _claim(
        10,
        "four levels can be expanded, also in lists",
        "api/expanding_objects",
        "service.lists_expand description.expanded_objects_are_looked_into intent_rules.create_refusals",
    ),
    _claim(10, "lists have cursors", "api/pagination", "service.lists_have_cursors"),
    _claim(10, "every answer has a Request-Id", "api/request_ids", "service.answers_carry_the_sandboxs_time"),
    _claim(
        11,
        "shipping after the authorization is taken, or refused by switch",
        "api/payment_intents/update",
        "intent_rules.what_may_change_when",
    ),
    _claim(
        11,
        "receipts are noted and never sent",
        "payments/advanced/receipts",
        "refunds.receipts_would_be_mailed_at_capture",
    ),
    _claim(
        12,
        "every object is as Stripe describes it, in test mode",
        "api",
        "description.a_wrong_answer_is_seen description.every_difference_is_met_and_tells_its_page",
    ),
    _claim(
        12,
        "a client secret opens its own intent only",
        "api/payment_intents/object",
        "browser.another_intents_secret_opens_nothing page_confirms.a_page_confirms_with_the_client_secret",
    ),
    _claim(
        13,
        "only this computer, under its own name",
        "security/guide",
        "service.other_hosts_are_refused service.other_origins_are_refused"
        " launch.prints_its_address_and_ends_on_interrupt",
    ),
    _claim(
        13,
        "real card numbers are refused",
        "testing",
        "browser.a_real_number_is_refused page_confirms.real_numbers_are_refused_and_forgotten",
    ),
)
