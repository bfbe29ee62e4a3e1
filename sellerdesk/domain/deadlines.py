"""How soon a hold lapses, in the steps at which a person is told."""

_HOUR = 3600
# The longest first; seconds before the deadline.
STEPS = (48 * _HOUR, 24 * _HOUR, 6 * _HOUR, _HOUR)


def step_of(deadline: int, now: int) -> int | None:
    """The smallest step that a hold is in, or None when it has more time than that, or none left. Seconds UTC."""
    left = deadline - now
    return min((step for step in STEPS if left <= step), default=None) if left > 0 else None


def step_words(step: int) -> str:
    """'6 hours', '1 hour'."""
    hours = step // _HOUR
    return "1 hour" if hours == 1 else f"{hours} hours"
