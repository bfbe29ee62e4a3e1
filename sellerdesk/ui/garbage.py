"""Collect what stands in cycles on the UI thread only.

Python's collector runs on whichever thread happens to allocate. A worker's would take apart widgets and timers that
stand in a cycle while Qt walks over them on the UI thread, which ends the program with a segmentation fault.
"""

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_EVERY = 1_000  # milliseconds


class GarbageKeeper(QObject):
    """Takes the collector over from its making until ``stop``. Make it on the UI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOK_EVERY)

    def look(self) -> None:
        """Collect the oldest generation that is due by Python's own thresholds, and all younger ones with it."""
        due = [
            generation
            for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if threshold and count > threshold
        ]
        if due:
            gc.collect(due[-1])

    def stop(self) -> None:
        """Give the collector back. What the windows left is collected first, since workers may still run."""
        self._timer.stop()
        gc.collect()
        if self._was_enabled:
            gc.enable()
