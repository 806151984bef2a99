"""Names of people and firms among the words of a row."""

from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.readers.layout.folding import fold, wear
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView

_LONGEST_NAME = 6
_OPENERS = "(\"'”“•*-–"
_CLOSERS = ",.;:)\"'”“"


@dataclass(frozen=True, slots=True)
class Name:
    """A name over tokens `first` up to, not including, `end`."""

    text: str
    first: int
    end: int


def _capital(word: str) -> bool:
    return (
        len(word) > 1 and (word[0].isupper() or not word[0].isalnum()) and not any(c.isdigit() for c in word)
    )


class Names:
    """Tells people's names and firms' names from other capitalised words, by the shared word lists."""

    def __init__(self, report: ReportView) -> None:
        self._not_names = {fold(w) for w in report.words("not_names")}
        self._particles = {w.casefold() for w in report.words("name_particles")}
        self._roles = {fold(part) for w in report.words("person_roles") for part in w.split()}
        self._endings = {fold(w) for w in report.words("firm_endings")}
        self._joiners = {w.casefold() for w in report.words("inside_names")}
        self._before_firms = {w.casefold() for w in report.words("before_firms")}
        self._known = [
            tuple(fold(p) for p in w.split() if fold(p)) for w in report.words("known_audit_firms")
        ]

    def people(self, page: PageView, first: int, end: int) -> Iterator[Name]:
        """People's names among the tokens, left to right; none crosses cells, nor lines but in prose."""
        at = first
        while at < end:
            stop = at
            while stop < end and stop - at < _LONGEST_NAME and self._may_go_on(page, at, stop):
                stop += 1
                if page.tokens[stop - 1].text[-1:] in ",.;:)":
                    break
            name = self._person(page, at, stop)
            if name:
                yield name
            at = max(stop, at + 1)

    def _may_go_on(self, page: PageView, first: int, at: int) -> bool:
        token, opening = page.tokens[at], page.tokens[first]
        if token.row != opening.row:
            return self._ends_broken_name(page, opening.row, at)
        if token.cell != opening.cell:
            return False
        word = token.text.strip(_OPENERS + _CLOSERS)
        if at > first and word.casefold() in self._particles:
            return True
        if at > first and token.text[:1] in "(":
            return False
        return self._is_name_word(word)

    def _ends_broken_name(self, page: PageView, row: int, at: int) -> bool:
        """Whether a line's first word, a comma behind it, is the end of a name the line above begins."""
        token = page.tokens[at]
        opens = token.row == row + 1 and at == page.rows[row].end
        return opens and token.text[-1:] == "," and self._is_name_word(token.text.strip(_CLOSERS))

    def _is_name_word(self, word: str) -> bool:
        folded = fold(word)
        if len(word) == 1 and word.isupper():
            return True
        if not folded or not _capital(word) or sum(c.isalpha() for c in word) < 2:
            return False
        return folded not in self._not_names | self._roles | self._endings

    def _person(self, page: PageView, first: int, end: int) -> Name | None:
        words = [page.tokens[i].text.strip(_OPENERS + ",.;:)") for i in range(first, end)]
        while words and words[-1].casefold() in self._particles:
            words.pop()
            end -= 1
        if not 2 <= len(words) <= 5 or self._firm_inside(page, first, end):
            return None
        if end < page.rows[page.tokens[first].row].end and fold(page.tokens[end].text) in self._endings:
            return None
        return Name(" ".join(words), first, end)

    def _firm_inside(self, page: PageView, first: int, end: int) -> bool:
        return any(name.first < end and first < name.end for name in self.firms(page, first, end))

    def firms(self, page: PageView, first: int, end: int) -> Iterator[Name]:
        """Firms' names among the tokens: up to a legal form, or a known firm."""
        at = first
        while at < end:
            stop = self._known_at(page, at, end) or self._legal_at(page, at, end)
            if not stop:
                at += 1
                continue
            stop = self._through_ending(page, stop, end)
            text = page.text(at, stop).strip(_OPENERS + _CLOSERS + " ")
            yield Name(text, at, stop)
            at = stop

    def _known_at(self, page: PageView, at: int, end: int) -> int:
        words = [fold(page.tokens[i].text) for i in range(at, min(end, at + 4))]
        for parts in self._known:
            joined = "".join(parts)
            for count in range(1, len(words) + 1):
                if "".join(words[:count]) == joined and page.tokens[at].text[:1].isupper():
                    return at + count
        return 0

    def _legal_at(self, page: PageView, at: int, end: int) -> int:
        """Where a firm that starts at a capitalised word ends with its legal form; 0 if none does."""
        token = page.tokens[at]
        if not _capital(token.text) or fold(token.text) in self._endings | self._not_names:
            return 0
        for i in range(at + 1, min(end, at + 7)):
            word = page.tokens[i]
            if word.row != token.row or word.cell != token.cell or page.tokens[i - 1].text[-1:] in ",;:":
                return 0
            if fold(word.text) in self._endings and word.text[:1].isupper():
                return i + 1
            if word.text.casefold() in self._before_firms:
                return 0
            if not (_capital(word.text) or word.text.casefold() in self._joiners):
                return 0
        return 0

    def _through_ending(self, page: PageView, stop: int, end: int) -> int:
        """A known firm's name goes on through joining words to its legal form, if one follows soon."""
        at = stop
        while at < min(end, stop + 4) and page.tokens[at - 1].text[-1:] not in ",.;:":
            token = page.tokens[at]
            if token.row != page.tokens[stop - 1].row or token.cell != page.tokens[stop - 1].cell:
                break
            if fold(token.text) in self._endings:
                stop = at + 1
            elif not (_capital(token.text) or token.text.casefold() in self._joiners):
                break
            at += 1
        return stop


def name_key(text: str) -> frozenset[str]:
    """The words of a name in worn form, to see that two prints name the same."""
    return frozenset(w for w in (wear(fold(part)) for part in text.replace("-", " ").split()) if len(w) > 1)


def same_name(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one name's words are all in the other's, at least two of them."""
    return len(one & other) >= min(2, len(one), len(other)) and (one <= other or other <= one)
