"""Every setting, declared once, and the folders where settings and data live.

A settings file is TOML. A broken or unwritable file never stops the program: the defaults hold, a sentence says so,
and what is changed goes on in memory. Names that this version does not know are kept as they are.
"""

import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from sellerdesk.addresses import STRIPE_API_BASE, parse_api_base, parse_public_address
from sellerdesk.domain.accent import DEFAULT_ACCENT, read_accent
from sellerdesk.domain.database_address import read_database_address
from sellerdesk.domain.errors import OurBug, ReadOnlyPlace, RefusedError
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.files import replace_file

T = TypeVar("T")

SETTINGS_FILE = "settings.toml"
_NAME = "sellerdesk"
_PROFILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


class SettingRefused(RefusedError):
    """A value that a setting cannot have. The sentence says what it can have."""


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting: its name in the file, what holds when nothing is set, what a person calls it, and ``read``, which
    gives back a value that is right or raises a RefusedError."""

    key: str
    default: T
    label: str
    read: Callable[[object], T]


def _line(longest: int) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or len(value.strip()) > longest or not value.strip().isprintable():
            raise SettingRefused(f"It must be one line of at most {longest} characters.")
        return value.strip()

    return read


def _one_of(*words: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise SettingRefused(f"It must be one of {', '.join(words)}.")
        return value

    return read


def _whole(lowest: int, highest: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if type(value) is not int or not lowest <= value <= highest:
            raise SettingRefused(f"It must be a whole number from {lowest} to {highest}.")
        return value

    return read


def _address(value: object) -> str:
    if not isinstance(value, str):
        raise SettingRefused("It must be an address such as https://api.stripe.com.")
    return parse_api_base(value)


def _window_shape(value: object) -> str:
    """'1440x900', with ' maximized' behind it where it was; '' for the usual size."""
    if value == "":
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"[1-9]\d{2,4}x[1-9]\d{2,4}( maximized)?", value):
        raise SettingRefused("It must be a width and a height such as 1440x900.")
    return value


def _column_widths(value: object) -> dict[str, int]:
    if not isinstance(value, dict) or not all(
        isinstance(title, str) and len(title) <= 40 and type(width) is int and 1 <= width <= 2000
        for title, width in value.items()
    ):
        raise SettingRefused("It must name columns with widths from 1 to 2000.")
    return dict(value)


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) and len(name) <= 40 for name in value):
        raise SettingRefused("It must be a list of names.")
    return tuple(dict.fromkeys(value))


def _public_address(value: object) -> str:
    if not isinstance(value, str):
        raise SettingRefused("It must be an address such as https://shop.example.")
    return parse_public_address(value)


def _database(value: object) -> str:
    if not isinstance(value, str):
        raise SettingRefused("It must be an address such as postgresql://seller@db.example/shop.")
    return str(read_database_address(value)) if value.strip() else ""


# For the whole program.
SEAT_NAME = Setting("seat_name", "", "Name of this seat", _line(40))
COLOUR_SCHEME = Setting("colour_scheme", "system", "Colours", _one_of("system", "light", "dark"))
LETTER_SIZE = Setting("letter_size", "usual", "Size of letters", _one_of("usual", "large", "largest"))
LAST_PROFILE = Setting("last_profile", "", "Shop that was open last", _line(80))
CHECKOUT_PORT = Setting("checkout_port", 8000, "Port of the checkout page", _whole(0, 65_535))
WINDOW_SHAPE = Setting("window_shape", "", "Size of the window", _window_shape)
COLUMN_WIDTHS: Setting[dict[str, int]] = Setting("column_widths", {}, "Widths of the columns", _column_widths)
PROGRAM: tuple[Setting[Any], ...] = (
    SEAT_NAME,
    COLOUR_SCHEME,
    LETTER_SIZE,
    LAST_PROFILE,
    CHECKOUT_PORT,
    WINDOW_SHAPE,
    COLUMN_WIDTHS,
)

# For one profile: one account in one mode.
STRIPE_API = Setting("stripe_api_base", STRIPE_API_BASE, "Stripe's address", _address)
PUBLISHABLE_KEY = Setting("publishable_key", "", "Publishable key", _line(512))
SHOP_NAME = Setting("shop_name", "", "Name of the shop", _line(80))
ACCENT = Setting("accent", DEFAULT_ACCENT, "Colour of the checkout page", read_accent)
ACCOUNT = Setting("account", "", "Stripe account", _line(80))
CONFIRMATION_ROAD = Setting(
    "confirmation_road", ConfirmationRoad.SERVER.value, "Who confirms payments", _one_of(*ConfirmationRoad)
)
PUBLIC_ADDRESS = Setting("public_address", "", "Public address", _public_address)
HEADLINE = Setting("headline", "", "Headline", _line(80))
TAGLINE = Setting("tagline", "", "Line below the headline", _line(160))
# How long a desk where nothing happens waits at most before it asks Stripe again, in seconds.
POLL_SECONDS = Setting("poll_seconds", 300, "How often Stripe is asked when nothing happens", _whole(60, 300))
EXERCISES_DONE: Setting[tuple[str, ...]] = Setting("exercises_done", (), "Exercises done", _names)
# A database that several seats share; '' for the file in the profile's own folder.
DATABASE_ADDRESS = Setting("database", "", "Shared database", _database)
PROFILE: tuple[Setting[Any], ...] = (
    STRIPE_API,
    PUBLISHABLE_KEY,
    SHOP_NAME,
    ACCENT,
    ACCOUNT,
    CONFIRMATION_ROAD,
    PUBLIC_ADDRESS,
    HEADLINE,
    TAGLINE,
    POLL_SECONDS,
    EXERCISES_DONE,
    DATABASE_ADDRESS,
)


class Settings:
    """The settings of one file. ``notes`` are sentences about what was wrong with it, for the person."""

    def __init__(self, path: Path, declared: tuple[Setting[Any], ...]) -> None:
        self._path = path
        self._declared = declared
        self._found: dict[str, Any] = {}
        self._changed: dict[str, Any] = {}
        self.notes: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: Path, declared: tuple[Setting[Any], ...] = PROGRAM) -> "Settings":
        """The settings in ``path``, PROGRAM's or PROFILE's; never raises for what is in the file or that it is not
        there."""
        settings = cls(path, declared)
        settings.refresh()
        return settings

    def refresh(self) -> None:
        """Read the file again: another window or process may have written it. What was changed here and could not
        be written stays."""
        found, note = _read(self._path)
        notes = [note] if note else []
        if not note:
            self._found = found
        for setting in self._declared:
            if setting.key in found:
                try:
                    setting.read(found[setting.key])
                except RefusedError as error:
                    notes.append(f"The setting “{setting.label}” cannot be used. {error} The usual value holds.")
        self.notes = tuple(notes)

    def get(self, setting: Setting[T]) -> T:
        """The value, or the default when none is set or the one in the file is wrong."""
        self._check(setting)
        for values in (self._changed, self._found):
            if setting.key in values:
                try:
                    return setting.read(values[setting.key])
                except RefusedError:
                    break
        return setting.default

    def set(self, setting: Setting[T], value: T) -> None:
        """Change a value in memory; ``save`` writes it. Raises a RefusedError."""
        self._check(setting)
        self._changed[setting.key] = setting.read(value)

    def change(self, changes: Mapping[Setting[Any], object]) -> None:
        """Change several values, all of them or none, and write them. Raises a RefusedError, and ReadOnlyPlace as
        ``save`` does."""
        for setting, value in changes.items():
            self._check(setting)
            setting.read(value)
        for setting, value in changes.items():
            self.set(setting, value)
        self.save()

    def save(self) -> None:
        """Write the changed values, and keep what another process wrote meanwhile.

        Raises ReadOnlyPlace; the values then hold until the program ends.
        """
        import tomli_w

        current, note = _read(self._path)
        values = (self._found if note else current) | self._changed
        try:
            if note and self._path.is_file():
                self._path.replace(self._path.with_name(f"{self._path.name}.unreadable"))
            replace_file(self._path, tomli_w.dumps(values).encode())
        except OSError as error:
            raise ReadOnlyPlace(
                f"The settings cannot be written to {self._path}: {error.strerror or error}. "
                "They hold until SellerDesk is closed."
            ) from error
        self._found = values
        self._changed.clear()

    def _check(self, setting: Setting[Any]) -> None:
        if setting not in self._declared:
            raise OurBug(f"The setting {setting.key} was looked for in a file that does not have it.")


def _read(path: Path) -> tuple[dict[str, Any], str]:
    """The values in a file, and a sentence when it is there but cannot be read."""
    try:
        return tomllib.loads(path.read_text("utf-8")), ""
    except FileNotFoundError:
        return {}, ""
    except (OSError, ValueError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not a settings file"
        return {}, f"The settings in {path} cannot be read: {why}. The usual values hold."


@dataclass(frozen=True, slots=True)
class Places:
    """The folders, which exist. https://specifications.freedesktop.org/basedir-spec/latest/ tells them apart."""

    config: Path
    data: Path
    state: Path

    @property
    def settings_file(self) -> Path:
        """The settings of the whole program."""
        return self.config / SETTINGS_FILE

    def profile(self, name: str) -> Path:
        """The folder of a profile, such as 'demo' or 'acct_1-test', made when needed. Raises ReadOnlyPlace."""
        if not _PROFILE_NAME.fullmatch(name):
            raise OurBug("A profile was about to be made with a name that is no name of a profile.")
        return _made(self.data / name)

    def profile_settings_file(self, name: str) -> Path:
        """The settings of a profile. Raises ReadOnlyPlace."""
        return self.profile(name) / SETTINGS_FILE


def places(data_dir: Path | None = None) -> Places:
    """The usual folders of this system, or all of them below ``data_dir``. Raises ReadOnlyPlace."""
    if data_dir is not None:
        folder = Path(os.path.abspath(data_dir))  # noqa: PTH100 - resolve() would follow a link the person chose
        return Places(_made(folder), _made(folder), _made(folder / "state"))
    import platformdirs

    try:
        config = platformdirs.user_config_path(_NAME, appauthor=False)
        data = platformdirs.user_data_path(_NAME, appauthor=False)
        state = platformdirs.user_state_path(_NAME, appauthor=False)
    except RuntimeError as error:
        raise ReadOnlyPlace("There is no home folder to keep data in. Please name a folder with --data-dir.") from error
    return Places(_made(config), _made(data), _made(state))


def _made(folder: Path) -> Path:
    """``folder``, made if it was not there, after trying that a file can be written in it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ReadOnlyPlace(
            f"The folder {folder} cannot be used for SellerDesk's data: {why}. "
            "Nothing was changed. Please name another one with --data-dir."
        ) from error
    return folder
