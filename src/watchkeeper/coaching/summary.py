"""What a session leaves behind, in figures of its own."""

from watchkeeper.coaching.decision import GOLDEN_FROM
from watchkeeper.coaching.records import SessionRow


def session_figures(session: SessionRow) -> dict[str, object]:
    """The columns of a session that follow from its rounds; unknown ones of a session without any."""
    rounds = session.rounds
    best = max(rounds, key=lambda one: (one.accuracy, -one.round), default=None)
    return {
        "rounds_done": len(rounds),
        "strategy": rounds[-1].strategy if rounds else None,
        "initial_accuracy": rounds[0].accuracy if rounds else None,
        "final_accuracy": rounds[-1].accuracy if rounds else None,
        "improvement": rounds[-1].accuracy - rounds[0].accuracy if rounds else None,
        "best_round": best.round if best else None,
        "best_accuracy": best.accuracy if best else None,
    }


def is_golden(session: SessionRow) -> bool:
    """Whether the session's last answer belongs in the library: 95 % right by truth (GF-05)."""
    last = session.rounds[-1] if session.rounds else None
    return (
        last is not None
        and session.status == "completed"
        and session.extraction is not None
        and last.basis == "truth"
        and last.accuracy >= GOLDEN_FROM
    )
