"""A document's result as the state store keeps it: the consensus, and each reader's own answer."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.domain.run import CONSENSUS
from watchkeeper.workloads.annual_reports.extraction import WORKLOAD
from watchkeeper.workloads.annual_reports.result_line import DocumentResult, consensus_data, reader_data

_IN_BOTH = ("checks", "mode", "unread_pages")
"""What an output line and the consensus' data both hold."""

Row = dict[str, object]


def result_rows(result: DocumentResult) -> list[Row]:
    """The rows of a document that has just been read."""
    common = _common(result.document, result.sha256, result.pages)
    rows: list[Row] = [
        {
            **common,
            "model": CONSENSUS,
            "data": consensus_data(result),
            "success": result.status == "ok",
            "status": result.status,
            "error": result.error,
            "processing_ms": result.seconds * 1000,
        }
    ]
    for name, readings in result.readings.items():
        failed = result.reader_errors.get(name)
        rows.append(
            {
                **common,
                "model": name,
                "data": reader_data(readings),
                "success": failed is None,
                "status": "error" if failed else "ok",
                "error": {"code": failed.split(":")[0], "message": failed} if failed else None,
                "processing_ms": result.reader_ms.get(name, 0.0),
            }
        )
    return rows


def rows_of_line(line: Mapping[str, Any]) -> list[Row]:
    """The rows that an output line can still give, for a server that never got the document's own.

    A line holds values and pages; the places on the pages and each reader's time are gone.
    """
    common = _common(line["document"], line.get("sha256"), line["pages"])
    data = {"fields": line["fields"], **{name: line[name] for name in _IN_BOTH if name in line}}
    seconds = float(line["seconds"])
    rows: list[Row] = [
        {
            **common,
            "model": CONSENSUS,
            "data": data,
            "success": line["status"] == "ok",
            "status": line["status"],
            "error": line["error"],
            "processing_ms": seconds * 1000,
        }
    ]
    said: dict[str, dict[str, object]] = {}
    for name, field in line["fields"].items():
        for reader, value in field["readers"].items():
            said.setdefault(reader, {})[name] = {"value": value}
    for reader, fields in said.items():
        answer = {"model": reader, "data": {"fields": fields}, "success": True, "status": "ok"}
        rows.append({**common, **answer, "error": None, "processing_ms": 0.0})
    return rows


def _common(document: str, sha256: object, pages: int) -> Row:
    return {"workload": WORKLOAD, "document": document, "document_sha256": sha256, "pages": pages}
