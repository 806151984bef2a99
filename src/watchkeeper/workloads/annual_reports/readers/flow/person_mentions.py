"""Names found with a role: beside, above or below a label, in lists, prose and signatures."""

from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.person_names import NameRun, PersonNames
from watchkeeper.workloads.annual_reports.readers.flow.phrases import holds
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Span, Word

BESIDE, ABOVE, AFTER, BELOW, FURTHER = 0.85, 0.8, 0.75, 0.7, 0.4
"""How often a name in such a place is the one the label is about; `FURTHER`: later names below a heading."""
ROLE_LINE = 10
"""Words a line of roles below a line of names has at most."""
FAR = 5
"""Small words between a label and its name in prose, at most."""
LONGEST_BREAK = 2
"""Words of a name broken over lines that stand on the upper one, at most."""
_CONTEXT = 22
_HEADED_LINES = 4


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found with a role."""

    run: NameRun
    name: str
    place: int
    """Where the label stands."""
    weight: float
    """How often such a mention is right."""
    how: str
    context: tuple[Word, ...]
    """The words about this person: the role as printed and what follows it."""


class PersonMentions:
    """Finds the names that stand with a label."""

    def __init__(self, report: Report, names: PersonNames) -> None:
        self._report = report
        self._names = names
        self._wording = report.wording

    def of(self, field: FieldInstructions) -> Iterator[Mention]:
        """Every name with one of the field's labels, weaker for weaker labels."""
        taken: set[tuple[int, int]] = set()
        for rank, label in enumerate(field.labels):
            strength = 1.0 - 0.03 * rank
            for span in self._wording.find(label):
                if self._avoided(span, field):
                    continue
                for mention in self._at(span, label):
                    key = (mention.run.start, span.end)
                    if key not in taken:
                        taken.add(key)
                        yield Mention(
                            mention.run,
                            mention.name,
                            mention.place,
                            mention.weight * strength,
                            mention.how,
                            mention.context,
                        )

    def _avoided(self, span: Span, field: FieldInstructions) -> bool:
        """Whether the words right around a label make it another role."""
        words = self._wording.words
        line = words[span.start].line
        start = span.start
        while start > 0 and span.start - start < 3 and words[start - 1].line == line:
            if "," in words[start - 1].after:
                break
            start -= 1
        _, line_end = self._wording.line_span(words[span.end - 1].line)
        return holds(words[start : min(line_end, span.end + 2)], field.avoid)

    def _at(self, span: Span, label: str) -> list[Mention]:
        """The names a label at a place may be about."""
        line = self._wording.words[span.start].line
        start, end = self._wording.line_span(line)
        beside = self._before(span, self._sentence_start(span, start))
        if beside is not None:
            return [self._mention(beside, span, (BESIDE, f"name before {label!r}"), (beside.start, end))]
        after = self._after(span, end)
        if after is not None:
            last = self._wording.line_span(self._wording.words[after.end - 1].line)[1]
            return [self._mention(after, span, (AFTER, f"name after {label!r}"), (span.start, last))]
        if end - start > ROLE_LINE:
            return []
        above = self._above(span, line)
        if above is not None:
            run, first, last = above
            return [self._mention(run, span, (ABOVE, f"name above {label!r}"), (first, last))]
        return self._below(span, line, label)

    def _sentence_start(self, span: Span, start: int) -> int:
        """Where to look for a name before a label: on the line above where brackets broke off from it."""
        words = self._wording.words
        opens = span.start == start and "(" in words[start].before and start > 0
        if not opens or words[start - 1].after:
            return start
        return self._wording.line_span(words[start - 1].line)[0]

    def _mention(self, run: NameRun, span: Span, told: tuple[float, str], about: tuple[int, int]) -> Mention:
        weight, how = told
        first, last = about
        later = (other.start for other in self._names.runs(max(first, run.end), last))
        last = min(last, first + _CONTEXT, next(later, last))
        context = [*self._wording.words[first:last], *self._firm_beside(run)]
        return Mention(
            run,
            self._names.text(run),
            span.start,
            weight if span.exact else weight * 0.9,
            how,
            tuple(context),
        )

    def _firm_beside(self, run: NameRun) -> list[Word]:
        """The words of a line that is a firm, right above or below a name."""
        line = self._wording.words[run.start].line
        return [
            word
            for number in (line - 1, line + 1)
            if 0 <= number < len(self._report.lines) and self._is_firm(number)
            for word in self._wording.words[slice(*self._wording.line_span(number))]
        ]

    def _before(self, span: Span, start: int) -> NameRun | None:
        """The name that ends right before the label, roles and a few small words between."""
        words = self._wording.words
        runs = list(self._names.runs(start, span.start))
        if not runs:
            return self._broken_over_lines(span)
        run = runs[-1]
        between = words[run.end : span.start]
        if len(between) > 4 or any(self._ends_sentence(word) for word in words[run.end - 1 : span.start]):
            return None
        if any(
            not self._names.is_role(word) and (word.capital or not word.text.isalpha()) for word in between
        ):
            return None
        return self._names.parted(run, 1)[-1] if run.end - run.start > 4 else run

    def _broken_over_lines(self, span: Span) -> NameRun | None:
        """The name before a label whose last word a line's end leaves alone: `Ann⏎Lee, captain`."""
        words = self._wording.words
        last = span.start - 1
        if last < 1 or words[last].line != words[span.start].line or not self._names.is_name(words[last]):
            return None
        if words[last - 1].line == words[last].line or "." in words[last].after:
            return None
        start = last
        while start > 0 and last - start < LONGEST_BREAK and words[start - 1].line == words[last].line - 1:
            if words[start - 1].after.strip() or not self._names.is_name(words[start - 1]):
                break
            start -= 1
        return NameRun(start, span.start) if start < last else None

    def _after(self, span: Span, end: int) -> NameRun | None:
        """The name that follows the label in a sentence or after a colon."""
        words = self._wording.words
        if self._ends_sentence(words[span.end - 1]) or ";" in words[span.end - 1].after:
            return None
        line_end = end
        if end < len(words) and end - self._wording.line_span(words[span.start].line)[0] > 7:
            line_end = self._wording.line_span(words[end].line)[1]
        for run in self._names.runs(span.end, min(line_end, span.end + FAR + 8)):
            between = words[span.end : run.start]
            if sum(not word.capital for word in between) > FAR:
                return None
            if any(self._ends_sentence(word) for word in between):
                return None
            return None if self._has_own_role(run, between) else self._first_of(run)
        return None

    def _first_of(self, run: NameRun) -> NameRun:
        return self._names.parted(run, 1)[0] if run.end - run.start > 4 else run

    def _has_own_role(self, run: NameRun, between: list[Word]) -> bool:
        """Whether a name right behind a label is followed by a role of its own."""
        words = self._wording.words
        if between or run.end >= len(words) or words[run.end].line != words[run.end - 1].line:
            return False
        return self._names.is_role(words[run.end]) and "," not in words[run.end - 1].after

    @staticmethod
    def _ends_sentence(word: Word) -> bool:
        return "." in word.after and len(word.text) > 4

    def _above(self, span: Span, line: int) -> tuple[NameRun, int, int] | None:
        """The name on the line above a line of roles, by the label's turn, and where that role stands."""
        upper = line - 1
        if upper > 0 and not self._names.only_names(upper) and self._is_firm(upper):
            upper -= 1
        if upper < 0 or not self._names.only_names(upper):
            return None
        start, end = self._wording.line_span(line)
        roles = self._role_starts(start, end)
        parts = self._names.parted(NameRun(*self._wording.line_span(upper)), len(roles))
        turn = max(0, sum(place <= span.start for place in roles) - 1)
        if turn >= len(parts):
            return None
        return parts[turn], roles[turn], roles[turn + 1] if turn + 1 < len(roles) else end

    def _is_firm(self, line: int) -> bool:
        start, end = self._wording.line_span(line)
        endings = self._report.folded["firm_endings"]
        return 0 < end - start <= 5 and any(word.key in endings for word in self._wording.words[start:end])

    def _role_starts(self, start: int, end: int) -> list[int]:
        """Where each role of a line of roles begins: `Auktoriserad revisor Intern revisor` holds two."""
        words = self._wording.words
        starts = [start]
        for place in range(start + 1, end):
            told = any(self._names.is_role(word) for word in words[starts[-1] : place])
            tells = any(self._names.is_role(word) for word in words[place:end])
            if words[place].capital and (self._names.is_role(words[place]) or (told and tells)):
                starts.append(place)
        return starts

    def _below(self, span: Span, line: int, label: str) -> list[Mention]:
        """Names on the lines below a label that stands as a heading."""
        start, end = self._wording.line_span(line)
        if span.end != end or end - start > 4:
            return []
        found: list[Mention] = []
        last_line = min(line + 1 + _HEADED_LINES, len(self._report.lines))
        for number in range(line + 1, last_line):
            if self._report.is_running(number):
                continue
            bounds = self._wording.line_span(number)
            runs = list(self._names.runs(*bounds))
            if not runs:
                break
            told = (FURTHER if found else BELOW, f"name below the heading {label!r}")
            found.append(self._mention(runs[0], span, told, bounds))
        return found
