"""The fields for keys, and the line that says where the secret one is kept."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from sellerdesk.domain.errors import SellerDeskError
from sellerdesk.services.desk import ShopOpener
from sellerdesk.ui.buttons import IconButton, PlainButton
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.widgets import Field, FieldError, IconText, Tone, label, mark_wrong


class KeyField(QWidget):
    """A key, hidden while it is a secret, with a way to look at it and a way to paste; what it is stands below.

    Signals:
        changed: another text.
        finished: Return was pressed.
    """

    changed = Signal()
    finished = Signal()

    def __init__(self, title: str, *, secret: bool) -> None:
        super().__init__()
        self._before = 0
        self.is_firm = False
        self.field = Field(title, icon="key-round")
        self.field.setInputMethodHints(Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhSensitiveData)
        # Longer than any key, so that a wrong paste is refused in words and not cut to something plausible.
        self.field.setMaxLength(1000)
        self.reveal = IconButton("eye", f"Show the {title.lower()}", edge=28)
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._reveal)
        self.reveal.setVisible(secret)
        self.paste = PlainButton("Paste")
        self.paste.setAccessibleName(f"Paste the {title.lower()}")
        self.paste.clicked.connect(self._paste)
        self.kind = IconText("circle-check", tone=Tone.MUTED, size=Size.SMALL)
        self.error = FieldError()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(label(title, size=Size.SMALL, strong=True))
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (self.field, self.reveal, self.paste):
            row.addWidget(widget, 1 if widget is self.field else 0)
        rows.addLayout(row)
        rows.addWidget(self.kind)
        rows.addWidget(self.error)
        self._secret = secret
        self._reveal(False)
        self.kind.hide()
        self.field.textChanged.connect(self._changed)
        self.field.returnPressed.connect(self.finished)

    def text(self) -> str:
        return self.field.text()

    def say(self, fact: str, problem: str, tone: Tone = Tone.MUTED) -> None:
        """What the key is, or what is wrong with it; '' says nothing. A key that is being typed is not called wrong
        before the field is left."""
        if not self.is_firm or not self.field.text().strip():
            problem = ""
        self.kind.say(fact, "circle-alert" if tone is Tone.AMBER else "circle-check", tone)
        self.kind.setVisible(bool(fact) and not problem)
        self.error.show_sentence(problem)
        mark_wrong(self.field, bool(problem))

    def forget(self) -> None:
        """Take the text away, from the undo history, too."""
        self.reveal.setChecked(False)
        self.field.setText("")

    def _reveal(self, shown: bool) -> None:
        hidden = self._secret and not shown
        self.field.setEchoMode(QLineEdit.EchoMode.Password if hidden else QLineEdit.EchoMode.Normal)

    def _paste(self) -> None:
        self.field.setText(QGuiApplication.clipboard().text().strip())
        self.field.setFocus()

    def _changed(self, text: str) -> None:
        # More than one character at once was pasted or scanned: whole, and fit to be judged.
        if not text or len(text) - self._before > 1:
            self.is_firm = bool(text)
        self._before = len(text)
        self.changed.emit()


class KeyringLine(IconText):
    """Asks for the keyring in a worker and says where a key would be kept, or why none can be.

    Signals:
        known: it has been said.
    """

    known = Signal()

    def __init__(self, opener: ShopOpener, tasks: Tasks) -> None:
        super().__init__("lock", tone=Tone.MUTED, size=Size.SMALL, wrap=True)
        fitting(self.label)
        self.is_usable = False
        self.hide()
        tasks.read(self, opener.keyring_name, self._found, self._none)

    def _found(self, name: str) -> None:
        self.is_usable = True
        self.say(f"Kept in: {name}. Never in a file, never in a log.", "lock", Tone.MUTED)
        self.show()
        self.known.emit()

    def _none(self, error: Exception) -> None:
        sentence = str(error) if isinstance(error, SellerDeskError) else "The keyring could not be asked."
        self.say(sentence, "circle-x", Tone.RED)
        self.show()
        self.known.emit()
