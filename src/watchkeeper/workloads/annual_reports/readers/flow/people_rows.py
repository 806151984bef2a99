"""People listed line by line behind a label, with the roles their lines name."""

from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate
from watchkeeper.workloads.annual_reports.readers.flow.person_names import NameRun, PersonNames, same_person
from watchkeeper.workloads.annual_reports.readers.flow.phrases import holds, keys_of
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Word

SCORE = 0.45
MOST_LINES = 30
LOOSE = 2
"""Lines without a name that a list may have between two with one."""
LONG = 13
"""A line with more words is a sentence."""


class PeopleRows:
    """Finds lists of people with roles."""

    def __init__(self, report: Report, names: PersonNames) -> None:
        self._report = report
        self._wording = report.wording
        self._names = names

    def find(self, field: FieldInstructions) -> Iterator[Candidate]:
        """The people listed behind each of the field's labels, one to a line."""
        for rank, label in enumerate((*field.labels, *field.headings)):
            for span in self._wording.find(label):
                line = self._wording.words[span.end - 1].line
                if span.start != self._wording.line_span(self._wording.words[span.start].line)[0]:
                    continue
                people = self._listed(span.end, line, field)
                if not people:
                    continue
                roles = sum(person["role"] is not None for person in people)
                made = Candidate(
                    value=list(people),
                    page=self._report.lines[line].page,
                    score=SCORE * (1.0 - 0.01 * rank) * (1.0 if span.exact else 0.95),
                    printed=self._report.lines[line].text,
                    rule=f"people listed behind {label!r}",
                )
                doubtful = 0.1 * min(4, len(people) - roles)
                yield made.raised(0.08 * min(6, roles), f"{roles} with a role").lowered(doubtful, "no role")

    def _listed(self, place: int, line: int, field: FieldInstructions) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        last = line
        for number in range(line, min(line + MOST_LINES, len(self._report.lines))):
            start, end = self._wording.line_span(number)
            start = max(start, place)
            words = self._wording.words[start:end]
            if number > line and words and holds(words[:3], field.until):
                break
            if number - last > LOOSE:
                break
            if not words or self._report.is_running(number):
                continue
            runs = [run for one in self._names.runs(start, end) if (run := self._cut(one, field))]
            if len(runs) == 1 and len(words) <= LONG:
                self._note(self._names.text(runs[0]), self._role(words, field), found)
                last = number
            elif found and not runs and not any(w.text[:1].isdigit() for w in words):
                break
        return found

    @staticmethod
    def _note(name: str, role: str | None, found: list[dict[str, object]]) -> None:
        for person in found:
            if same_person(str(person["name"]), name):
                person["role"] = role
                return
        found.append({"name": name, "role": role})

    def _cut(self, run: NameRun, field: FieldInstructions) -> NameRun | None:
        """The run up to the first word that is no name here."""
        stops = {
            key
            for phrase in (*field.hints.get("no_names", ()), *field.hints.get("roles", ()))
            for key in ("".join(keys_of(phrase)),)
        }
        words = self._wording.words
        end = next((at for at in range(run.start, run.end) if words[at].key in stops), run.end)
        return NameRun(run.start, end) if end - run.start >= 2 else None

    @staticmethod
    def _role(words: list[Word], field: FieldInstructions) -> str | None:
        return next((phrase for phrase in field.hints.get("roles", ()) if holds(words, (phrase,))), None)
