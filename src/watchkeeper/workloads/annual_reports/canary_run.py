"""The canary suite, run: its documents made afresh, read by the real readers, checked strictly."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from watchkeeper.evaluation.canaries import CheckedCanary, check_suite
from watchkeeper.workloads.annual_reports.canary_suite import CanarySuite
from watchkeeper.workloads.annual_reports.result_line import DocumentResult


def run_canaries(suite: CanarySuite, read: Callable[[Path], DocumentResult]) -> tuple[CheckedCanary, ...]:
    """Every check of the suite; a document that could not be read makes its checks 'could not run'.

    Args:
        suite: What is checked.
        read: Reads one document, as a run does.
    """
    answers: dict[str, dict[str, object]] = {}
    not_run: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="wk-canaries-") as folder:
        for path in suite.write_documents(Path(folder)):
            result = read(path)
            if result.status == "ok":
                answers[path.name] = {name: one.value for name, one in result.decisions.items()}
            else:
                not_run[path.name] = str((result.error or {}).get("message", result.status))
    return check_suite(suite.checks, answers, not_run=not_run)
