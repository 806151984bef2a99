"""Names behind services in lists of suppliers, from lines of text alone."""

from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.blocks import Blocks
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate
from watchkeeper.workloads.annual_reports.readers.flow.phrases import holds, keys_of
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Word, words_of_line

SCORE = 0.55
MOST_LINES = 45
LONGEST_NAME = 6
LONG = 11
"""A line with more words is a sentence."""


class Contracts:
    """Finds the names a list gives for services."""

    def __init__(self, report: Report, blocks: Blocks) -> None:
        self._report = report
        self._blocks = blocks

    def find(self, field: FieldInstructions) -> Iterator[Candidate]:
        """The names behind, or before, the field's services under each of its headings."""
        pages = self._report.pages_in(field.sections)
        for heading in field.headings:
            for number in self._blocks.lines_of_heading(heading):
                line = self._report.lines[number]
                if pages and line.page not in pages:
                    continue
                lines = self._lines(number, field)
                names = self._names(lines, field)
                if names:
                    yield Candidate(
                        value=names,
                        page=line.page,
                        score=SCORE,
                        printed=line.text,
                        rule=f"beside its service under {heading!r}",
                    ).raised(0.06 * min(5, len(lines)), f"a list of {len(lines)} lines")

    def _lines(self, heading: int, field: FieldInstructions) -> list[list[Word]]:
        found: list[list[Word]] = []
        page = self._report.lines[heading].page
        for number in range(heading + 1, min(heading + MOST_LINES, len(self._report.lines))):
            line = self._report.lines[number]
            words = words_of_line(line.text, number)
            ended = len(words) <= LONG and holds(words[:4], field.until)
            if line.page != page or ended or len(words) > LONG:
                break
            if not self._report.is_running(number) and len(words) > 1:
                found.append(words)
        return found

    def _names(self, lines: list[list[Word]], field: FieldInstructions) -> list[object]:
        phrases = [
            keys_of(phrase)
            for phrase in (*field.hints.get("services", ()), *field.hints.get("other_than", ()))
        ]
        phrases.sort(key=len, reverse=True)
        opens = [next((n for p in phrases if (n := _past(words, 0, p))), 0) for words in lines]
        closes = [
            next((at for p in phrases for at in range(1, len(words)) if _past(words, at, p)), 0)
            for words in lines
        ]
        turned = sum(map(bool, closes)) > sum(map(bool, opens))
        named: list[object] = []
        for words, begins, ends in zip(lines, opens, closes, strict=True):
            known = ends if turned else begins
            if bool(known) != ("services" in field.hints) or (turned and not known):
                continue
            name = _text(words[:ends]) if turned else _text(_after(words, max(1, begins)))
            if name and name not in named and len(name.split()) <= LONGEST_NAME and name[0] not in "(-":
                named.append(name)
        return named


def _past(words: list[Word], start: int, phrase: tuple[str, ...]) -> int:
    """Where a phrase that begins at a word ends, marks between its words aside; 0 when it is not there."""
    at = start
    for key in phrase:
        while at < len(words) and at > start and not words[at].key:
            at += 1
        if at >= len(words) or words[at].key != key:
            return 0
        at += 1
    return at


def _after(words: list[Word], start: int) -> list[Word]:
    """The words from the first capital one on, past what still says which service it is."""
    at = start
    while at < len(words) and not (words[at].capital or words[at].text[:1].isdigit()):
        at += 1
    return words[at:]


def _text(words: list[Word]) -> str:
    return " ".join(f"{word.before}{word.text}{word.after}" for word in words).strip(" .,;:")
