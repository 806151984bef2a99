"""Content in packs: damage, kills, several writers, what goes and what comes back."""

import os
import random
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.content.files import ContentFiles
from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.domain.errors import ContentDamagedError, StorageFullError
from watchkeeper.telemetry.content_ports import Piece
from watchkeeper.testing.clock import FIRST_INSTANT, MovedClock

TEXTS = [f"reply {n}: " + "Föreningen redovisar ett resultat. " * (n % 7) for n in range(60)]


def packs(folder: Path, clock: MovedClock | None = None, **options: object) -> ContentPacks:
    return ContentPacks(folder / "content", clock=clock or MovedClock(), **options)  # type: ignore[arg-type]


def pieces(texts: list[str], kind: str = "text/plain") -> list[Piece]:
    return [Piece("explainer", text.encode(), kind, n) for n, text in enumerate(texts)]


def pack_files(folder: Path) -> list[Path]:
    return sorted((folder / "content" / "packs").glob("*.pack"))


def index_files(folder: Path) -> list[Path]:
    return sorted((folder / "content" / "packs").glob("*.index"))


def all_there(store: ContentPacks, hashes: list[str], texts: list[str]) -> bool:
    return [found and found.data.decode() for found in map(store.get, hashes)] == texts


def test_many_pieces_take_a_fraction_of_their_size(tmp_path: Path) -> None:
    store = packs(tmp_path)
    texts = [f"{n} " + TEXTS[6] * 5 for n in range(500)]
    hashes = store.put_many(pieces(texts))
    store.close()
    assert all_there(store, hashes, texts)
    assert store.usage().stored_bytes < sum(map(len, texts)) / 5


def test_what_one_process_puts_the_others_find_at_once(tmp_path: Path) -> None:
    reader, writers = packs(tmp_path), [packs(tmp_path) for _ in range(3)]
    for n, text in enumerate(TEXTS):
        (sha256,) = writers[n % 3].put_many(pieces([text]))
        found = reader.get(sha256)
        assert found is not None
        assert found.data.decode() == text
        assert len(reader.search(f'"reply {n}"', limit=9).hits) == 1
    assert len(pack_files(tmp_path)) == 3
    for writer in writers:
        writer.close()
    reader.search("reply", limit=1)
    assert reader.usage().blobs == len(TEXTS)
    assert len(index_files(tmp_path)) == 3


def test_a_piece_two_writers_put_is_found_until_both_packs_are_gone(tmp_path: Path) -> None:
    one, other = packs(tmp_path), packs(tmp_path)
    (sha256,) = one.put_many(pieces(["the same"]))
    assert other.put_many(pieces(["the same"])) == [sha256]
    assert one.usage().blobs == 2
    one.close()
    other.close()
    pack_files(tmp_path)[0].unlink()
    assert one.get(sha256) is not None
    pack_files(tmp_path)[0].unlink()
    assert one.get(sha256) is None


@pytest.mark.parametrize("lost", ["missing", "cut", "damaged", "emptied", "of another pack"])
def test_an_index_that_is_lost_is_done_without_and_made_again(tmp_path: Path, lost: str) -> None:
    store = packs(tmp_path)
    hashes = store.put_many(pieces(TEXTS))
    store.close()
    (index,) = index_files(tmp_path)
    whole = index.read_bytes()
    if lost == "missing":
        index.unlink()
    else:
        index.write_bytes(
            {
                "cut": whole[:-1],
                "damaged": whole[:-30] + bytes([whole[-30] ^ 1]) + whole[-29:],
                "emptied": b"",
                "of another pack": whole[:8] + bytes(8) + whole[16:],
            }[lost]
        )
    again = packs(tmp_path)
    assert all_there(again, hashes, TEXTS)
    again.care()
    assert index_files(tmp_path)[0].read_bytes() == whole
    assert all_there(packs(tmp_path), hashes, TEXTS)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10**6), flip=st.integers(1, 255), indexed=st.booleans())
def test_a_damaged_byte_costs_its_block_and_no_content_is_wrong(
    tmp_path_factory: pytest.TempPathFactory, at: int, flip: int, indexed: bool
) -> None:
    tmp_path = tmp_path_factory.mktemp("damaged")
    store = packs(tmp_path)
    hashes = [sha256 for n in range(0, 60, 10) for sha256 in store.put_many(pieces(TEXTS[n : n + 10]))]
    store.close()
    (pack,) = pack_files(tmp_path)
    data = bytearray(pack.read_bytes())
    data[at % len(data)] ^= flip
    pack.write_bytes(data)
    if not indexed:
        index_files(tmp_path)[0].unlink()

    damaged = packs(tmp_path)
    lost = 0
    for sha256, text in zip(hashes, TEXTS, strict=True):
        try:
            found = damaged.get(sha256)
        except ContentDamagedError:
            lost += 1
            continue
        if found is None:
            assert not indexed
            lost += 1
        else:
            assert found.data.decode() == text
    assert lost in {0, 10}
    found_by_words = {hit.sha256 for hit in damaged.search("reply", limit=99).hits}
    assert len(found_by_words) >= 50
    assert found_by_words <= set(hashes)


def test_a_damaged_piece_is_told_and_put_again_in_another_minute_it_is_there(tmp_path: Path) -> None:
    clock = MovedClock()
    store = packs(tmp_path, clock)
    sha256 = store.put("explainer", TEXTS[5].encode(), "text/plain")
    (pack,) = pack_files(tmp_path)
    whole = pack.read_bytes()
    with pack.open("r+b") as file:
        file.seek(len(whole) - 9)
        file.write(b"broken")
    with pytest.raises(ContentDamagedError, match=sha256):
        store.get(sha256)
    clock.advance(60)
    store.put("explainer", TEXTS[5].encode(), "text/plain")
    found = store.get(sha256)
    assert found is not None
    assert found.data.decode() == TEXTS[5]


@settings(max_examples=40, deadline=None)
@given(cut=st.floats(0, 1), indexed=st.booleans())
def test_whatever_a_kill_leaves_of_a_write_whole_blocks_stand(
    tmp_path_factory: pytest.TempPathFactory, cut: float, indexed: bool
) -> None:
    tmp_path = tmp_path_factory.mktemp("torn")
    store = packs(tmp_path)
    first = store.put_many(pieces(TEXTS[:20]))
    (pack,) = pack_files(tmp_path)
    before = pack.stat().st_size
    second = store.put_many(pieces(TEXTS[20:40]))
    left = before + int(cut * (pack.stat().st_size - before))
    data = pack.read_bytes()[:left]
    store.close()
    index_files(tmp_path)[0].unlink()
    pack.write_bytes(data)

    after = packs(tmp_path)
    if indexed:
        after.care()
    assert all_there(after, first, TEXTS[:20])
    there = [after.get(sha256) is not None for sha256 in second]
    assert there in ([True] * 20, [False] * 20)
    third = after.put_many(pieces(TEXTS[40:]))
    assert all_there(packs(tmp_path), third, TEXTS[40:])


PUT_FOR_EVER = """
import sys
from itertools import count
from pathlib import Path
from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.telemetry.content_ports import Piece
from watchkeeper.testing.clock import MovedClock
store = ContentPacks(Path(sys.argv[1]), clock=MovedClock(), synced=False, most_pack_bytes=200_000)
for n in count():
    pieces = [Piece("w", f"reply {n} {k} ".encode() * 100, "text/plain") for k in range(20)]
    print(*store.put_many(pieces), sep="\\n", flush=True)
"""


@pytest.mark.parametrize("batches", [1, 7, 40])
def test_content_put_before_a_kill_is_there_whole(tmp_path: Path, batches: int) -> None:
    folder = tmp_path / "content"
    child = subprocess.Popen([sys.executable, "-c", PUT_FOR_EVER, folder], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = [child.stdout.readline().strip() for _ in range(batches * 20)]
    child.send_signal(signal.SIGKILL)
    told += child.communicate()[0].split()

    store = ContentPacks(folder, clock=MovedClock())
    told = [sha256 for sha256 in told if len(sha256) == 64]
    assert all(store.get(sha256) is not None for sha256 in told)
    store.care()
    whole = store.usage().blobs
    assert len(told) <= whole <= len(told) + 40
    assert len(list(folder.rglob("*.index"))) == len(list(folder.rglob("*.pack")))
    assert store.delete_older_than(FIRST_INSTANT + timedelta(days=2)) == whole
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_the_packs_of_living_writers_are_left_alone(tmp_path: Path) -> None:
    writer, server = packs(tmp_path), packs(tmp_path)
    hashes = writer.put_many(pieces(TEXTS[:30]))
    server.care()
    assert index_files(tmp_path) == []
    assert server.delete_beyond(0) == 0
    hashes += writer.put_many(pieces(TEXTS[30:]))
    assert all_there(server, hashes, TEXTS)


def test_old_packs_move_into_the_archive_and_come_back_from_it(tmp_path: Path) -> None:
    clock, archive = MovedClock(), tmp_path / "archive"
    store = packs(tmp_path, clock, archive=archive)
    hashes = store.put_many(pieces(TEXTS))
    clock.advance(86_400)
    store.put_many(pieces(["today"]))
    assert store.delete_older_than(clock.now().replace(hour=0)) == len(TEXTS)
    assert store.get(hashes[0]) is None
    assert store.search("reply", limit=1).hits == ()
    (moved,) = archive.iterdir()
    moved.rename(tmp_path / "content" / "packs" / moved.name)
    assert all_there(store, hashes, TEXTS)
    assert len(store.search('"reply 7"', limit=9).hits) == 1


def test_content_of_before_there_were_packs_is_still_read_and_goes_in_time(tmp_path: Path) -> None:
    clock = MovedClock()
    old = ContentFiles(tmp_path / "content", clock=clock)
    sha256 = old.put("explainer", b"kept in a file", "text/plain")
    store = packs(tmp_path, clock)
    found = store.get(sha256)
    assert found is not None
    assert found.data == b"kept in a file"
    assert store.usage().blobs == 1
    assert store.delete_older_than(FIRST_INSTANT + timedelta(days=1)) == 1
    assert store.get(sha256) is None


def test_a_folder_that_cannot_be_written_is_told_and_nothing_changed(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "packs").write_text("a file where the folder should be")
    store = packs(tmp_path)
    with pytest.raises(StorageFullError, match="cannot write"):
        store.put("explainer", b"x", "text/plain")
    (tmp_path / "content" / "packs").unlink()
    assert store.get(store.put("explainer", b"x", "text/plain")) is not None


def test_a_write_that_fails_half_way_leaves_nothing_of_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = packs(tmp_path)
    first = store.put_many(pieces(TEXTS[:30]))
    write = os.write

    def full(handle: int, data: bytes) -> int:
        write(handle, bytes(data)[:100])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(StorageFullError, match="No space left"):
            store.put_many(pieces(TEXTS[30:]))
    second = store.put_many(pieces(TEXTS[30:]))
    assert all_there(packs(tmp_path), first + second, TEXTS)
    assert store.usage().blobs == len(TEXTS)


def test_random_bytes_of_any_size_come_back(tmp_path: Path) -> None:
    noise = random.Random(5)
    data = [noise.randbytes(size) for size in (0, 1, 1000, 600_000, 3_000_000, 10)]
    store = packs(tmp_path, most_pack_bytes=700_000)
    hashes = store.put_many([Piece("w", each, "text/plain") for each in data], redacted=True)
    found = [store.get(sha256) for sha256 in hashes]
    assert [each and each.data for each in found] == data


def test_many_small_packs_of_a_day_become_one_and_nothing_is_lost(tmp_path: Path) -> None:
    clock, server = MovedClock(), packs(tmp_path)
    hashes = []
    for text in TEXTS[:30]:
        short_lived = packs(tmp_path, clock)
        hashes += short_lived.put_many(pieces([text]))
        short_lived.close()
        clock.advance(1)
    living = packs(tmp_path, clock)
    hashes += living.put_many(pieces(TEXTS[30:]))
    before = server.usage()
    places = [hit.place for hit in server.search("reply", limit=99).hits]
    assert len(pack_files(tmp_path)) == 31

    server.care()

    assert len(pack_files(tmp_path)) == 2
    assert all_there(server, hashes, TEXTS)
    assert [hit.place for hit in server.search("reply", limit=99).hits] == places
    assert server.usage().blobs == before.blobs
    assert server.usage().stored_bytes < before.stored_bytes
    assert server.delete_older_than(FIRST_INSTANT + timedelta(days=1)) == before.blobs


def test_a_merge_that_was_killed_before_the_old_packs_went_leaves_each_piece_found_once(
    tmp_path: Path,
) -> None:
    clock, server = MovedClock(), packs(tmp_path)
    hashes = []
    for text in TEXTS[:20]:
        short_lived = packs(tmp_path, clock)
        hashes += short_lived.put_many(pieces([text]))
        short_lived.close()
        clock.advance(1)
    old = {path: path.read_bytes() for path in (*pack_files(tmp_path), *index_files(tmp_path))}
    server.care()
    for path, data in old.items():
        path.write_bytes(data)
    assert len(server.search("reply", limit=99).hits) == 20
    server.care()
    assert server.usage().blobs == 20
    assert len(pack_files(tmp_path)) == 1
    assert all_there(server, hashes, TEXTS[:20])


def test_a_pack_with_damage_is_not_put_together_with_others(tmp_path: Path) -> None:
    clock, server = MovedClock(), packs(tmp_path)
    for text in TEXTS[:20]:
        short_lived = packs(tmp_path, clock)
        short_lived.put_many(pieces([text]))
        short_lived.close()
        clock.advance(1)
    damaged = pack_files(tmp_path)[3]
    data = damaged.read_bytes()
    damaged.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    server.care()
    assert len(pack_files(tmp_path)) == 2
    assert damaged.read_bytes()[:-1] == data[:-1]
