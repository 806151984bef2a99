"""What every content store keeps, in memory or in files."""

import hashlib
import random
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.telemetry.content_ports import Content, ContentStore, ContentUsage, Piece
from watchkeeper.telemetry.redaction import redacted_content
from watchkeeper.testing.clock import FIRST_INSTANT, MovedClock
from watchkeeper.testing.content import InMemoryContent

NEXT_DAY = FIRST_INSTANT.replace(hour=0) + timedelta(days=1)

MakeContent = Callable[[Path, MovedClock], ContentStore]


def in_memory(folder: Path, clock: MovedClock) -> ContentStore:
    return InMemoryContent(clock=clock, opted_out={"team-assistant"})


def in_packs(folder: Path, clock: MovedClock) -> ContentStore:
    return ContentPacks(folder / "content", clock=clock, opted_out={"team-assistant"})


def in_small_unsynced_packs(folder: Path, clock: MovedClock) -> ContentStore:
    return ContentPacks(
        folder / "content", clock=clock, opted_out={"team-assistant"}, synced=False, most_pack_bytes=500
    )


@pytest.fixture(params=[in_memory, in_packs, in_small_unsynced_packs])
def make_content(request: pytest.FixtureRequest) -> MakeContent:
    make: MakeContent = request.param
    return make


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def content(make_content: MakeContent, tmp_path: Path, clock: MovedClock) -> ContentStore:
    return make_content(tmp_path, clock)


def test_content_comes_back_by_its_hash(content: ContentStore) -> None:
    sha256 = content.put("annual-reports", "Årets resultat".encode(), "text/plain")
    assert sha256 == hashlib.sha256("Årets resultat".encode()).hexdigest()
    assert content.get(sha256) == Content(
        sha256=sha256, data="Årets resultat".encode(), media_type="text/plain"
    )


def test_text_is_redacted_before_it_is_hashed_and_kept(content: ContentStore) -> None:
    sha256 = content.put("annual-reports", b'{"to": "anna@example.se"}', "application/json")
    kept = b'{"to": "[redacted:email]"}'
    assert sha256 == hashlib.sha256(kept).hexdigest()
    found = content.get(sha256)
    assert found is not None
    assert found.data == kept
    assert content.get(hashlib.sha256(b'{"to": "anna@example.se"}').hexdigest()) is None


def test_an_image_comes_back_byte_for_byte(content: ContentStore) -> None:
    image = b"\x89PNG anna@example.se\n\x00\xff"
    found = content.get(content.put("annual-reports", image, "image/png"))
    assert found is not None
    assert (found.data, found.media_type) == (image, "image/png")


def test_the_same_content_is_kept_once_a_workload_and_minute(
    content: ContentStore, clock: MovedClock
) -> None:
    first = content.put("annual-reports", b"the same", "text/plain")
    clock.advance(59)
    assert content.put("annual-reports", b"the same", "text/plain") == first
    assert content.put_many([Piece("annual-reports", b"the same", "text/plain")] * 3) == [first] * 3
    assert content.usage().blobs == 1
    clock.advance(1)
    content.put("annual-reports", b"the same", "text/plain")
    content.put("explainer", b"the same", "text/plain")
    assert content.usage().blobs == 3


def test_many_pieces_are_put_as_each_by_itself(content: ContentStore) -> None:
    picture = b"\x89PNG"
    pieces = [
        Piece("annual-reports", b"to anna@example.se", "text/plain"),
        Piece("team-assistant", b"a secret plan", "text/plain"),
        Piece("explainer", picture, "image/png"),
        *(Piece("explainer", f"reply {n}".encode() * 9000, "text/plain") for n in range(9)),
    ]
    hashes = content.put_many(pieces)
    kept = [b"to [redacted:email]", None, picture, *(piece.data for piece in pieces[3:])]
    assert [found and found.data for found in map(content.get, hashes)] == kept
    assert content.put_many([]) == []


def test_what_is_said_to_be_redacted_is_kept_as_it_is(content: ContentStore) -> None:
    (sha256,) = content.put_many([Piece("explainer", b"x [redacted:email]", "text/plain")], redacted=True)
    found = content.get(sha256)
    assert found is not None
    assert found.data == b"x [redacted:email]"


def test_a_workload_that_opted_out_gets_the_hash_and_nothing_is_kept(content: ContentStore) -> None:
    sha256 = content.put("team-assistant", b"a secret plan", "text/plain")
    assert sha256 == hashlib.sha256(b"a secret plan").hexdigest()
    assert content.get(sha256) is None
    assert content.usage() == ContentUsage(blobs=0, stored_bytes=0)


@pytest.mark.parametrize("sha256", ["0" * 64, "", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_content_that_was_never_kept_is_none(content: ContentStore, sha256: str) -> None:
    content.put("annual-reports", b"something", "text/plain")
    assert content.get(sha256) is None


def test_content_goes_when_the_day_it_was_last_put_on_is_over(
    content: ContentStore, clock: MovedClock
) -> None:
    kinds = ("text/plain", "image/png")
    old = [content.put("annual-reports", b"old" + kind.encode(), kind) for kind in kinds]
    renewed = [content.put("annual-reports", b"renewed" + kind.encode(), kind) for kind in kinds]
    clock.move_to(NEXT_DAY + timedelta(hours=1))
    new = content.put("annual-reports", b"new", "text/plain")
    assert [content.put("annual-reports", b"renewed" + kind.encode(), kind) for kind in kinds] == renewed

    assert content.delete_older_than(NEXT_DAY - timedelta(seconds=1)) == 0
    assert all(content.get(sha256) for sha256 in (*old, *renewed, new))
    assert content.delete_older_than(NEXT_DAY) >= 2
    assert not any(content.get(sha256) for sha256 in old)
    assert all(content.get(sha256) for sha256 in (*renewed, new))

    assert content.delete_older_than(NEXT_DAY + timedelta(hours=20)) == 0
    assert content.delete_older_than(NEXT_DAY + timedelta(days=1)) == 3
    assert content.usage() == ContentUsage(blobs=0, stored_bytes=0)
    assert content.put("annual-reports", b"new", "text/plain") == new
    assert content.get(new) is not None


def test_a_clock_set_back_does_not_age_content(content: ContentStore, clock: MovedClock) -> None:
    sha256 = content.put("annual-reports", b"kept", "text/plain")
    clock.move_to(FIRST_INSTANT - timedelta(days=1))
    content.put("annual-reports", b"kept", "text/plain")
    content.delete_older_than(FIRST_INSTANT)
    assert content.get(sha256) is not None


def test_the_oldest_content_goes_when_there_is_too_much(content: ContentStore, clock: MovedClock) -> None:
    noise = random.Random(7)
    hashes = []
    for _hour in range(6):
        data = noise.randbytes(3000)
        hashes.append(content.put("explainer", data.hex().encode(), "text/plain"))
        hashes.append(content.put("explainer", data, "image/png"))
        close = getattr(content, "close", lambda: None)
        close()
        clock.advance(3600)
    before = content.usage()
    assert content.delete_beyond(before.stored_bytes) == 0
    gone = content.delete_beyond(before.stored_bytes // 2)
    after = content.usage()
    assert after.stored_bytes <= before.stored_bytes // 2
    assert after.blobs == before.blobs - gone
    left = [content.get(sha256) is not None for sha256 in hashes]
    assert left == [False] * gone + [True] * (12 - gone)
    content.delete_beyond(0)
    assert content.usage() == ContentUsage(blobs=0, stored_bytes=0)


def test_an_empty_piece_of_content_is_content(content: ContentStore) -> None:
    found = content.get(content.put("annual-reports", b"", "text/plain"))
    assert found is not None
    assert found.data == b""


pieces = st.tuples(
    st.binary(max_size=60) | st.sampled_from([b"a@b.se", b"811228-9874"]),
    st.sampled_from(["text/plain", "application/json", "image/png", "application/octet-stream"]),
)


@given(put=st.lists(pieces, max_size=12), data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_and_repeats_do_not_change_what_is_kept(
    make_content: MakeContent, put: list[tuple[bytes, str]], data: st.DataObject
) -> None:
    again = data.draw(st.permutations([*put, *put[:3]]))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first = make_content(Path(one), MovedClock())
        second = make_content(Path(other), MovedClock())
        hashes = {first.put("annual-reports", *piece) for piece in put}
        assert {second.put("annual-reports", *piece) for piece in again} == hashes
        assert first.usage().blobs == second.usage().blobs >= len(hashes)
        for piece, kind in put:
            kept = redacted_content(piece, kind)
            for store in (first, second):
                found = store.get(hashlib.sha256(kept).hexdigest())
                assert found is not None
                assert found.data == kept
