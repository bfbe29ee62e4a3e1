"""The bar at the foot: whether we agree with Stripe, what is on hold, what lapses soon. One currency at a time."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from sellerdesk.domain.listing import Overview, Sum
from sellerdesk.formats import money
from sellerdesk.ui import plain
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconLabel, IconText, Tone, label

_GAP = 8


class Sums(QWidget):
    """A word and amounts of several currencies with dots between; cut from the right when there is no room."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self._word = word
        self._amounts: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.show_sums(())

    @property
    def text(self) -> str:
        return f"{self._word} {', '.join(self._amounts)}" if self._amounts else f"{self._word} nothing"

    def show_sums(self, sums: Sequence[Sum]) -> None:
        """One amount a currency; they are never added up."""
        self._amounts = tuple(money(each.amount, each.currency) for each in sums)
        self.setAccessibleName(self.text)
        self.setToolTip(self.text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(width for _, _, width in self._parts()) + 2, pixels(20))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, pixels(20))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        x = 0
        for text, strong, width in self._parts():
            painter.setFont(font(Size.SMALL, strong=strong))
            painter.setPen(QColor(tokens.text if strong else tokens.text2))
            painter.drawText(x, 0, width, self.height(), Qt.AlignmentFlag.AlignVCenter, text)
            x += width

    def _parts(self) -> list[tuple[str, bool, int]]:
        plain, strong = QFontMetrics(font(Size.SMALL)), QFontMetrics(font(Size.SMALL, strong=True))
        parts = [(self._word, False, plain.horizontalAdvance(self._word) + _GAP)]
        if not self._amounts:
            parts.append(("nothing", False, plain.horizontalAdvance("nothing") + 1))
        for number, each in enumerate(self._amounts):
            if number:
                parts.append(("\u2022", False, plain.horizontalAdvance("\u2022") + _GAP))
            parts.append((each, True, strong.horizontalAdvance(each) + _GAP))
        return parts


class StatusBar(QWidget):
    """Shows an ``Overview`` and one sentence about Stripe."""

    def __init__(self, version: str) -> None:
        super().__init__()
        self.setFixedHeight(pixels(30))
        self._sentence = IconText("unplug", "Not connected", tone=Tone.MUTED, size=Size.SMALL, elide=True, icon_size=12)
        self._on_hold = Sums("On hold")
        self._risk_icon = IconLabel("clock", 12, Tone.AMBER)
        self._at_risk = Sums("At risk in 24 h")
        self._version = label(f"Version {version}", size=Size.SMALL, tone=Tone.MUTED)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 1, 16, 0)
        row.setSpacing(_GAP)
        row.addWidget(self._sentence, 1)
        for each in (self._on_hold, self._risk_icon, self._at_risk, self._version):
            row.addWidget(each)
        self.close_shop()

    @property
    def sentence(self) -> str:
        """What the left side says."""
        return self._sentence.label.full_text

    def close_shop(self) -> None:
        """No shop is open."""
        self.say("Not connected", "unplug", Tone.MUTED)
        self._show_sums(False)

    def show_overview(self, overview: Overview) -> None:
        """What is on hold and at risk."""
        self._on_hold.show_sums(overview.on_hold)
        self._at_risk.show_sums(overview.at_risk)
        self._show_sums(True)
        self._risk_icon.setVisible(bool(overview.at_risk))
        self._at_risk.setVisible(bool(overview.at_risk))

    def say(self, sentence: str, icon: str = "check", tone: Tone = Tone.MUTED) -> None:
        """One sentence at the left."""
        self._sentence.say(sentence, icon, tone)
        if icon == "check":
            self._sentence.icon.set_icon(icon, Tone.GREEN)
        self._sentence.label.setAccessibleName(plain.one_line(sentence))

    def announce(self, sentence: str) -> None:
        """Tell ``sentence`` to a screen reader."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, plain.one_line(sentence)))

    def _show_sums(self, shown: bool) -> None:
        for each in (self._on_hold, self._risk_icon, self._at_risk):
            each.setVisible(shown)
        self._version.setVisible(not shown)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, QColor(tokens_of(self).line2))
