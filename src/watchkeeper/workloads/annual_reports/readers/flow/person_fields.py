"""One person in a role: all mentions weighed, those of one person taken together."""

from dataclasses import replace

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate
from watchkeeper.workloads.annual_reports.readers.flow.dates import dates_in, months_by_name
from watchkeeper.workloads.annual_reports.readers.flow.person_mentions import Mention, PersonMentions
from watchkeeper.workloads.annual_reports.readers.flow.person_names import PersonNames, same_person
from watchkeeper.workloads.annual_reports.readers.flow.phrases import holds
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Word

LEAST = 0.2
"""Evidence below which nobody is named."""
_SUREST = 0.985
_LEADING = 2
"""Words before a name that may say that its holder left."""


class PersonFields:
    """Finds persons in a report."""

    def __init__(self, report: Report, names: PersonNames) -> None:
        self._report = report
        self._names = names
        self._wording = report.wording
        self._mentions = PersonMentions(report, names)
        self._months = months_by_name(report.words("months"))

    def find(self, field: FieldInstructions) -> Candidate | None:
        """The person most evidence speaks for."""
        if not self._names.known:
            return None
        mentions = [self._weighed(mention, field) for mention in self._mentions.of(field)]
        people: list[list[Mention]] = []
        for mention in sorted(mentions, key=lambda one: -one.weight):
            group = next((one for one in people if same_person(one[0].name, mention.name)), None)
            if group is None:
                people.append([mention])
            else:
                group.append(mention)
        ranked = sorted(people, key=lambda group: self._evidence(group, field), reverse=True)
        if not ranked or self._evidence(ranked[0], field) < LEAST:
            return None
        rival = self._evidence(ranked[1], field) if len(ranked) > 1 else 0.0
        return self._candidate(ranked[0], field, rival)

    def _candidate(self, group: list[Mention], field: FieldInstructions, rival: float) -> Candidate:
        first = self._best_form(group, field)
        line = self._report.lines[self._wording.words[first.place].line]
        return Candidate(
            value=first.name,
            page=line.page,
            score=self._evidence(group, field) - 0.25 * max(0.0, rival - 0.4),
            printed=line.text,
            rule=f"{first.how}; {len(group)} mention(s)" + ("; others are named too" if rival > 0.5 else ""),
        )

    def _best_form(self, group: list[Mention], field: FieldInstructions) -> Mention:
        """The mention whose printing of the name is given: in the preferred section, the likeliest.

        A name that is another mention's with more words behind it has a firm or a place stuck to it.
        """

        def rank(mention: Mention) -> tuple[float, float]:
            return (self._report.section_weight(self._page(mention), field.sections), mention.weight)

        best = max(group, key=rank)
        shorter = [one for one in group if best.name.startswith(f"{one.name} ") and " " in one.name]
        return max(shorter, key=rank, default=best)

    def _evidence(self, group: list[Mention], field: FieldInstructions) -> float:
        """How sure the mentions of one person make: each line's best cuts the doubt the others leave."""
        doubt = 1.0
        lines: set[int] = set()
        for mention in group:
            line = self._wording.words[mention.place].line
            if line not in lines:
                lines.add(line)
                doubt *= 1.0 - min(0.9, mention.weight)
        late = 0.0
        if field.occurrence == "last":
            late = 0.02 * max(mention.place for mention in group) / max(1, len(self._wording.words))
        return min(_SUREST, 1.0 - doubt) + late

    def _page(self, mention: Mention) -> int:
        return self._report.lines[self._wording.words[mention.place].line].page

    def _weighed(self, mention: Mention, field: FieldInstructions) -> Mention:
        """The mention with its section and the words about the person taken into account."""
        weight = mention.weight
        if field.sections and self._report.sectioned:
            fits = self._report.section_weight(self._page(mention), field.sections)
            weight *= 0.9 + 0.1 * fits if fits else 0.55
        line = self._wording.words[mention.place].line
        left = field.hints.get("left_office", ())
        if holds(mention.context, left) or holds(self._leading_to(mention), left) or self._term_ended(line):
            weight *= 0.25
        if holds(mention.context, field.hints.get("weaker", ())):
            weight *= 0.5
        if holds(mention.context, field.hints.get("stronger", ())):
            weight += 0.4 * (1 - weight)
        if field.cues and holds(mention.context, field.cues):
            weight += 0.3 * (1 - weight)
        return replace(mention, weight=weight)

    def _leading_to(self, mention: Mention) -> list[Word]:
        """The words of the line right before a name: in `In May resigned Ann Lee`, the last two."""
        words, first = self._wording.words, mention.run.start
        start = first
        while start > 0 and first - start < _LEADING and words[start - 1].line == words[first].line:
            if words[start - 1].after.strip():
                break
            start -= 1
        return words[start:first]

    def _term_ended(self, line: int) -> bool:
        """Whether a line gives a term's first and last day."""
        return len(dates_in(self._report.lines[line].text, self._months)) >= 2
