"""The meta-coach as settings name it: its calls go through the relay, so that budgets and receipts hold."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from watchkeeper.app.relayed_calls import RelayedCalls, failure_told, message
from watchkeeper.app.settings import Settings
from watchkeeper.coaching.meta_coach import ATTEMPTS, TEMPERATURE, MetaCoach, When, asked_text
from watchkeeper.coaching.ports import MetaCoachSaid
from watchkeeper.domain.call import ModelCall
from watchkeeper.domain.errors import BudgetSpentError, NotFoundError, StorageFullError
from watchkeeper.domain.money import summed_usd
from watchkeeper.gateway.retry import RetryPolicy

WRITER = "coaching"
META_COACH_AGENT = "meta-coach"
"""As receipts name its calls."""
_TOKENS = 2048
_FINAL = (BudgetSpentError, NotFoundError, StorageFullError)


@contextmanager
def meta_coach(settings: Settings, data_dir: Path, *, workload: str) -> Iterator[MetaCoach | None]:
    """The meta-coach while it is needed; None where settings name no model.

    Raises:
        NotFoundError: Settings name one that is neither a route nor a target.
    """
    own = settings.coaching.meta_coach
    if own.target is None:
        yield None
        return
    calls = RelayedCalls(settings, data_dir, writer=WRITER, retry=RetryPolicy(attempts=ATTEMPTS))
    try:
        calls.check(own.target)
        yield MetaCoach(
            ask=_Asking(calls, target=own.target, workload=workload, timeout_s=own.timeout_s),
            target=own.target,
            when=When(own.when),
            max_calls=own.max_calls,
        )
    finally:
        calls.close()


class _Asking:
    """An `AskMetaCoach` over the relay."""

    def __init__(self, calls: RelayedCalls, *, target: str, workload: str, timeout_s: float) -> None:
        self._calls = calls
        self._target = target
        self._workload = workload
        self._timeout_s = timeout_s

    def __call__(self, told: Mapping[str, Any], *, schema: Mapping[str, Any]) -> MetaCoachSaid:
        outcome = self._calls.call(
            ModelCall(
                workload=self._workload,
                target=self._target,
                messages=(message("user", asked_text(told)),),
                json_schema=schema,
                max_output_tokens=_TOKENS,
                temperature=TEMPERATURE,
                deadline_s=self._timeout_s,
                agent=META_COACH_AGENT,
            )
        )
        cost = summed_usd([one.cost_usd for one in outcome.receipts])
        if outcome.reply is None:
            final = isinstance(outcome.error, _FINAL)
            return MetaCoachSaid(error=failure_told(outcome), final=final, cost_usd=cost)
        return MetaCoachSaid(parsed=outcome.reply.parsed, cost_usd=cost)
