"""A shop whose shared database is away when the window opens: the window says so once, and the shop returns."""

from pytestqt.qtbot import QtBot

from sellerdesk.domain.errors import DatabaseAway
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.shop_return import ShopReturn
from sellerdesk.ui.theme import Theme
from tests.ui.conftest import Books, Ears, FakeOpener, Remembers, open_shop
from tests.ui.sample_orders import order

AWAY = "The database shop at db.example cannot be reached (no route). Nothing is lost, and nothing is sent to Stripe."


class Returning(FakeOpener):
    """The database answers the third question."""

    tries = 0

    def last(self) -> OpenShop | None:
        self.tries += 1
        if self.tries < 3:
            raise DatabaseAway(AWAY)
        return super().last()


def test_the_window_opens_says_why_there_is_no_shop_and_the_shop_comes_back_by_itself(
    qtbot: QtBot, look: Theme, books: Books
) -> None:
    books.add(order())
    ears = Ears()
    opener = Returning(open_shop(books))
    window = MainWindow(opener, look, Remembers())
    window.notices.speak_through(ears)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    (returning,) = window.findChildren(ShopReturn)
    timer = returning._timer
    qtbot.waitUntil(lambda: window.welcome.page.isVisible() and timer.isActive())
    assert AWAY in ears.words
    assert "opens by itself" in ears.words
    timer.stop()
    returning._try()
    qtbot.waitUntil(timer.isActive)
    window.welcome.ask_for_keys()
    timer.stop()
    returning._try()  # whoever types a key is not interrupted
    assert timer.isActive()
    assert opener.tries == 2
    assert window.welcome.dialog is not None
    window.welcome.dialog.reject()
    qtbot.waitUntil(lambda: window.welcome.dialog is None)
    timer.stop()
    returning._try()
    qtbot.waitUntil(lambda: window.band.word == "TEST" and window.model.rowCount() == 1)
    assert opener.tries == 3
    assert len(ears.heard) == 1
    returning._try()
    assert not timer.isActive()
    assert not window.keeper.take(open_shop(books))  # one is open already
