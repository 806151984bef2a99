"""Percent signs and capitals that a font shows as a small a: seen in reports of one bookkeeping system."""

import re
from collections.abc import Mapping

from watchkeeper.workloads.annual_reports.repair.lexicon import Lexicon
from watchkeeper.workloads.annual_reports.repair.restorer import Edit
from watchkeeper.workloads.annual_reports.repair.runs import runs_of

_PERCENT = "%"
_SHOWN = "a"
_IN_PLACE = re.compile(rf"(?:(?<=\d)|(?<=\d[ \u00a0\n])|(?<=\()){_SHOWN}(?=[\s).,;]|$)")
_LEAST = 3
"""So many a's in a percent sign's place, and no percent sign at all, are no chance."""
_CAPITALS = ("b", "v")
_SHORTEST = 6


def restore_percent(pages: Mapping[int, str], lexicon: Lexicon) -> dict[int, list[Edit]]:
    """Where a layer's pages show a small a for a percent sign or a capital; empty for a sound layer."""
    if any(_PERCENT in text for text in pages.values()):
        return {}
    places = {page: [*_IN_PLACE.finditer(text)] for page, text in pages.items()}
    if sum(map(len, places.values())) < _LEAST:
        return {}
    edits = {
        page: [
            *(Edit(found.start(), found.end(), _PERCENT) for found in places[page]),
            *_capitals(text, lexicon),
        ]
        for page, text in pages.items()
    }
    return {page: sorted(of_page, key=lambda e: e.start) for page, of_page in edits.items() if of_page}


def _capitals(text: str, lexicon: Lexicon) -> list[Edit]:
    """Words at the start of a line that are known only with another first letter."""
    edits = []
    for run in runs_of(text):
        word = run.text
        if not run.opens or len(word) < _SHORTEST or word[0] != _SHOWN or lexicon.knows(word):
            continue
        known = [capital for capital in _CAPITALS if lexicon.knows(capital + word[1:])]
        if len(known) == 1:
            edits.append(Edit(run.start, run.start + 1, known[0].upper()))
    return edits
