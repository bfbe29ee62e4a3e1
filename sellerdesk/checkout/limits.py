"""How often one browser or one address may try: a token bucket each, so that nobody tests stolen cards here."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from threading import Lock

from starlette.requests import Request

from sellerdesk.domain.errors import RefusedError

_MAX_KEYS = 10_000


class TooOften(RefusedError):
    """Too many tries; ``seconds`` until the next one is allowed. What is held is said only when it is known."""

    def __init__(self, seconds: int, known: str = "") -> None:
        minutes = max(1, -(-seconds // 60))
        wait = "a minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(f"That was a lot of tries. {known}Please wait {wait}, then try again.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Allowance:
    """``tries`` at once, all of them back after ``seconds``."""

    tries: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed per checkout or order, per client address, and for everybody together: addresses can be
    borrowed. Looking is counted only where it costs a reading at Stripe, which allows a small shop ten thousand a month
    (https://docs.stripe.com/rate-limits). A page looks 45 times in 90 seconds, and then every ten.
    ``wait_together`` is how many requests may wait for Stripe at once, in threads of their own."""

    pay_per_checkout: Allowance = Allowance(5, 600)
    pay_per_address: Allowance = Allowance(15, 600)
    place_per_address: Allowance = Allowance(30, 600)
    ask_per_address: Allowance = Allowance(600, 60)
    approved_per_order: Allowance = Allowance(20, 600)
    pay_together: Allowance = Allowance(300, 600)
    look_per_order: Allowance = Allowance(120, 3600)
    look_per_address: Allowance = Allowance(300, 3600)
    wait_together: int = field(default=24, kw_only=True)


def client_address(request: Request, behind_proxy: bool) -> str:
    """The address to count tries for. ``behind_proxy`` is whether the shop's own proxy stands before this server: the
    last entry of X-Forwarded-For is then the one it wrote. Otherwise the header is not believed, because anybody can
    write it. Of an IPv6 address the first half counts: the other half is free for its owner to choose; but an IPv4
    address is one, also as '::ffff:203.0.113.7', as proxies write it that listen for both."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.getlist("x-forwarded-for")
    if not (behind_proxy and forwarded):
        return peer
    try:
        address = ip_address(_without_port(forwarded[-1].rpartition(",")[2].strip()))
    except ValueError:
        return peer
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


def _without_port(entry: str) -> str:
    """The address in '203.0.113.7:4711', '[2001:db8::1]:4711' or '[2001:db8::1]'; anything else as it is."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry


class Bucket:
    """Counts tries per key. Safe to use from several threads; forgets the keys used longest ago.

    ``now`` gives seconds of a clock that only moves forward.
    """

    def __init__(self, allowance: Allowance, now: Callable[[], float]) -> None:
        self._allowance = allowance
        self._now = now
        self._lock = Lock()
        self._state: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """One try for ``key``. Raises TooOften, and then counts nothing."""
        rate = self._allowance.tries / self._allowance.seconds
        with self._lock:
            now = self._now()
            left, since = self._state.pop(key, (float(self._allowance.tries), now))
            left = min(float(self._allowance.tries), left + (now - since) * rate)
            allowed = left >= 1
            self._state[key] = (left - 1 if allowed else left, now)
            while len(self._state) > _MAX_KEYS:
                self._state.popitem(last=False)
        if not allowed:
            raise TooOften(int((1 - left) / rate) + 1)


class Underway:
    """Which orders this process is paying right now. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    @contextmanager
    def mark(self, reference: str) -> Iterator[None]:
        """Marked as long as the block runs; blocks may overlap."""
        with self._lock:
            self._counts[reference] += 1
        try:
            yield
        finally:
            with self._lock:
                self._counts[reference] -= 1
                if not self._counts[reference]:
                    del self._counts[reference]

    def is_marked(self, reference: str) -> bool:
        with self._lock:
            return reference in self._counts
