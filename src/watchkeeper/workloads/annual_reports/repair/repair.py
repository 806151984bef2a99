"""A document with its broken layers restored, each from itself alone."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from watchkeeper.domain.page import Page, PagedDocument, PageSource
from watchkeeper.workloads.annual_reports.repair.layer import apply, restore_layer
from watchkeeper.workloads.annual_reports.repair.lexicon import Lexicon, load_repair_words
from watchkeeper.workloads.annual_reports.repair.percent import restore_percent
from watchkeeper.workloads.annual_reports.repair.restorer import Edit
from watchkeeper.workloads.annual_reports.repair.runs import SIGN_IN_WORD
from watchkeeper.workloads.annual_reports.repair.word_lines import apply_to_words, lay_out

REPAIR_VERSION = "1"
"""Raised whenever the same document may be repaired otherwise; part of the cache's key."""

_LEFT_BROKEN = 0.02
"""Share of a page's words that may hold odd signs before it counts as damaged."""


def repair(document: PagedDocument, vocabulary: Mapping[str, tuple[str, ...]]) -> PagedDocument:
    """Restore lost letters and ligatures where a font gave other signs, blanks or nothing for them.

    The text is restored from text alone and the words from words alone, so each stays an
    independent view of the report. Letters are restored by known words first; a word in no list is
    restored only where the signs' usual meaning and the letters around leave little doubt, and
    stays as it is otherwise. Nothing beside a digit is changed, and no page that was recognised by OCR:
    its mistakes are of another kind.

    Args:
        document: As read from its file or by OCR.
        vocabulary: Word lists by name, beyond those that come with this package.

    Returns:
        The same object when both layers are sound.
    """
    lexicon = _lexicon(tuple(sorted({word for words in vocabulary.values() for word in words})))
    written = [page for page in document.pages if page.source is PageSource.TEXT]
    laid = {page.number: lay_out(page.words) for page in written}
    texts = _edits({page.number: page.text for page in written}, lexicon)
    places = _edits({number: lines.text for number, lines in laid.items()}, lexicon)
    if not texts and not places:
        return document
    pages = []
    for page in document.pages:
        text = apply(page.text, texts[page.number]) if page.number in texts else page.text
        shown = page.words
        if page.number in places:
            shown = apply_to_words(shown, laid[page.number], places[page.number])
        pages.append(replace(page, text=text, words=shown))
    return replace(document, pages=tuple(pages))


def _edits(pages: Mapping[int, str], lexicon: Lexicon) -> dict[int, list[Edit]]:
    """What to change on each page of one layer."""
    return restore_layer(pages, lexicon, load_repair_words()) or restore_percent(pages, lexicon)


def damaged_pages(document: PagedDocument) -> tuple[int, ...]:
    """Pages whose text still holds odd signs within words: 1-based, for OCR to read instead."""
    return tuple(page.number for page in document.pages if _is_damaged(page))


def _is_damaged(page: Page) -> bool:
    words = page.text.split()
    broken = sum(bool(SIGN_IN_WORD.search(word)) for word in words)
    return bool(words) and broken > _LEFT_BROKEN * len(words)


@lru_cache(maxsize=4)
def _lexicon(more: tuple[str, ...]) -> Lexicon:
    words = load_repair_words()
    added = (part for word in more for part in word.split() if part.isalpha())
    return Lexicon((*words.words, *added), words.endings, words.vowel_endings)
