"""`/canaries`: what the canary suites found."""

from fastapi import APIRouter

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.domain.run import CanaryResult
from watchkeeper.evaluation.canaries import Verdict

router = APIRouter(prefix="/canaries", tags=["canaries"])


class CheckBody(RequestModel):
    """One check of a suite and how it ended."""

    document: str
    field: str
    expected: str
    got: str | None
    verdict: Verdict


class SuiteBody(RequestModel):
    """One run of a suite."""

    workload: str
    suite: str
    run_id: str | None = None
    checks: list[CheckBody]


@router.post("", status_code=204)
def keep_canaries(body: SuiteBody, services: ServicesDep) -> None:
    """Keep what a suite found."""
    now = services.clock.now()
    services.canaries.append(
        [
            CanaryResult(
                workload=body.workload,
                suite=body.suite,
                run_id=body.run_id,
                document=check.document,
                field=check.field,
                expected=check.expected,
                got=check.got,
                verdict=str(check.verdict),
                checked_at=now,
            )
            for check in body.checks
        ]
    )


@router.get("/latest")
def latest_canaries(services: ServicesDep, workload: str) -> tuple[CanaryResult, ...]:
    """What the suite run last found; nothing when none was run."""
    return services.canaries.latest(workload)
