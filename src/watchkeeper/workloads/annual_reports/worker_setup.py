"""A worker's plain values from the settings."""

from pathlib import Path

from watchkeeper.app.settings import Settings
from watchkeeper.domain.errors import SettingsError
from watchkeeper.workloads.annual_reports.settings import AnnualReportsSettings
from watchkeeper.workloads.annual_reports.worker import ThirdReader, WorkerSetup
from watchkeeper.workloads.annual_reports.workload import manifest

SECONDS_AN_HOUR = 3600
BYTES_A_MB = 1_000_000


def own_settings(settings: Settings) -> AnnualReportsSettings:
    """The workload's own part of the settings."""
    return settings.workload(manifest().id, AnnualReportsSettings)


def worker_setup(settings: Settings, data_dir: Path, *, instructions: Path | None = None) -> WorkerSetup:
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
    )


def _third(settings: Settings, name: str | None) -> ThirdReader | None:
    if name is None:
        return None
    target = settings.targets[name]
    if target.provider != "openai":
        raise SettingsError(
            f"the third reader is target {name!r}, which speaks {target.provider}; it can only speak openai",
            action="name a target with `provider: openai` as `third_reader`",
        )
    return ThirdReader(
        target=name,
        base_url=target.base_url,
        model=target.model,
        api_key=None if target.api_key is None else target.api_key.get_secret_value(),
        timeout_s=target.timeout_s,
        sends_images=target.sends_images,
    )
