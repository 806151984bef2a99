"""Free text, passages, lists of people, amounts and table rows, by label or heading."""

import re
from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.blocks import Blocks
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate, best_of
from watchkeeper.workloads.annual_reports.readers.flow.contracts import Contracts
from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold
from watchkeeper.workloads.annual_reports.readers.flow.listed_rows import ListedRows
from watchkeeper.workloads.annual_reports.readers.flow.people_rows import PeopleRows
from watchkeeper.workloads.annual_reports.readers.flow.person_names import PersonNames, same_person
from watchkeeper.workloads.annual_reports.readers.flow.phrases import holds
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.units import Units
from watchkeeper.workloads.annual_reports.readers.flow.year_rows import YearRows

LONGEST_PASSAGE = 25
"""Lines a passage has at most."""
SCORE = 0.6
_CUT = re.compile(r"(?<=[a-zåäö])(?:[-\ufffe\u00ad]) (?=[a-zåäö])")
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[^\W\da-zåäö_])")
_LIST_LINES = 14


class TextFields:
    """Finds texts and lists."""

    def __init__(self, report: Report, names: PersonNames) -> None:
        self._report = report
        self._wording = report.wording
        self._names = names
        self._blocks = Blocks(report)
        self._units = Units(report)
        self._listed_rows = ListedRows(report, self._blocks, self._units)
        self._people_rows = PeopleRows(report, names)
        self._contracts = Contracts(report, self._blocks)
        self._years = YearRows(report, self._units)

    def find(self, field: FieldInstructions) -> Candidate | None:
        """The best candidate for a field of text, people, amounts, rows or a passage."""
        if field.kind == "people":
            found = self._people_rows.find(field) if "roles" in field.hints else self._people(field)
        elif field.kind == "amounts":
            found = self._years.find(field)
        elif field.kind == "rows":
            listed = {"services", "other_than"} & set(field.hints)
            found = self._contracts.find(field) if listed else self._listed_rows.find(field)
        elif field.kind == "passage":
            found = self._passages(field)
        else:
            found = self._texts(field)
        return best_of(self._placed(candidate, field) for candidate in found)

    def _placed(self, candidate: Candidate, field: FieldInstructions) -> Candidate:
        if not field.sections or not self._report.sectioned:
            return candidate
        if self._report.section_weight(candidate.page, field.sections):
            return candidate.raised(0.25, "in a section it belongs in")
        return candidate.lowered(0.5, "outside its sections")

    def _texts(self, field: FieldInstructions) -> Iterator[Candidate]:
        words = self._wording.words
        for rank, label in enumerate(field.labels):
            for span in self._wording.find(label):
                line = words[span.start].line
                start, end = self._wording.line_span(line)
                if holds(words[start:end], field.avoid) or span.end > end:
                    continue
                text = self._wording.text(span.end, end)
                if not text:
                    continue
                score = SCORE * (1.0 - 0.03 * rank) * (1.0 if span.start == start else 0.8)
                yield Candidate(
                    value=text,
                    page=self._report.lines[line].page,
                    score=score,
                    printed=self._report.lines[line].text,
                    rule=f"text behind {label!r}",
                )

    def _passages(self, field: FieldInstructions) -> Iterator[Candidate]:
        for heading in (*field.headings, *field.labels):
            for line in self._blocks.lines_of_heading(heading):
                text = _trimmed(" ".join(self._until(line + 1, field)), field.cues)
                if text:
                    yield Candidate(
                        value=text,
                        page=self._report.lines[line].page,
                        score=SCORE,
                        printed=self._report.lines[line].text,
                        rule=f"the text under {heading!r}",
                    )

    def _until(self, first: int, field: FieldInstructions) -> list[str]:
        found: list[str] = []
        for number in range(first, min(first + LONGEST_PASSAGE, len(self._report.lines))):
            if self._report.is_running(number):
                continue
            words = self._wording.words[slice(*self._wording.line_span(number))]
            if len(words) <= 6 and holds(words, field.until):
                break
            short = found and len(words) <= 5 and words and words[0].capital and not words[-1].after
            if short and found[-1].endswith((".", "!", ":")):
                break
            found.append(self._report.lines[number].text)
        return found

    def _people(self, field: FieldInstructions) -> Iterator[Candidate]:
        if not self._names.known:
            return
        for label in (*field.labels, *field.headings):
            for span in self._wording.find(label):
                line = self._wording.words[span.start].line
                names = self._listed(span.end, line, field)
                if names:
                    yield Candidate(
                        value=list(names),
                        page=self._report.lines[line].page,
                        score=SCORE if len(names) > 1 else SCORE * 0.8,
                        printed=self._report.lines[line].text,
                        rule=f"names after {label!r}",
                    )

    def _listed(self, place: int, line: int, field: FieldInstructions) -> list[str]:
        found: list[str] = []
        for number in range(line, min(line + _LIST_LINES, len(self._report.lines))):
            start, end = self._wording.line_span(number)
            start = max(start, place)
            words = self._wording.words[start:end]
            if number > line and holds(words, field.until):
                break
            if holds(words, field.avoid) or self._report.is_running(number):
                continue
            runs = list(self._names.runs(start, end))
            if not runs and number > line:
                break
            for run in runs:
                name = self._names.text(run)
                if not any(same_person(name, other) for other in found):
                    found.append(name)
        return found


def _trimmed(text: str, cues: tuple[str, ...]) -> str:
    """A passage with words cut at a line's end whole again; with cues, only the sentences that have one."""
    whole = _CUT.sub("", text).replace("\ufffe", "").replace("\u00ad", "")
    if not cues:
        return whole
    return " ".join(
        sentence for sentence in _SENTENCE.split(whole) if any(fold(cue) in fold(sentence) for cue in cues)
    )
