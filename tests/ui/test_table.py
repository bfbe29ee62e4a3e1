"""The table: honest cells, aligned sums, selection that stays with its order, pages that grow."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from sellerdesk.domain.explanation import Refuser
from sellerdesk.domain.listing import OrderRow
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import CardFacts, Problem
from sellerdesk.formats import when
from sellerdesk.ui.chips import Chip, Form
from sellerdesk.ui.columns import REFUSERS, STAGES, AmountParts, Check, check_of, columns_for, state_chip, try_again
from sellerdesk.ui.orders_model import OrdersModel, Role
from sellerdesk.ui.orders_view import OrdersView
from sellerdesk.ui.theme import Scheme, Theme
from tests.ui.conftest import row_of
from tests.ui.sample_orders import (
    HOSTILE,
    HOUR,
    NOW,
    captured_order,
    facts,
    hostile_order,
    order,
    problem_order,
    shipped_order,
    with_operation,
    yen_order,
)


def numbered(number: int, given: Order | None = None) -> OrderRow:
    row = row_of(given or order())
    return replace(row, id=f"{number:032d}", cursor=str(number), reference=f"K7QP{number:04d}")


def cells(model: OrdersModel, row: int = 0) -> dict[str, str]:
    """What one row says, by the titles of the columns."""
    return {
        str(model.headerData(column, Qt.Orientation.Horizontal)): str(model.index(row, column).data() or "")
        for column in range(model.columnCount())
    }


def shown(row: OrderRow, stage: Stage | None = None) -> dict[str, str]:
    model = OrdersModel()
    model.show_page(row.stage if stage is None else stage, [row], False, NOW)
    return cells(model)


def test_a_held_order_says_when_it_lapses_and_what_is_short() -> None:
    said = shown(row_of(order()))
    assert said == {
        "Hold lapses": "9 h left",
        "Order": "K7QP-3MX2",
        "Shopper": "Zoë Lefèvre-Okafor",
        "Pcs": "7",
        "Items": said["Items"],
        "Amount": "128.40\u00a0EUR",
        "Card": "Visa 4242",
        "Checks": "Postcode",
        "State": "1 short",
    }
    assert said["Items"].startswith("Linen apron")


def test_each_stage_says_what_matters_there() -> None:
    assert shown(row_of(captured_order()))["Captured"] == "96.30\u00a0EUR"
    assert next(iter(shown(row_of(captured_order())))) == "Waiting since"
    assert shown(row_of(problem_order())) == {
        "Last try": "08:14",
        "Order": "K7QP-3MX2",
        "Shopper": "Zoë Lefèvre-Okafor",
        "Amount": "128.40\u00a0EUR",
        "Card": "JCB 0505",
        "What happened": "Not enough money, or limit",
        "Refused by": "Bank",
        "Try again": "Wed 25 Nov",
    }
    assert shown(row_of(shipped_order()))["Carrier"] == "UPS"
    assert shown(row_of(shipped_order()))["State"] == "Shipped"
    lapsed = row_of(order(facts("canceled", cancellation_reason="automatic")))
    assert shown(lapsed)["Why"] == "Hold lapsed"
    assert shown(row_of(order(facts("requires_action"))))["How far"] == "Bank asks"
    assert shown(row_of(order(facts("brand_new_status"))))["How far"] == "brand_new_status"


@pytest.mark.parametrize(
    ("decline_code", "later", "word", "icon"),
    [
        ("stolen_card", 0, "Never", "ban"),
        ("merchant_blacklist", 0, "After review", "eye"),
        ("do_not_try_again", 0, "Other card", ""),
        ("incorrect_cvc", 0, "Re-typed", ""),
        ("authentication_required", 0, "With shopper", ""),
        ("issuer_not_available", 0, "Now", ""),
        ("card_velocity_exceeded", 0, "Tue 24 Nov", ""),
        ("card_velocity_exceeded", 24 * 3600 + 1, "Now", ""),
    ],
)
def test_p19_the_table_says_when_another_try_makes_sense(decline_code: str, later: int, word: str, icon: str) -> None:
    problem = Problem("card_declined", decline_code, "", "", "ch_1", NOW - 3600)
    row = row_of(order(facts("requires_payment_method"), problem=problem))
    found = try_again(row, NOW + later)
    assert found is not None
    assert (found.word, found.icon) == (word, icon)
    minutes = replace(problem, decline_code="processing_error", at=NOW - 60)
    found = try_again(replace(row, problem=minutes), NOW)
    assert found is not None
    assert found.word == when(NOW + 240, NOW)


def test_while_a_refused_order_is_paid_anew_the_table_says_so() -> None:
    row = row_of(with_operation(problem_order(), OperationState.SENDING, kind=OperationKind.CONFIRM))
    found = try_again(row, NOW)
    assert found is not None
    assert found.word == "Paying"
    assert try_again(row_of(order()), NOW) is None


def test_everybody_who_may_refuse_has_a_word() -> None:
    assert set(REFUSERS) == set(Refuser)


def test_the_columns_of_a_search_name_the_stage() -> None:
    model = OrdersModel()
    model.show_page(None, [row_of(captured_order())], False, NOW)
    assert cells(model)["Stage"] == "To ship"


@pytest.mark.parametrize(
    ("state", "words", "form"),
    [
        (OperationState.SENDING, "Capturing", Form.BUSY),
        (OperationState.PLANNED, "Capturing", Form.BUSY),
        (OperationState.UNKNOWN, "Waiting", Form.AMBER),
        (OperationState.REVIEW, "Decide", Form.RED),
    ],
)
def test_an_open_operation_is_said_before_anything_else(state: OperationState, words: str, form: Form) -> None:
    chip = state_chip(row_of(with_operation(order(), state)))
    assert (chip.words, chip.form) == (words, form)


def test_chips_can_be_told_apart_without_colour() -> None:
    rows = [
        row_of(with_operation(order(), state))
        for state in (OperationState.SENDING, OperationState.UNKNOWN, OperationState.REVIEW)
    ]
    rows += [row_of(order()), row_of(problem_order()), row_of(shipped_order())]
    icons = [state_chip(row).icon for row in rows]
    assert len(set(icons)) == len(icons)


def test_checks_show_the_worst() -> None:
    good = CardFacts("visa", "4242", 4, 2029, "pass", "pass", "", "")
    row = replace(row_of(order()), card=good)
    assert check_of(row) == Check("shield-check", "", check_of(row).tone, "Checks pass")  # type: ignore[union-attr]
    assert check_of(replace(row, card=replace(good, cvc_check="fail"))).word == "CVC"  # type: ignore[union-attr]
    risky = check_of(replace(row, risk_level="highest"))
    assert risky is not None
    assert risky.word == "High risk"
    assert check_of(replace(row, card=None)) is None


def test_sums_line_up_on_the_decimal_sign() -> None:
    model = OrdersModel()
    model.show_page(Stage.TO_PREPARE, [numbered(1), numbered(2, yen_order())], False, NOW)
    column = [each.title for each in model.columns].index("Amount")
    assert model.index(0, column).data(Role.VALUE) == AmountParts("128", ".40", "EUR")
    assert model.index(1, column).data(Role.VALUE) == AmountParts("24,800", "", "JPY")
    assert model.slots() == ((".40",), ("EUR", "JPY"))


def test_what_strangers_wrote_stays_plain_in_every_role() -> None:
    model = OrdersModel()
    row = row_of(hostile_order())
    for stage in (*STAGES, None):
        model.show_page(stage, [replace(row, problem=problem_order().payment.problem)], False, NOW)
        for column in range(model.columnCount()):
            index = model.index(0, column)
            assert "\u202e" not in str(index.data() or "")
            tip = str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
            assert "<b>" not in tip
            assert "<img" not in tip
    said = shown(row)
    assert said["Shopper"].startswith("<b>Robert</b>")
    assert HOSTILE not in said["Shopper"]


def test_every_cell_has_words_for_a_screen_reader() -> None:
    model = OrdersModel()
    for stage in STAGES:
        model.show_page(stage, [row_of(order())], False, NOW)
        for column in range(model.columnCount()):
            assert model.index(0, column).data(Qt.ItemDataRole.AccessibleTextRole)
    model.show_page(Stage.TO_PREPARE, [row_of(order())], False, NOW)
    assert model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Hold lapses: 9 h left"
    assert "2026" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_the_countdown_goes_on_without_reading(qtbot: QtBot) -> None:
    model = OrdersModel()
    model.show_page(Stage.TO_PREPARE, [row_of(order())], False, NOW)
    with qtbot.waitSignal(model.dataChanged) as told:
        model.set_now(NOW + 9 * HOUR)
    first, last = told.args[0], told.args[1]
    assert (first.column(), last.column()) == (0, 0)
    assert model.index(0, 0).data() == "6 min"
    assert isinstance(model.index(0, 0).data(Role.VALUE), Chip)


def test_the_model_keeps_qts_rules(qtbot: QtBot) -> None:
    model = OrdersModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rows = [numbered(number) for number in range(5)]
    model.show_page(Stage.TO_PREPARE, rows, True, NOW)
    model.append([numbered(number) for number in range(4, 9)], False)
    assert model.rowCount() == 9
    model.set_now(NOW + 60)
    model.show_page(Stage.TO_SHIP, rows[:2], False, NOW)
    model.show_page(Stage.TO_SHIP, [replace(rows[0], short=3), rows[1]], False, NOW)
    model.show_page(Stage.ENDED, [], False, NOW)
    assert tester.model() is model


def test_the_next_page_is_asked_for_once(qtbot: QtBot) -> None:
    model = OrdersModel()
    asked: list[str] = []
    model.more_wanted.connect(asked.append)
    model.show_page(Stage.TO_PREPARE, [numbered(1), numbered(2)], True, NOW)
    root = QModelIndex()
    assert model.canFetchMore(root)
    model.fetchMore(root)
    model.fetchMore(root)
    assert asked == ["2"]
    model.stop_waiting()
    model.fetchMore(root)
    assert asked == ["2", "2"]
    model.append([numbered(3)], False)
    assert not model.canFetchMore(root)
    assert not model.canFetchMore(QStandardItemModel(1, 1).index(0, 0))


def a_view(qtbot: QtBot, count: int = 5) -> tuple[OrdersView, OrdersModel]:
    model = OrdersModel()
    view = OrdersView(model)
    model.setParent(view)
    qtbot.addWidget(view)
    view.resize(900, 400)
    with qtbot.waitExposed(view):
        view.show()
    model.show_page(Stage.TO_PREPARE, [numbered(number) for number in range(count)], False, NOW)
    return view, model


@pytest.mark.usefixtures("look")
def test_the_first_order_is_selected_and_the_keyboard_walks(qtbot: QtBot) -> None:
    view, _ = a_view(qtbot)
    assert view.selected_order == f"{0:032d}"
    with qtbot.waitSignal(view.order_selected) as told:
        QTest.keyClick(view, Qt.Key.Key_Down)
    assert told.args == [f"{1:032d}"]
    with qtbot.waitSignal(view.order_entered):
        QTest.keyClick(view, Qt.Key.Key_Return)


@pytest.mark.usefixtures("look")
def test_the_selection_stays_with_its_order_when_rows_move(qtbot: QtBot) -> None:
    view, model = a_view(qtbot)
    assert view.select_order(f"{3:032d}")
    told: list[str] = []
    view.order_selected.connect(told.append)
    model.show_page(Stage.TO_PREPARE, [numbered(number) for number in (9, 8, 3, 0)], False, NOW)
    assert view.selected_order == f"{3:032d}"
    assert view.currentIndex().row() == 2
    assert told == []


@pytest.mark.usefixtures("look")
def test_when_an_order_leaves_the_next_one_takes_its_place(qtbot: QtBot) -> None:
    view, model = a_view(qtbot)
    view.select_order(f"{2:032d}")
    model.show_page(Stage.TO_PREPARE, [numbered(number) for number in (0, 1, 3, 4)], False, NOW)
    assert view.selected_order == f"{3:032d}"
    model.show_page(Stage.TO_PREPARE, [], False, NOW)
    assert view.selected_order == ""


@pytest.mark.usefixtures("look")
def test_another_list_starts_at_its_first_order(qtbot: QtBot) -> None:
    view, model = a_view(qtbot)
    view.select_order(f"{3:032d}")
    view.start_over()
    model.show_page(Stage.TO_SHIP, [numbered(number) for number in (1, 3, 4)], False, NOW)
    assert view.selected_order == f"{1:032d}"
    view.start_over(f"{4:032d}")
    model.show_page(Stage.TO_SHIP, [numbered(number) for number in (1, 3, 4)], False, NOW)
    view.keep_selection()
    assert view.selected_order == f"{4:032d}"


@pytest.mark.usefixtures("look")
def test_a_double_click_opens_and_return_held_down_does_not(qtbot: QtBot) -> None:
    view, _ = a_view(qtbot)
    entered: list[bool] = []
    view.order_entered.connect(lambda: entered.append(True))
    place = view.visualRect(view.model().index(2, 1)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert entered == [True]
    assert view.selected_order == f"{2:032d}"
    QTest.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert entered == [True]


def test_every_kind_of_row_can_be_painted(qtbot: QtBot, look: Theme) -> None:
    view, model = a_view(qtbot)
    rows = [
        numbered(number, replace(given))
        for number, given in enumerate(
            (order(), yen_order(), hostile_order(), problem_order(), captured_order(), shipped_order())
        )
    ]
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        look.choose(scheme)
        for stage in (*STAGES, None):
            model.show_page(stage, rows, False, NOW)
            assert not view.grab().isNull()
            assert sum(view.columnWidth(column) for column in range(model.columnCount())) >= view.viewport().width() - 2
    assert columns_for(None)[0].title == "Placed"


def test_the_header_says_how_the_rows_are_sorted() -> None:
    model = OrdersModel()
    across = Qt.Orientation.Horizontal
    for stage, title, icon, words in (
        (Stage.TO_PREPARE, "Hold lapses", "arrow-up", "Hold lapses, soonest first"),
        (Stage.TO_SHIP, "Waiting since", "arrow-up", "Waiting since, oldest first"),
        (Stage.SHIPPED, "Shipped", "arrow-down", "Shipped, newest first"),
        (None, "Placed", "arrow-down", "Placed, newest first"),
    ):
        model.show_page(stage, [], False, NOW)
        assert model.headerData(0, across) == title
        assert model.headerData(0, across, Role.SORT) == icon
        assert model.headerData(0, across, Qt.ItemDataRole.AccessibleTextRole) == words
        assert model.headerData(1, across, Role.SORT) is None


def test_a_dragged_column_keeps_its_width_until_it_is_given_back(qtbot: QtBot, look: Theme) -> None:
    model = OrdersModel()
    view = OrdersView(model)
    qtbot.addWidget(view)
    view.resize(1000, 300)
    view.show()
    model.show_page(Stage.TO_PREPARE, [row_of(order())], False, NOW)
    header = view.horizontalHeader()
    titles = [column.title for column in model.columns]
    shopper, items = titles.index("Shopper"), titles.index("Items")
    usual, rest = view.columnWidth(shopper), view.columnWidth(items)
    chosen: list[dict[str, int]] = []
    view.widths_chosen.connect(chosen.append)
    edge = QPoint(header.sectionViewportPosition(shopper) + usual - 1, 10)
    QTest.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(header.viewport(), edge + QPoint(30, 0))
    QTest.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=edge + QPoint(30, 0))
    assert view.columnWidth(shopper) == usual + 30
    assert view.columnWidth(items) == rest - 30
    assert list(chosen[-1]) == ["Shopper"]
    # Other stages have the column, too; the next start gets it back.
    model.show_page(Stage.SHIPPED, [], False, NOW)
    model.show_page(Stage.TO_PREPARE, [row_of(order())], False, NOW)
    assert view.columnWidth(shopper) == usual + 30
    other = OrdersView(model)
    qtbot.addWidget(other)
    other.resize(1000, 300)
    other.choose_widths(chosen[-1])
    other.show()
    assert abs(other.columnWidth(shopper) - usual - 30) <= 1
    header.sectionHandleDoubleClicked.emit(shopper)
    assert view.columnWidth(shopper) == usual
    assert chosen[-1] == {}
    view.choose_widths({"Shopper": 1})
    assert view.columnWidth(shopper) > 30
