"""What the API's words look like to a person: a sign and a word, so that no colour stands alone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A text and the colour it stands in."""

    text: str
    css: str


UNKNOWN = Said("no data", "wk-none")

_STATUS = {
    "ok": Said("✓ ok", "wk-good"),
    "needs_ocr": Said("▲ needs OCR", "wk-watch"),
    "error": Said("✕ error", "wk-intervene"),
    "new": Said("• new", "wk-none"),
    "running": Said("▶ running", "wk-watch"),
    "finished": Said("✓ finished", "wk-good"),
    "failed": Said("✕ failed", "wk-intervene"),
    "interrupted": Said("▲ interrupted", "wk-watch"),
}
_BANDS = {
    "good": Said("✓ good", "wk-good"),
    "watch": Said("▲ watch it", "wk-watch"),
    "intervene": Said("✕ intervene", "wk-intervene"),
}
_TWINS = {
    "agree": Said("✓ agree", "wk-good"),
    "differ": Said("≠ differ", "wk-intervene wk-strong"),
    "missing": Said("◐ not all", "wk-watch"),
}
_PREFLIGHT = {
    "passed": Said("✓ passed", "wk-good"),
    "failed": Said("✕ failed", "wk-intervene"),
    "pre-flight not run": Said("◌ not run", "wk-none"),
    "INVALID_SIMULATION": Said("✕ INVALID_SIMULATION", "wk-intervene"),
}
SURE = 0.9
"""Confidence from which values are right in 98 % (the workload's promise)."""
DOUBTFUL = 0.6
"""The stronger of two differing readings keeps this share at most: below it, look at the page."""


def status(word: str) -> Said:
    """The status of a run or of a document.

    >>> status("needs_ocr").text, status("something new").text
    ('▲ needs OCR', 'something new')
    """
    return _STATUS.get(word, Said(word, ""))


def band(word: str) -> Said:
    """What a figure means to an operator."""
    return _BANDS.get(word, UNKNOWN)


def twins(verdict: str | None) -> Said:
    """How the readers stand to each other on a field; None when none found it."""
    return Said("not found", "wk-none") if verdict is None else _TWINS.get(verdict, Said(verdict, ""))


def preflight(word: str) -> Said:
    """How the guard before a run ended."""
    return _PREFLIGHT.get(word, Said(f"◌ {word}", "wk-none"))


def confidence(share: float | None) -> Said:
    """A confidence of 0 to 1; what is not sure carries a sign.

    >>> [confidence(one).text for one in (0.95, 0.7, 0.2, None)]
    ['0.95', '▲ 0.70', '✕ 0.20', '']
    """
    if share is None:
        return Said("", "wk-none")
    if share >= SURE:
        return Said(f"{share:.2f}", "wk-good")
    sign, css = ("▲", "wk-watch") if share >= DOUBTFUL else ("✕", "wk-intervene")
    return Said(f"{sign} {share:.2f}", css)
