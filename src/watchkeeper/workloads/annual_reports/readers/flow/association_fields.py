"""The association's own name: a line that begins with its legal form, on the cover and page after page."""

import re
from collections import Counter
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate
from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Word

LONGEST = 8
"""Words a name has after its legal form, at most."""
_LONGEST_NUMBER = 3
"""Digits of an association's own number, behind a small word."""
_TAIL = re.compile(
    r"[\s,]*(?:\d{6}-\d{4}.*|\d{10}|\(?\d+\s*\(\d+\).*|\d{1,2}/\d{1,2}|(?:19|20)\d{2}(?:[-–/ ]+\d{2,4})*|\()$"
)
_OPENING_PAGES = 4


@dataclass(frozen=True, slots=True)
class _Printed:
    text: str
    page: int
    whole: bool
    """Whether the name is a line, or the end of a line, by itself."""
    labelled: bool


class AssociationFields:
    """Finds the association's name."""

    def __init__(self, report: Report) -> None:
        self._report = report
        forms = report.words("association_forms")
        self._forms = {fold(form) for form in forms} | {fold(form.split()[0]) for form in forms}
        self._small = report.folded["name_particles"] | report.folded["inside_names"]

    def find(self, field: FieldInstructions) -> Candidate | None:
        """The name printed on most pages, in the form the report opens with."""
        printed = self._printed(field)
        counts: Counter[str] = Counter()
        pages: dict[str, set[int]] = {}
        for one in printed:
            key = self._core(one.text)
            counts[key] += 3 * one.whole + 2 * one.labelled + (one.page <= _OPENING_PAGES)
            pages.setdefault(key, set()).add(one.page)
        if not counts:
            return None
        best = max(counts, key=lambda key: (counts[key] + 2 * len(pages[key]), len(key)))
        longer = [key for key in counts if key.startswith(best) and len(pages[key]) * 2 >= len(pages[best])]
        best = max(longer, key=len)
        forms = [one for one in printed if self._core(one.text) == best]
        first = min(forms, key=lambda one: (not one.whole, one.page))
        score = 0.66 + 0.07 * min(3, len(pages[best]) - 1) + 0.05 * any(one.labelled for one in forms)
        return Candidate(
            value=first.text,
            page=first.page,
            score=min(0.97, score + 0.04 * first.whole),
            printed=first.text,
            rule=f"begins with a legal form, printed on {len(pages[best])} page(s)",
        )

    def _core(self, text: str) -> str:
        """The name's key without its legal form."""
        keys = [key for word in text.split() if (key := fold(word))]
        while len(keys) > 1 and self._forms & {keys[0], keys[0].removesuffix("s")}:
            keys = keys[1:]
        return "".join(keys)

    def _printed(self, field: FieldInstructions) -> list[_Printed]:
        wording = self._report.wording
        labelled = {wording.words[span.start].line for label in field.labels for span in wording.find(label)}
        found: list[_Printed] = []
        past = 0
        for place, word in enumerate(wording.words):
            if place < past or not self._is_form(word):
                continue
            end = self._end(place)
            text = wording.text(place, end)
            text = _TAIL.sub("", text).strip(" ,;:")
            if end - place < 2 or not self._core(text) or self._core(text) in self._forms:
                continue
            past = end
            line_start, line_end = wording.line_span(word.line)
            page = self._report.lines[word.line].page
            alone = place == line_start and end >= line_end
            close = bool(labelled & {word.line, word.line - 1, word.line - 2})
            found.append(_Printed(text, page, alone, close))
        return found

    def _end(self, start: int) -> int:
        """Where a name that begins with a legal form ends: capitals, numbers and small joining words."""
        words = self._report.wording.words
        line_end = self._report.wording.line_span(words[start].line)[1]
        end = start + 1
        while end < line_end and self._is_form(words[end]):
            end += 1
        if end == line_end and end < len(words) and words[end].capital:
            line_end = self._report.wording.line_span(words[end].line)[1]
        limit = min(line_end, end + LONGEST)
        while end < limit and not self._closes(words[end - 1], words[end]):
            if self._ends(words[end]):
                break
            if not (words[end].capital or words[end].text[:1].isdigit() or self._joins(end, limit)):
                break
            end += 1
        return end

    def _is_form(self, word: Word) -> bool:
        """Whether a word is a legal form, perhaps in the genitive."""
        return word.capital and bool(self._forms & {word.key, word.key.removesuffix("s")})

    def _joins(self, place: int, limit: int) -> bool:
        words = self._report.wording.words
        small = words[place].text == "&" or words[place].key in self._small
        if not small or place + 1 >= limit:
            return False
        number = words[place + 1].text
        return words[place + 1].capital or (number.isdecimal() and len(number) <= _LONGEST_NUMBER)

    def _ends(self, word: Word) -> bool:
        """Whether a word begins what stands behind a name in heads and feet: a number's label, a rule."""
        stroke = not any(letter.isalnum() for letter in word.text) and word.text != "&"
        return stroke or "|" in word.before or word.key in self._report.folded["name_ends"]

    @staticmethod
    def _closes(word: Word, follower: Word) -> bool:
        closed = bool(set(word.after) & set(",;:.()")) and len(word.text) > 3
        return closed or "(" in follower.before
