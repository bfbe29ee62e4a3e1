"""One mouth: three sentences, sorted by whose fault it is, and nothing of it is mark-up."""

import pytest
from pytestqt.qtbot import QtBot

from sellerdesk.domain.errors import (
    DatabaseUnusable,
    KeyRefused,
    OrderChanged,
    OurBug,
    Rejected,
    SellerDeskError,
)
from sellerdesk.ui import plain
from sellerdesk.ui.notices import Kind, Notice, NoticeBar, Notices, from_error
from sellerdesk.ui.widgets import TextLabel, label
from tests.ui.conftest import Ears


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OrderChanged(), Kind.RULE),
        (KeyRefused("Stripe no longer takes this key.", http_status=401), Kind.WORLD),
        (DatabaseUnusable("The database is locked."), Kind.WORLD),
        (OurBug("Two answers were taken for one."), Kind.BUG),
        (ZeroDivisionError("oops"), Kind.BUG),
    ],
)
def test_an_error_is_said_by_whose_fault_it_is(error: Exception, kind: Kind) -> None:
    notice = from_error(error)
    assert notice.kind is kind
    assert notice.text.count(".") >= 2
    if isinstance(error, SellerDeskError):
        assert str(error) in notice.text
    else:
        assert "oops" not in notice.text
        assert "oops" in notice.details


def test_codes_stay_folded(qtbot: QtBot) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    error = Rejected("Stripe refused it.", http_status=400, code="amount_too_large", request_id="req_8Kd2")
    bar.say(from_error(error))
    bar.show()
    shown = [each.full_text for each in bar.findChildren(TextLabel) if each.isVisible()]
    assert any("Stripe refused it." in text for text in shown)
    assert not any("req_8Kd2" in text for text in shown)
    bar._unfold.click()
    assert any("req_8Kd2" in each.full_text for each in bar.findChildren(TextLabel) if each.isVisible())
    bar.clear()
    assert bar.isHidden()
    assert bar.notice is None


def test_what_is_said_early_is_said_later() -> None:
    notices, ears = Notices(), Ears()
    notices.note("Hello.")
    notices.speak_through(ears)
    notices.error(OrderChanged())
    assert [notice.kind for notice in ears.heard] == [Kind.NOTE, Kind.RULE]
    assert isinstance(ears.heard[0], Notice)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Zoë Lefèvre", "Zoë Lefèvre"),
        ("حمزة السيد", "حمزة السيد"),
        ("田中\n愛子", "田中 愛子"),
        ("a\x00b\x1bc", "a\ufffdb\ufffdc"),
        ("\u202egpj.exe", "\ufffdgpj.exe"),
        ("\u2067abc", "\ufffdabc"),
        ("👩\u200d🍳", "👩\u200d🍳"),
    ],
)
def test_outside_text_is_made_harmless(text: str, safe: str) -> None:
    assert plain.one_line(text) == safe


def test_a_part_cannot_leave_its_place() -> None:
    assert plain.apart("a\u2069\u2068b") == "\u2068ab\u2069"
    assert plain.tip("5 < 6") == "<qt>5 &lt; 6</qt>"
    assert plain.tip("plain") == "plain"
    # Qt wraps only what it takes for mark-up.
    assert plain.tip("word " * 30).startswith("<qt>word word")
    assert len(plain.tip("x" * 10_000)) < 700


def test_a_name_stands_apart_and_does_not_push_the_rest_away() -> None:
    assert plain.apart("Zoë") == "\u2068Zoë\u2069"
    assert plain.apart("a\u2069b\u202ec") == "\u2068ab\ufffdc\u2069"
    assert plain.apart("Maximiliane " * 900, 20) == "\u2068Maximiliane Maximil…\u2069"
    assert plain.menu_text("A & B") == "A && B"
    assert plain.lines("a\r\nb\u202e") == "a\nb\ufffd"


def test_labels_show_mark_up_as_it_was_written(qtbot: QtBot) -> None:
    made = label("<b>Robert</b>", elide=True)
    qtbot.addWidget(made)
    made.resize(40, 20)
    made.show()
    assert made.full_text == "<b>Robert</b>"
    assert made.text().endswith("…")
    assert made.toolTip() == "<qt>&lt;b&gt;Robert&lt;/b&gt;</qt>"
    assert made.accessibleName() == "<b>Robert</b>"
