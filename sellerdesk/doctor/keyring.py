"""The keyring: whether there is a real one, open, and whether it gives back what it is given."""

import secrets
from collections.abc import Iterator

from sellerdesk.credentials import Credentials
from sellerdesk.doctor.findings import Finding, bad, good, skipped
from sellerdesk.domain.errors import KeyringError, KeyringLocked, NoKeyring

PROBE = "doctor"
_KIND = "probe"
_ABOUT = "Keyring"


def keyring(*, deep: bool) -> Iterator[Finding]:
    """Nothing is kept in it unless ``deep``; then a made-up text is, under a name of its own, and taken out again."""
    probe = Credentials(PROBE)
    try:
        name = probe.where()
        probe.get(_KIND)
    except NoKeyring as error:
        yield bad(_ABOUT, f"{error} Without one no shop can be connected; the demo shop works.")
        return
    except KeyringLocked as error:
        yield bad(_ABOUT, f"{probe.where()}: {error}")
        return
    except KeyringError as error:
        yield bad(_ABOUT, str(error))
        return
    yield good(_ABOUT, f"{name}, open. Keys are kept there and nowhere else.")
    if not deep:
        yield skipped(_ABOUT, "Not written to. With --deep a made-up text is kept, read and taken out again.")
        return
    yield from _round_trip(probe)


def _round_trip(probe: Credentials) -> Iterator[Finding]:
    try:
        probe.set(_KIND, secrets.token_urlsafe(24))
        probe.delete(_KIND)
        gone = probe.get(_KIND) is None
    except KeyringError as error:
        yield bad(_ABOUT, f"A made-up text could not be kept and taken out again. {error}")
        return
    if gone:
        yield good(_ABOUT, "A made-up text was kept, read and taken out again.")
    else:
        yield bad(_ABOUT, "What was taken out of the keyring is still in it.")
