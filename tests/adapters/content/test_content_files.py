"""The content store's files: damage, kills, several writers, a disk that takes nothing more."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from watchkeeper.adapters.content.files import ContentFiles
from watchkeeper.domain.errors import ContentDamagedError, StorageFullError
from watchkeeper.testing.clock import FIRST_INSTANT, MovedClock

TEXT = ("Föreningen redovisar ett resultat. " * 200).encode()


@pytest.fixture
def content(tmp_path: Path) -> ContentFiles:
    return ContentFiles(tmp_path / "content", clock=MovedClock())


def file_of(folder: Path, sha256: str) -> Path:
    return folder / "content" / sha256[:2] / sha256


def test_text_is_compressed_and_an_image_is_not(content: ContentFiles, tmp_path: Path) -> None:
    text = content.put("annual-reports", TEXT, "text/plain")
    image = content.put("annual-reports", TEXT, "image/png")
    assert text == image
    picture = os.urandom(5000)
    name = content.put("annual-reports", picture, "image/png")
    assert file_of(tmp_path, text).stat().st_size < len(TEXT) / 5
    assert file_of(tmp_path, name).read_bytes().endswith(picture)


@pytest.mark.parametrize("kind", ["text/plain", "image/png"])
@pytest.mark.parametrize("damage", ["bit", "cut", "emptied", "other"])
def test_content_that_no_longer_has_its_hash_is_reported_and_not_returned(
    content: ContentFiles, tmp_path: Path, damage: str, kind: str
) -> None:
    sha256 = content.put("annual-reports", TEXT, kind)
    path = file_of(tmp_path, sha256)
    blob = path.read_bytes()
    path.write_bytes(
        {
            "bit": blob[:-9] + bytes([blob[-9] ^ 1]) + blob[-8:],
            "cut": blob[:-1],
            "emptied": b"",
            "other": b"[1]\nnothing of ours",
        }[damage]
    )
    with pytest.raises(ContentDamagedError, match=sha256):
        content.get(sha256)

    assert content.put("annual-reports", TEXT, kind) == sha256
    mended = content.get(sha256)
    assert mended is not None
    assert mended.data == TEXT


def test_several_writers_of_the_same_content_do_not_disturb_each_other(tmp_path: Path) -> None:
    texts = [f"reply {n}".encode() * 50 for n in range(10)]
    failures: list[BaseException] = []

    def write() -> None:
        store = ContentFiles(tmp_path / "content", clock=MovedClock())
        try:
            for text in texts:
                found = store.get(store.put("annual-reports", text, "text/plain"))
                assert found is not None
                assert found.data == text
        except BaseException as failure:
            failures.append(failure)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)
    assert failures == []
    assert ContentFiles(tmp_path / "content", clock=MovedClock()).usage().blobs == len(texts)
    assert not list((tmp_path / "content").rglob(".part-*"))


PUT_FOR_EVER = """
import sys
from itertools import count
from pathlib import Path
from watchkeeper.adapters.content.files import ContentFiles
from watchkeeper.testing.clock import MovedClock
store = ContentFiles(Path(sys.argv[1]), clock=MovedClock())
for n in count():
    print(store.put("annual-reports", f"reply {n}".encode() * 5000, "text/plain"), flush=True)
"""


def test_content_put_before_a_kill_is_there_whole(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    child = subprocess.Popen([sys.executable, "-c", PUT_FOR_EVER, folder], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = [child.stdout.readline().strip() for _ in range(25)]
    child.send_signal(signal.SIGKILL)
    told += child.communicate()[0].split()

    store = ContentFiles(folder, clock=MovedClock())
    for sha256 in told:
        found = store.get(sha256)
        assert found is not None
    whole = store.usage().blobs
    assert len(told) <= whole <= len(told) + 1
    assert store.delete_older_than(FIRST_INSTANT + timedelta(days=20_000)) == whole
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_content_caught_between_going_and_gone_is_decided_on_next_time(
    content: ContentFiles, tmp_path: Path
) -> None:
    kept = content.put("annual-reports", b"put again while it went", "text/plain")
    path = file_of(tmp_path, kept)
    path.rename(path.with_name(path.name + ".going"))
    assert content.delete_older_than(FIRST_INSTANT) == 0
    assert content.get(kept) is not None
    path.rename(path.with_name(path.name + ".going"))
    assert content.delete_older_than(FIRST_INSTANT + timedelta(seconds=1)) == 1
    assert content.get(kept) is None


def test_deleting_beside_writers_takes_nothing_that_was_put_again(tmp_path: Path) -> None:
    early, late = MovedClock(), MovedClock(FIRST_INSTANT + timedelta(days=1))
    old = ContentFiles(tmp_path / "content", clock=early)
    new = ContentFiles(tmp_path / "content", clock=late)
    texts = [f"text {n}".encode() for n in range(60)]
    names = [old.put("annual-reports", text, "text/plain") for text in texts]
    deleter = threading.Thread(target=lambda: old.delete_older_than(late.now()))
    deleter.start()
    for text in reversed(texts):
        new.put("annual-reports", text, "text/plain")
    deleter.join(timeout=60)
    new.delete_older_than(late.now())
    assert all(new.get(name) is not None for name in names)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "content").write_text("a file where the folder should be")
    with pytest.raises(StorageFullError, match="cannot write"):
        ContentFiles(tmp_path / "content", clock=MovedClock()).put("annual-reports", b"x", "text/plain")
