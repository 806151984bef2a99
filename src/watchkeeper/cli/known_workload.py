"""Commands that only some workloads have."""

from watchkeeper.domain.errors import InvalidInputError

ANNUAL_REPORTS = "annual-reports"
RECOMMENDER = "recommender"


def require_annual_reports(workload: str, thing: str) -> None:
    """Refuse a workload that has no such thing.

    Raises:
        InvalidInputError: It is another workload than `annual-reports`.
    """
    require_workload(workload, ANNUAL_REPORTS, thing)


def require_workload(workload: str, needed: str, thing: str) -> None:
    """Refuse a workload that has no such thing, which only one has.

    Raises:
        InvalidInputError: It is another workload than the one needed.
    """
    if workload != needed:
        raise InvalidInputError(
            f"the workload {workload!r} has no {thing}", action=f"there is one for: {needed}"
        )
