"""The shop's own colour as files: a small stylesheet, and the mark beside the page's title in that colour."""

from sellerdesk.assets import asset
from sellerdesk.domain.accent import DEFAULT_ACCENT, Shades, shades_of


def accent_files(colour: str) -> dict[str, str]:
    """Files by name, to stand beside the others; none for the usual colour, which they have already."""
    if colour == DEFAULT_ACCENT:
        return {}
    shades = shades_of(colour)
    dark = f"@media screen and (prefers-color-scheme:dark){{{_rule(shades.dark)}}}"
    mark = asset("checkout", "static", "mark.svg").read_text("utf-8")
    return {"accent.css": _rule(shades.light) + dark, "mark.svg": mark.replace(DEFAULT_ACCENT, colour)}


def _rule(shades: Shades) -> str:
    return (
        f":root{{--accent:{shades.accent};--accent-press:{shades.press};--on-accent:{shades.on};"
        f"--accent-soft:{shades.soft}}}"
    )
