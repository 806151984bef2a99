"""The log's reader: on from a position, segment by segment, while the writer goes on."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from watchkeeper.adapters.ingest_log.segments import segments_in, size_of
from watchkeeper.telemetry.ingest_log.ports import LogStretch
from watchkeeper.telemetry.ingest_log.record_format import HEAD, MOST_PAYLOAD_BYTES, parse

STRETCH_BYTES = 4_000_000
"""What is read at a time; one record may be longer."""


class LogReader:
    """A `LogSource` over a folder of segments."""

    def __init__(self, folder: Path, *, stretch_bytes: int = STRETCH_BYTES) -> None:
        self._folder = folder
        self._stretch_bytes = stretch_bytes

    def read_new(self, positions: Mapping[str, int]) -> Iterator[LogStretch]:
        """See `LogSource.read_new`."""
        paths = segments_in(self._folder)
        for path in paths:
            # Whoever begins a segment has left the one before; until then more may come.
            yield from self._segment(path, positions.get(path.name, 0), finished=path is not paths[-1])

    def has_new(self, positions: Mapping[str, int]) -> bool:
        """Whether `read_new` could tell anything: bytes beyond the positions, or a segment that can go."""
        paths = segments_in(self._folder)
        return len(paths) > 1 or any(size_of(path) > positions.get(path.name, 0) for path in paths)

    def delete(self, segment: str) -> None:
        """See `LogSource.delete`."""
        (self._folder / segment).unlink(missing_ok=True)

    def _segment(self, path: Path, offset: int, *, finished: bool) -> Iterator[LogStretch]:
        with path.open("rb") as file:
            want = self._stretch_bytes
            while True:
                file.seek(offset)
                data = file.read(want)
                at_end = len(data) < want
                parsed = parse(data, offset=offset, finished=finished and at_end)
                if not parsed.end and not at_end and want < MOST_PAYLOAD_BYTES + HEAD.size:
                    want *= 2  # A record longer than a stretch.
                    continue
                offset += parsed.end
                if parsed.end or (finished and at_end):
                    yield LogStretch(
                        segment=path.name,
                        end_offset=offset,
                        entries=tuple(parsed.entries),
                        damage=tuple(parsed.damage),
                        is_end=finished and at_end,
                    )
                if at_end or not parsed.end:
                    return
                want = self._stretch_bytes
