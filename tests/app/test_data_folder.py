"""The data folder: where it is, and one sentence when it cannot be written."""

import errno
from pathlib import Path

import pytest

from watchkeeper.adapters.unwritable import told_as_storage, unwritable
from watchkeeper.app.data_folder import data_folder, prepare_data_folder
from watchkeeper.domain.errors import StorageFullError


def test_the_option_goes_before_the_variable_and_the_variable_before_the_default(tmp_path: Path) -> None:
    named = {"WATCHKEEPER_DATA_DIR": "named"}
    assert data_folder(Path("chosen"), named, tmp_path) == tmp_path / "chosen"
    assert data_folder(None, named, tmp_path) == tmp_path / "named"
    assert data_folder(None, {}, tmp_path) == tmp_path / ".watchkeeper"


def test_it_is_made_with_its_folders(tmp_path: Path) -> None:
    prepare_data_folder(tmp_path / "deep" / "data")
    assert {path.name for path in (tmp_path / "deep" / "data").iterdir()} == {"run", "logs", "receipts"}
    assert not list((tmp_path / "deep" / "data" / "run").iterdir()), "the probe is taken away again"


def test_a_file_in_its_place_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("keep me", encoding="utf-8")
    with pytest.raises(StorageFullError, match="cannot be written"):
        prepare_data_folder(tmp_path / "data")
    assert (tmp_path / "data").read_text(encoding="utf-8") == "keep me"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux has a folder that takes no new one")
def test_a_place_where_no_folder_can_be_made_is_told_in_one_sentence() -> None:
    with pytest.raises(StorageFullError, match="cannot write /proc/none/data: No such file or directory"):
        prepare_data_folder(Path("/proc/none/data"))


@pytest.mark.parametrize(
    ("number", "why"), [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "the disk is read-only")]
)
def test_a_refusing_disk_is_named_for_what_it_is(tmp_path: Path, number: int, why: str) -> None:
    told = unwritable(OSError(number, "?"), tmp_path)
    assert told is not None
    assert why in told.message


def test_other_failures_pass_unchanged(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), told_as_storage(tmp_path):
        raise FileNotFoundError(errno.ENOENT, "no such file")
