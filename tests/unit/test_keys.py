"""What is typed as a key is recognised, and what is wrong with it is said without repeating it."""

import pytest

from sellerdesk.domain import keys
from sellerdesk.domain.errors import KeyNotUsable
from sellerdesk.domain.keys import KeyFacts, KeyKind, classify, hint, read_publishable_key, read_secret_key

BODY = "madeupmadeup1234h7Qx"
LIVE = f"sk_live_{BODY}"


@pytest.mark.parametrize(
    ("text", "kind", "livemode"),
    [
        (f"sk_test_{BODY}", KeyKind.SECRET, False),
        (LIVE, KeyKind.SECRET, True),
        (f"rk_test_{BODY}", KeyKind.RESTRICTED, False),
        (f"pk_live_{BODY}", KeyKind.PUBLISHABLE, True),
        (f"whsec_{BODY}", KeyKind.WEBHOOK, None),
        (f"sk_org_live_{BODY}", KeyKind.ORGANIZATION, True),
        (f"sk_org_{BODY}", KeyKind.ORGANIZATION, None),
        ("", KeyKind.UNKNOWN, None),
        ("sk_prod_x", KeyKind.UNKNOWN, None),
        ("SK_TEST_x", KeyKind.UNKNOWN, None),
    ],
)
def test_the_prefix_tells(text: str, kind: KeyKind, livemode: bool | None) -> None:
    assert classify(text) == KeyFacts(kind, livemode)


@pytest.mark.parametrize("text", [f"sk_test_{BODY}", f"rk_test_{BODY}"])
@pytest.mark.parametrize("around", ["{}", "  {}\r\n", "\t{}\n", "\u00a0{}\u200b", "\ufeff{} "])
def test_blanks_around_a_key_do_no_harm(text: str, around: str) -> None:
    assert read_secret_key(around.format(text), False) == text
    assert read_secret_key(around.format(text), None) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Please enter"),
        (" \n", "Please enter"),
        (f"pk_test_{BODY}", "publishable key"),
        (f"whsec_{BODY}", "webhook secret"),
        (f"sk_org_test_{BODY}", "organization key"),
        (LIVE, "live key"),
        ("sk", "cut off"),
        ("sk_te", "cut off"),
        ("sk_test_", "cut off"),
        ("sk_test_abc", "cut off"),
        ("rk_test_made••••••••••••h7Qx", "middle hidden"),
        ("sk_test_made****************h7Qx", "middle hidden"),
        ("sk_test_made...............h7Qx", "middle hidden"),
        (f"sk_test_{BODY}\nX-Evil: 1", "blank or a line break"),
        (f"sk_test_made up{BODY}", "blank or a line break"),
        (f"sk_test_\x00{BODY}", "blank or a line break"),
        (f"sk_test_a\u200b{BODY}", "blank or a line break"),
        (f"sk_test_{BODY}-x", "no Stripe key has"),
        (f"\u0455k_test_{BODY}", "Character 1 of this key only looks like"),
        (f"sk_test_{BODY}\u0430", "only looks like"),
        (f"sk_test_{BODY}" * 400, "far too long"),
        ("hello", "not a Stripe key"),
        ("acct_1NqMadeUp", "not a Stripe key"),
        ("https://dashboard.stripe.com/apikeys", "not a Stripe key"),
    ],
)
def test_what_cannot_be_a_test_key(text: str, said: str) -> None:
    with pytest.raises(KeyNotUsable) as caught:
        read_secret_key(text, False)
    assert said in str(caught.value)
    assert BODY not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_the_mode_must_be_the_profiles() -> None:
    assert read_secret_key(LIVE, True) == LIVE
    assert read_secret_key(LIVE, None) == LIVE
    with pytest.raises(KeyNotUsable, match="test key"):
        read_secret_key(f"sk_test_{BODY}", True)


def test_the_publishable_key() -> None:
    assert read_publishable_key(f" pk_test_{BODY}\n", False) == f"pk_test_{BODY}"
    for text in (f"sk_test_{BODY}", f"rk_test_{BODY}", LIVE):
        with pytest.raises(KeyNotUsable, match="must never reach"):
            read_publishable_key(text, False)
    with pytest.raises(KeyNotUsable, match="live key"):
        read_publishable_key(f"pk_live_{BODY}", False)
    with pytest.raises(KeyNotUsable, match="test key"):
        read_publishable_key(f"pk_test_{BODY}", True)
    with pytest.raises(KeyNotUsable, match="cut off"):
        read_publishable_key("pk_test_x", False)


def test_the_hint() -> None:
    assert hint(f"sk_test_{BODY}") == "…h7Qx"
    assert hint("sk_test_abcd") == "…"
    assert hint("") == "…"


def test_keys_are_taken_out_of_texts() -> None:
    text = f"No such key: 'sk_test_{BODY}', rk_test_{BODY}; whsec_{BODY}"
    assert keys.without_keys(text) == "No such key: 'sk_test_…', rk_test_…; whsec_…"
    masked = "The provided key 'rk_test_*********h7Qx' does not have"
    assert keys.without_keys(masked) == masked
