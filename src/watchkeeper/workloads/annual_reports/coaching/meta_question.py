"""What the meta-coach is told of an agent on a report: its errors, its instructions, how it stands."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean, pstdev
from typing import Any

from watchkeeper.coaching.meta_coach import Question
from watchkeeper.coaching.session import Past
from watchkeeper.evaluation.truth import Score
from watchkeeper.workloads.annual_reports.coaching.evidence import lines_of, places_of
from watchkeeper.workloads.annual_reports.coaching.exam import Sitting
from watchkeeper.workloads.annual_reports.coaching.meta_change import change_schema
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions

MOST_ERRORS = 5
MOST_MISSING = 5
MOST_PLACES = 3
"""Of each value, places where it stands in the report."""
RECENT = 5
MOST_GOLDEN = 3
LINES_AROUND = 2
_RULES = (
    "`labels` are printed words beside a value, strongest first; `headings` stand above the block it is in, "
    "`until` ends that block; a row with a word of `avoid` is something else; `cues` make a place likelier. "
    "All are lower case. `side`: after, before, either; `sign`: printed, absolute; `unit`: report, kronor, "
    "none; `occurrence`: first, last. `value` replaces the whole part: repeat what is to stay."
)


def question_about(
    agent: AgentInstructions,
    sitting: Sitting,
    *,
    past: Past,
    golden: Sequence[Mapping[str, Any]] = (),
    tried: Sequence[Mapping[str, Any]] = (),
) -> Question | None:
    """The question; None where no field came out wrong.

    Args:
        agent: Its instructions now.
        sitting: The report as it came out.
        past: How the agent stood before.
        golden: Its answers that were right, the best first.
        tried: Earlier proposals and what became of them.
    """
    wrong = list(_named(agent, sitting, (Score.WRONG, Score.INVENTED)))[:MOST_ERRORS]
    missing = list(_named(agent, sitting, (Score.MISSED,)))[:MOST_MISSING]
    fields = (*wrong, *missing)
    if not fields:
        return None
    instructions = {
        name: agent.fields[name].model_dump(mode="json", exclude_defaults=True) for name in fields
    }
    told = {
        "agent": agent.agent,
        "rules": _RULES,
        "errors": [_error(sitting, name) for name in wrong],
        "missing": [_error(sitting, name) for name in missing],
        "instructions": instructions,
        "standing": _standing(past),
        "golden examples": list(golden)[:MOST_GOLDEN],
        "tried before": list(tried),
    }
    about = f"{agent.model_dump_json()}\x00{sitting.report.document.sha256}"
    return Question(about=about, told=told, schema=change_schema(fields))


def _named(agent: AgentInstructions, sitting: Sitting, scores: tuple[Score, ...]) -> Iterator[str]:
    return (name for name in agent.fields if sitting.mark.scores.get(name) in scores)


def _error(sitting: Sitting, name: str) -> dict[str, Any]:
    truth, document = sitting.report.truths[name], sitting.report.document
    pages = dict(lines_of(document))
    places = []
    for place in places_of(truth.value, document):
        first = max(0, place.line - LINES_AROUND)
        lines = pages[place.page][first : place.line + LINES_AROUND + 1]
        places.append({"page": place.page, "lines": list(lines)})
        if len(places) == MOST_PLACES:
            break
    read = {
        reader: {"value": found.value, "printed": found.printed, "page": found.page, "rule": found.rule}
        for reader, found in sitting.readings.get(name, {}).items()
    }
    return {"field": name, "right": truth.value, "read instead": read, "stands at": places}


def _standing(past: Past) -> dict[str, Any]:
    recent = list(past.recent)
    return {
        "best on this document": past.best,
        "recent": recent[-RECENT:],
        "last 7 days": {
            "runs": len(recent),
            "mean": fmean(recent) if recent else None,
            "deviation": pstdev(recent) if recent else None,
        },
    }
