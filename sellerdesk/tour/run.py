"""Takes the tour: every step of a working day, one after the other."""

import os
import sys
import tempfile
from pathlib import Path

from sellerdesk.domain.order import Order, Stage
from sellerdesk.formats import money
from sellerdesk.tour.album import PROMISES, Album, say
from sellerdesk.tour.hands import Hands
from sellerdesk.tour.shopper import TourShopper, find_shopper

TRACKING_NUMBER = "00340434161094042557"


def run_tour(out: Path, data_dir: Path | None) -> int:
    """Take the tour and leave pictures and a page in ``out``; 0 when every step came to its end."""
    if not _has_screen():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    album = Album(out)
    with tempfile.TemporaryDirectory(prefix="sellerdesk-tour-", ignore_cleanup_errors=True) as folder:
        hands = Hands(album, data_dir or Path(folder))
        try:
            Tour(album, hands).take()
        finally:
            hands.close()
    say(f"The tour is done: {len(album.shots)} pictures and a summary in {out}{os.sep}index.html")
    return 0


class Tour:
    """One tour through a demo shop of its own."""

    def __init__(self, album: Album, hands: Hands) -> None:
        self._album = album
        self._hands = hands

    def take(self) -> None:
        """Every step, in the order of a working day."""
        self._first_start()
        shopper = find_shopper(self._hands.demo, self._album)
        say(f"Shopper: {shopper.how}.")
        try:
            order = shopper.order()
            self._see_it_arrive(order)
            self._prepare(order)
            self._ship(order)
            shopper.look_at(order)
            self._one_who_left(shopper)
            self._release()
            self._look_around()
            self._settings(shopper)
            self._practise()
        finally:
            shopper.leave()
        self._in_the_dark()
        self._sum_up(order, shopper.how)

    # --- the steps ---

    def _first_start(self) -> None:
        hands, window = self._hands, self._hands.window
        window.show()
        hands.wait(lambda: window.stack.currentWidget() is window.welcome.page, "the window opens")
        hands.shoot("first-start", "The first start: try the demo shop, or connect Stripe.")
        window.welcome.ask_for_keys()
        hands.wait(lambda: window.welcome.dialog is not None, "Connect Stripe opens")
        dialog = window.welcome.dialog
        assert dialog is not None
        hands.shoot(
            "connect",
            "Connect Stripe: the secret key goes into the system's keyring; without one nothing is connected.",
            "P20",
            dialog=dialog,
        )
        dialog.close()
        say("Opening the demo shop and its weeks of orders …")
        hands.open_demo()
        hands.shoot("desk", "The desk: held orders, the hold that lapses first on top.", "P05", "P09")

    def _see_it_arrive(self, order: Order) -> None:
        self._hands.select(Stage.TO_PREPARE, order.id)
        self._hands.shoot(
            "arrived",
            f"Order {order.shown_reference} arrived: held, nothing is charged yet. Of the card the desk knows what "
            "Stripe tells; a receipt is asked for; the order has a customer of its own.",
            "P03",
            "P05",
            "P13",
            "P14",
        )

    def _prepare(self, order: Order) -> None:
        from sellerdesk.ui.dialogs.stepper import Stepper

        hands = self._hands
        hands.window.orders.prepare()
        dialog = hands.dialog("Prepare")
        dialog.findChildren(Stepper)[-1].step(-1)
        hands.shoot(
            "prepare",
            "Prepare: one item is out of stock, so less is captured and the rest is released. A hold can be captured "
            "once, and the dialog says so.",
            "P06",
            "P07",
            dialog=dialog,
        )
        hands.do(dialog)
        hands.wait(lambda: hands.order(order.id).payment.captured > 0, "the money is captured")
        hands.wait_until_closed()
        hands.select(Stage.TO_SHIP, order.id)
        hands.shoot(
            "captured",
            "Captured: the shopper pays for what goes out. The rest is released, and may be charged later on the saved "
            "card.",
            "P07",
            "P08",
            "P10",
        )

    def _ship(self, order: Order) -> None:
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QLineEdit

        hands = self._hands
        hands.window.orders.ship()
        dialog = hands.dialog("Ship")
        field = next(each for each in dialog.findChildren(QLineEdit) if "racking" in each.accessibleName())
        QTest.keyClicks(field, TRACKING_NUMBER)
        hands.shoot("ship", "Ship: the number is scanned or typed, the carrier is recognised.", "P11", dialog=dialog)
        hands.do(dialog)
        hands.wait(lambda: hands.on_intent(order.id) == TRACKING_NUMBER, "the number reaches the PaymentIntent")
        hands.wait_until_closed()
        hands.select(Stage.SHIPPED, order.id)
        hands.shoot("shipped", "Shipped: tracking on the order, on the PaymentIntent and on the shopper's page.", "P11")

    def _one_who_left(self, shopper: TourShopper) -> None:
        order = shopper.leave_at_the_bank()
        self._hands.select(Stage.UNFINISHED, order.id)
        self._hands.shoot(
            "unfinished", "Unfinished: this shopper pressed pay and left when the bank asked.", "P12", "P18"
        )
        shopper.come_back(order)
        self._hands.select(Stage.TO_PREPARE, order.id)
        self._hands.shoot("finished", "The same order, held now.", "P12")

    def _release(self) -> None:
        hands = self._hands
        order_id = hands.first_row(Stage.TO_PREPARE, lambda row: row.risk_level == "elevated")
        hands.select(Stage.TO_PREPARE, order_id)
        hands.window.orders.release()
        dialog = hands.dialog("Release")
        hands.shoot("release", "Release: what happens to the money is said before the button.", dialog=dialog)
        hands.do(dialog)
        hands.wait(lambda: hands.order(order_id).payment.released > 0, "the hold is released")
        hands.wait_until_closed()
        hands.select(Stage.ENDED, order_id)
        hands.shoot("released", "Released: nothing is held any more, and the order has ended.")

    def _look_around(self) -> None:
        hands = self._hands
        problem = hands.first_row(Stage.PROBLEM, lambda row: bool(row.problem) and row.currency == "jpy")
        hands.select(Stage.PROBLEM, problem)
        hands.shoot(
            "problems", "Problems: what happened, who refused, what to do, what the shopper may be told.", "P19"
        )
        lapsed = hands.first_row(Stage.ENDED, lambda row: row.ended_because == "expired")
        hands.select(Stage.ENDED, lapsed)
        hands.shoot("lapsed", "A hold that lapsed: ended by Stripe, never charged.", "P09")
        hands.show_place("Overview")
        hands.wait(lambda: hands.window.side.overview.page.figures is not None, "the overview has its figures")
        hands.shoot("overview", "Overview: what became of the holds.")
        hands.show_place("Catalogue")
        hands.wait(hands.window.side.catalogue.page.view.isVisible, "the catalogue shows")
        hands.shoot("catalogue", "Catalogue: what is sold, and how much is left.")

    def _settings(self, shopper: TourShopper) -> None:
        """Who confirms is a setting; the next order takes the other road."""
        from sellerdesk.domain.road import ConfirmationRoad
        from sellerdesk.ui.dialogs.settings_pages import ConfirmationPage

        hands, settings = self._hands, self._hands.window.settings
        settings.open()
        hands.wait(lambda: settings.dialog is not None, "the settings open")
        dialog = settings.dialog
        assert dialog is not None
        hands.shoot("keys", "Settings: the keys, where they are kept and what they may do.", "P20", dialog=dialog)
        dialog.show_page("Confirmation")
        page = next(each for each in dialog.pages if isinstance(each, ConfirmationPage))
        page.road.marks[ConfirmationRoad.PAGE.value].click()
        hands.shoot("confirmation", "Settings: who confirms a payment.", "P15", "P16", dialog=dialog)
        hands.do(dialog)
        hands.wait(lambda: settings.dialog is None or not dialog.changes(), "the settings are saved")
        if settings.dialog is not None:
            dialog.close()
        shopper.order_confirmed_by_page()

    def _practise(self) -> None:
        """An exercise: the answer to a capture gets lost, and the money is taken once."""
        from sellerdesk.training.course import EXERCISES
        from sellerdesk.training.lost_answer import LOST_ANSWER

        hands, panel = self._hands, self._hands.window.exercise_panel
        hands.window.practice.menu.exercises.trigger()
        panel.entries[EXERCISES.index(LOST_ANSWER)].click()
        panel.start.click()
        hands.wait(panel.show_order.isVisible, "the exercise begins")
        hands.wait(hands.window.practice_bar.isVisible, "the strip says what is switched on")
        hands.wait(lambda: hands.window.orders.next_stage is Stage.TO_PREPARE, "its order shows")
        hands.shoot("practice", "Practice in the demo shop: an exercise, and a strip that says what is switched on.")
        hands.window.orders.prepare()
        hands.do(hands.dialog("Prepare"))
        hands.wait_until_closed()
        hands.wait(panel.why.isVisible, "the exercise is done")
        hands.shoot("practised", "The answer got lost, and the money was taken once: the exercise is done.")
        hands.window.practice.exercises.close()

    def _in_the_dark(self) -> None:
        from sellerdesk.ui.theme import Scheme

        self._hands.theme.choose(Scheme.DARK)
        self._hands.go_to(Stage.TO_PREPARE)
        self._hands.shoot("dark", "The same desk in dark colours.")

    def _sum_up(self, order: Order, how: str) -> None:
        now = self._hands.order(order.id)
        sums = (now.payment.authorized, now.payment.captured, now.payment.released)
        held, captured, released = (money(each, now.currency) for each in sums)
        facts = [
            f"The shopper's part: {how}.",
            f"Order {now.shown_reference}: held {held}, captured {captured}, released {released}.",
            f"Tracking number on the PaymentIntent: {self._hands.on_intent(order.id)}.",
            f"{len(self._album.shown())} of {len(PROMISES)} promises are seen in the pictures.",
        ]
        for fact in facts:
            say(fact)
        self._album.write_page(facts)


def _has_screen() -> bool:
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
