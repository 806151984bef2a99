"""Figures of the process itself, in the Prometheus text format (version 0.0.4)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_NO_LABELS: Mapping[str, str] = MappingProxyType({})
_Labels = tuple[tuple[str, str], ...]
Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistogramSample:
    """What a histogram has counted for one set of labels."""

    labels: Mapping[str, str]
    bounds: Sequence[float]
    """Upper bounds, inclusive, rising."""
    counts: Sequence[int]
    """How many were at or below each of them."""
    count: int
    sum: float


class Counter:
    """A figure that only grows while the process lives, one for each set of labels."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._values: dict[_Labels, float] = {}

    def add(self, amount: float = 1.0, labels: Mapping[str, str] = _NO_LABELS) -> None:
        """Add to it.

        Raises:
            ValueError: The amount is negative.
        """
        if amount < 0:
            raise ValueError(f"a counter never falls, and {amount} was added")
        key = tuple(sorted(labels.items()))
        with self._lock:
            self._values[key] = self._values.get(key, 0.0) + amount

    def samples(self) -> list[Sample]:
        """Its values by labels."""
        with self._lock:
            return [(dict(labels), value) for labels, value in sorted(self._values.items())]


class Metrics:
    """The figures of one server."""

    def __init__(self) -> None:
        self._families: dict[str, tuple[str, str, Callable[[], Iterable[_Line]]]] = {}

    def counter(self, name: str, help_text: str) -> Counter:
        """The counter of that name, made when it is first asked for under it."""
        counter = Counter()
        self._families[name] = (help_text, "counter", lambda: _lines(counter.samples()))
        return counter

    def counted(self, name: str, help_text: str, read: Callable[[], Iterable[Sample]]) -> None:
        """A figure counted elsewhere that only grows, read when somebody asks."""
        self._families[name] = (help_text, "counter", lambda: _lines(read()))

    def gauge(self, name: str, help_text: str, read: Callable[[], Iterable[Sample]]) -> None:
        """A figure that is read when somebody asks."""
        self._families[name] = (help_text, "gauge", lambda: _lines(read()))

    def histogram(self, name: str, help_text: str, read: Callable[[], Iterable[HistogramSample]]) -> None:
        """A distribution counted elsewhere, read when somebody asks."""
        self._families[name] = (help_text, "histogram", lambda: _histogram_lines(read()))

    def exposition(self) -> str:
        """All figures as text."""
        lines: list[str] = []
        for name, (help_text, kind, read) in sorted(self._families.items()):
            lines += [f"# HELP {name} {_escaped(help_text)}", f"# TYPE {name} {kind}"]
            lines += [
                f"{name}{suffix}{_label_text(labels)} {_number(value)}" for suffix, labels, value in read()
            ]
        return "\n".join(lines) + "\n"


_Line = tuple[str, Mapping[str, str], float]
"""A suffix of the family's name, labels, and the value."""


def _lines(samples: Iterable[Sample]) -> Iterator[_Line]:
    return (("", labels, value) for labels, value in samples)


def _histogram_lines(samples: Iterable[HistogramSample]) -> Iterator[_Line]:
    for one in samples:
        for bound, count in zip(one.bounds, one.counts, strict=True):
            yield "_bucket", {**one.labels, "le": f"{bound:g}"}, count
        yield "_bucket", {**one.labels, "le": "+Inf"}, one.count
        yield "_sum", one.labels, one.sum
        yield "_count", one.labels, one.count


def _label_text(labels: Mapping[str, str]) -> str:
    inner = ",".join(f'{name}="{_escaped(value, quote=True)}"' for name, value in labels.items())
    return f"{{{inner}}}" if inner else ""


def _escaped(text: str, *, quote: bool = False) -> str:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return escaped.replace('"', '\\"') if quote else escaped


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
