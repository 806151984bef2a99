"""Looks at every canary: raises its share, lets it go live, or takes it back, and writes why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.releases.course import Move
from watchkeeper.releases.desk import ReleaseDesk, Standing
from watchkeeper.releases.gate import GateVerdict, Stratum, Tolerances, judge
from watchkeeper.releases.ports import ReleaseEvidence
from watchkeeper.releases.promotion import STAGES, Stage, Step, next_step
from watchkeeper.releases.release import Release

WATCHER = "release watch"
"""Who makes the moves that nobody ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at a canary came to."""

    release: Release
    verdict: GateVerdict
    step: Step


class CanaryWatch:
    """Moves canaries along by what their calls came to."""

    def __init__(
        self,
        desk: ReleaseDesk,
        evidence: ReleaseEvidence,
        *,
        tolerances: Tolerances,
        stages: Sequence[Stage] = STAGES,
    ) -> None:
        self._desk = desk
        self._evidence = evidence
        self._tolerances = tolerances
        self._stages = stages

    def turn(self) -> tuple[Look, ...]:
        """Look at every canary once, and do what comes of it."""
        looks = [
            look
            for workload in sorted({one.workload for one in self._desk.store.of() if one.state == "canary"})
            if (look := self.look(workload)) is not None
        ]
        for one in looks:
            self._act(one)
        return tuple(looks)

    def look(self, workload: str) -> Look | None:
        """How a workload's canary stands; None when it has none. Changes nothing."""
        standing = self._desk.standing(workload)
        canary = standing.canary
        if canary is None or standing.live is None:
            return None
        stretches = _stretches(self._desk.store.moves(release_id=canary.release_id))
        strata = [self._stratum(standing, since, until) for _, since, until in stretches]
        verdict = judge(strata, self._tolerances)
        step = next_step(
            canary.share, verdict, calls_at_share=strata[-1].candidate.calls, stages=self._stages
        )
        return Look(release=canary, verdict=verdict, step=step)

    def _stratum(self, standing: Standing, since: datetime, until: datetime | None) -> Stratum:
        assert standing.canary is not None and standing.live is not None
        return Stratum(
            candidate=self._evidence.record(
                standing.workload,
                standing.canary.release_id,
                since=since,
                until=until,
            ),
            live=self._evidence.record(standing.workload, standing.live.release_id, since=since, until=until),
        )

    def _act(self, look: Look) -> None:
        name, step = look.release.release_id, look.step
        if step.kind == "raise":
            self._desk.promote(name, by=WATCHER, reason=step.reason, share=step.share)
        elif step.kind == "go live":
            self._desk.go_live(name, by=WATCHER, reason=step.reason)
        elif step.kind == "roll back":
            self._desk.roll_back(look.release.workload, by=WATCHER, reason=step.reason)


def _stretches(moves: Sequence[Move]) -> list[tuple[int, datetime, datetime | None]]:
    """The shares a release has had since it became a canary last, each with its begin and end."""
    began = max((at for at, one in enumerate(moves) if one.after == "candidate"), default=-1)
    shares = [one for one in moves[began + 1 :] if one.after == "canary"]
    ends: list[datetime | None] = [one.at for one in shares[1:]]
    return [(one.share, one.at, end) for one, end in zip(shares, [*ends, None], strict=True)]
