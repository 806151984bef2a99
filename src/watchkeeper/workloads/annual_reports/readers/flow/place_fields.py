"""Municipalities: named before or after a label, or in the column of a table."""

from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate
from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Span, Word

BEFORE, AFTER, COLUMN = 0.7, 0.65, 0.8
_LONGEST = 3


class PlaceFields:
    """Finds places in a report."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._wording = report.wording
        self._stops = (
            (report.folded["not_names"] - report.folded["place_names"])
            | report.folded["association_forms"]
            | report.folded["town_words"]
        )
        self._stops |= {
            fold(label)
            for agent in report.instructions.agents.values()
            for field in agent.fields.values()
            for label in field.labels
        }
        self._keep_s = report.words("place_endings_in_s")

    def find(self, field: FieldInstructions) -> Candidate | None:
        """The place most evidence speaks for."""
        refused = {fold(word) for word in field.hints.get("not_places", ())}
        doubts: dict[str, float] = {}
        first: dict[str, Candidate] = {}
        for rank, label in enumerate(field.labels):
            for span in self._wording.find(label):
                for candidate in self._at(span, label, field):
                    key = fold(str(candidate.value))
                    if key in refused:
                        continue
                    weighed = self._weighed(candidate, field, rank)
                    doubts[key] = doubts.get(key, 1.0) * (1.0 - min(0.9, weighed.score))
                    if key not in first or weighed.score > first[key].score:
                        first[key] = weighed
        if not doubts:
            return None
        best = min(doubts, key=lambda key: doubts[key])
        rival = max((1.0 - doubt for key, doubt in doubts.items() if key != best), default=0.0)
        chosen = first[best]
        score = min(0.97, 1.0 - doubts[best]) - 0.2 * max(0.0, rival - 0.3)
        return Candidate(
            value=chosen.value, page=chosen.page, score=score, printed=chosen.printed, rule=chosen.rule
        )

    def _weighed(self, candidate: Candidate, field: FieldInstructions, rank: int) -> Candidate:
        candidate = candidate.lowered(0.03 * rank, f"label {rank + 1} of {len(field.labels)}")
        if field.sections and self._report.sectioned:
            if self._report.section_weight(candidate.page, field.sections):
                return candidate.raised(0.3, "in a section it belongs in")
            return candidate.lowered(0.4, "outside its sections")
        return candidate

    def _at(self, span: Span, label: str, field: FieldInstructions) -> Iterator[Candidate]:
        word = self._wording.words[span.start]
        start, end = self._wording.line_span(word.line)
        if span.end == end and end - start >= 2 and self._is_header(start, end):
            name = self._last_of(word.line + 1)
            if name:
                yield self._candidate(name, word, COLUMN, f"in the column {label!r}")
                return
        if field.side in ("before", "either") and span.start > 0 and self._is_town_word(word):
            name = self._ending_at(span.start, genitive=True)
            if name:
                yield self._candidate(name, word, BEFORE, f"named before {label!r}")
                return
        if field.side in ("after", "either") and span.exact:
            name = self._starting_at(span.end)
            if name:
                yield self._candidate(name, word, AFTER, f"named after {label!r}")

    def _is_town_word(self, word: Word) -> bool:
        return word.key in self._report.folded["town_words"]

    def _candidate(self, name: str, word: Word, score: float, rule: str) -> Candidate:
        line = self._report.lines[word.line]
        return Candidate(value=name, page=line.page, score=score, printed=line.text, rule=rule)

    def _is_header(self, start: int, end: int) -> bool:
        """Whether a line is a table's titles: capitalised words, no full stop."""
        words = self._wording.words[start:end]
        capitals = sum(word.capital for word in words)
        return capitals >= 2 and capitals * 2 >= len(words) and "." not in words[-1].after

    def _is_place(self, word: Word) -> bool:
        return word.capital and word.text.replace("-", "").isalpha() and word.key not in self._stops

    def _ending_at(self, end: int, *, genitive: bool) -> str | None:
        words = self._wording.words
        start = end
        while (
            start
            and end - start < _LONGEST
            and self._is_place(words[start - 1])
            and not (start < end and set(words[start - 1].after) & set(",;:.()"))
        ):
            start -= 1
        if start == end or set(words[end - 1].after) & set(",;:.()"):
            return None
        parts = [word.text for word in words[start:end]]
        if genitive:
            parts[-1] = self._without_genitive(parts[-1])
        return " ".join(parts[-2:] if len(parts) > 2 else parts)

    def _without_genitive(self, name: str) -> str:
        """A municipality's name without the genitive's s, unless the s is its own."""
        if not name.endswith("s") or len(name) < 4 or name.casefold().endswith(self._keep_s):
            return name
        return name[:-1]

    def _starting_at(self, start: int) -> str | None:
        words = self._wording.words
        if (
            ":" in words[start - 1].after
            and start < len(words)
            and words[start].line != words[start - 1].line
        ):
            return None
        while (
            start < len(words)
            and not words[start].capital
            and len(words[start].text) <= 3
            and words[start].text.isalpha()
        ):
            start += 1
        end = start
        while (
            end < len(words)
            and end - start < _LONGEST
            and words[end].line == words[min(start, len(words) - 1)].line
            and self._is_place(words[end])
        ):
            end += 1
            if words[end - 1].after:
                break
        if start == end:
            return None
        follower = words[end] if end < len(words) else None
        name = " ".join(word.text for word in words[start:end])
        if (
            follower is not None
            and follower.key in self._report.folded["town_words"]
            and not words[end - 1].after
        ):
            return self._without_genitive(name)
        return name

    def _last_of(self, line: int) -> str | None:
        """The place at the end of a table's row: what follows its last figure."""
        if line >= len(self._report.lines):
            return None
        start, end = self._wording.line_span(line)
        begin = end
        while begin > start and self._is_place(self._wording.words[begin - 1]):
            begin -= 1
        if begin in (start, end):
            return None
        return " ".join(word.text for word in self._wording.words[begin:end][:_LONGEST])
