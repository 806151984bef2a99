"""The way an evaluation's calls go: through the relay, with receipts and budgets like any other's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from watchkeeper.app.relayed_calls import RelayedCalls, failure_told, message
from watchkeeper.app.settings import Settings
from watchkeeper.domain.call import ModelCall
from watchkeeper.domain.money import summed_usd
from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.evaluating import Answered
from watchkeeper.evaluation.scorers.judge import AskJudge, JudgeAnswered
from watchkeeper.evaluation.suite import Suite, SystemUnderTest, prompt_for

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
        self._workload = workload
        self._calls = RelayedCalls(settings, data_dir, writer=WRITER)

    def close(self) -> None:
        """Break off what is under way, and sync receipts and content."""
        self._calls.close()

    def check(self, target: str) -> None:
        """See that a name can be asked; raises `NotFoundError` where it is neither a route nor a target."""
        self._calls.check(target)

    def answer(self, suite: Suite, system: SystemUnderTest, item: DatasetItem) -> Answered:
        """Ask the system under test for one item."""
        asked = [] if system.instructions is None else [message("system", system.instructions)]
        call = ModelCall(
            workload=self._workload,
            target=system.target,
            messages=(*asked, message("user", prompt_for(system, item))),
            json_schema=system.json_schema,
            max_output_tokens=system.max_output_tokens,
            temperature=system.temperature,
            deadline_s=system.timeout_s,
            item_id=item.item_id,
            agent=suite.name,
        )
        outcome = self._calls.call(call)
        receipts = tuple(one.receipt_id for one in outcome.receipts)
        # An answer that took several attempts took the time of all, and cost what all of them did.
        seconds = sum(one.latency_ms for one in outcome.receipts) / 1000 if outcome.receipts else None
        cost = summed_usd([one.cost_usd for one in outcome.receipts])
        if outcome.reply is None:
            return Answered(
                output=None, error=failure_told(outcome), seconds=seconds, cost_usd=cost, receipts=receipts
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
            outcome = self._calls.call(
                ModelCall(
                    workload=self._workload,
                    target=target,
                    messages=(message("user", prompt),),
                    json_schema=schema,
                    max_output_tokens=_JUDGE_TOKENS,
                    deadline_s=_JUDGE_WITHIN_S,
                    agent=JUDGE_AGENT,
                )
            )
            if outcome.reply is None:
                return JudgeAnswered(None, error=failure_told(outcome))
            return JudgeAnswered(outcome.reply.parsed)

        return ask
