"""What every content store keeps, in memory or in files."""

import hashlib
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.content.files import ContentFiles
from watchkeeper.telemetry.content_ports import Content, ContentStore, ContentUsage
from watchkeeper.telemetry.redaction import redacted_content
from watchkeeper.testing.clock import FIRST_INSTANT, MovedClock
from watchkeeper.testing.content import InMemoryContent

MakeContent = Callable[[Path, MovedClock], ContentStore]


def in_memory(folder: Path, clock: MovedClock) -> ContentStore:
    return InMemoryContent(clock=clock, opted_out={"team-assistant"})


def in_files(folder: Path, clock: MovedClock) -> ContentStore:
    return ContentFiles(folder / "content", clock=clock, opted_out={"team-assistant"})


def in_unsynced_files(folder: Path, clock: MovedClock) -> ContentStore:
    return ContentFiles(folder / "content", clock=clock, opted_out={"team-assistant"}, synced=False)


@pytest.fixture(params=[in_memory, in_files, in_unsynced_files])
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


def test_the_same_content_is_kept_once_for_every_workload(content: ContentStore) -> None:
    first = content.put("annual-reports", b"the same", "text/plain")
    assert content.put("explainer", b"the same", "text/plain") == first
    assert content.usage().blobs == 1


def test_a_workload_that_opted_out_gets_the_hash_and_nothing_is_kept(content: ContentStore) -> None:
    sha256 = content.put("team-assistant", b"a secret plan", "text/plain")
    assert sha256 == hashlib.sha256(b"a secret plan").hexdigest()
    assert content.get(sha256) is None
    assert content.usage() == ContentUsage(blobs=0, stored_bytes=0)


@pytest.mark.parametrize("sha256", ["0" * 64, "", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_content_that_was_never_kept_is_none(content: ContentStore, sha256: str) -> None:
    content.put("annual-reports", b"something", "text/plain")
    assert content.get(sha256) is None


def test_content_goes_when_it_was_last_put_before_the_instant(
    content: ContentStore, clock: MovedClock
) -> None:
    old = content.put("annual-reports", b"old", "text/plain")
    renewed = content.put("annual-reports", b"renewed", "text/plain")
    clock.advance(3600)
    new = content.put("annual-reports", b"new", "text/plain")
    content.put("explainer", b"renewed", "text/plain")

    assert content.delete_older_than(FIRST_INSTANT) == 0
    assert content.delete_older_than(FIRST_INSTANT + timedelta(seconds=3600)) == 1

    assert content.get(old) is None
    assert content.get(renewed) is not None
    assert content.get(new) is not None
    assert content.delete_older_than(FIRST_INSTANT + timedelta(seconds=3601)) == 2
    assert content.usage() == ContentUsage(blobs=0, stored_bytes=0)


def test_a_clock_set_back_does_not_age_content(content: ContentStore, clock: MovedClock) -> None:
    sha256 = content.put("annual-reports", b"kept", "text/plain")
    clock.move_to(FIRST_INSTANT - timedelta(days=1))
    content.put("annual-reports", b"kept", "text/plain")
    assert content.delete_older_than(FIRST_INSTANT) == 0
    assert content.get(sha256) is not None


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
        assert first.usage().blobs == second.usage().blobs == len(hashes)
        for piece, kind in put:
            kept = redacted_content(piece, kind)
            for store in (first, second):
                found = store.get(hashlib.sha256(kept).hexdigest())
                assert found is not None
                assert found.data == kept
