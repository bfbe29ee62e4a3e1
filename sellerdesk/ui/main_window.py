"""The main window: joins band, rail, list, order and status bar, and follows the shop that is open."""

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from sellerdesk import __version__
from sellerdesk.domain.errors import DatabaseAway
from sellerdesk.domain.order import Stage
from sellerdesk.domain.standing import Behind, CaughtUp
from sellerdesk.formats import caught_up_sentence
from sellerdesk.services.desk import (
    Audited,
    BackupNews,
    News,
    OpenShop,
    OrdersChanged,
    PageMoved,
    ShopOpener,
    Synced,
    Trouble,
)
from sellerdesk.training.course import EXERCISES
from sellerdesk.ui import plain
from sellerdesk.ui.audit_controller import AuditController
from sellerdesk.ui.band import ModeBand
from sellerdesk.ui.commands import Commands
from sellerdesk.ui.deadline_watch import DeadlineWatch
from sellerdesk.ui.desk_page import DeskPage, Edge
from sellerdesk.ui.empty_state import OpeningState
from sellerdesk.ui.exercise_panel import ExercisePanel
from sellerdesk.ui.focus import FocusRing
from sellerdesk.ui.fonts import pixels
from sellerdesk.ui.notices import Kind, Notice, NoticeBar, Notices
from sellerdesk.ui.order_controller import OrderController
from sellerdesk.ui.order_list import OrderList
from sellerdesk.ui.order_panel import OrderPanel
from sellerdesk.ui.orders_model import OrdersModel
from sellerdesk.ui.orders_view import OrdersView
from sellerdesk.ui.places import Places
from sellerdesk.ui.practice import PracticeController
from sellerdesk.ui.practice_bar import PracticeBar
from sellerdesk.ui.preferences import Preferences, WindowShape
from sellerdesk.ui.rail import Rail
from sellerdesk.ui.search import Search
from sellerdesk.ui.settings_controller import SettingsController
from sellerdesk.ui.shop_keeper import ShopKeeper
from sellerdesk.ui.shop_return import ShopReturn
from sellerdesk.ui.shortcuts import Actions
from sellerdesk.ui.side_pages import SidePages
from sellerdesk.ui.status_bar import StatusBar
from sellerdesk.ui.sync_words import SyncWords
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.theme import Theme
from sellerdesk.ui.welcome import Welcome

_NOTHING_TWICE = "It was read before anything was sent, so nothing was done twice."
_SMALLEST = QSize(760, 480)
_USUAL = QSize(1440, 900)
# What a title bar and borders take of the screen; a window knows its own only once it is shown.
_FRAME = QSize(16, 48)
_DRAWER_BELOW = 1280
_NARROW_BELOW = 1100
_MINUTE_MS = 60_000
_NOT_TYPED = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class MainWindow(QMainWindow):
    """Shows one shop, or none. Opens the last one right after it was painted for the first time.

    Signals:
        painted_first: the window was painted once; what takes long may begin. UI thread.
    """

    painted_first = Signal()

    def __init__(self, opener: ShopOpener, theme: Theme, preferences: Preferences, *, open_last: bool = True) -> None:
        """``open_last`` False waits for whoever made the window to call ``keeper.open_demo``."""
        super().__init__()
        self._painted = False
        self.preferences = preferences
        self._key_notice: Notice | None = None
        self.tasks = Tasks(self)
        self.notices = Notices(self)
        self.model = OrdersModel(self)
        self.view = OrdersView(self.model)
        self.panel = OrderPanel(self.now, self.system_now)
        self.page = DeskPage(self.view, self.panel)
        self.band = ModeBand()
        self.rail = Rail()
        self.bar = NoticeBar()
        self.practice_bar = PracticeBar()
        self.exercise_panel = ExercisePanel(EXERCISES)
        self.opening = OpeningState()
        self.status = StatusBar(__version__)
        self.list = OrderList(self.tasks, self.model, self.view, self)
        self.search = Search(self.page.toolbar, self.list, self.tasks, self)
        self.orders = OrderController(self.tasks, self.notices, self.model, self.panel, self)
        self.sync = SyncWords(self.status, self.page.toolbar, self)
        self.keeper = ShopKeeper(opener, self.tasks, self)
        self.welcome = Welcome(self.keeper, self.tasks, self)
        ShopReturn(self.keeper, self.tasks, lambda: self.welcome.dialog is None, self)
        self.actions_ = Actions(self)
        self.commands = Commands(self, theme, preferences)
        self.settings = SettingsController(self, theme, preferences)
        self.audit = AuditController(self)
        self.deadlines = DeadlineWatch(self.tasks, self.notices, self)
        self.notices.speak_through(self.bar.say)
        self._minute = QTimer(self)
        self._minute.setInterval(_MINUTE_MS)
        self._minute.timeout.connect(self.tick)
        self._focus_ring = FocusRing(self)
        self._lay_out()
        self.places = Places(self.rail, self.actions_, self.stack, self.page, self)
        self._connect()
        self.side = SidePages(self)
        self.practice = PracticeController(self)
        if open_last:
            self.painted_first.connect(self.keeper.open_last)
        self._show_nothing()
        self.stack.setCurrentWidget(self.opening)

    def now(self) -> int:
        """Seconds UTC of the open shop's clock; 0 without one."""
        shop = self.keeper.shop
        return shop.desk.clock.now() if shop is not None else 0

    def system_now(self) -> int:
        """Seconds UTC of this computer's own clock, which back-off is counted by."""
        shop = self.keeper.shop
        return shop.desk.clock.system_now() if shop is not None else 0

    def attach(self, shop: OpenShop) -> None:
        """Show this shop."""
        info, desk = shop.info, shop.desk
        self.setWindowTitle(f"SellerDesk: {info.mode.value.upper()}, {plain.one_line(info.name)}")
        self.band.show_shop(info, desk.clock.now())
        self.rail.choose(Stage.TO_PREPARE)
        self.bar.clear()
        self.sync.attach(desk.clock)
        self.orders.attach(shop)
        self.search.attach(desk.orders)
        self.list.attach(desk.orders, desk.clock)
        self.deadlines.attach(desk.orders, desk.clock)
        self.commands.attach(shop)
        self.stack.setCurrentWidget(self.page)
        self.view.setFocus()
        self._minute.start()

    def detach(self) -> None:
        """Let go of the shop; nothing of it stays on the screen."""
        self._minute.stop()
        self.commands.detach()
        self.search.attach(None)
        self.list.detach()
        self.deadlines.detach()
        self.orders.detach()
        self._show_nothing()

    def go_to(self, stage: Stage) -> None:
        """Show the orders of a stage."""
        self.places.leave()
        self.rail.choose(stage)
        self.bar.clear_note()
        self.search.go_to_stage(stage)
        self.view.setFocus()

    def finish(self, wait_seconds: float = 10.0) -> bool:
        """After the window was closed: wait until the shop is closed, too. What is still under way at Stripe by then
        is found out at the next start. False when it took longer."""
        workers_idle = self.tasks.close()
        return self.keeper.finish(wait_seconds, workers_idle=workers_idle)

    def _lay_out(self) -> None:
        self.stack = QStackedWidget()
        for each in (self.opening, self.welcome.page, self.page):
            self.stack.addWidget(each)
        # Of the pages only the one in sight counts: the tallest must not push what stands below out of the window.
        self.stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.bar)
        right.addWidget(self.stack, 1)
        right.addWidget(self.exercise_panel)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(Edge())
        middle.addLayout(right, 1)
        centre = QWidget()
        rows = QVBoxLayout(centre)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.band)
        rows.addWidget(self.practice_bar)
        rows.addLayout(middle, 1)
        rows.addWidget(self.status)
        self.setCentralWidget(centre)
        self.setMinimumSize(_SMALLEST)
        self._take_shape()

    def _take_shape(self) -> None:
        """As large as last time, else as drawn; never larger than the screen of today."""
        shape = self.preferences.window_shape()
        usual = QSize(pixels(_USUAL.width()), pixels(_USUAL.height()))
        wanted = QSize(shape.width, shape.height) if shape is not None else usual
        self.resize(wanted.boundedTo(QGuiApplication.primaryScreen().availableGeometry().size() - _FRAME))
        if shape is not None and shape.maximized:
            self.setWindowState(Qt.WindowState.WindowMaximized)
        self.view.choose_widths(self.preferences.column_widths())

    def _keep_shape(self) -> None:
        size = self.normalGeometry().size() if self.isMaximized() else self.size()
        self.preferences.keep_window_shape(WindowShape(size.width(), size.height(), self.isMaximized()))

    def _connect(self) -> None:
        self.rail.stage_chosen.connect(self.go_to)
        self.rail.width_changed.connect(self.band.set_word_width)
        self.places.left.connect(self._back_at_orders)
        self.page.stage_wanted.connect(self.go_to)
        self.view.order_selected.connect(self.orders.select)
        self.view.widths_chosen.connect(self.preferences.keep_column_widths)
        self.view.order_entered.connect(self.orders.open_next)
        self.orders.reload_wanted.connect(self.list.reload)
        self.orders.dialog_opened.connect(self.bar.clear_note)
        self.list.shown.connect(self._list_shown)
        self.list.counted.connect(self.sync.counted)
        self.list.counted.connect(self.rail.show_overview)
        self.list.failed.connect(self._reading_failed)
        self.keeper.opening.connect(self._show_opening)
        self.keeper.progress.connect(self.opening.show_progress)
        self.keeper.opened.connect(self.attach)
        self.keeper.closing.connect(self.detach)
        self.keeper.nothing_open.connect(self._show_choices)
        self.keeper.failed.connect(self._opening_failed)
        self.keeper.news.connect(self._hear)

    def _show_nothing(self) -> None:
        self.setWindowTitle("SellerDesk: NO SHOP")
        self.band.show_shop(None, 0)
        self.rail.close_shop()
        self.status.close_shop()

    def _show_choices(self) -> None:
        self._show_nothing()
        self.stack.setCurrentWidget(self.welcome.page)
        self.welcome.page.setFocus()

    def _show_opening(self, sentence: str) -> None:
        self.bar.clear()
        self.opening.start(sentence)
        self.stack.setCurrentWidget(self.opening)

    def _opening_failed(self, error: Exception) -> None:
        if self.welcome.take_failure(error):
            return
        waits = isinstance(error, DatabaseAway)
        next_step = "Your shop opens by itself as soon as it answers." if waits else "Choose how to go on."
        self.notices.error(error, money="No money moved.", next_step=next_step)

    def _reading_failed(self, error: Exception) -> None:
        self.notices.error(error, money="What is shown may be old.", next_step="SellerDesk reads it again by itself.")

    def _list_shown(self) -> None:
        shop = self.keeper.shop
        has_page = shop is not None and bool(shop.info.checkout_url)
        self.page.show_list(self.list.showing, self.list.overview, self.model.rowCount(), has_page=has_page)
        self.orders.reload()

    def _back_at_orders(self) -> None:
        self.rail.choose(self.list.showing.stage)

    def _hear(self, news: News) -> None:
        match news:
            case OrdersChanged():
                self.list.reload()
            case Synced():
                self.sync.synced(news)
            case Audited():
                self.sync.audited(news)
            case Trouble():
                self.sync.trouble(news)
                self._show_key_trouble(news)
            case BackupNews():
                self.sync.backed_up(news)
            case Behind():
                self.sync.behind(news)
            case CaughtUp():
                self.sync.behind(None)
                self.notices.say(Notice(Kind.NOTE, caught_up_sentence(news), _NOTHING_TWICE))
            case PageMoved():
                self._page_moved(news.address)

    def _show_key_trouble(self, news: Trouble) -> None:
        """A refused key does not get better by itself: it is said where it cannot be overlooked."""
        if self._key_notice is not None:
            self.bar.take_back(self._key_notice)
            self._key_notice = None
        if news.key_refused:
            next_step = "To enter another key of this account, open Settings (Ctrl+,), Keys, then Replace key."
            self._key_notice = Notice(Kind.WORLD, news.sentence, next_step=next_step)
            self.notices.say(self._key_notice)

    def _page_moved(self, address: str) -> None:
        shop = self.keeper.shop
        if shop is not None:
            shop.info = replace(shop.info, checkout_url=address)
            self.commands.attach(shop)
            self._list_shown()

    def tick(self) -> None:
        """A minute went by, or the shop's clock was moved."""
        self.list.tick()
        self.deadlines.look()
        self.sync.tick()
        self.band.set_now(self.now())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What nobody else took is typed or scanned: it goes into the search."""
        text = event.text()
        field = self.page.toolbar.search
        if text.strip() and text.isprintable() and not event.modifiers() & _NOT_TYPED and field.isEnabled():
            self.places.leave()
            field.take_over(text)
        elif event.key() == Qt.Key.Key_Escape and self.page.is_drawer:
            self.page.open_drawer(False)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted_first.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.width()
        self.page.set_drawer(width < pixels(_DRAWER_BELOW))
        self.rail.set_narrow(width < pixels(_NARROW_BELOW))
        self.exercise_panel.set_room(self.height())
        self.band.set_word_width(self.rail.width())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closes at once, whatever is under way; ``finish`` waits afterwards."""
        self._minute.stop()
        self._keep_shape()
        self.practice.close()
        self.tasks.close()
        super().closeEvent(event)
