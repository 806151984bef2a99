"""Evaluation as pages print it: scores with their intervals, answers, verdicts on a difference."""

import json
from collections.abc import Mapping
from typing import Any

from watchkeeper.web import addresses, printed
from watchkeeper.web.frame import tabs
from watchkeeper.web.tables import Cell, known
from watchkeeper.web.words import Said

PATH = "/evaluation"
FEEDBACK_PATH = "/feedback"
_MOST_SHOWN = 400
"""Characters of an answer; the rest is shown when the pointer rests on it."""
_VERDICTS = {
    "better": Said("✓ better", "wk-good"),
    "worse": Said("✕ worse", "wk-intervene wk-strong"),
    "no difference shown": Said("• no difference shown", "wk-none"),
}


def evaluation_tabs(*, at: str) -> None:
    """The ways to what machines and people think of answers."""
    places = (("runs and judges", PATH), ("what people said", FEEDBACK_PATH))
    tabs([(text, path, path == at) for text, path in places], mark="evaluation-of")


def run_address(run_id: str, **query: str | None) -> str:
    """A run's page."""
    return addresses.with_query(f"{PATH}/runs/{addresses.part(run_id)}", **query)


def comparison_address(before: str, after: str, **query: str | None) -> str:
    """The page on which two runs are compared."""
    return addresses.with_query(f"{PATH}/comparison", before=before, after=after, **query)


def share(value: float | None) -> str:
    """A score, to three digits.

    >>> share(0.75), share(None)
    ('0.750', 'no data')
    """
    return printed.NO_DATA if value is None else f"{value:.3f}"


def interval(found: Mapping[str, float] | None, *, signed: bool = False) -> str:
    """Where a figure lies.

    >>> interval({"low": 0.5, "high": 1.0}), interval({"low": -0.1, "high": 0.2}, signed=True)
    ('0.500 to 1.000', '-0.100 to +0.200')
    """
    if found is None:
        return printed.NO_DATA
    sign = "+" if signed else ""
    return f"{found['low']:{sign}.3f} to {found['high']:{sign}.3f}"


def corrected(scorer: Mapping[str, Any]) -> Cell:
    """A scorer's score freed of its errors, where they were measured."""
    found = scorer["corrected"]
    if found is None and scorer["judge_measured"]:
        return Cell("no better than chance", css="wk-watch")
    if found is None:
        return Cell("not measured", css="wk-none")
    return Cell(f"{found['share']:.3f} ({interval(found)})")


def answer(line: Mapping[str, Any]) -> Cell:
    """What was answered, or why nothing was."""
    if line["error"] is not None:
        return Cell(f"✕ {line['error']}", css="wk-long wk-intervene")
    output = line["output"]
    if output is None:
        return known(None)
    text = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)
    short = text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + " …"
    return Cell(short, css="wk-long", more=text if short != text else "")


def verdict(word: str) -> Said:
    """What a comparison came to."""
    return _VERDICTS.get(word, Said(word, "wk-none"))
