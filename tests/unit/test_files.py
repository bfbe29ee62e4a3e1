"""Files that a person chose: read or refused with a sentence, written whole or left as they were."""

from pathlib import Path

import pytest

from sellerdesk.files import FileUnreadable, FileUnwritable, read_text, write_text


def test_text_goes_out_and_comes_back_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_text(path, "Zoë,“x”\r\n")
    assert path.read_bytes() == "Zoë,“x”\r\n".encode()
    assert read_text(path) == "Zoë,“x”\r\n"
    write_text(path, "new\r\n")
    assert read_text(path) == "new\r\n"
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("content", ["ü".encode("latin-1"), "a,b\n".encode("utf-16")])
def test_text_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable, match=r"it is not UTF-8 text\. Nothing was changed"):
        read_text(path)


def test_what_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.csv", tmp_path):
        with pytest.raises(FileUnreadable, match="cannot be read"):
            read_text(path)


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "a.csv"
    (folder / "inside").mkdir(parents=True)
    with pytest.raises(FileUnwritable, match="cannot be written"):
        write_text(folder, "x")
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]
    with pytest.raises(FileUnwritable, match="Nothing was changed"):
        write_text(tmp_path / "no-folder" / "b.csv", "x")
