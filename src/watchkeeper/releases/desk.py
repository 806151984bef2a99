"""Where releases are made, promoted and taken back; every move has a reason and somebody behind it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import ConflictError, InvalidInputError, NotFoundError
from watchkeeper.releases.assignment import BUCKETS, is_chosen
from watchkeeper.releases.course import Move, move
from watchkeeper.releases.experiments.experiment import Experiment, Stop
from watchkeeper.releases.experiments.ports import ExperimentStore
from watchkeeper.releases.ports import ReleaseStore
from watchkeeper.releases.promotion import STAGES
from watchkeeper.releases.proof import Proof, ProofVerdict
from watchkeeper.releases.release import Pins, Release, State, release_id

CANARIES = "canaries"
"""The check without which nothing gets traffic (law 4)."""
REPLAY = "replay"
"""What `wk replay --release` keeps: past calls asked of it, beside the answers that were given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a workload works with."""

    workload: str
    live: Release | None
    canary: Release | None


class ReleaseDesk:
    """Moves releases; each of its methods leaves one complete live release, or none as before."""

    def __init__(
        self,
        store: ReleaseStore,
        *,
        experiments: ExperimentStore,
        clock: Clock,
        required_checks: Sequence[str] = (),
        live_changed: Callable[[Release], object] | None = None,
    ) -> None:
        """Work on a store.

        Args:
            store: Where releases are kept.
            experiments: Where experiments are: they and canaries keep out of each other's traffic, and a
                rollback ends them.
            clock: Where the time comes from.
            required_checks: What must have passed before traffic, besides the canaries.
            live_changed: Told which release a workload works with from now on, once it is kept.
        """
        self.store = store
        self._experiments = experiments
        self._clock = clock
        self._live_changed = live_changed
        self._required = (CANARIES, *(one for one in required_checks if one != CANARIES))

    def make(self, workload: str, pins: Pins, *, by: str, note: str | None = None) -> Release:
        """Keep a candidate; pins of a release that is known name that release.

        Raises:
            InvalidInputError: It pins nothing.
        """
        if not any(pins.as_texts().values()):
            raise InvalidInputError(
                "a release pins something", action="name instructions, targets, an adapter or settings"
            )
        at = self._clock.now()
        live = self.standing(workload).live
        release = Release(
            release_id=release_id(workload, pins),
            workload=workload,
            pins=pins,
            parent=None if live is None else live.release_id,
            state="candidate",
            share=0,
            made_by=by,
            made_at=at,
            note=note,
        )
        made = Move(
            release_id=release.release_id,
            workload=workload,
            before=None,
            after="candidate",
            share=0,
            by=by,
            reason=note or "made",
            at=at,
        )
        return self.store.add(release, made)

    def known(self, named: str) -> Release:
        """The release of an id.

        Raises:
            NotFoundError: There is none.
        """
        found = self.store.get(named)
        if found is None:
            raise NotFoundError(
                f"there is no release {named[:80]!r}", action="list them with `wk release list`"
            )
        return found

    def standing(self, workload: str) -> Standing:
        """What a workload works with now."""
        releases = self.store.of(workload)
        return Standing(
            workload=workload,
            live=next((one for one in releases if one.state == "live"), None),
            canary=next((one for one in releases if one.state == "canary"), None),
        )

    def choose(self, workload: str, subject: str) -> Release | None:
        """The release a subject's calls work with; None while none is live."""
        now = self.standing(workload)
        if now.canary is not None and is_chosen(now.canary.release_id, subject, now.canary.share):
            return now.canary
        return now.live

    def prove(self, named: str, check: str, verdict: ProofVerdict, *, told: str, by: str) -> Proof:
        """Keep what a check came to.

        Raises:
            NotFoundError: There is no such release.
        """
        release = self.known(named)
        proof = Proof(
            release_id=release.release_id,
            workload=release.workload,
            check=check,
            verdict=verdict,
            told=told,
            by=by,
            at=self._clock.now(),
        )
        self.store.prove(proof)
        return proof

    def promote(self, named: str, *, by: str, reason: str, share: int | None = None) -> Release:
        """Give a release traffic: a canary's share, and all to the first of a workload.

        Args:
            named: The release; a candidate, or a canary that gets another share.
            by: Who.
            reason: Why.
            share: In ten-thousandths; the first stage's if None.

        Raises:
            NotFoundError: There is no such release.
            ConflictError: A required check has not passed, another canary is under way, or it is past this.
            InvalidInputError: The share is no canary's.
        """
        release = self.known(named)
        self.require_proved(release)
        standing = self.standing(release.workload)
        if standing.live is None:
            return self._moved([self._move(release, "live", share=BUCKETS, by=by, reason=reason)], named)
        if standing.canary is not None and standing.canary.release_id != named:
            raise ConflictError(
                f"{standing.canary.release_id} is the canary of {release.workload} now",
                action="wait for it, or take it back with `wk release rollback`",
            )
        running = self._experiments.of(release.workload, running=True)
        if running:
            raise ConflictError(
                f"experiment {running[0].name} runs on {release.workload}, and the gate needs its traffic",
                action=f"wait for it, or stop it: `wk experiment stop {running[0].name}`",
            )
        wanted = STAGES[0].share if share is None else share
        if not 0 < wanted < BUCKETS:
            raise InvalidInputError(
                f"{wanted / 100:g} % is no canary's share", action="give more than 0 and less than 100"
            )
        return self._moved([self._move(release, "canary", share=wanted, by=by, reason=reason)], named)

    def go_live(self, named: str, *, by: str, reason: str) -> Release:
        """Give a canary all traffic; what was live retires in the same transaction.

        Raises:
            NotFoundError: There is no such release.
            ConflictError: It is no canary, or a required check has not passed.
        """
        release = self.known(named)
        self.require_proved(release)
        if release.state != "canary":
            first = "it has all traffic already" if release.state == "live" else "give it some traffic first"
            raise ConflictError(
                f"{named} is {release.state}, not a canary",
                action=f"{first}; `wk release weights {release.workload}` shows who has which",
            )
        return self._replace_live(release, by=by, reason=reason, instead="retired")

    def roll_back(self, workload: str, *, by: str, reason: str, to: str | None = None) -> Release:
        """Return a workload to an earlier release at once: its canary loses its share, or `to` is live again.

        Experiments on the workload end first: their arms may be what does harm.

        Args:
            workload: The workload.
            by: Who, or what.
            reason: Why.
            to: A release that was live before; None takes back what is tried, the canary or experiments, if
                there is any, else returns to the release that was live before this one.

        Returns:
            The release that is live afterwards.

        Raises:
            NotFoundError: There is no such release.
            ConflictError: There is nothing to return to.
        """
        now = self.standing(workload)
        if now.live is None:
            raise ConflictError(f"{workload} has no live release", action="promote one: `wk release promote`")
        back = (
            []
            if now.canary is None
            else [self._move(now.canary, "rolled back", share=0, by=by, reason=reason)]
        )
        tried = self._experiments.of(workload, running=True)
        if to is None and (back or tried):
            self._end(tried, by=by, reason=reason)
            return self._moved(back, now.live.release_id) if back else now.live
        target = self._earlier(now.live) if to is None else self.known(to)
        if target.workload != workload:
            raise ConflictError(f"{to} is a release of {target.workload}", action=f"name one of {workload}'s")
        if target.release_id == now.live.release_id:
            self._end(tried, by=by, reason=reason)
            return self._moved(back, now.live.release_id) if back else now.live
        if not self._was_live(target):
            raise ConflictError(
                f"{target.release_id} was never live", action="promote it: `wk release promote`"
            )
        if now.canary is not None and target.release_id == now.canary.release_id:
            raise ConflictError(
                f"{target.release_id} is a canary now", action="let it go live, or take it back first"
            )
        self._end(tried, by=by, reason=reason)
        return self._replace_live(target, by=by, reason=reason, instead="rolled back", first=back)

    def reopen(self, named: str, *, by: str, reason: str) -> Release:
        """Make a release that was taken back a candidate again; it is proved anew.

        Raises:
            NotFoundError: There is no such release.
            ConflictError: It was not taken back.
        """
        release = self.known(named)
        return self._moved([self._move(release, "candidate", share=0, by=by, reason=reason)], named)

    def require_proved(self, release: Release) -> None:
        """Refuse a release on which a required check has not passed, or not since it was reopened.

        Raises:
            ConflictError: It has not, with what it came to.
        """
        proofs = self.store.proofs(release.release_id)
        made = [one for one in self.store.moves(release_id=release.release_id) if one.after == "candidate"]
        for check in self._required:
            last = next((one for one in proofs if one.check == check), None)
            if last is not None and last.verdict == "passed" and last.at >= made[-1].at:
                continue
            raise ConflictError(
                f"the {_named(check)} of {release.release_id} {_failing(check, last)}",
                action=f"run it, then keep what it came to: {_how_to_prove(check, release)}",
            )

    def _replace_live(
        self, release: Release, *, by: str, reason: str, instead: State, first: list[Move] | None = None
    ) -> Release:
        live = self.standing(release.workload).live
        moves = list(first or [])
        if live is not None:
            moves.append(self._move(live, instead, share=0, by=by, reason=reason))
        moves.append(self._move(release, "live", share=BUCKETS, by=by, reason=reason))
        return self._moved(moves, release.release_id)

    def _end(self, experiments: Sequence[Experiment], *, by: str, reason: str) -> None:
        for one in experiments:
            stop = Stop(by=by, reason=f"rolled back: {reason}", at=self._clock.now(), told=None, winner=None)
            # Whoever ended it a moment ago was quicker; a rollback must not fail of that.
            with suppress(ConflictError):
                self._experiments.stop(one.name, stop)

    def _moved(self, moves: list[Move], named: str) -> Release:
        self.store.apply(moves)
        if self._live_changed is not None:
            for one in moves:
                if one.after == "live":
                    self._live_changed(self.known(one.release_id))
        return self.known(named)

    def _move(self, release: Release, after: State, *, share: int, by: str, reason: str) -> Move:
        return move(release, after, share=share, by=by, reason=reason, at=self._clock.now())

    def _earlier(self, live: Release) -> Release:
        for one in reversed(self.store.moves(workload=live.workload)):
            if one.before == "live" and one.release_id != live.release_id:
                return self.known(one.release_id)
        raise ConflictError(
            f"{live.release_id} is the first release of {live.workload}", action="there is none to return to"
        )

    def _was_live(self, release: Release) -> bool:
        return any(one.after == "live" for one in self.store.moves(release_id=release.release_id))


def _named(check: str) -> str:
    return CANARIES if check == CANARIES else f"required check {check!r}"


def _failing(check: str, last: Proof | None) -> str:
    """How it fails to let a release into traffic, given what it came to last."""
    has, it = ("have", "they have") if check == CANARIES else ("has", "it has")
    told = f"{it} not run on it" if last is None else f"{last.verdict}: {last.told}"
    if last is not None and last.verdict == "passed":
        told = (
            "that was before it was taken back" if check != CANARIES else "they ran before it was taken back"
        )
    return f"{has} not passed: {told}"


def _how_to_prove(check: str, release: Release) -> str:
    if check == CANARIES:
        return f"`wk release prove {release.release_id} …`"
    if check == REPLAY:
        return f"`wk replay … --release {release.release_id}`"
    return f"`wk release prove {release.release_id} --check {check} …`"
