"""What of an evaluated answer is kept: redacted as calls are, and nothing where content is not kept."""

from dataclasses import replace
from typing import Any

from watchkeeper.app.settings import Settings
from watchkeeper.evaluation.eval_line import EvalLine, LineScore
from watchkeeper.telemetry.redaction import redacted_text


def kept_line(line: EvalLine, settings: Settings, workload: str) -> EvalLine:
    """An answer as it may be kept: its scores stay, whatever becomes of its text.

    Args:
        line: The answer.
        settings: Whose content is not kept.
        workload: Whose answer it is.
    """
    opted_out = workload in settings.content.opt_out
    return replace(
        line,
        output=None if opted_out else _redacted(line.output),
        error=None if line.error is None else redacted_text(line.error),
        scores={
            name: LineScore(value=score.value, reason="" if opted_out else redacted_text(score.reason))
            for name, score in line.scores.items()
        },
    )


def _redacted(value: Any) -> Any:
    """Every text in a value of JSON, names of members too.

    >>> _redacted({"who": ["ada@example.org"], "sum": 3})
    {'who': ['[redacted:email]'], 'sum': 3}
    """
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, list):
        return [_redacted(one) for one in value]
    if isinstance(value, dict):
        return {redacted_text(name): _redacted(one) for name, one in value.items()}
    return value
