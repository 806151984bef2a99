"""Whether a provider's model behaves as before: same name, other answers (a silent change).

Signals of the answers (length, form, refusals, words) and of their speed are each tested; the verdict joins
them. An answer's signal has to be there: speed alone tells of load, not of a model. Two signals have to
agree, so that one odd figure is no verdict. When the questions changed as well, other answers are their due,
and the verdict is that it cannot be told.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from watchkeeper.monitoring.drift.column_drift import (
    ColumnDrift,
    categories_drift,
    figures_drift,
    texts_drift,
)
from watchkeeper.monitoring.drift.measure import ENOUGH

Signal = Literal["length", "latency", "refusals", "form", "words"]
Changed = Literal["changed", "unchanged", "questions changed", "no data"]

LEAST_CALLS = 100
"""On either side; fewer answers differ by chance too often."""
_AGREE = 2
_NO_WORDS = "their words nothing is known: too few of the answers are kept"
_REFUSAL = re.compile(
    r"\b(i (?:can(?:no|')?t|cannot|am (?:not able|unable)|won't|will not)"
    r"|i'm (?:sorry|unable|not able)|i am sorry|as an ai\b|(?:can|cannot) assist with"
    r"|jag kan (?:tyvärr )?inte|tyvärr kan jag inte|je ne peux pas|no puedo)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One call, as far as a change of model shows in it; None is not known."""

    prompt: str | None
    reply: str | None
    """Its beginning at least."""
    output_tokens: int | None
    duration_ms: float
    finish_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalVerdict:
    """What one signal says."""

    signal: Signal
    drift: ColumnDrift


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVerdict:
    """Whether a model changed."""

    state: Changed
    why: str
    reference_calls: int
    current_calls: int
    questions: ColumnDrift | None
    """Whether the prompts drifted; None where too few are kept."""
    signals: tuple[SignalVerdict, ...] = ()


def model_change(
    reference: Sequence[Answered], current: Sequence[Answered], *, seed: int = 1
) -> ModelVerdict:
    """Compare how a model answers now with how it did.

    Args:
        reference: Calls of before.
        current: Calls of now.
        seed: Decides the permutations of texts; the same seed gives the same verdict.
    """
    verdict = partial(ModelVerdict, reference_calls=len(reference), current_calls=len(current))
    if min(len(reference), len(current)) < LEAST_CALLS:
        why = f"{LEAST_CALLS} calls are needed on either side; there are {len(reference)} and {len(current)}"
        return verdict(state="no data", why=why, questions=None)
    signals = tuple(_signals(reference, current, seed))
    questions = _texts("prompts", reference, current, lambda one: one.prompt, seed)
    drifted = [one.signal for one in signals if one.drift.drifted]
    of_answers = [signal for signal in drifted if signal != "latency"]
    state: Changed = "unchanged"
    if of_answers and len(drifted) >= _AGREE:
        state = "questions changed" if questions is not None and questions.drifted else "changed"
    elif not any(one.drift.drifted is not None for one in signals if one.signal != "latency"):
        state = "no data"
    why = _why(state, drifted)
    if min(sum(one.reply is not None for one in side) for side in (reference, current)) < ENOUGH:
        why = f"{why}; of {_NO_WORDS}"
    return verdict(state=state, why=why, questions=questions, signals=signals)


def _why(state: Changed, drifted: Sequence[Signal]) -> str:
    said = ", ".join(drifted)
    match state:
        case "changed":
            return f"other answers to like questions: {said}"
        case "questions changed":
            return f"other answers ({said}), but the questions changed too"
        case "no data":
            return "no signal of the answers is known"
        case _:
            return f"only {said} differs, which is no verdict" if said else "answers are as before"


def _signals(reference: Sequence[Answered], current: Sequence[Answered], seed: int) -> list[SignalVerdict]:
    found: dict[Signal, ColumnDrift | None] = {
        "length": _figures("length", reference, current, lambda one: one.output_tokens),
        "latency": _figures("latency", reference, current, _ms_a_token),
        "refusals": _categories("refusals", reference, current, _refused),
        "form": _categories("form", reference, current, _form),
        "words": _texts("words", reference, current, lambda one: one.reply, seed),
    }
    return [SignalVerdict(signal=name, drift=drift) for name, drift in found.items() if drift is not None]


def _ms_a_token(one: Answered) -> float | None:
    return one.duration_ms / one.output_tokens if one.output_tokens else None


def _refused(one: Answered) -> str | None:
    if one.finish_reason in {"content_filter", "refusal"}:
        return "refused"
    return None if one.reply is None else "refused" if _REFUSAL.search(one.reply) else "answered"


def _form(one: Answered) -> str | None:
    """How an answer begins and is laid out, in a word."""
    if one.reply is None:
        return None
    text = one.reply.lstrip()
    if text[:1] in {"{", "["}:
        return "JSON"
    if "```" in text:
        return "code"
    if re.search(r"(?m)^\s*(?:[-*•]|\d+[.)])\s", text):
        return "list"
    return "heading" if text[:1] == "#" else "bold" if "**" in text else "prose"


def _known(calls: Sequence[Answered], of: Callable[[Answered], object]) -> list[object]:
    return [value for one in calls if (value := of(one)) is not None]


def _figures(
    name: str,
    reference: Sequence[Answered],
    current: Sequence[Answered],
    of: Callable[[Answered], float | None],
) -> ColumnDrift | None:
    before, now = (np.array(_known(side, of), float) for side in (reference, current))
    return figures_drift(name, before, now) if min(len(before), len(now)) >= ENOUGH else None


def _categories(
    name: str,
    reference: Sequence[Answered],
    current: Sequence[Answered],
    of: Callable[[Answered], str | None],
) -> ColumnDrift | None:
    before, now = (list(map(str, _known(side, of))) for side in (reference, current))
    return categories_drift(name, before, now) if min(len(before), len(now)) >= ENOUGH else None


def _texts(  # noqa: PLR0917 - both sides, and what of them
    name: str,
    reference: Sequence[Answered],
    current: Sequence[Answered],
    of: Callable[[Answered], str | None],
    seed: int,
) -> ColumnDrift | None:
    before, now = (list(map(str, _known(side, of))) for side in (reference, current))
    return texts_drift(name, before, now, seed=seed) if min(len(before), len(now)) >= ENOUGH else None
