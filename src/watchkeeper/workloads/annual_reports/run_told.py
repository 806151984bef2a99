"""What the server is told of a run before a document of it is read."""

from watchkeeper.app.client import ApiClient
from watchkeeper.app.run_beginning import begin_run
from watchkeeper.workloads.annual_reports.extraction import WORKLOAD
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.worker import WorkerSetup
from watchkeeper.workloads.annual_reports.workload import manifest, twin_readers


def told_of_run(
    *,
    production: bool,
    preflight: str,
    coaching: bool = False,
    recovery: bool = False,
    setup: WorkerSetup | None = None,
) -> dict[str, object]:
    """What a run is: how it came to begin, and with which readers and instructions it reads."""
    return {
        "workload": WORKLOAD,
        "prefix": "RECOVERY" if recovery else "RUN",
        "production": production,
        "preflight": preflight,
        "coaching": coaching,
        "details": {
            "readers": {reader.name: reader.version for reader in twin_readers()},
            "pinned": dict(manifest().pinned_readers),
            **_instructions(setup),
        },
    }


def record_refused(client: ApiClient, *, items: int, preflight: str) -> str:
    """Record a production run that its pre-flight did not let begin; returns the run's id.

    Args:
        client: The server.
        items: How many documents it would have read.
        preflight: How the pre-flight came out, such as `INVALID_SIMULATION`.
    """
    run_id = begin_run(client, told_of_run(production=True, preflight=preflight), items=items)
    client.post(f"/runs/{run_id}/finish", {"status": "failed", "seconds": 0.0})
    return run_id


def _instructions(setup: WorkerSetup | None) -> dict[str, object]:
    """With which instructions the run reads: those of releases, or one set."""
    releases = None if setup is None else setup.releases
    if releases is not None:
        having = list(dict.fromkeys(one.release_id for one in releases.all()))
        division = releases.division
        running = [one.split.experiment for one in division.experiments]
        return {"releases": having, "canary_share": division.share, "experiments": running}
    folder = None if setup is None else setup.instructions
    return {
        "instructions": "shipped" if folder is None else folder.name,
        "instructions_sha256": load_instructions(folder).sha256(),
    }
