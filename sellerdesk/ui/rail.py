"""The rail at the left: the stages with their counts, places beside the orders, ways out, and who sits here."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.domain.listing import Overview
from sellerdesk.domain.order import Stage
from sellerdesk.ui import plain
from sellerdesk.ui.buttons import IconButton
from sellerdesk.ui.columns import STAGE_ICONS, STAGE_NAMES, STAGES
from sellerdesk.ui.rail_buttons import LEFT, RailButton, RailLink
from sellerdesk.ui.widgets import IconText, Tone, rule


class Rail(QWidget):
    """All stages, one of them or one place chosen; at the foot the checkout page and the test cards, where a shop has
    them, and commands.

    Signals:
        stage_chosen: carries the Stage a person chose. UI thread.
        place_chosen: carries the name of the place a person chose. UI thread.
        page_wanted: the seller wants to see the checkout page. UI thread.
        page_copied: the seller wants its address on the clipboard. UI thread.
        cards_wanted: the seller wants to see the test cards. UI thread.
        width_changed: carries the new width in pixels. UI thread.
    """

    stage_chosen = Signal(object)
    place_chosen = Signal(str)
    page_wanted = Signal()
    page_copied = Signal()
    cards_wanted = Signal()
    width_changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Stages")
        self._group = QButtonGroup(self)
        self._buttons: dict[Stage, RailButton] = {}
        self._place_buttons: dict[str, RailButton] = {}
        self._commands: list[RailLink] = []
        self._has_page = self._narrow = False
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 9, 0, 12)
        rows.setSpacing(0)
        for number, stage in enumerate(STAGES, start=1):
            button = RailButton(STAGE_NAMES[stage], STAGE_ICONS[stage], f"Ctrl+{number}")
            button.clicked.connect(self._clicked)
            self._group.addButton(button)
            self._buttons[stage] = button
            rows.addWidget(button)
        self._places = self._make_places()
        rows.addWidget(self._places)
        rows.addStretch(1)
        rows.addWidget(self._make_links())
        rows.addLayout(self._make_foot())
        self.set_narrow(False)
        self.close_shop()

    def _make_places(self) -> QWidget:
        made = QWidget()
        rows = QVBoxLayout(made)
        rows.setContentsMargins(0, 8, 0, 0)
        rows.setSpacing(0)
        edge = QHBoxLayout()
        edge.setContentsMargins(LEFT, 0, LEFT, 8)
        edge.addWidget(rule("region"))
        rows.addLayout(edge)
        made.hide()
        return made

    def _make_links(self) -> QWidget:
        self.page = RailLink("external-link", "Checkout page", "Open the checkout page in the browser")
        self.page.clicked.connect(self.page_wanted)
        self.copy_page = IconButton("copy", "Copy the address of the checkout page", edge=26)
        self.copy_page.clicked.connect(self.page_copied)
        self.cards = RailLink("credit-card", "Test cards", "Show the test cards")
        self.cards.setToolTip("Cards to pay with on the checkout page. No money moves.")
        self.cards.clicked.connect(self.cards_wanted)
        made = QWidget()
        rows = QVBoxLayout(made)
        rows.setContentsMargins(0, 0, 0, 8)
        rows.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 10, 0)
        row.setSpacing(0)
        row.addWidget(self.page, 1)
        row.addWidget(self.copy_page)
        rows.addLayout(row)
        rows.addWidget(self.cards)
        return made

    def _make_foot(self) -> QVBoxLayout:
        self._seat = IconText("monitor", tone=Tone.MUTED, elide=True, icon_size=16)
        self._seat_row = QHBoxLayout()
        self._seat_row.setContentsMargins(LEFT, 6, LEFT, 0)
        self._seat_row.addWidget(self._seat)
        edge = QHBoxLayout()
        edge.setContentsMargins(LEFT, 0, LEFT, 6)
        edge.addWidget(rule("region"))
        self._foot = QVBoxLayout()
        self._foot.setSpacing(0)
        self._foot.addLayout(edge)
        self._foot.addLayout(self._seat_row)
        return self._foot

    def add_place(self, name: str, icon: str, key: str = "") -> RailButton:
        """A further entry below the stages and their line, for a page that is no list of orders. It tells itself by
        ``place_chosen``, is on while a shop is open, and may show a count. ``Places.add`` calls this."""
        button = RailButton(name, icon, key)
        button.setEnabled(self._buttons[STAGES[0]].isEnabled())
        button.set_narrow(self._narrow)
        button.clicked.connect(self._clicked)
        self._group.addButton(button)
        self._place_buttons[name] = button
        rows = self._places.layout()
        assert rows is not None
        rows.addWidget(button)
        self._places.show()
        self._fit()
        return button

    def add_command(self, icon: str, text: str, name: str) -> RailLink:
        """An entry at the foot, above the seat, that opens a dialog; whoever adds it connects its ``clicked``. It is
        on without a shop, too. ``name`` is said to a screen reader and shown as the tip."""
        link = RailLink(icon, text, name, leads_out=False)
        link.set_narrow(self._narrow)
        self._commands.append(link)
        self._foot.insertWidget(len(self._commands), link)
        self._fit()
        return link

    def button(self, stage: Stage) -> RailButton:
        """The button of a stage."""
        return self._buttons[stage]

    def place_button(self, name: str) -> RailButton:
        """The button of a place."""
        return self._place_buttons[name]

    def choose(self, stage: Stage) -> None:
        """Show ``stage`` as the chosen one; says nothing."""
        self._buttons[stage].setChecked(True)

    def choose_place(self, name: str) -> None:
        """Show a place as the chosen one; says nothing."""
        self._place_buttons[name].setChecked(True)

    def show_overview(self, overview: Overview) -> None:
        """The counts."""
        for stage, button in self._buttons.items():
            at_risk = overview.at_risk_count if stage is Stage.TO_PREPARE else 0
            button.show_count(overview.count(stage), at_risk)
        self._fit()

    def open_shop(self, seat: str, page: str = "", *, test_cards: bool = False) -> None:
        """Switch the stages on. ``page`` is the checkout page's address, '' for none; ``test_cards``: it takes them."""
        self._seat.say(plain.one_line(seat))
        self._has_page = bool(page)
        self.page.setToolTip(plain.tip(f"Open {plain.one_line(page)} in the browser (Ctrl+B)"))
        self.cards.setVisible(test_cards)
        self._show_page()
        for button in (*self._buttons.values(), *self._place_buttons.values()):
            button.setEnabled(True)

    def close_shop(self) -> None:
        """No shop: the stages are there and off."""
        self._seat.say("This computer")
        self._has_page = False
        self.cards.setVisible(False)
        self._show_page()
        for button in (*self._buttons.values(), *self._place_buttons.values()):
            button.show_count(None)
            button.setEnabled(False)
        self._fit()

    def set_narrow(self, narrow: bool) -> None:
        """Icons and counts only, for small windows."""
        self._narrow = narrow
        self._seat.label.setVisible(not narrow)
        for button in (*self._buttons.values(), *self._place_buttons.values()):
            button.set_narrow(narrow)
        for link in (self.page, self.cards, *self._commands):
            link.set_narrow(narrow)
        self._show_page()
        self._fit()

    def _fit(self) -> None:
        """As wide as the widest entry, which depends on the counts."""
        entries = (*self._buttons.values(), *self._place_buttons.values())
        width = max(entry.sizeHint().width() for entry in entries)
        if width != self.minimumWidth():
            self.setFixedWidth(width)
            self.width_changed.emit(width)

    def _show_page(self) -> None:
        self.page.setVisible(self._has_page)
        self.copy_page.setVisible(self._has_page and not self._narrow)

    def _clicked(self) -> None:
        chosen = self._group.checkedButton()
        for stage, button in self._buttons.items():
            if button is chosen:
                self.stage_chosen.emit(stage)
        for name, button in self._place_buttons.items():
            if button is chosen:
                self.place_chosen.emit(name)
