"""One person in a role: the name beside, above or below a label, in lists, prose and signatures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate
from watchkeeper.workloads.annual_reports.readers.flow.dates import dates_in, months_by_name
from watchkeeper.workloads.annual_reports.readers.flow.person_names import NameRun, PersonNames, same_person
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Span, words_of_line

BESIDE, ABOVE, AFTER, BELOW = 0.85, 0.8, 0.75, 0.7
"""How often a name in such a place is the one the label is about."""
ROLE_LINE = 6
"""Words a line of roles below a line of names has at most."""
FAR = 5
"""Words between a label and its name in prose, at most."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found with a role."""

    run: NameRun
    name: str
    place: int
    weight: float
    how: str


class PersonFields:
    """Finds persons in a report."""

    def __init__(self, report: Report, names: PersonNames) -> None:
        self._report = report
        self._names = names
        self._wording = report.wording
        self._months = months_by_name(report.words("months"))

    def find(self, field: FieldInstructions) -> Candidate | None:
        """The person most evidence speaks for."""
        if not self._names.known:
            return None
        mentions = [self._weighed(mention, field) for mention in self._mentions(field)]
        people: list[list[Mention]] = []
        for mention in sorted(mentions, key=lambda one: -one.weight):
            group = next((one for one in people if same_person(one[0].name, mention.name)), None)
            if group is None:
                people.append([mention])
            else:
                group.append(mention)
        ranked = sorted(people, key=lambda group: self._evidence(group, field), reverse=True)
        if not ranked or self._evidence(ranked[0], field) < 0.2:
            return None
        rival = self._evidence(ranked[1], field) if len(ranked) > 1 else 0.0
        return self._candidate(ranked[0], field, rival)

    def _candidate(self, group: list[Mention], field: FieldInstructions, rival: float) -> Candidate:
        evidence = self._evidence(group, field)
        first = self._best_form(group, field)
        line = self._report.lines[self._wording.words[first.place].line]
        score = evidence - 0.25 * max(0.0, rival - 0.4)
        return Candidate(
            value=first.name,
            page=line.page,
            score=score,
            printed=line.text,
            rule=f"{first.how}; {len(group)} mention(s)" + ("; others are named too" if rival > 0.5 else ""),
        )

    def _best_form(self, group: list[Mention], field: FieldInstructions) -> Mention:
        """The mention whose printing of the name is given: in the preferred section, the likeliest."""

        def rank(mention: Mention) -> tuple[float, float]:
            page = self._page(mention)
            return (self._report.section_weight(page, field.sections), mention.weight)

        return max(group, key=rank)

    def _evidence(self, group: list[Mention], field: FieldInstructions) -> float:
        """How sure the mentions of one person make: each cuts the doubt the others leave."""
        doubt = 1.0
        lines: set[int] = set()
        for mention in group:
            line = self._wording.words[mention.place].line
            if line in lines:
                continue
            lines.add(line)
            doubt *= 1.0 - min(0.9, mention.weight)
        late = 0.0
        if field.occurrence == "last":
            late = 0.02 * max(mention.place for mention in group) / max(1, len(self._wording.words))
        return min(0.985, 1.0 - doubt) + late

    def _page(self, mention: Mention) -> int:
        return self._report.lines[self._wording.words[mention.place].line].page

    def _weighed(self, mention: Mention, field: FieldInstructions) -> Mention:
        """The mention with its section and the words around it taken into account."""
        weight = mention.weight
        if field.sections and self._report.sectioned:
            fits = self._report.section_weight(self._page(mention), field.sections)
            weight *= 0.9 + 0.1 * fits if fits else 0.55
        line = self._wording.words[mention.place].line
        around = self._words_around(mention)
        if self._has(around, field.hints.get("left_office", ())) or self._term_ended(line):
            weight *= 0.25
        if self._has(around, field.hints.get("weaker", ())):
            weight *= 0.5
        if self._has([*around, *self._line_keys(line - 1)], field.hints.get("stronger", ())):
            weight += 0.4 * (1 - weight)
        if field.cues and self._has(around, field.cues):
            weight += 0.3 * (1 - weight)
        return Mention(mention.run, mention.name, mention.place, weight, mention.how)

    def _line_keys(self, line: int) -> list[str]:
        """The keys of a line of few words, such as the firm above or below a name."""
        if line < 0:
            return []
        start, end = self._wording.line_span(line)
        return [word.key for word in self._wording.words[start:end]] if end - start <= 6 else []

    def _words_around(self, mention: Mention) -> list[str]:
        """The keys from the name and label to the end of their line, and of the title line below."""
        start = min(mention.run.start, mention.place)
        line = self._wording.words[max(mention.run.end - 1, mention.place)].line
        _, end = self._wording.line_span(line)
        return [word.key for word in self._wording.words[start : min(end, start + 22)]]

    @staticmethod
    def _has(keys: list[str], phrases: Iterable[str]) -> bool:
        for phrase in phrases:
            wanted = [word.key for word in words_of_line(phrase, 0)]
            for start in range(len(keys) - len(wanted) + 1):
                part = keys[start : start + len(wanted)]
                if wanted and part[:-1] == wanted[:-1] and part[-1].startswith(wanted[-1]):
                    return True
        return False

    def _term_ended(self, line: int) -> bool:
        """Whether a line gives a term's first and last day."""
        return len(dates_in(self._report.lines[line].text, self._months)) >= 2

    def _mentions(self, field: FieldInstructions) -> Iterator[Mention]:
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
                            mention.run, mention.name, span.start, mention.weight * strength, mention.how
                        )

    def _avoided(self, span: Span, field: FieldInstructions) -> bool:
        words = self._wording.words
        line = words[span.start].line
        start = span.start
        while (
            start > 0
            and span.start - start < 3
            and words[start - 1].line == line
            and "," not in words[start - 1].after
        ):
            start -= 1
        _, line_end = self._wording.line_span(words[span.end - 1].line)
        keys = [word.key for word in words[start : min(line_end, span.end + 2)]]
        return self._has(keys, field.avoid)

    def _at(self, span: Span, label: str) -> list[Mention]:
        """The names a label at a place may be about."""
        words = self._wording.words
        line = words[span.start].line
        start, end = self._wording.line_span(line)
        beside = self._before(span, start)
        if beside is not None:
            return [self._mention(beside, span, BESIDE, f"name before {label!r}")]
        after = self._after(span, end)
        if after is not None:
            return [self._mention(after, span, AFTER, f"name after {label!r}")]
        if end - start > ROLE_LINE:
            return []
        above = self._above(span, line)
        if above is not None:
            return [self._mention(above, span, ABOVE, f"name above {label!r}")]
        return self._below(span, line, label)

    def _mention(self, run: NameRun, span: Span, weight: float, how: str) -> Mention:
        return Mention(run, self._names.text(run), span.start, weight if span.exact else weight * 0.9, how)

    def _before(self, span: Span, start: int) -> NameRun | None:
        """The name that ends right before the label, roles and a few small words between."""
        words = self._wording.words
        runs = list(self._names.runs(start, span.start))
        if not runs:
            return None
        run = runs[-1]
        between = words[run.end : span.start]
        if len(between) > 4 or any("." in word.after and len(word.text) > 3 for word in between):
            return None
        if "." in words[run.end - 1].after and len(words[run.end - 1].text) > 2:
            return None
        if any(
            not self._names.is_role(word) and (word.capital or not word.text.isalpha()) for word in between
        ):
            return None
        return self._names.parted(run, 1)[-1] if run.end - run.start > 4 else run

    def _after(self, span: Span, end: int) -> NameRun | None:
        """The name that follows the label in a sentence or after a colon."""
        words = self._wording.words
        if "." in words[span.end - 1].after:
            return None
        line_end = end
        if end < len(words) and end - self._wording.line_span(words[span.start].line)[0] > 7:
            line_end = self._wording.line_span(words[end].line)[1]
        for run in self._names.runs(span.end, min(line_end, span.end + FAR + 8)):
            between = words[span.end : run.start]
            if sum(not word.capital for word in between) > FAR or any(
                self._ends_sentence(word.after, word.text) for word in between
            ):
                return None
            if run.end < len(words) and words[run.end].line == words[run.end - 1].line:
                follower = words[run.end]
                if self._names.is_role(follower) and "," not in words[run.end - 1].after and not between:
                    return None
            return self._names.parted(run, 1)[0] if run.end - run.start > 4 else run
        return None

    @staticmethod
    def _ends_sentence(after: str, text: str) -> bool:
        return "." in after and len(text) > 3

    def _above(self, span: Span, line: int) -> NameRun | None:
        """The name on the line above a line of roles, by the label's turn among them."""
        upper = line - 1
        if upper > 0 and not self._names.only_names(upper) and self._is_firm(upper):
            upper -= 1
        if upper < 0 or not self._names.only_names(upper):
            return None
        start, end = self._wording.line_span(line)
        roles = self._role_starts(start, end)
        run = NameRun(*self._wording.line_span(upper))
        parts = self._names.parted(run, len(roles))
        turn = sum(place <= span.start for place in roles) - 1
        return parts[max(0, turn)] if turn < len(parts) else None

    def _is_firm(self, line: int) -> bool:
        start, end = self._wording.line_span(line)
        endings = self._report.folded["firm_endings"]
        return end - start <= 5 and any(word.key in endings for word in self._wording.words[start:end])

    def _role_starts(self, start: int, end: int) -> list[int]:
        """Where each role of a line of roles begins: `Auktoriserad revisor Intern revisor` holds two."""
        words = self._wording.words
        return [
            place
            for place in range(start, end)
            if place == start or (words[place].capital and self._names.is_role(words[place]))
        ]

    def _below(self, span: Span, line: int, label: str) -> list[Mention]:
        """Names on the lines below a label that stands as a heading."""
        start, end = self._wording.line_span(line)
        if span.end != end or end - start > 4:
            return []
        found: list[Mention] = []
        for number in range(line + 1, min(line + 5, len(self._report.lines))):
            if self._report.is_running(number):
                continue
            runs = list(self._names.runs(*self._wording.line_span(number)))
            if not runs:
                break
            weight = BELOW if not found else 0.4
            found.append(self._mention(runs[0], span, weight, f"name below the heading {label!r}"))
        return found
