"""Find the files that come along: icons, styles, pages, demo data, licences.

A wheel carries them inside the package; a checkout keeps them in `resources/` beside it.
"""

from pathlib import Path, PurePosixPath, PureWindowsPath

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "resources", _PACKAGE.parent / "resources")


def asset(*parts: str) -> Path:
    """The path of a file or folder that comes along.

    Args:
        parts: its place below resources, for example `asset("icons", "truck.svg")`.

    Returns:
        An absolute path to something that exists.

    Raises:
        ValueError: when the parts are empty or lead out of the resources.
        FileNotFoundError: when there is no such file; the installation is then incomplete.
    """
    if not parts or not all(_stays_inside(part) for part in parts):
        raise ValueError(f"{'/'.join(parts)!r} is not a place below the resources")
    for place in _PLACES:
        path = place.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(
        f"The file {'/'.join(parts)} is missing from this installation of SellerDesk; installing it again helps."
    )


def _stays_inside(part: str) -> bool:
    """Whether a part is relative, not empty and without "..", whichever slash the system uses."""
    pure = PureWindowsPath(part)
    return bool(pure.parts) and not pure.anchor and not PurePosixPath(part).anchor and ".." not in pure.parts
