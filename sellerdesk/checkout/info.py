"""What the checkout server is told about the shop it serves."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sellerdesk.domain.accent import DEFAULT_ACCENT


@dataclass(frozen=True, slots=True)
class CheckoutInfo:
    """One shop's page. Nothing in it is secret.

    ``mode`` decides the band above every page. ``profile`` names the cookie on loopback http, so that a demo and a
    test shop on one machine keep apart. ``script_url`` is Stripe's script; the three origin lists go into the
    Content-Security-Policy as they are. ``own_origins`` are the addresses the page is reached under
    ('https://shop.example'); empty means any port of this machine's loopback address over http.
    ``countries`` are ISO 3166 codes in the order of the list, the first one is chosen at the start.
    ``pictures`` is the folder with the pictures that products name. ``links`` are (label, https address) for the
    footer; one labelled 'Terms' is also named under the button. ``accent`` is a colour as ``read_accent`` gives it.
    """

    shop_name: str
    mode: Literal["demo", "test", "live"]
    profile: str
    publishable_key: str
    script_url: str
    script_origins: tuple[str, ...]
    frame_origins: tuple[str, ...]
    connect_origins: tuple[str, ...]
    countries: tuple[str, ...]
    pictures: Path
    own_origins: tuple[str, ...] = ()
    headline: str = ""
    tagline: str = ""
    links: tuple[tuple[str, str], ...] = ()
    accent: str = DEFAULT_ACCENT

    @property
    def secure(self) -> bool:
        """Whether the page is served under https, by this server or by a proxy before it."""
        return bool(self.own_origins) and all(origin.startswith("https://") for origin in self.own_origins)

    @property
    def cookie_name(self) -> str:
        """https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes"""
        return "__Host-sd" if self.secure else f"sd_{self.profile}"
