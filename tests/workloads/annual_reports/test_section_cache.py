"""Opened reports are kept for a day, on disk, by several processes, within bounds."""

import errno
import logging
import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.domain.page import Page, PagedDocument, PageSource, Word
from watchkeeper.testing.clock import MovedClock
from watchkeeper.workloads.annual_reports.reading import Section
from watchkeeper.workloads.annual_reports.report_encoding import BrokenEntryError, decode, encode
from watchkeeper.workloads.annual_reports.section_cache import CachedReport, SectionCache, cache_key

DAY_S = 24 * 3600

numbers = st.floats(allow_nan=False, allow_infinity=False)
words = st.builds(Word, st.text(), numbers, numbers, numbers, numbers)
pages = st.builds(
    Page,
    st.integers(1, 2000),
    numbers,
    numbers,
    st.lists(words, max_size=5).map(tuple),
    st.text(),
    st.sampled_from(PageSource),
)
sections = st.builds(
    Section,
    kind=st.text(),
    title=st.text(),
    first_page=st.integers(1, 99),
    last_page=st.integers(1, 99),
    confidence=st.floats(0, 1),
)
reports = st.builds(
    CachedReport,
    document=st.builds(PagedDocument, st.text(), st.text(), st.lists(pages, max_size=4).map(tuple)),
    sections=st.lists(sections, max_size=4).map(tuple),
)


def report(letter: str = "a", words: int = 3) -> CachedReport:
    made = tuple(Word(f"ord{letter}{n}", n + 0.1, 1.7, n + 3.3, 9.9) for n in range(words))
    page = Page(1, 595.3, 841.9, made, "Årsredovisning\n", PageSource.OCR)
    section = Section(kind="cover", title="Årsredovisning", first_page=1, last_page=1, confidence=0.8)
    return CachedReport(document=PagedDocument("a.pdf", letter * 64, (page,)), sections=(section,))


def key(letter: str = "a", mode: str = "ocr"):  # type: ignore[no-untyped-def]
    return cache_key(letter * 64, mode)


@settings(max_examples=60, deadline=None)
@given(report=reports, made_at_s=st.floats(0, 4e9))
def test_a_report_comes_back_exactly_as_it_was(report: CachedReport, made_at_s: float) -> None:
    assert decode(encode(report, made_at_s=made_at_s)) == (report, made_at_s)


@settings(max_examples=40, deadline=None)
@given(at=st.integers(0), flip=st.integers(1, 255), cut=st.booleans())
def test_a_damaged_entry_is_never_taken_for_a_report(at: int, flip: int, cut: bool) -> None:
    data = bytearray(encode(report(), made_at_s=0.0))
    place = at % len(data)
    damaged = data[:place] if cut else data[:place] + bytes([data[place] ^ flip]) + data[place + 1 :]

    with pytest.raises(BrokenEntryError):
        decode(bytes(damaged))


def test_what_was_put_is_found_after_a_restart(tmp_path: Path) -> None:
    clock = MovedClock()
    SectionCache(tmp_path, clock).put(key(), report())

    assert SectionCache(tmp_path, clock).get(key()) == report()


def test_an_entry_is_used_for_a_day_and_no_longer(tmp_path: Path) -> None:
    clock = MovedClock()
    cache = SectionCache(tmp_path, clock)
    cache.put(key(), report())

    clock.advance(DAY_S - 1)
    assert cache.get(key()) == report()
    clock.advance(1)
    assert cache.get(key()) is None
    assert cache.stats().entries == 0


def test_reading_an_entry_does_not_make_it_live_longer(tmp_path: Path) -> None:
    clock = MovedClock()
    cache = SectionCache(tmp_path, clock, ttl_s=100)
    cache.put(key(), report())
    for _ in range(5):
        clock.advance(19)
        cache.get(key())

    clock.advance(5)

    assert cache.get(key()) is None


@pytest.mark.parametrize(
    "other",
    [
        cache_key("b" * 64, "ocr"),
        cache_key("a" * 64, "text"),
        replace(cache_key("a" * 64, "ocr"), versions="newer"),
    ],
    ids=["another document", "another mode", "another version"],
)
def test_only_the_same_document_mode_and_versions_are_found(tmp_path: Path, other) -> None:  # type: ignore[no-untyped-def]
    cache = SectionCache(tmp_path, MovedClock())
    cache.put(key(), report())

    assert cache.get(other) is None
    assert cache.get(key()) == report()


def test_the_least_recently_used_leaves_first(tmp_path: Path) -> None:
    clock = MovedClock()
    cache = SectionCache(tmp_path, clock, max_entries=2)
    for letter in "ab":
        cache.put(key(letter), report(letter))
        clock.advance(1)
    cache.get(key("a"))
    clock.advance(1)

    cache.put(key("c"), report("c"))

    assert cache.get(key("b")) is None
    assert cache.get(key("a")) == report("a")
    assert cache.get(key("c")) == report("c")
    assert cache.stats().evicted == 1


def test_the_bytes_kept_never_pass_the_bound(tmp_path: Path) -> None:
    clock = MovedClock()
    size = len(encode(report("a", 500), made_at_s=0.0))
    cache = SectionCache(tmp_path, clock, max_bytes=3 * size)
    for letter in "abcdef":
        cache.put(key(letter), report(letter, 500))
        clock.advance(1)
        assert cache.stats().bytes <= 3 * size


def test_an_entry_larger_than_the_whole_cache_is_not_kept(tmp_path: Path) -> None:
    cache = SectionCache(tmp_path, MovedClock(), max_bytes=10)
    cache.put(key(), report())

    assert cache.get(key()) is None


def test_a_corrupt_entry_is_a_miss_and_is_removed(tmp_path: Path) -> None:
    cache = SectionCache(tmp_path, MovedClock())
    cache.put(key(), report())
    entry = next(tmp_path.glob("*.report"))
    entry.write_bytes(entry.read_bytes()[:-3])

    assert cache.get(key()) is None
    assert not entry.exists()
    assert cache.stats().corrupt == 1


def test_hits_misses_and_their_rate_survive_a_restart(tmp_path: Path) -> None:
    clock = MovedClock()
    first = SectionCache(tmp_path, clock)
    first.get(key())
    first.put(key(), report())
    first.get(key())
    second = SectionCache(tmp_path, clock)
    second.get(key())
    second.get(key())

    told = SectionCache(tmp_path, clock).stats()

    assert (told.hits, told.misses, told.hit_rate) == (3, 1, 0.75)


def test_a_cache_never_asked_has_no_hit_rate(tmp_path: Path) -> None:
    assert SectionCache(tmp_path / "new", MovedClock()).stats().hit_rate is None


def test_a_hit_is_told_with_the_first_eight_characters_of_the_hash(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = SectionCache(tmp_path, MovedClock())
    cache.put(key(), report())

    with caplog.at_level(logging.INFO):
        cache.get(key())

    assert "section cache hit aaaaaaaa" in caplog.messages


def test_a_folder_that_cannot_be_written_costs_no_report(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = SectionCache(tmp_path / "file" / "cache", MovedClock())

    cache.put(key(), report())

    assert cache.get(key()) is None
    assert any("cannot be written" in message for message in caplog.messages)


def test_a_folder_that_turned_read_only_still_gives_its_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = MovedClock()
    cache = SectionCache(tmp_path, clock)
    cache.put(key(), report())

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("os.utime", refused)
    monkeypatch.setattr(Path, "unlink", refused)

    assert cache.get(key()) == report()
    clock.move_to(clock.now().replace(year=2100))
    assert cache.get(key()) is None


def test_what_a_killed_process_left_unfinished_is_swept_away(tmp_path: Path) -> None:
    clock = MovedClock()
    cache = SectionCache(tmp_path, clock)
    cache.put(key(), report())
    left = tmp_path / f"{key('b').file_name}.1-0.part"
    left.write_bytes(b"half")
    clock.move_to(clock.now().replace(year=2100))

    cache.put(key("c"), report("c"))

    assert not left.exists()


def _use(folder: str, letter: str) -> None:
    cache = SectionCache(Path(folder), MovedClock(), max_entries=3)
    for turn in range(12):
        name = "abcd"[turn % 4]
        cache.put(key(name), report(name, 200))
        found = cache.get(key(name))
        assert found is None or found == report(name, 200), letter


def test_several_processes_share_one_cache_without_tearing_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    users = [context.Process(target=_use, args=(str(tmp_path), letter)) for letter in "xy"]
    for user in users:
        user.start()
    for user in users:
        user.join()

    told = SectionCache(tmp_path, MovedClock()).stats()

    assert [user.exitcode for user in users] == [0, 0]
    assert told.hits + told.misses == 24
    assert told.corrupt == 0
    assert told.entries <= 3
