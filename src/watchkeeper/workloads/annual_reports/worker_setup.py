"""A worker's plain values from the settings."""

from pathlib import Path

from watchkeeper.app.settings import Settings
from watchkeeper.workloads.annual_reports.release_choice import ReleaseChoice
from watchkeeper.workloads.annual_reports.settings import AnnualReportsSettings
from watchkeeper.workloads.annual_reports.worker import ThirdReader, WorkerSetup
from watchkeeper.workloads.annual_reports.workload import manifest

SECONDS_AN_HOUR = 3600
BYTES_A_MB = 1_000_000


def own_settings(settings: Settings) -> AnnualReportsSettings:
    """The workload's own part of the settings."""
    return settings.workload(manifest().id, AnnualReportsSettings)


def worker_setup(
    settings: Settings,
    data_dir: Path,
    *,
    instructions: Path | None = None,
    releases: ReleaseChoice | None = None,
) -> WorkerSetup:
    """What workers are built from; `data_dir` holds receipts and the section cache."""
    own = own_settings(settings)
    return WorkerSetup(
        data_dir=data_dir,
        run_id=None,
        ocr=own.ocr == "auto",
        max_pages=own.max_pages,
        cache_ttl_s=own.section_cache_ttl_h * SECONDS_AN_HOUR,
        cache_bytes=own.section_cache_mb * BYTES_A_MB,
        receipt_file_bytes=settings.receipts.max_file_bytes,
        content_opted_out=manifest().id in settings.content.opt_out,
        third=_third(settings, own.third_reader),
        instructions=instructions,
        releases=releases,
    )


def _third(settings: Settings, name: str | None) -> ThirdReader | None:
    if name is None:
        return None
    route = settings.routes.get(name)
    named = [name] if route is None else [each.target for each in route.targets]
    targets = [settings.targets[each] for each in named if each in settings.targets]
    return ThirdReader(
        model=name,
        timeout_s=settings.targets[name].timeout_s if route is None else route.timeout_s,
        # One call goes to all of a route's targets, so it holds no more than each of them takes.
        sends_images=bool(targets) and all(target.sends_images for target in targets),
        settings=settings.model_dump(exclude={"workloads"}),
    )
