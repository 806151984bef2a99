"""From pages of text to the report's parts, in two passes: headings first, then what the pages say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from watchkeeper.domain.page import PagedDocument
from watchkeeper.workloads.annual_reports.reading import Section
from watchkeeper.workloads.annual_reports.sections.families import Family, Patterns, load_patterns
from watchkeeper.workloads.annual_reports.sections.headings import Heading, HeadingFinder
from watchkeeper.workloads.annual_reports.sections.lines import PageLines, read_lines

SECTIONIZER_VERSION = "2"
"""Raised whenever the same text may give other sections; part of the cache's key."""

_PAGE_TOP_LINES = 5
"""A heading among so many first lines of a page leaves none of it to the part before."""
_LISTED_HEADINGS = 3
"""So many headings in contents style make a page a list of contents."""
_MANY_MAIN_HEADINGS = 4
"""So many main headings on a page with few amounts are a list or a guide, not the parts themselves."""
_FEW_ROWS = 5
_FEW_NOTES = 3
"""Numbered notes that make a part of their own."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part being built: where it starts, by which heading."""

    kind: str
    title: str
    page: int
    line: int
    confidence: float


def sectionize(document: PagedDocument) -> tuple[Section, ...]:
    """The parts of a report, in reading order; main parts before the parts inside them.

    Only reading-order text is used. A page whose words contradict its heading is not accepted, a
    statement without a readable heading is found by what its pages say, and nothing is assumed
    from where such parts usually stand.
    """
    patterns = load_patterns()
    pages = read_lines(document)
    finder = _finder()
    found = [heading for page in pages for heading in finder.on_page(page)]
    lists = _list_pages(found, pages, patterns)
    headings = [h for h in found if h.page not in lists or _opens_list(h)]
    main = _main_sections(headings, pages, patterns, lists)
    inner = _inner_sections([h for h in headings if h.page not in lists], main, patterns)
    return (*main, *inner)


@lru_cache(maxsize=1)
def _finder() -> HeadingFinder:
    return HeadingFinder(load_patterns())


def pages_of(sections: Iterable[Section], kinds: Iterable[str]) -> tuple[int, ...]:
    """The pages of all sections of these kinds, ascending, each once."""
    wanted = frozenset(kinds)
    return tuple(
        sorted(
            {
                page
                for section in sections
                if section.kind in wanted
                for page in range(section.first_page, section.last_page + 1)
            }
        )
    )


def _opens_list(heading: Heading) -> bool:
    return heading.kind in ("contents", "glossary")


def _list_pages(
    headings: Sequence[Heading], pages: Sequence[PageLines], patterns: Patterns
) -> dict[int, str]:
    """Pages that only list or explain the parts, and whether as contents or as a glossary."""
    lists: dict[int, str] = {}
    for page in pages:
        here = [heading for heading in headings if heading.page == page.number]
        listed = sum(heading.listed for heading in here)
        main = {h.kind for h in here if h.kind and patterns.families[h.kind].parent is None}
        named = {heading.kind for heading in here if _opens_list(heading)}
        many = len(main - {"contents", "glossary"}) >= _MANY_MAIN_HEADINGS and page.rows <= _FEW_ROWS
        if "glossary" in named and page.rows <= _FEW_ROWS:
            lists[page.number] = "glossary"
        elif many or (listed >= _LISTED_HEADINGS and page.rows <= max(_FEW_ROWS, listed + 2)):
            lists[page.number] = "glossary" if many and not listed and "contents" not in named else "contents"
    return lists


def _evidence(page: PageLines, family: Family) -> int:
    return sum(phrase in page.folded for phrase in family.evidence)


def _accepted(part: _Part, pages: Sequence[PageLines], patterns: Patterns) -> bool:
    """Whether the page a part opens on, or the next, carries what such a part consists of."""
    family = patterns.families[part.kind]
    if not family.needs and not family.amounts:
        return True
    candidates = [page for page in pages if page.number in (part.page, part.page + 1)]
    first = [page for page in candidates if page.number == part.page]
    rows = max((page.rows for page in first), default=0)
    seen = max((_evidence(page, family) for page in candidates), default=0)
    return seen >= family.needs and rows >= family.amounts


def _main_sections(
    headings: Sequence[Heading], pages: Sequence[PageLines], patterns: Patterns, lists: dict[int, str]
) -> tuple[Section, ...]:
    parts = [
        _Part(h.kind, h.title, h.page, h.line, 0.95 if h.exact else 0.85)
        for h in headings
        if h.kind and patterns.families[h.kind].parent is None and h.note is None and not _opens_list(h)
    ]
    parts = [part for part in parts if part.page not in lists and _accepted(part, pages, patterns)]
    parts += [_Part(kind, "", page, 0, 0.9) for page, kind in lists.items()]
    parts += _found_by_content(parts, pages, patterns, lists)
    parts += _numbered_notes(parts, headings)
    parts += _management_report(parts, pages, patterns, lists)
    parts.sort(key=lambda part: (part.page, part.line))
    parts = _without_echoes(parts)
    ends = [_end(part, parts[at + 1 :], pages, patterns) for at, part in enumerate(parts)]
    sections = [_section(part, end) for part, end in zip(parts, ends, strict=True)]
    cover = _cover(parts, pages)
    return (*cover, *_joined(sections))


def _without_echoes(parts: list[_Part]) -> list[_Part]:
    """Parts without those that name a kind again while a later, different part has not begun."""
    kept: list[_Part] = []
    for part in parts:
        if kept and kept[-1].kind == part.kind and part.page == kept[-1].page:
            continue
        kept.append(part)
    return kept


def _found_by_content(
    parts: Sequence[_Part], pages: Sequence[PageLines], patterns: Patterns, lists: dict[int, str]
) -> list[_Part]:
    """Statements no heading was read for, and further pages of those begun, by the rows they consist of."""
    statements = [family for family in patterns.families.values() if family.amounts]
    headed = {part.page for part in parts}
    found = []
    for family in statements:
        own = {part.page for part in parts if part.kind == family.kind}
        if own and not family.spreads:
            continue
        scored = [
            (_evidence(page, family), -page.number)
            for page in pages
            if page.number not in lists
            and page.rows >= family.amounts
            and (not own or (page.number not in headed and {page.number - 1, page.number + 1} & own))
        ]
        best = max(scored, default=(0, 0))
        page = next((page for page in pages if page.number == -best[1]), None)
        if page is None or best[0] <= family.needs:
            continue
        if best[0] >= max(_evidence(page, other) for other in statements):
            found.append(_Part(family.kind, "", page.number, 0, 0.6))
    return found


def _numbered_notes(parts: Sequence[_Part], headings: Sequence[Heading]) -> list[_Part]:
    """The notes without a heading of their own: they begin with the first numbered note."""
    if any(part.kind == "notes" for part in parts):
        return []
    notes = [heading for heading in headings if heading.note is not None]
    if len(notes) < _FEW_NOTES:
        return []
    return [_Part("notes", "", notes[0].page, notes[0].line, 0.8)]


def _management_report(
    parts: Sequence[_Part], pages: Sequence[PageLines], patterns: Patterns, lists: dict[int, str]
) -> list[_Part]:
    """The management report without a heading: it speaks of the association before the statements."""
    if any(part.kind == "management_report" for part in parts):
        return []
    statements = [part.page for part in parts if patterns.families[part.kind].amounts]
    last = min(statements, default=0)
    family = patterns.families["management_report"]
    for page in pages:
        if page.number < last and page.number not in lists and _evidence(page, family) > family.needs:
            return [_Part("management_report", "", page.number, 0, 0.5)]
    return []


def _end(part: _Part, later: Sequence[_Part], pages: Sequence[PageLines], patterns: Patterns) -> int:
    """The last page of a part: where the next begins, never longer than such a part can be."""
    last = pages[-1].number if pages else part.page
    for other in later:
        if other.kind != part.kind:
            at_top = other.line < _PAGE_TOP_LINES
            last = max(part.page, other.page - 1 if at_top else other.page)
            break
    return min(last, part.page + patterns.families[part.kind].pages - 1)


def _section(part: _Part, last_page: int) -> Section:
    return Section(
        kind=part.kind,
        title=part.title,
        first_page=part.page,
        last_page=last_page,
        confidence=part.confidence,
    )


def _joined(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Sections with neighbours of one kind made one, such as the two pages of a balance sheet."""
    joined: list[Section] = []
    for section in sections:
        before = next((s for s in reversed(joined) if s.kind == section.kind), None)
        if before is not None and section.first_page <= before.last_page + 1:
            at = joined.index(before)
            last = max(before.last_page, section.last_page)
            joined[at] = replace(
                before, last_page=last, confidence=max(before.confidence, section.confidence)
            )
        else:
            joined.append(section)
    return tuple(joined)


def _cover(parts: Sequence[_Part], pages: Sequence[PageLines]) -> tuple[Section, ...]:
    """The first page, when no part begins on it but perhaps the list of contents."""
    if not pages or any(part.page <= pages[0].number and part.kind != "contents" for part in parts):
        return ()
    first = pages[0]
    title = first.lines[0] if first.lines else ""
    return (Section(kind="cover", title=title, first_page=1, last_page=1, confidence=0.8),)


def _inner_sections(
    headings: Sequence[Heading], main: Sequence[Section], patterns: Patterns
) -> tuple[Section, ...]:
    """The parts inside the main parts: each runs to the next heading of any kind."""
    ordered = sorted(headings, key=lambda h: (h.page, h.line))
    sections = []
    for at, heading in enumerate(ordered):
        family = patterns.families.get(heading.kind)
        if family is None or family.parent is None:
            continue
        inside = _parent_end(heading, family.parent, main)
        if inside is None or (heading.listed and heading.note is None):
            continue
        later = [h for h in ordered[at + 1 :] if (h.page, h.line) > (heading.page, heading.line)]
        last = min(_inner_end(heading, later), inside)
        confidence = 0.9 if heading.exact else 0.75
        sections.append(
            _section(_Part(heading.kind, heading.title, heading.page, heading.line, confidence), last)
        )
    return _joined(sections)


def _parent_end(heading: Heading, parent: str, main: Sequence[Section]) -> int | None:
    """The last page of the main part a heading stands in; None when it stands elsewhere."""
    for section in main:
        if section.kind == parent and section.first_page <= heading.page <= section.last_page:
            return section.last_page
    return None


def _inner_end(heading: Heading, later: Sequence[Heading]) -> int:
    for other in later:
        if other.kind != heading.kind:
            at_top = other.line < _PAGE_TOP_LINES
            return max(heading.page, other.page - 1 if at_top else other.page)
    return heading.page + 2
