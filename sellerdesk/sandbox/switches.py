"""What can be switched on in the sandbox beside single faults. Everything is off at the start."""

from dataclasses import dataclass

from sellerdesk.sandbox.errors import invalid


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Calls that are let through: per second to everything, to one endpoint and to search, per hour to one intent.

    The numbers are those of a sandbox account (https://docs.stripe.com/rate-limits).
    """

    account: int = 25
    endpoint: int = 25
    search: int = 20
    intent_updates: int = 1000

    def __post_init__(self) -> None:
        if min(self.account, self.endpoint, self.search, self.intent_updates) < 1:
            raise ValueError("Every limit must let at least one call through.")


@dataclass
class Switches:
    """The switches of one world.

    ``duplicate_events``: everything that happens makes two events. ``reverse_events``: the events of one call come in
    the wrong order. ``missing_events``: names, or ``charge.*``, of events that never come. ``search_lag``: seconds by
    which search is behind. ``object_locks``: an object that a call is busy with refuses a second one.
    """

    duplicate_events: bool = False
    reverse_events: bool = False
    missing_events: tuple[str, ...] = ()
    search_lag: int = 0
    rate_limits: RateLimits | None = None
    object_locks: bool = False


def named_by(kind: str, pattern: str) -> bool:
    """Whether an event's name is meant by ``*``, ``charge.*`` or the name itself."""
    if pattern == "*":
        return True
    return kind.startswith(pattern[:-1]) if pattern.endswith(".*") else kind == pattern


def check_pattern(pattern: str, param: str) -> None:
    """ApiError 400 when a pattern has its star anywhere but at the end, behind a dot."""
    if "*" in pattern.removesuffix("*") or (pattern.endswith("*") and pattern != "*" and not pattern.endswith(".*")):
        raise invalid(f"A wildcard stands alone or ends a name, such as charge.*: {pattern[:100]}", param)
