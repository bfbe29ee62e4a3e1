"""Asking for a file to read from, and putting text into one that a person chose. Nothing is held up meanwhile."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from sellerdesk.files import write_text
from sellerdesk.ui import plain
from sellerdesk.ui.notices import Notices
from sellerdesk.ui.tasks import Tasks

_CSV = "CSV files (*.csv);;All files (*)"


class Exports(QObject):
    """Asks where some CSV text shall go, writes it there in a worker, and says what became of it."""

    def __init__(self, tasks: Tasks, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._notices = tasks, notices

    def ask(self, parent: QWidget, title: str, name: str, text: str) -> QFileDialog:
        """Propose ``name``. The dialog asks by itself before it takes a file that is there already."""
        dialog = _dialog(parent, title, lambda path: self._write(path, text))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(name)
        dialog.open()
        return dialog

    def _write(self, path: Path, text: str) -> None:
        said = f"Exported to {plain.apart(str(path))}."
        self._tasks.read(self, lambda: write_text(path, text), lambda _: self._notices.note(said), self._not_written)

    def _not_written(self, error: Exception) -> None:
        self._notices.error(error, money="No money moved.", next_step="Choose another place.")


def ask_what_to_read(parent: QWidget, title: str, chosen: Callable[[Path], None]) -> QFileDialog:
    """Ask for a file that is there; ``chosen`` gets it when one was chosen."""
    dialog = _dialog(parent, title, chosen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.open()
    return dialog


def _dialog(parent: QWidget, title: str, chosen: Callable[[Path], None]) -> QFileDialog:
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, title, home, _CSV)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    return dialog
