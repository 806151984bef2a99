"""The one way every model call of a workload goes: target, attempts, receipts, outcome."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from watchkeeper.domain.call import ModelCall, Outcome, Reply
from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.errors import NotFoundError, SettingsError, TargetError, WatchkeeperError
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.attempt import Attempt, attempt, receipt_of
from watchkeeper.gateway.ports import ContentSink, ReceiptSink, Target
from watchkeeper.gateway.retry import RetryPolicy


class CallPath:
    """Takes calls to their targets and leaves a receipt for every attempt; thread-safe."""

    def __init__(
        self,
        targets: Iterable[Target],
        receipts: ReceiptSink,
        *,
        clock: Clock,
        ids: IdSource,
        wait: Callable[[float], object],
        chance: Callable[[], float],
        retry: RetryPolicy | None = None,
        content: ContentSink | None = None,
    ) -> None:
        """Join what a call needs.

        Args:
            targets: Every model and every baseline engine that may be named.
            receipts: Where receipts are written.
            clock: Where the time comes from.
            ids: Where ids come from.
            wait: Waits so many seconds before a call is tried again.
            chance: A number from 0 up to 1, new at each call, for the jitter of waits.
            retry: How often and how soon to try again; by default four attempts in all.
            content: Where what is asked and answered is kept; None keeps neither.

        Raises:
            SettingsError: Two targets have the same name.
        """
        self._targets: dict[str, Target] = {}
        for target in targets:
            if target.name in self._targets:
                raise SettingsError(
                    f"two targets are named {target.name!r}",
                    action="rename one; a configured target may not have a baseline engine's name",
                )
            self._targets[target.name] = target
        self._receipts = receipts
        self._clock = clock
        self._ids = ids
        self._wait = wait
        self._chance = chance
        self._retry = retry or RetryPolicy()
        self._content = content

    @property
    def targets(self) -> tuple[str, ...]:
        """The names calls may use."""
        return tuple(self._targets)

    def call(self, call: ModelCall) -> Outcome:
        """Make the call, trying again while that can help and the deadline allows.

        A failure is an outcome, never an exception: whatever happens to a call, its receipts tell.
        When a receipt cannot be written the call has failed too, whatever was answered.
        """
        started_s = self._clock.monotonic()
        asked = replace(call, trace_id=call.trace_id or self._ids.trace_id())
        target = self._targets.get(call.target) or _MissingTarget(call.target, self.targets)
        written: list[Receipt] = []
        left_s = call.deadline_s
        while True:
            now = replace(asked, deadline_s=left_s)
            made = attempt(target, now, clock=self._clock)
            try:
                written.append(self._receipts.append(self._receipt(made, now, target, written)))
            except WatchkeeperError as unwritten:
                return Outcome(reply=None, error=unwritten, receipts=tuple(written))
            if made.error is None:
                return Outcome(reply=made.reply, error=None, receipts=tuple(written))
            wait_s = self._wait_s(made.error, len(written))
            if wait_s is not None and wait_s < self._left_s(call, started_s):
                self._wait(wait_s)
                left_s = self._left_s(call, started_s)
                if left_s > 0:
                    continue
            return Outcome(reply=None, error=made.error, receipts=tuple(written))

    def _receipt(self, made: Attempt, call: ModelCall, target: Target, written: list[Receipt]) -> Receipt:
        return receipt_of(
            made,
            call,
            target,
            clock=self._clock,
            ids=self._ids,
            number=len(written) + 1,
            first=written[0] if written else None,
            content=self._content,
        )

    def _left_s(self, call: ModelCall, started_s: float) -> float:
        return call.deadline_s - (self._clock.monotonic() - started_s)

    def _wait_s(self, error: WatchkeeperError, attempts: int) -> float | None:
        if not error.retryable:
            return None
        retry_after_s = error.retry_after_s if isinstance(error, TargetError) else None
        return self._retry.wait_s(attempts, chance=self._chance(), retry_after_s=retry_after_s)


class _MissingTarget:
    """Stands for a name nobody has, so that asking for it leaves a receipt like any other failure."""

    provider = "none"
    release: str | None = None

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.model = name
        self._known = known

    def send(self, _: ModelCall, /) -> Reply:
        known = ", ".join(sorted(self._known)) or "none"
        raise NotFoundError(
            f"there is no target {self.name!r}; there are: {known}",
            action=f"configure `targets.{self.name}` in watchkeeper.yaml, or name another",
        )
