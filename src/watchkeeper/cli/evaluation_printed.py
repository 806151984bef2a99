"""What commands about evaluation runs print as JSON."""

from dataclasses import dataclass

from watchkeeper.evaluation.eval_summary import EvalSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPrinted(EvalSummary):
    """What `wk eval run --json` prints."""

    kept_as: str | None = None
    """The run's id at the server; None: it is in its file alone."""
