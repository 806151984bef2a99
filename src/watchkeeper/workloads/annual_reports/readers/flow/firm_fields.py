"""A firm named where a label is: on its line, around a title, or under a heading."""

from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate
from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold
from watchkeeper.workloads.annual_reports.readers.flow.person_names import NameRun, PersonNames
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Word

LONGEST = 6
"""Words before a firm's ending, at most."""
AROUND = {0: 0.75, -1: 0.6, -2: 0.6, 1: 0.55, 2: 0.3}
"""How often a firm so many lines from a label is the one meant."""


@dataclass(frozen=True, slots=True)
class _Firm:
    start: int
    end: int
    text: str
    known: bool
    """Whether it is a firm of the trade, by its name or by a word in it."""


class FirmFields:
    """Finds firms in a report."""

    def __init__(self, report: Report, names: PersonNames) -> None:
        self._report = report
        self._names = names
        self._wording = report.wording
        self._endings = report.folded["firm_endings"]
        self._trade = report.folded["firm_words"]
        lists = ("person_roles", "person_titles", "not_names")
        phrases = [phrase for name in lists for phrase in report.words(name)]
        self._roles = {fold(part) for phrase in phrases for part in phrase.split()}
        self._by_line: dict[int, list[_Firm]] | None = None

    def find(self, field: FieldInstructions) -> Candidate | None:
        """The firm most evidence speaks for."""
        evidence: dict[str, float] = {}
        best: dict[str, tuple[float, _Firm, str]] = {}
        for firm, weight, label in self._near_labels(field):
            key = self._head(firm)
            evidence[key] = 1.0 - (1.0 - evidence.get(key, 0.0)) * (1.0 - min(0.9, weight))
            rank = weight + 0.2 * self._complete(firm)
            if key not in best or rank > best[key][0]:
                best[key] = (rank, firm, label)
        if not evidence:
            return None
        key = max(evidence, key=lambda name: evidence[name])
        if evidence[key] < 0.3:
            return None
        _, firm, label = best[key]
        line = self._report.lines[self._wording.words[firm.start].line]
        return Candidate(
            value=firm.text,
            page=line.page,
            score=min(0.97, evidence[key]) * (1.0 if firm.known else 0.85),
            printed=line.text,
            rule=f"firm by the label {label!r}",
        )

    def _complete(self, firm: _Firm) -> bool:
        return self._wording.words[firm.end - 1].key in self._endings

    def _head(self, firm: _Firm) -> str:
        """What tells a firm from another: its first word, beyond endings."""
        keys = [word.key for word in self._wording.words[firm.start : firm.end]]
        return next((key for key in keys if key not in self._endings), keys[0])

    def _near_labels(self, field: FieldInstructions) -> Iterator[tuple[_Firm, float, str]]:
        seen: set[tuple[int, int]] = set()
        for label in field.labels:
            for span in self._wording.find(label):
                line = self._wording.words[span.start].line
                for firm, distance in self._around(line):
                    if (firm.start, distance) in seen or self._avoided(firm, field):
                        continue
                    seen.add((firm.start, distance))
                    yield firm, self._weight(firm, distance, (line, field)), label

    def _weight(self, firm: _Firm, distance: int, about: tuple[int, FieldInstructions]) -> float:
        line, field = about
        weight = AROUND[distance] * (1.0 if firm.known else 0.6)
        start, end = self._wording.line_span(line)
        if distance and end - start > 8:
            return 0.1
        page = self._report.lines[line].page
        if field.sections and self._report.sectioned:
            weight *= 1.0 if self._report.section_weight(page, field.sections) else 0.6
        return weight

    def _around(self, line: int) -> Iterator[tuple[_Firm, int]]:
        page = self._report.lines[line].page
        for distance in AROUND:
            number = line + distance
            if 0 <= number < len(self._report.lines) and self._report.lines[number].page == page:
                for firm in self._firms().get(number, ()):
                    yield firm, distance

    def _avoided(self, firm: _Firm, field: FieldInstructions) -> bool:
        line = self._wording.words[firm.start].line
        text = fold(self._report.lines[line].text)
        return any(fold(word) in text for word in field.avoid)

    def _firms(self) -> dict[int, list[_Firm]]:
        """The report's firms by line."""
        if self._by_line is None:
            self._by_line = {}
            found = {(firm.start, firm.end): firm for firm in (*self._ended(), *self._named())}
            firms = sorted(found.values(), key=lambda firm: (firm.start, -firm.end))
            past = 0
            for firm in firms:
                if firm.start >= past:
                    line = self._wording.words[firm.start].line
                    self._by_line.setdefault(line, []).append(firm)
                    past = firm.end
        return self._by_line

    def _ended(self) -> Iterator[_Firm]:
        """Firms told by their ending: capitalised words up to `AB`."""
        words = self._wording.words
        for place, word in enumerate(words):
            if word.key in self._endings and place and word.capital:
                start = self._past_person(self._back(place), place)
                if start < place:
                    yield self._firm(start, place + 1)

    def _back(self, place: int) -> int:
        words = self._wording.words
        start = place
        while (
            start
            and place - start < LONGEST
            and words[start - 1].line == words[place].line
            and not set(words[start - 1].after) & set(",;:.()")
            and self._joins(words[start - 1], words[start])
        ):
            start -= 1
        while start < place and not words[start].capital:
            start += 1
        return start

    def _past_person(self, start: int, place: int) -> int:
        """Where a firm begins behind a person's name that stands alone elsewhere."""
        for length in (2, 3, 4):
            run = NameRun(start, start + length)
            if run.end < place and self._names.known and self._names.alone[self._names.keys(run)]:
                return run.end
        return start

    def _joins(self, word: Word, follower: Word) -> bool:
        if word.key in self._report.folded["before_firms"]:
            return False
        if word.capital:
            return not self._is_role(word) or (word.key in self._trade and follower.key in self._endings)
        return len(word.text) <= 3 and not word.text.isdigit() and follower.text[:1].isalnum()

    def _is_role(self, word: Word) -> bool:
        return word.key in self._roles and word.key not in self._endings

    def _named(self) -> Iterator[_Firm]:
        """Firms of a known name, with what legal form follows."""
        words = self._wording.words
        for name in self._report.words("known_audit_firms"):
            for span in self._wording.find(name):
                end = span.end
                if not span.exact or not words[span.start].capital:
                    continue
                while (
                    end < len(words)
                    and end - span.end < 4
                    and words[end].line == words[span.start].line
                    and not set(words[end - 1].after) & set(",;:.()")
                ):
                    end += 1
                tail = [place for place in range(span.end, end) if words[place].key in self._endings]
                yield self._firm(span.start, (max(tail) + 1) if tail else span.end, known=True)

    def _firm(self, start: int, end: int, *, known: bool = False) -> _Firm:
        words = self._wording.words[start:end]
        keys = [word.key for word in words]
        trade = known or any(word in key for key in keys for word in self._trade)
        names = self._report.folded["known_audit_firms"]
        trade = trade or any("".join(keys[:count]) in names for count in range(1, len(keys) + 1))
        return _Firm(start, end, " ".join(word.text for word in words), trade)
