"""What the pre-flight judges, gathered from settings, code, state store and readers."""

from importlib.resources import as_file, files

from watchkeeper.app.client import ApiClient
from watchkeeper.app.regular_pauses import REGULAR_PAUSES
from watchkeeper.app.settings import Settings
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.evaluation.canaries import CheckedCanary, canary_body
from watchkeeper.evaluation.simulation_scan import Sleep, scan_for_sleeps
from watchkeeper.workloads.annual_reports.canary_run import run_canaries
from watchkeeper.workloads.annual_reports.canary_suite import load_canary_suite
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.preflight import Check, Facts, check_all
from watchkeeper.workloads.annual_reports.worker import DocumentWorker, WorkerSetup
from watchkeeper.workloads.annual_reports.worker_setup import own_settings
from watchkeeper.workloads.annual_reports.workload import manifest, twin_readers

PRODUCTION_PACKAGE = "watchkeeper"


def run_preflight(settings: Settings, setup: WorkerSetup, client: ApiClient) -> tuple[Check, ...]:
    """Every check of the pre-flight; the canaries it ran are kept."""
    facts = Facts(
        documents=_documents(client),
        minimum_documents=own_settings(settings).minimum_documents,
        strict=settings.observability.strict,
        json_salvage=settings.observability.json_salvage,
        sleeps=_sleeps(),
        pinned=manifest().pinned_readers,
        readers={reader.name: reader.version for reader in twin_readers()},
        canaries=check_canaries(setup, client),
        agents=len(load_instructions().agents),
        minimum_agents=manifest().minimum_agents,
    )
    return check_all(facts)


def check_canaries(setup: WorkerSetup, client: ApiClient) -> tuple[CheckedCanary, ...]:
    """The canary suite, read by the real readers; the verdicts are kept with the server."""
    suite = load_canary_suite()
    worker = DocumentWorker(setup)
    try:
        checked = run_canaries(suite, worker.process)
    finally:
        worker.close()
    client.post("/canaries", canary_body(checked, suite=suite.name, workload=manifest().id))
    return checked


def _documents(client: ApiClient) -> int | None:
    try:
        return int(client.get("/documents", {"workload": manifest().id, "limit": 1})["count"])
    except WatchkeeperError:
        return None


def _sleeps() -> tuple[Sleep, ...] | None:
    """The sleeps in production code; None when some of it cannot be read."""
    try:
        with as_file(files(PRODUCTION_PACKAGE)) as root:
            return scan_for_sleeps(root, exempt=REGULAR_PAUSES)
    except (SyntaxError, OSError, UnicodeDecodeError):
        return None
