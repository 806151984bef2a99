"""One layer of a document, its text or its words, diagnosed and restored as a whole."""

from collections.abc import Mapping

from watchkeeper.workloads.annual_reports.repair.lexicon import Lexicon, RepairWords
from watchkeeper.workloads.annual_reports.repair.restorer import Edit, Gaps, Restorer
from watchkeeper.workloads.annual_reports.repair.runs import SIGN_IN_WORD, is_sign, runs_of
from watchkeeper.workloads.annual_reports.repair.votes import LOST, Votes

_LEAST_MARKS = 4
"""Signs within words before a layer is looked at closely."""
_SOUND_SHARE = 0.028
"""Of a report's letters 3.5 to 5.5 % are å, ä or ö, measured on the sound reports at hand; a layer with
fewer has lost some."""
_LEAST_LETTERS = 2000
"""Letters before that share says anything."""
_LEAST_WORDS = 3
"""A sign counts as damage once it was recognised in so many different words."""
_LONG_WORD = 6
"""Once other signs are damage, one recognised word of so many letters is enough."""
_LEAST_LOST = 5
"""Likewise a blank, where chance is more likely."""


def restore_layer(pages: Mapping[int, str], lexicon: Lexicon, words: RepairWords) -> dict[int, list[Edit]]:
    """What to change on each page of a layer; empty for a sound one.

    Args:
        pages: The text of each page by its number.
        lexicon: The words to recognise.
        words: What lost signs may stand for.
    """
    if not _looks_damaged(pages, words):
        return {}
    every = (*words.letters, *words.ligatures)
    votes = _votes(pages, Restorer(lexicon, Gaps({LOST: words.letters}, every), None))
    damage = [sign for sign in votes.signs() if _is_damage(votes, sign)]
    if not damage:
        return {}
    rare = [sign for sign in votes.signs() if sign not in damage and _is_rare_damage(votes, sign)]
    options = {sign: _options(votes, sign, words) for sign in (*damage, *rare)}
    restorer = Restorer(lexicon, Gaps(options), votes)
    found = {page: [edit for edit, _ in restorer.edits(page, text)] for page, text in pages.items()}
    changed = {
        page: [e for e in edits if e.text != pages[page][e.start : e.end]] for page, edits in found.items()
    }
    return {page: edits for page, edits in changed.items() if edits}


def _looks_damaged(pages: Mapping[int, str], words: RepairWords) -> bool:
    """A quick look, so that a sound report costs little."""
    marks = sum(len(SIGN_IN_WORD.findall(text)) for text in pages.values())
    if marks >= _LEAST_MARKS:
        return True
    text = "".join(pages.values()).casefold()
    letters = sum(letter.isalpha() for letter in text)
    return letters >= _LEAST_LETTERS and sum(map(text.count, words.letters)) < _SOUND_SHARE * letters


def _is_damage(votes: Votes, sign: str) -> bool:
    least = _LEAST_LOST if sign == LOST else _LEAST_WORDS
    return len(votes.words[sign]) >= least and bool(votes.fills(sign))


def _is_rare_damage(votes: Votes, sign: str) -> bool:
    """Whether a sign of a layer that is broken for certain is damage too, such as a seldom capital."""
    return sign != LOST and any(len(word) >= _LONG_WORD for word in votes.words[sign])


def _options(votes: Votes, sign: str, words: RepairWords) -> tuple[str, ...]:
    """What a damaged sign may stand for: letters or ligatures, as it mostly does, and all it was seen as."""
    seen = votes.fills(sign) or votes.seen(sign)
    kin = words.letters if seen[0] in words.letters else words.ligatures
    return (*seen, *(fill for fill in kin if fill not in seen))


def _votes(pages: Mapping[int, str], restorer: Restorer) -> Votes:
    votes = Votes()
    for page, text in pages.items():
        for edit, reading in restorer.edits(page, text):
            for sign, fill in reading.signs:
                votes.add(page, sign, fill, edit.text)
        for run in runs_of(text):
            for before, sign in zip(run.text, run.text[1:], strict=False):
                if is_sign(sign) and before.islower():
                    votes.add_inside(page, sign)
    return votes


def apply(text: str, edits: list[Edit]) -> str:
    """A page's text with its edits made."""
    out, at = [], 0
    for edit in edits:
        out += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join((*out, text[at:]))
