"""A document's result, as it stands in the output file and in the state store."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.receipt import Receipt
from watchkeeper.domain.utf8 import utf8_text
from watchkeeper.workloads.annual_reports.arithmetic import SumCheck
from watchkeeper.workloads.annual_reports.consensus import Decision, Verdict
from watchkeeper.workloads.annual_reports.reading import FieldReading, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentResult:
    """What became of one document."""

    document: str
    """The file's name."""
    path: str
    status: str
    """`ok`, `needs_ocr` or `error`."""
    sha256: str | None = None
    error: Mapping[str, object] | None = None
    """Code, message and what to do."""
    pages: int = 0
    seconds: float = 0.0
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    readings: Mapping[str, Mapping[str, FieldReading]] = field(default_factory=dict)
    """By reader, by field."""
    reader_ms: Mapping[str, float] = field(default_factory=dict)
    reader_errors: Mapping[str, str] = field(default_factory=dict)
    """The first error of a reader that failed on some agent, by reader."""
    receipts: tuple[Receipt, ...] = ()
    sections: tuple[Section, ...] = ()
    checks: tuple[SumCheck, ...] = ()
    mode: str = "text"
    """`text`, or `ocr` when pages had to be recognised."""
    unread_pages: tuple[int, ...] = ()
    """Pages without readable text that no OCR was put to."""
    cache_hit: bool = False
    release: str | None = None
    """Which one it was read with; None where none is live, or instructions were named."""
    experiment: str | None = None
    """The experiment it took part in, and in which arm."""
    arm: str | None = None


def output_line(result: DocumentResult, run_id: str) -> dict[str, object]:
    """The line of the output file; its keys are a contract (architecture §5)."""
    return {
        "document": result.document,
        "status": result.status,
        "error": result.error,
        "run_id": run_id,
        "fields": {name: _field(decision) for name, decision in result.decisions.items()},
        "seconds": round(result.seconds, 4),
        "pages": result.pages,
        "receipts": [receipt.receipt_id for receipt in result.receipts],
        "sha256": result.sha256,
        "mode": result.mode,
        "release": result.release,
        "experiment": result.experiment,
        "arm": result.arm,
        "unread_pages": list(result.unread_pages),
        "checks": [_check(check) for check in result.checks],
        "degraded": bool(result.reader_errors),
        "reader_errors": dict(result.reader_errors),
    }


def in_utf8(result: DocumentResult) -> DocumentResult:
    """The result with the file's name as UTF-8 can hold it, wherever it stands; see `utf8_text`."""
    return replace(
        result,
        document=utf8_text(result.document),
        path=utf8_text(result.path),
        error=None if result.error is None else _texts_in_utf8(result.error),
        reader_errors={reader: utf8_text(error) for reader, error in result.reader_errors.items()},
    )


def _texts_in_utf8(body: Mapping[str, object]) -> dict[str, object]:
    return {name: utf8_text(told) if isinstance(told, str) else told for name, told in body.items()}


def result_of_line(line: Mapping[str, Any]) -> DocumentResult:
    """What an output line still tells of a document: its decisions, without readings and receipts."""
    decisions = {
        name: Decision(
            field=name,
            value=one["value"],
            page=one["page"],
            confidence=one["confidence"],
            verdict=Verdict(one["verdict"]),
            why=one["why"],
            readings={},
        )
        for name, one in line["fields"].items()
    }
    return DocumentResult(
        document=line["document"],
        path=line["document"],
        status=line["status"],
        sha256=line.get("sha256"),
        error=line["error"],
        pages=line["pages"],
        seconds=line["seconds"],
        decisions=decisions,
    )


def error_body(error: WatchkeeperError) -> dict[str, object]:
    """An error as result lines and stores keep it."""
    return {"code": error.code, "message": error.message, "action": error.action}


def consensus_data(result: DocumentResult) -> dict[str, object]:
    """All that is kept of the consensus, places and reasons included, for pages and twins."""
    return {
        "fields": {
            name: {**_field(decision), "readings": {r: _reading(v) for r, v in decision.readings.items()}}
            for name, decision in result.decisions.items()
        },
        "checks": [_check(check) for check in result.checks],
        "sections": [asdict(section) for section in result.sections],
        "mode": result.mode,
        "unread_pages": list(result.unread_pages),
        "cache_hit": result.cache_hit,
    }


def reader_data(readings: Mapping[str, FieldReading]) -> dict[str, object]:
    """One reader's own answer."""
    return {"fields": {name: _reading(reading) for name, reading in readings.items()}}


def _field(decision: Decision) -> dict[str, object]:
    return {
        "value": decision.value,
        "page": decision.page,
        "confidence": decision.confidence,
        "readers": {name: reading.value for name, reading in decision.readings.items()},
        "verdict": str(decision.verdict),
        "why": decision.why,
    }


def _reading(reading: FieldReading) -> dict[str, object]:
    return asdict(reading)


def _check(check: SumCheck) -> dict[str, object]:
    return {
        "total": check.identity.total,
        "parts": list(check.identity.parts),
        "holds": check.holds,
        "difference": check.difference,
    }
