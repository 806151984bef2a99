"""The way an evaluation's calls go: through the relay, with receipts and budgets like any other's."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.app.gateway.call_path_wiring import RelayPlace, relay_thread
from watchkeeper.app.settings import Settings
from watchkeeper.domain.call import Message, ModelCall, Outcome, TextPart
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.domain.money import usd_text
from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.evaluating import Answered
from watchkeeper.evaluation.scorers.judge import AskJudge, JudgeAnswered
from watchkeeper.evaluation.suite import Suite, SystemUnderTest, prompt_for
from watchkeeper.gateway.call_content import HashedContent
from watchkeeper.gateway.call_path import CallPath
from watchkeeper.gateway.receipts import ReceiptWriter
from watchkeeper.gateway.relay.ledger import Ledger, NoFigures

WRITER = "evaluation"
JUDGE_AGENT = "judge"
"""As receipts name the calls of judges: their cost is not that of the system under test."""
_JUDGE_TOKENS = 1024
_JUDGE_WITHIN_S = 60.0


class EvaluationCalls:
    """Asks systems under test and judges; close it. Thread-safe."""

    def __init__(self, settings: Settings, data_dir: Path, *, workload: str) -> None:
        """Open receipts and the way to every route and target.

        Args:
            settings: Which routes and targets there are.
            data_dir: Where receipts and content go.
            workload: Whom the calls belong to.
        """
        clock = SystemClock()
        self._names = frozenset({*settings.routes, *settings.targets})
        self._workload = workload
        self._receipts = ReceiptWriter(
            data_dir / "receipts", WRITER, clock=clock, rotate_bytes=settings.receipts.max_file_bytes
        )
        content = ContentPacks(
            data_dir / "content", clock=clock, opted_out=frozenset(settings.content.opt_out)
        )
        self._content = content
        ledger = Ledger(
            receipts=self._receipts,
            content=HashedContent(content),
            figures=NoFigures(),
            clock=clock,
            ids=SystemIds(),
        )
        place = RelayPlace(data_dir=data_dir, name=WRITER, ledger=ledger)
        self._path = CallPath([], ledger, models=relay_thread(settings, place))

    def close(self) -> None:
        """Break off what is under way, and sync receipts and content."""
        self._path.close()
        self._receipts.close()
        self._content.close()

    def check(self, target: str) -> None:
        """See that a name can be asked.

        Raises:
            NotFoundError: It is neither a route nor a target.
        """
        if target not in self._names:
            raise NotFoundError(
                f"{target[:60]!r} is neither a route nor a target",
                action=f"name one of: {', '.join(sorted(self._names)) or 'none yet; configure `targets`'}",
            )

    def answer(self, suite: Suite, system: SystemUnderTest, item: DatasetItem) -> Answered:
        """Ask the system under test for one item."""
        asked = [] if system.instructions is None else [_message("system", system.instructions)]
        call = ModelCall(
            workload=self._workload,
            target=system.target,
            messages=(*asked, _message("user", prompt_for(system, item))),
            json_schema=system.json_schema,
            max_output_tokens=system.max_output_tokens,
            temperature=system.temperature,
            deadline_s=system.timeout_s,
            item_id=item.item_id,
            agent=suite.name,
        )
        outcome = self._path.call(call)
        receipts = tuple(one.receipt_id for one in outcome.receipts)
        # An answer that took several attempts took the time of all, and cost what all of them did.
        seconds = sum(one.latency_ms for one in outcome.receipts) / 1000 if outcome.receipts else None
        cost = _sum_known([one.cost_usd for one in outcome.receipts])
        if outcome.reply is None:
            return Answered(
                output=None, error=_told(outcome), seconds=seconds, cost_usd=cost, receipts=receipts
            )
        output = outcome.reply.text if system.json_schema is None else outcome.reply.parsed
        return Answered(output=output, seconds=seconds, cost_usd=cost, receipts=receipts)

    def judge(self, target: str) -> AskJudge:
        """The way to a judge.

        Raises:
            NotFoundError: The target is neither a route nor a target.
        """
        self.check(target)

        def ask(prompt: str, *, schema: Mapping[str, Any]) -> JudgeAnswered:
            outcome = self._path.call(
                ModelCall(
                    workload=self._workload,
                    target=target,
                    messages=(_message("user", prompt),),
                    json_schema=schema,
                    max_output_tokens=_JUDGE_TOKENS,
                    deadline_s=_JUDGE_WITHIN_S,
                    agent=JUDGE_AGENT,
                )
            )
            if outcome.reply is None:
                return JudgeAnswered(None, error=_told(outcome))
            return JudgeAnswered(outcome.reply.parsed)

        return ask


def _message(role: Any, text: str) -> Message:
    return Message(role, (TextPart(text),))


def _told(outcome: Outcome) -> str:
    error = outcome.error
    return "no reply" if error is None else f"{error.code}: {error.message}"


def _sum_known(costs: Sequence[str | None]) -> str | None:
    """Their sum; None of none, and where one is not known.

    >>> _sum_known(["0.001", "0"]), _sum_known(["0.001", None]), _sum_known([])
    ('0.001', None, None)
    """
    known = [Decimal(one) for one in costs if one is not None]
    return usd_text(sum(known, Decimal(0))) if known and len(known) == len(costs) else None
