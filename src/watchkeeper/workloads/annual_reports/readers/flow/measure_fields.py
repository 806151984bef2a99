"""Counts, areas and percentages: the number a label counts or measures."""

from collections.abc import Iterator
from dataclasses import replace

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate, best_of
from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold
from watchkeeper.workloads.annual_reports.readers.flow.phrases import holds
from watchkeeper.workloads.annual_reports.readers.flow.quantities import (
    Quantity,
    decimal_at,
    plain,
    quantity_at,
    quantity_before,
)
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Span, Word

COUNTED, LISTED, MEASURED = 0.6, 0.55, 0.66
"""A number right before its label, behind it, and one with a unit behind it."""
REACH = 12
"""Words between a label and its number, at most."""
TABLE_LINES = 16
SHORT = 5
"""A shorter label says too little unless its number follows at once."""
PARTS_REACH = 14
"""Words within which another part of an area is printed."""


class MeasureFields:
    """Finds counts, areas and percentages."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._wording = report.wording
        self._metres = report.folded["square_metres"]
        self._joiners = report.folded["and_words"]
        self._of_which = report.folded["of_which_words"]
        self._fillers = report.folded["piece_words"]
        self._in_words = {fold(word): n for n, word in enumerate(report.words("number_words"), start=2)}

    def find(self, field: FieldInstructions) -> Candidate | None:
        """The best number for the field."""
        return best_of(candidate for candidate in self._all(field) if self._within(field, candidate))

    def _all(self, field: FieldInstructions) -> Iterator[Candidate]:
        for rank, label in enumerate(field.labels):
            for span in self._wording.find(label):
                for candidate in self._at(span, label, field):
                    yield self._placed(candidate.lowered(0.03 * min(rank, 12), f"label {rank + 1}"), field)

    def _at(self, span: Span, label: str, field: FieldInstructions) -> Iterator[Candidate]:
        if field.kind == "count":
            yield from self._counted(span, label, field)
        elif field.kind == "area":
            yield from self._measured(span, label, field)
            yield from self._column_total(span, label)
        else:
            yield from self._share(span, label, field)

    def _counted(self, span: Span, label: str, field: FieldInstructions) -> Iterator[Candidate]:
        words = self._wording.words
        if field.side != "after":
            number = self._number_before(span.start)
            if number is not None:
                window = self._phrase(number.end)
                if not holds(window, field.avoid):
                    more = sum(holds(window, (other,)) for other in field.labels) - 1
                    candidate = self._candidate(number, COUNTED, f"number before {label!r}")
                    candidate = candidate.raised(
                        0.25 * min(2, max(0, more)), f"{max(0, more)} more label(s) beside"
                    )
                    if field.cues:
                        cued = holds([*words[span.start : span.end], *window], field.cues)
                        candidate = (
                            candidate.raised(0.3, "a cue beside it")
                            if cued
                            else candidate.lowered(0.15, "no cue")
                        )
                    yield candidate if number.end == span.start else candidate.lowered(0.05, "words between")
                return
        if field.side != "before" and span.end < len(words):
            colon = ":" in words[span.end - 1].after
            for place in range(span.end, min(span.end + (2 if colon else 1), len(words))):
                number = quantity_at(words, place)
                if number is not None and words[place].line == words[span.end - 1].line:
                    if not holds(self._clause(span.start, number.end), field.avoid):
                        yield self._candidate(number, LISTED, f"number behind {label!r}")
                    return

    def _clause(self, start: int, end: int) -> list[Word]:
        """The words of a line around a place, back to the end of the sentence before."""
        words = self._wording.words
        line_start, line_end = self._wording.line_span(words[start].line)
        while start > line_start and not set(words[start - 1].after) & set(".;"):
            start -= 1
        return words[start : min(line_end, end + 4)]

    def _number_before(self, place: int) -> Quantity | None:
        """The whole number that counts what begins at a place: `94`, `28 stycken`, `346`."""
        words = self._wording.words
        end = place
        for _ in range(3):
            number = quantity_before(words, end)
            if number is None and end == place and end and words[end - 1].key in self._in_words:
                number = Quantity(end - 1, end, self._in_words[words[end - 1].key])
            if number is not None and words[place].capital and words[number.end - 1].line < words[place].line:
                return None  # a row of its own, not a sentence that goes on
            if number is not None:
                return (
                    number
                    if number.value == int(number.value) and not words[number.end - 1].after.strip("(")
                    else None
                )
            if not end or words[end - 1].capital or words[end - 1].after or not words[end - 1].text.isalpha():
                return None
            if end - 1 < place and words[end - 1].key not in self._fillers:
                return None
            end -= 1
        return None

    def _phrase(self, start: int) -> list[Word]:
        """The words from a place up to the next number or the sentence's end."""
        words = self._wording.words
        found: list[Word] = []
        for word in words[start : start + 8]:
            if word.text[:1].isdigit() or (found and word.line > found[0].line + 1):
                break
            if found and word.key in self._joiners:
                break
            found.append(word)
            if set(word.after) & set(".;") or ("," in word.after and len(found) > 1):
                break
        return found

    def _measured(self, span: Span, label: str, field: FieldInstructions) -> Iterator[Candidate]:
        words = self._wording.words
        if holds(words[max(0, span.start - 1) : span.end + 1], field.avoid):
            return
        place = span.end
        while place < min(span.end + REACH, len(words)):
            if words[place].line > words[span.start].line + 1 or "." in words[place - 1].after:
                return
            number = quantity_at(words, place)
            if number is None:
                place += 1
                continue
            if number.end < len(words) and self._is_metres(number):
                between = words[span.end : place]
                if between and len(fold(label)) < SHORT:
                    return
                if not holds(between, field.avoid) and not holds(self._named_behind(number), field.avoid):
                    near = 0.25 if len(between) <= 2 else 0.1
                    candidate = self._candidate(number, MEASURED, f"area behind {label!r}")
                    yield self._with_parts(candidate, number, label, field).raised(near, "close by")
                return
            place = number.end

    def _named_behind(self, number: Quantity) -> list[Word]:
        """The words right behind an area's unit, which may say what it is the area of."""
        words = self._wording.words
        if words[number.end].after:
            return []
        return words[number.end + 1 : number.end + 2]

    def _with_parts(
        self, candidate: Candidate, number: Quantity, label: str, field: FieldInstructions
    ) -> Candidate:
        """A part's area with the other parts printed right after it: `boarea 900 kvm, lokalarea 100 kvm`."""
        parts = [fold(part) for part in field.hints.get("parts", ())]
        own = [part for part in parts if part in fold(label)]
        if not own:
            return candidate
        words = self._wording.words
        total, place, last = number.value, number.end, number.end + PARTS_REACH
        named = False
        while place < min(last, len(words)):
            word = words[place]
            if word.key in self._of_which:
                break
            named = named or any(part in word.key for part in parts if part not in own)
            found = quantity_at(words, place) if named else None
            if found is not None and found.end < len(words) and self._is_metres(found):
                total += found.value
                last = found.end + PARTS_REACH
                named = False
            place = found.end if found is not None else place + 1
        if total == number.value:
            return candidate
        return replace(candidate, value=plain(total), rule=f"{candidate.rule} and the parts after it")

    def _is_metres(self, number: Quantity) -> bool:
        words = self._wording.words
        return words[number.end].key in self._metres and not words[number.end - 1].after

    def _column_total(self, span: Span, label: str) -> Iterator[Candidate]:
        """The total row of a table whose last column has the label for a title."""
        words = self._wording.words
        line = words[span.start].line
        start, end = self._wording.line_span(line)
        if any(word.key not in self._metres for word in words[span.end : end]) or span.start == start:
            return
        parts: list[float] = []
        for number in range(line + 1, min(line + TABLE_LINES, len(self._report.lines))):
            begin, past = self._wording.line_span(number)
            if begin == past or self._report.lines[number].page != self._report.lines[line].page:
                return
            last = past - 1 if words[past - 1].key in self._metres and past - begin > 1 else past
            quantity = quantity_before(words, last)
            if quantity is None:
                continue
            if self._report.table_words.is_sum(words[begin].text):
                candidate = self._candidate(quantity, MEASURED, f"total of the column {label!r}")
                yield (
                    candidate.raised(0.6, "the column adds up to it")
                    if abs(sum(parts) - quantity.value) <= 1
                    else candidate
                )
                return
            parts.append(quantity.value)

    def _share(self, span: Span, label: str, field: FieldInstructions) -> Iterator[Candidate]:
        words = self._wording.words
        line = words[span.start].line
        if holds(self._line_keys(line), field.avoid):
            return
        for place in range(span.end, min(span.end + REACH, len(words))):
            if words[place].line > line + (place - span.end < 4):
                return
            number = decimal_at(words, place)
            if number is not None:
                yield self._candidate(number, MEASURED, f"figure behind {label!r}")
                return

    def _line_keys(self, line: int) -> list[Word]:
        return self._wording.words[slice(*self._wording.line_span(line))]

    def _candidate(self, number: Quantity, score: float, rule: str) -> Candidate:
        line = self._report.lines[self._wording.words[number.start].line]
        return Candidate(value=plain(number.value), page=line.page, score=score, printed=line.text, rule=rule)

    def _placed(self, candidate: Candidate, field: FieldInstructions) -> Candidate:
        if not field.sections or not self._report.sectioned:
            return candidate
        weight = self._report.section_weight(candidate.page, field.sections)
        if weight:
            return candidate.raised(0.4 * weight, "in a section it belongs in")
        return candidate.lowered(0.45, "outside its sections")

    @staticmethod
    def _within(field: FieldInstructions, candidate: Candidate) -> bool:
        value = candidate.value
        if not isinstance(value, (int, float)):
            return False
        low = field.minimum is None or value >= field.minimum
        return low and (field.maximum is None or value <= field.maximum)
