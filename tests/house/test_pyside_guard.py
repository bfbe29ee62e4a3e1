"""PySide6 keeps the reference counts of True and None; one release lost one at every signal and every void call."""

import sys

import pytest
from PySide6.QtCore import QObject, Signal

ROUNDS = 50
SLACK = 5
MORTAL = sys.version_info < (3, 12)


class _Sender(QObject):
    told = Signal(int)


@pytest.mark.skipif(not MORTAL, reason="since Python 3.12 these objects cannot die")
@pytest.mark.parametrize("value", [True, None])
def test_signals_and_void_calls_keep_reference_counts(value: object) -> None:
    sender = _Sender()
    received: list[int] = []
    before = sys.getrefcount(value)
    for number in range(ROUNDS):
        sender.told.connect(received.append)
        sender.told.emit(number)
        sender.told.disconnect(received.append)
        sender.setObjectName("again")
    assert len(received) == ROUNDS
    assert sys.getrefcount(value) >= before - SLACK
