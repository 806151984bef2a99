"""A run over queries: a line a query, after its receipts; then the server is told."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from watchkeeper.app.client import ApiClient
from watchkeeper.app.run_beginning import begin_run
from watchkeeper.app.run_delivery import Delivery
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import InvalidInputError, StorageFullError, WatchkeeperError
from watchkeeper.files.line_file import LineFile
from watchkeeper.workloads.recommender.receipted import WORKLOAD
from watchkeeper.workloads.recommender.recommender import Recommender
from watchkeeper.workloads.recommender.release_choice import NO_RELEASE, ReleaseChoice
from watchkeeper.workloads.recommender.weighting import Weighting

_TOLD = {
    "workload": WORKLOAD,
    "production": False,
    "preflight": "pre-flight not run",
    "coaching": False,
    "details": {},
}


@dataclass(frozen=True, slots=True)
class AskedQuery:
    """One query of a file; what is wrong with it is told when it is answered."""

    item: str
    query: object
    top_k: object = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class QueriesSummary:
    """How a run went."""

    run_id: str
    queries: int
    skipped: int
    """Finished before a resume."""
    statuses: dict[str, int]
    degraded: int
    seconds: float
    undelivered: int

    @property
    def fine(self) -> bool:
        """Whether every query was answered and every result is with the server."""
        return set(self.statuses) <= {"ok"} and not self.undelivered


def read_queries(paths: list[Path]) -> tuple[AskedQuery, ...]:
    """Queries of files: `.jsonl` with `query` (and `item`, `top_k`), any other a query a line.

    Raises:
        InvalidInputError: A file cannot be read, a line is none, or an item comes twice.
    """
    found = [query for path in paths for query in _of_file(path)]
    if not found:
        raise InvalidInputError("no query is given", action="name files with a query a line")
    twice = sorted(item for item, count in Counter(one.item for one in found).items() if count > 1)
    if twice:
        raise InvalidInputError(
            f"several queries are called {', '.join(twice[:5])}", action="give each an `item` of its own"
        )
    return tuple(found)


def run_queries(
    queries: tuple[AskedQuery, ...],
    output_path: Path,
    *,
    recommender: Recommender,
    client: ApiClient,
    clock: Clock,
    releases: ReleaseChoice = NO_RELEASE,
    resume: str | None = None,
) -> QueriesSummary:
    """Answer the queries and keep what was answered; a query's failure is a line, not an exception.

    Raises:
        StorageFullError: Results or receipts cannot be written; what is finished stays finished.
    """
    with LineFile(output_path, of="results") as output:
        done = _finished(output_path, resume) if resume else {}
        left = [one for one in queries if one.item not in done]
        run_id = begin_run(client, _TOLD, items=len(queries), resume=resume)
        delivery, statuses, degraded = Delivery(client), Counter(done.values()), 0
        started_s, status = clock.monotonic(), "failed"
        try:
            for one in left:
                line = _line(recommender, one, run_id, clock=clock, weighting=releases.of(one.item))
                output.append(line)
                statuses[line["status"]] += 1
                degraded += bool(line.get("degraded"))
                delivery.post(f"/runs/{run_id}/results", [_row(line)])
            status = "finished"
        except KeyboardInterrupt:
            status = "interrupted"
            raise
        finally:
            seconds = clock.monotonic() - started_s
            ended = {"status": status, "seconds": seconds}
            delivery.send(partial(_finish, run_id, dict(statuses), ended))
    return QueriesSummary(
        run_id=run_id,
        queries=len(left),
        skipped=len(queries) - len(left),
        statuses=dict(statuses),
        degraded=degraded,
        seconds=seconds,
        undelivered=delivery.undelivered,
    )


def _of_file(path: Path) -> Iterator[AskedQuery]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as failure:
        raise InvalidInputError(
            f"queries cannot be read from {path}: {failure}", action="name a text file in UTF-8"
        ) from failure
    for number, line in enumerate(lines, start=1):
        if path.suffix != ".jsonl":
            if line.strip():
                yield AskedQuery(f"{path.stem}-{number}", line)
            continue
        try:
            row = json.loads(line)
            yield AskedQuery(
                str(row.get("item", f"{path.stem}-{number}")), row["query"], row.get("top_k", 10)
            )
        except (ValueError, KeyError, TypeError, AttributeError) as broken:
            raise InvalidInputError(
                f"line {number} of {path} is no query", action='write {"query": "…"} on each line'
            ) from broken


def _line(
    recommender: Recommender, one: AskedQuery, run_id: str, *, clock: Clock, weighting: Weighting
) -> dict[str, Any]:
    head, began_s = {"item": one.item, "run_id": run_id}, clock.monotonic()
    try:
        answer = recommender.recommend(
            one.query, one.top_k, query_id=one.item, run_id=run_id, weighting=weighting
        )
    except StorageFullError:
        raise
    except WatchkeeperError as error:
        took_ms = round((clock.monotonic() - began_s) * 1000, 3)
        return {
            **head,
            "status": "error",
            "error": error.body(),
            "query": one.query,
            "latency_ms": took_ms,
        }
    return {**head, "error": None, **answer.body()}


def _finished(path: Path, run_id: str) -> dict[str, str]:
    """Status by item, of a run's whole lines."""
    done = {}
    for line in path.read_bytes().splitlines():
        try:
            row = json.loads(line)
            if row["run_id"] == run_id:
                done[str(row["item"])] = str(row["status"])
        except (ValueError, KeyError, TypeError) as broken:
            raise InvalidInputError(
                f"{path} holds a line that is no answer to a query", action="give another file to --output"
            ) from broken
    return done


def _row(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "workload": WORKLOAD,
        "document": line["item"],
        "document_sha256": None,
        "model": line.get("strategy", "none"),
        "data": {"recommendations": line.get("recommendations", [])},
        "success": line["status"] == "ok",
        "status": line["status"],
        "error": line["error"],
        "processing_ms": line["latency_ms"],
        "pages": 0,
    }


def _finish(run_id: str, statuses: Mapping[str, int], ended: Mapping[str, Any], client: ApiClient) -> None:
    counts = {
        "ok": statuses.get("ok", 0),
        "needs_ocr": 0,
        "failed": statuses.get("error", 0),
        "pages": 0,
    }
    client.put(f"/runs/{run_id}/counts", counts)
    client.post(f"/runs/{run_id}/finish", {**ended, "details": {}})
