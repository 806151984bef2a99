"""Commands that only some workloads have."""

from watchkeeper.domain.errors import InvalidInputError

ANNUAL_REPORTS = "annual-reports"


def require_annual_reports(workload: str, thing: str) -> None:
    """Refuse a workload that has no such thing.

    Raises:
        InvalidInputError: It is another workload than `annual-reports`.
    """
    if workload != ANNUAL_REPORTS:
        raise InvalidInputError(
            f"the workload {workload!r} has no {thing}", action=f"there is one for: {ANNUAL_REPORTS}"
        )
