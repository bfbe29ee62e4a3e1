"""Settings survive broken files, unwritable folders and other versions; folders are private."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sellerdesk.domain.errors import OurBug, ReadOnlyPlace, RefusedError
from sellerdesk.settings import (
    CHECKOUT_PORT,
    COLOUR_SCHEME,
    CONFIRMATION_ROAD,
    LAST_PROFILE,
    POLL_SECONDS,
    PROFILE,
    PROGRAM,
    PUBLIC_ADDRESS,
    PUBLISHABLE_KEY,
    SEAT_NAME,
    SHOP_NAME,
    STRIPE_API,
    Setting,
    Settings,
    places,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def written(path: Path, text: str) -> Settings:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return Settings.load(path)


class TestWhatHolds:
    def test_the_defaults(self, path: Path) -> None:
        settings = Settings.load(path)
        assert settings.notes == ()
        assert settings.get(COLOUR_SCHEME) == "system"
        assert settings.get(CHECKOUT_PORT) == 8000
        assert not path.exists()

    @pytest.mark.parametrize("setting", [*PROGRAM, *PROFILE], ids=lambda setting: setting.key)
    def test_every_default_is_right_and_every_setting_has_a_label(self, setting: Setting[Any]) -> None:
        assert setting.read(setting.default) == setting.default
        assert setting.label
        assert setting.label[0].isupper()

    def test_no_name_twice(self) -> None:
        keys = [setting.key for setting in (*PROGRAM, *PROFILE)]
        assert len(set(keys)) == len(keys)

    def test_saved_and_read_again(self, path: Path) -> None:
        settings = Settings.load(path)
        settings.set(SEAT_NAME, " Packing table 2 ")
        settings.set(COLOUR_SCHEME, "dark")
        settings.save()
        again = Settings.load(path)
        assert again.get(SEAT_NAME) == "Packing table 2"
        assert again.get(COLOUR_SCHEME) == "dark"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [entry.name for entry in path.parent.iterdir()] == ["settings.toml"]

    def test_a_profiles_own(self, path: Path) -> None:
        settings = Settings.load(path, PROFILE)
        settings.set(STRIPE_API, "http://127.0.0.1:12111/")
        settings.set(PUBLISHABLE_KEY, "pk_test_madeup")
        settings.set(SHOP_NAME, "Kontor Nord")
        settings.save()
        again = Settings.load(path, PROFILE)
        assert again.get(STRIPE_API) == "http://127.0.0.1:12111"
        assert again.get(SHOP_NAME) == "Kontor Nord"

    def test_a_setting_of_another_file_is_our_bug(self, path: Path) -> None:
        with pytest.raises(OurBug):
            Settings.load(path).get(SHOP_NAME)

    @pytest.mark.parametrize(
        ("setting", "bad"),
        [
            (CHECKOUT_PORT, -1),
            (CHECKOUT_PORT, 65_536),
            (CHECKOUT_PORT, True),
            (CHECKOUT_PORT, "8000"),
            (COLOUR_SCHEME, "pink"),
            (COLOUR_SCHEME, ["dark"]),
            (SEAT_NAME, "x" * 41),
            (SEAT_NAME, "two\nlines"),
            (LAST_PROFILE, 5),
        ],
    )
    def test_a_wrong_value_is_refused_and_changes_nothing(self, path: Path, setting: Setting[Any], bad: object) -> None:
        settings = Settings.load(path)
        with pytest.raises(RefusedError):
            settings.set(setting, bad)
        assert settings.get(setting) == setting.default

    def test_an_address_that_is_none_is_refused(self, path: Path) -> None:
        with pytest.raises(RefusedError, match="https"):
            Settings.load(path, PROFILE).set(STRIPE_API, "http://stripe.example")


class TestWhatIsWrong:
    def test_a_wrong_value_in_the_file_gives_the_default_and_a_sentence(self, path: Path) -> None:
        settings = written(path, 'checkout_port = -1\ncolour_scheme = "dark"\n')
        assert settings.get(CHECKOUT_PORT) == 8000
        assert settings.get(COLOUR_SCHEME) == "dark"
        assert len(settings.notes) == 1
        assert "from 0 to 65535" in settings.notes[0]
        assert CHECKOUT_PORT.label in settings.notes[0]

    @pytest.mark.parametrize(
        "content", [b"\xff\xfe\x00garbage", b"= = =", b"a = [", b"\x00" * 100, b"a = " + b"[" * 5000]
    )
    def test_garbage_gives_the_defaults_and_is_kept_aside(self, path: Path, content: bytes) -> None:
        path.parent.mkdir()
        path.write_bytes(content)
        settings = Settings.load(path)
        assert len(settings.notes) == 1
        assert settings.get(COLOUR_SCHEME) == "system"
        settings.set(COLOUR_SCHEME, "light")
        settings.save()
        assert Settings.load(path).get(COLOUR_SCHEME) == "light"
        assert path.with_name("settings.toml.unreadable").read_bytes() == content

    def test_an_empty_file_is_fine(self, path: Path) -> None:
        assert written(path, "").notes == ()

    def test_a_folder_in_its_place(self, path: Path) -> None:
        path.mkdir(parents=True)
        settings = Settings.load(path)
        assert len(settings.notes) == 1
        settings.set(COLOUR_SCHEME, "dark")
        with pytest.raises(ReadOnlyPlace, match="until SellerDesk is closed"):
            settings.save()
        assert settings.get(COLOUR_SCHEME) == "dark"
        assert [entry.name for entry in path.parent.iterdir()] == ["settings.toml"]

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("", "utf-8")
        settings = Settings.load(tmp_path / "file" / "settings.toml")
        settings.set(SEAT_NAME, "Two")
        with pytest.raises(ReadOnlyPlace):
            settings.save()
        assert settings.get(SEAT_NAME) == "Two"

    def test_a_full_disk_leaves_the_old_file(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = written(path, 'seat_name = "Old"\n')
        settings.set(SEAT_NAME, "New")

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(ReadOnlyPlace, match="No space left"):
            settings.save()
        assert path.read_text("utf-8") == 'seat_name = "Old"\n'
        assert [entry.name for entry in path.parent.iterdir()] == ["settings.toml"]
        assert settings.get(SEAT_NAME) == "New"

    def test_names_of_a_later_version_are_kept(self, path: Path) -> None:
        settings = written(path, 'later = "x"\ncolour_scheme = "dark"\n[deep]\nmore = [1, 2]\n')
        settings.set(SEAT_NAME, "Two")
        settings.save()
        text = path.read_text("utf-8")
        assert 'later = "x"' in text
        assert "[deep]" in text
        assert 'colour_scheme = "dark"' in text

    def test_what_another_process_saved_is_kept(self, path: Path) -> None:
        ours, theirs = Settings.load(path), Settings.load(path)
        theirs.set(CHECKOUT_PORT, 9000)
        theirs.save()
        ours.set(SEAT_NAME, "Two")
        ours.save()
        assert Settings.load(path).get(CHECKOUT_PORT) == 9000
        assert ours.get(CHECKOUT_PORT) == 9000


class TestManyAtOnce:
    def test_all_of_them_or_none(self, path: Path) -> None:
        settings = Settings.load(path)
        with pytest.raises(RefusedError):
            settings.change({SEAT_NAME: "Two", CHECKOUT_PORT: 70_000})
        assert settings.get(SEAT_NAME) == ""
        assert not path.exists()
        settings.change({SEAT_NAME: "Two", CHECKOUT_PORT: 8080})
        assert Settings.load(path).get(SEAT_NAME) == "Two"
        assert Settings.load(path).get(CHECKOUT_PORT) == 8080

    def test_read_again_shows_what_another_process_wrote(self, path: Path) -> None:
        ours, theirs = Settings.load(path), Settings.load(path)
        theirs.change({SEAT_NAME: "Theirs"})
        assert ours.get(SEAT_NAME) == ""
        ours.refresh()
        assert ours.get(SEAT_NAME) == "Theirs"

    def test_read_again_keeps_what_could_not_be_written(self, path: Path) -> None:
        path.mkdir(parents=True)
        settings = Settings.load(path)
        with pytest.raises(ReadOnlyPlace):
            settings.change({SEAT_NAME: "Two"})
        settings.refresh()
        assert settings.get(SEAT_NAME) == "Two"

    def test_a_file_that_broke_meanwhile_takes_nothing_away(self, path: Path) -> None:
        settings = written(path, 'seat_name = "Two"\n')
        path.write_text("seat_name = ", "utf-8")
        settings.refresh()
        assert settings.get(SEAT_NAME) == "Two"
        assert len(settings.notes) == 1
        settings.change({CHECKOUT_PORT: 9000})
        assert Settings.load(path).get(SEAT_NAME) == "Two"


class TestOneShop:
    @pytest.mark.parametrize("value", [0, -1, 59, 301, 10**9, 60.5, True, "60", None])
    def test_stripe_is_asked_neither_too_often_nor_too_rarely(self, path: Path, value: object) -> None:
        settings = Settings.load(path, PROFILE)
        with pytest.raises(RefusedError, match="from 60 to 300"):
            settings.change({POLL_SECONDS: value})
        assert settings.get(POLL_SECONDS) == 300

    @pytest.mark.parametrize("text", ["0", "-1", "1e9", "60.5", "true", "'60'"])
    def test_a_pause_in_the_file_that_there_is_not(self, path: Path, text: str) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"poll_seconds = {text}\n", "utf-8")
        settings = Settings.load(path, PROFILE)
        assert len(settings.notes) == 1
        assert settings.get(POLL_SECONDS) == 300

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [("", ""), ("  ", ""), ("https://Shop.Example/", "https://shop.example"), ("https://a.b:443", "https://a.b")],
    )
    def test_a_public_address_in_its_one_spelling(self, typed: str, kept: str) -> None:
        assert PUBLIC_ADDRESS.read(typed) == kept

    @pytest.mark.parametrize(
        "typed",
        ["http://shop.example", "http://127.0.0.1", "shop.example", "https://shop.example/x", "https://u:p@shop.example",
         "https://", "javascript:alert(1)", "https://shop\n.example", 5],
    )  # fmt: skip
    def test_an_address_that_no_shopper_should_be_sent_to(self, typed: object) -> None:
        with pytest.raises(RefusedError, match="https://"):
            PUBLIC_ADDRESS.read(typed)

    @pytest.mark.parametrize("value", ["", "browser", 1, None])
    def test_a_road_that_there_is_not(self, value: object) -> None:
        with pytest.raises(RefusedError, match="server, page, manual"):
            CONFIRMATION_ROAD.read(value)


class TestPlaces:
    def test_all_below_one_folder(self, tmp_path: Path) -> None:
        found = places(tmp_path / "é 😀 x")
        assert found.settings_file == tmp_path / "é 😀 x" / "settings.toml"
        profile = found.profile("acct_1AbC-test")
        assert profile == found.data / "acct_1AbC-test"
        assert found.profile_settings_file("demo") == found.data / "demo" / "settings.toml"
        for folder in (found.config, found.data, found.state, profile):
            assert folder.is_dir()
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_a_folder_that_was_there_keeps_its_rights(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o755)
        places(tmp_path)
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755

    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the names are those of Linux")
    def test_the_usual_folders(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("CONFIG", "DATA", "STATE"):
            monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
        found = places()
        assert found.config == tmp_path / "CONFIG" / "sellerdesk"
        assert found.data == tmp_path / "DATA" / "sellerdesk"
        assert found.state == tmp_path / "STATE" / "sellerdesk"

    def test_without_a_home(self, tmp_path: Path) -> None:
        code = "from sellerdesk.settings import places; print(places().data)"
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={f"XDG_{name}_HOME": str(tmp_path) for name in ("CONFIG", "DATA", "STATE")},
        )
        assert done.stdout.strip() == str(tmp_path / "sellerdesk"), done.stderr

    @pytest.mark.parametrize("place", ["file/data", "x" * 300, "nul\0byte"])
    def test_a_folder_that_cannot_be_made(self, tmp_path: Path, place: str) -> None:
        (tmp_path / "file").write_text("", "utf-8")
        with pytest.raises(ReadOnlyPlace, match="--data-dir"):
            places(tmp_path / place)

    @pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "-x", "é", "x" * 100])
    def test_a_profile_must_have_a_plain_name(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(OurBug):
            places(tmp_path).profile(name)
