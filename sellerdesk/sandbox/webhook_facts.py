"""What the sandbox remembers about webhooks: facts only, as in ``objects``."""

from dataclasses import dataclass, field

from sellerdesk.sandbox.versions import Version


@dataclass
class Endpoint:
    """An address that is told about events. ``secrets`` sign; a value is the moment (UTC) up to which one does."""

    id: str
    created: int
    url: str
    enabled_events: list[str]
    api_version: Version | None
    description: str | None
    metadata: dict[str, str]
    secrets: dict[str, int | None]
    disabled: bool = False

    def wants(self, kind: str) -> bool:
        """Whether an event of this name is sent."""
        return not self.disabled and ("*" in self.enabled_events or kind in self.enabled_events)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: ``status`` is the answer's, ``None`` without one; ``problem`` says why there was none."""

    at: int
    status: int | None
    problem: str | None = None


@dataclass(eq=False)
class Delivery:
    """One event on its way to one endpoint. ``due`` is ``None`` once nothing more is tried."""

    endpoint: str
    event: str
    kind: str
    body: bytes
    due: int | None
    attempts: list[Attempt] = field(default_factory=list)
