"""What `wk run` tells of a run over documents, for programs and for people."""

from dataclasses import asdict, dataclass
from typing import Any

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_line
from watchkeeper.workloads.annual_reports.acceptance import Acceptance, acceptance_told
from watchkeeper.workloads.annual_reports.run import RunRequest, RunSummary
from watchkeeper.workloads.annual_reports.scoring import CANARY_FIELDS, Scorecard
from watchkeeper.workloads.annual_reports.section_cache import SectionCache


@dataclass(frozen=True, slots=True)
class SectionCacheReport:
    """The section cache of the data folder, over all runs so far (GF-23)."""

    hits: int
    misses: int
    hit_rate: float | None
    entries: int
    bytes: int


@dataclass(frozen=True, slots=True)
class RunReport:
    """What `wk run --json` prints; accuracies are null without `--labels`."""

    run_id: str
    output: str
    documents: int
    skipped: int
    statuses: dict[str, int]
    pages: int
    seconds: float
    pages_per_second: float | None
    releases: dict[str, int]
    """Documents read now by the release they were read with; empty where none is live."""
    arms: dict[str, int]
    """Documents read now that took part in an experiment, by `experiment/arm`."""
    cache_hits: int
    degraded: int
    """Documents on which a reader failed."""
    run_mode: str
    """`degraded` when it failed on any, else `full`."""
    acceptance: Acceptance
    """Whether the run may be called a success; with `--production` it exits with 1 where it may not."""
    section_cache: SectionCacheReport
    undelivered: int
    refusal: str | None
    preflight: str
    accuracy: float | None
    canary_fields_accuracy: float | None
    confident_right: float | None
    agreed_wrong: tuple[dict[str, Any], ...]
    coaching: dict[str, Any] | None = None
    """What coaching did; null without `--coach`."""


def _section_cache(call: Invocation) -> SectionCacheReport:
    stats = SectionCache(call.data_dir / "cache" / "sections", SystemClock()).stats()
    return SectionCacheReport(
        hits=stats.hits,
        misses=stats.misses,
        hit_rate=stats.hit_rate,
        entries=stats.entries,
        bytes=stats.bytes,
    )


def run_report(call: Invocation, summary: RunSummary, request: RunRequest) -> RunReport:
    """A run as it came out."""
    card = summary.scorecard
    return RunReport(
        run_id=summary.run_id,
        output=str(request.output),
        documents=summary.documents,
        skipped=summary.skipped,
        statuses=summary.statuses,
        pages=summary.pages,
        seconds=round(summary.seconds, 3),
        pages_per_second=round(summary.pages / summary.seconds, 2) if summary.pages else None,
        releases=summary.releases,
        arms=summary.arms,
        cache_hits=summary.cache_hits,
        degraded=summary.degraded,
        run_mode=summary.mode,
        acceptance=summary.acceptance,
        section_cache=_section_cache(call),
        undelivered=summary.undelivered,
        refusal=summary.refusal,
        preflight=request.preflight,
        accuracy=card.accuracy() if card else None,
        canary_fields_accuracy=card.accuracy(CANARY_FIELDS) if card else None,
        confident_right=card.confident_right / card.confident if card and card.confident else None,
        agreed_wrong=tuple(
            {"document": one.document, "field": one.field, "value": one.value, "truth": one.truth}
            for one in card.agreed_wrong
        )
        if card
        else (),
    )


def print_run(report: RunReport, card: Scorecard | None) -> None:
    """A run as it came out, for people."""
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(report.statuses.items())) or "none"
    skipped = f" ({report.skipped} finished before)" if report.skipped else ""
    print_line(f"{report.run_id}: {statuses}{skipped}; {report.pages} pages in {report.seconds:.1f} s")
    cache = report.section_cache
    print_line(f"results: {report.output}; {report.preflight}")
    print_line(
        f"section cache: {report.cache_hits} hits now; {cache.hits} hits and {cache.misses} misses in all, "
        f"hit rate {percent(cache.hit_rate)}"
    )
    if report.releases:
        told = ", ".join(f"{count} with {release}" for release, count in sorted(report.releases.items()))
        print_line(f"releases: {told}")
    if report.arms:
        told = ", ".join(f"{count} in {arm}" for arm, count in sorted(report.arms.items()))
        print_line(f"experiments: {told}")
    print_line(acceptance_told(asdict(report.acceptance)))
    if report.degraded:
        print_line(
            f"run mode degraded: a reader failed on {report.degraded} documents; see `wk receipts errors`"
        )
    if card is not None:
        print_line(
            f"scored {card.documents} documents: {percent(report.accuracy)} of all fields right, "
            f"{percent(report.canary_fields_accuracy)} of the canary fields, "
            f"{percent(report.confident_right)} of those given with confidence 0.9 or more"
        )
        for one in report.agreed_wrong:
            print_line(
                f"  the twins agree and are wrong: {one['document']} {one['field']}: "
                f"{one['value']!r}, truth {one['truth']!r}"
            )
    if report.undelivered:
        print_line(
            f"{report.undelivered} messages did not reach the server ({report.refusal or 'it is away'}); "
            f"the output file has every result, and --resume {report.run_id} tells the server again"
        )
