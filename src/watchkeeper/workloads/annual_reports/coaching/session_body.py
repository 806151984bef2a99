"""A session as the server keeps it."""

from typing import Any

from watchkeeper.coaching.phases import Phase
from watchkeeper.coaching.session import Round, Session
from watchkeeper.workloads.annual_reports.coaching.pupil import ReportPupil


def session_body(
    session: Session, pupil: ReportPupil, *, run_id: str, phase: Phase, order_id: str | None
) -> dict[str, Any]:
    """The body of the request that keeps a session whole: rounds, versions, answer, the order it used."""
    exam = pupil.search.exam
    fields = exam.instructions.agents[session.agent].fields
    decisions = exam.sittings[pupil.index].decisions
    strategies = [one.decision.strategy for one in session.rounds if one.change is not None]
    return {
        "run_id": run_id,
        "document": session.document,
        "agent": session.agent,
        "status": "failed" if session.failure else "completed",
        "max_rounds": session.max_rounds,
        "failure_reason": session.failure,
        "rounds": [_round(one, phase) for one in session.rounds],
        "versions": [
            {
                "strategy": name,
                "reason": f"{change.field}: {change.why}",
                "content": change.agent.model_dump(mode="json", exclude_defaults=True),
                "accuracy": change.accuracy,
                "author": change.author,
            }
            for name, change in zip(strategies, pupil.made, strict=False)
        ],
        "extraction": {
            name: decision.value
            for name, decision in decisions.items()
            if name in fields and decision.value is not None
        },
        "order_id": order_id,
    }


def _round(one: Round, phase: Phase) -> dict[str, object]:
    judged = one.judged
    return {
        "round": one.number,
        "accuracy": judged.accuracy,
        "coverage": judged.coverage,
        "precision": judged.precision,
        "recall": judged.recall,
        "f1": judged.f1,
        "errors": list(judged.errors),
        "missing": list(judged.missing),
        "strategy": one.decision.strategy,
        "reason": one.decision.reason,
        "change": one.change,
        "improvement": one.improvement,
        "basis": str(judged.basis),
        "phase": phase.number,
    }
