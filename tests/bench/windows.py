"""Windows that tell when they were seen: run in a process of their own, ``python -m tests.bench.windows NAME ...``.

Each prints one JSON object when its moment has come, and ends. Times are seconds of the monotonic clock, which all
processes of a computer share.
"""

import json
import os
import sys
import time
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMainWindow, QTableView

HEAVY = ("stripe", "requests", "alembic", "sqlalchemy", "starlette", "uvicorn", "keyring", "jinja2", "babel")


class Watch(QObject):
    """Tells of the first paint of a window, or of the first paint of a list that has rows; then ends the program."""

    def __init__(self, application: QApplication, rows: bool) -> None:
        super().__init__()
        self._rows = rows
        self._first_paint: float | None = None
        self._told = False
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and not self._told:
            self._painted(watched)
        return False

    def _painted(self, watched: QObject) -> None:
        if self._first_paint is None and isinstance(watched, QMainWindow):
            self._first_paint = time.monotonic()
            if not self._rows:
                self._tell()
        view = watched.parent()
        if isinstance(view, QAbstractItemView) and view.viewport() is watched and _has_rows(view):
            # After this paint, and whatever else it brings along, is done.
            QTimer.singleShot(0, self._tell)

    def _tell(self) -> None:
        if self._told:
            return
        self._told = True
        told: dict[str, Any] = {
            "first_paint": self._first_paint,
            "told": time.monotonic(),
            "heavy": [name for name in HEAVY if name in sys.modules],
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        os._exit(0)


def _has_rows(view: QAbstractItemView) -> bool:
    return view.model() is not None and view.model().rowCount() > 0


def bare(rows: int) -> None:
    """A window with nothing but a table."""
    application = QApplication(sys.argv[:1])
    application.watch = Watch(application, rows=True)  # type: ignore[attr-defined]
    model = QStandardItemModel(rows, 8)
    for row in range(rows):
        for column in range(8):
            model.setItem(row, column, QStandardItem(f"{row} {column}"))
    table = QTableView()
    table.setModel(model)
    window = QMainWindow()
    window.setCentralWidget(table)
    window.resize(1440, 900)
    window.show()
    application.exec()


def desk(data_dir: str, api_base: str, until: str) -> None:
    """SellerDesk as the command line starts it."""
    from sellerdesk.cli import build_parser
    from sellerdesk.window import make_application, run_window

    application = make_application()
    application.watch = Watch(application, rows=until == "rows")  # type: ignore[attr-defined]
    more = ["--stripe-api-base", api_base] if api_base else []
    run_window(build_parser().parse_args(["--data-dir", data_dir, *more, "desk"]))


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare(int(sys.argv[2]))
    else:
        desk(*sys.argv[2:])
