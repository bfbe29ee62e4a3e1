"""Where Stripe is: one setting, the API base, yields the script's address and the origins the page may use.

It is either Stripe itself or a server at another address that speaks as Stripe does, such as the sandbox.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from sellerdesk.domain.errors import KeyNotUsable, RefusedError
from sellerdesk.domain.keys import KeyFacts

STRIPE_API_BASE = "https://api.stripe.com"

# https://docs.stripe.com/sdks/stripejs-versioning: a script is named after its release.
_STRIPE_SCRIPT = "https://js.stripe.com/dahlia/stripe.js"
# https://docs.stripe.com/security/guide#content-security-policy
_STRIPE_SCRIPT_ORIGINS = ("https://js.stripe.com", "https://*.js.stripe.com")
_STRIPE_FRAME_ORIGINS = ("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com")
_STRIPE_CONNECT_ORIGINS = ("https://api.stripe.com",)
_LONGEST = 300


class AddressNotUsable(RefusedError):
    """A text entered as Stripe's address, or as the shop's public one, is none that may be used. The sentence says
    why."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses without a trailing slash. The origins are for the page's Content-Security-Policy."""

    api_base: str
    script_url: str
    script_origins: tuple[str, ...]
    frame_origins: tuple[str, ...]
    connect_origins: tuple[str, ...]

    @classmethod
    def stripe(cls) -> "Addresses":
        """Stripe itself."""
        return cls(
            api_base=STRIPE_API_BASE,
            script_url=_STRIPE_SCRIPT,
            script_origins=_STRIPE_SCRIPT_ORIGINS,
            frame_origins=_STRIPE_FRAME_ORIGINS,
            connect_origins=_STRIPE_CONNECT_ORIGINS,
        )

    @classmethod
    def at(cls, base: str) -> "Addresses":
        """Stripe for its own address, else a server that gives API, script and frames at one address.

        Raises AddressNotUsable.
        """
        base = parse_api_base(base)
        if base == STRIPE_API_BASE:
            return cls.stripe()
        return cls(
            api_base=base,
            script_url=f"{base}/stripe.js",
            script_origins=(base,),
            frame_origins=(base,),
            connect_origins=(base,),
        )

    @property
    def is_stripe(self) -> bool:
        """Whether real money can move here."""
        return self.api_base == STRIPE_API_BASE

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this computer."""
        return _is_loopback(urlsplit(self.api_base).hostname or "")


def parse_api_base(text: str) -> str:
    """The API base in ``text`` in its one spelling: scheme, host in lower case, port only where needed.

    Raises AddressNotUsable for anything but https, or http on this computer, and for an address that carries a
    name and password, a path, a query or a fragment.
    """
    text = text.strip()
    if not text:
        raise AddressNotUsable(f"Please enter Stripe's address, normally {STRIPE_API_BASE}.")
    if len(text) > _LONGEST or not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise AddressNotUsable("Stripe's address contains characters that no such address has.")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressNotUsable("Stripe's address cannot be read. It looks like https://api.stripe.com.") from error
    if parts.scheme not in ("https", "http") or not host:
        raise AddressNotUsable("Stripe's address must begin with https:// and name a server.")
    _refuse_extras(parts)
    if parts.scheme == "http" and not _is_loopback(host):
        raise AddressNotUsable(
            "Without https the key would be readable on the way. Plain http is allowed only for a server on this "
            "computer, such as http://127.0.0.1:12111."
        )
    name = f"[{host}]" if ":" in host else host
    default = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{name}" + (f":{port}" if port is not None and port != default else "")


def parse_public_address(text: str) -> str:
    """The https address in ``text`` under which shoppers reach the checkout page, in its one spelling; '' for none.

    Raises AddressNotUsable.
    """
    if not text.strip():
        return ""
    if text.strip().lower().startswith("http:"):
        raise AddressNotUsable(
            "Shoppers type card details on this page, so its public address must begin with https://."
        )
    try:
        return parse_api_base(text)
    except AddressNotUsable as error:
        raise AddressNotUsable(
            "The public address must look like https://shop.example, with nothing behind it."
        ) from error


def check_key_fits(key: KeyFacts, addresses: Addresses) -> None:
    """A live key goes to Stripe and nowhere else. Raises KeyNotUsable."""
    if key.livemode is not False and not addresses.is_stripe:
        raise KeyNotUsable(
            f"A live key must not be sent to {addresses.api_base}, which is not Stripe. Nothing was sent. "
            "Use a test key, or set Stripe's own address."
        )


def _refuse_extras(parts: SplitResult) -> None:
    if "@" in parts.netloc:
        raise AddressNotUsable("Stripe's address must not carry a name or a password.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise AddressNotUsable("Stripe's address ends after the server's name or port; nothing may follow.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
