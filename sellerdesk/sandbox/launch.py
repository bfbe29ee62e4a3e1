"""Start and stop a sandbox: inside another program, or alone from the command line."""

import secrets
import signal
import sys
import threading
from types import TracebackType

from sellerdesk.sandbox.app import create_app
from sellerdesk.sandbox.world import World
from sellerdesk.serving import AsgiServer


class Sandbox:
    """A running sandbox with keys made up for this start."""

    def __init__(self, world: World | None = None, *, port: int = 0) -> None:
        self.world = world or World()
        self.control_token = secrets.token_urlsafe(24)
        self.secret_key = f"sk_test_{secrets.token_hex(24)}"
        self.publishable_key = f"pk_test_{secrets.token_hex(24)}"
        self._server = AsgiServer(create_app(self.world, self.control_token), port=port, date_header=False)

    @property
    def url(self) -> str:
        """Address without a trailing slash; use it as the SDK's ``base_addresses["api"]``."""
        return self._server.url

    @property
    def page_url(self) -> str:
        """The pages that show what is in it. The address carries the control token: show it to nobody else."""
        return f"{self.url}/_sandbox/?token={self.control_token}"

    def start(self) -> None:
        """Serve in the background. Raises :class:`sellerdesk.serving.AddressInUse` when the port is taken."""
        self._server.start()
        self.world.base_url = self._server.url
        self.world.courier.start()

    def stop(self) -> None:
        """Let held calls go, then stop serving and sending. May be called any number of times."""
        self.world.faults.clear()
        self.world.courier.stop()
        self._server.stop()

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def serve(port: int) -> int:
    """Run a sandbox until interrupted. Returns the exit status.

    The first line that it prints is its address, the second one that of the pages that show what is in it.

    2 means that the port is taken or cannot be used; a sentence on the standard error says so.
    """
    sandbox = Sandbox(port=port)
    try:
        sandbox.start()
    except OSError as problem:
        sys.stderr.write(f"{problem.strerror}\n")
        return 2
    sys.stdout.write(f"{sandbox.url}\n{sandbox.page_url}\n")
    sys.stdout.flush()
    interrupted = threading.Event()
    # Not by KeyboardInterrupt: one that falls into a finalizer is only printed, and the program would go on.
    before = signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    try:
        while not interrupted.wait(0.5):  # an endless wait cannot be interrupted on Windows
            pass
    finally:
        signal.signal(signal.SIGINT, before)
        sandbox.stop()
    return 0
