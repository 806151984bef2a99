"""The four phases of learning, by the number of distinct documents that were coached (requirements 2.1.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from watchkeeper.domain.errors import InvalidInputError

AGENT_LIMIT = 5
"""Rounds no agent goes beyond on one document."""
SECTION_LIMIT = 2
"""Rounds of the parts that find sections."""
EXPECTED_GAIN = 0.15
"""What a phase is expected to raise accuracy by (GF-04)."""
LAST_DOCUMENTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase of learning."""

    number: int
    name: str
    first: int
    last: int | None
    """The last document of the phase; None for the phase without an end."""
    target: float
    """The accuracy it aims at, 0 to 1."""
    max_rounds: int
    """Rounds an agent may be coached on one document."""
    strategy: str
    """What it prefers."""


PHASES = (
    Phase(number=1, name="exploration", first=1, last=50, target=0.80, max_rounds=5, strategy="explore"),
    Phase(number=2, name="optimization", first=51, last=150, target=0.90, max_rounds=3, strategy="refine"),
    Phase(number=3, name="convergence", first=151, last=200, target=0.95, max_rounds=2, strategy="maintain"),
    Phase(number=4, name="golden state", first=201, last=None, target=0.95, max_rounds=1, strategy="golden"),
)


def phase_after(coached_documents: int) -> Phase:
    """The phase after so many distinct coached documents.

    >>> [phase_after(n).number for n in (0, 50, 51, 150, 151, 200, 201)]
    [1, 1, 2, 2, 3, 3, 4]
    """
    return next(one for one in PHASES if one.last is None or coached_documents <= one.last)


def rounds_allowed(phase: Phase, asked: int | None = None, *, agent_limit: int = AGENT_LIMIT) -> int:
    """The rounds of a session: the least of what phase, agent and caller allow, and really so many.

    >>> rounds_allowed(PHASES[0], 3), rounds_allowed(PHASES[2], 3), rounds_allowed(PHASES[0])
    (3, 2, 5)
    """
    return min(agent_limit, phase.max_rounds, agent_limit if asked is None else asked)


def require_window(number: int, first: int, last: int) -> Phase:
    """The phase with this number, when the documents asked for all belong to it (GF-12, decision X10).

    Raises:
        InvalidInputError: There is no such phase, the window is empty, or it reaches out of the phase.
    """
    phase = next((one for one in PHASES if one.number == number), None)
    if phase is None:
        raise InvalidInputError(f"there is no phase {number}", action="name one from 1 to 4")
    if not 1 <= first <= last:
        raise InvalidInputError(
            f"documents {first} to {last} are no window", action="count from 1, the first before the last"
        )
    if first < phase.first or (phase.last is not None and last > phase.last):
        belongs = _phases_of(first, last)
        raise InvalidInputError(
            f"documents {first} to {last} do not belong to phase {number} ({phase.name}, {_span(phase)})",
            action=f"they are of phase {belongs}: name that one, or other documents",
        )
    return phase


def _phases_of(first: int, last: int) -> str:
    named: Sequence[str] = [
        str(one.number) for one in PHASES if one.first <= last and (one.last is None or one.last >= first)
    ]
    return " and ".join(named)


def _span(phase: Phase) -> str:
    return f"{phase.first} and on" if phase.last is None else f"{phase.first} to {phase.last}"
