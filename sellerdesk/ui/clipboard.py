"""The clipboard: plain text only."""

from PySide6.QtGui import QGuiApplication


def copy_text(text: str) -> None:
    """Put plain text on the clipboard."""
    QGuiApplication.clipboard().setText(text)
