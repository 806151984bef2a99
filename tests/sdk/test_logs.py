"""The four log files: every line parses, has the trace's ids, and none is lost at an ordinary end."""

import fcntl
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

import watchkeeper
from watchkeeper.sdk import LogHandler
from watchkeeper.sdk.logs.lines import Line, written
from watchkeeper.sdk.logs.rotating_file import RotatingFile
from watchkeeper.testing.clock import MovedClock

Lines = Callable[[str], list[dict[str, Any]]]


@pytest.mark.requirement("HE-18")
def test_the_four_files_are_there_from_the_start(begin: Any, tmp_path: Path) -> None:
    begin()
    files = {path.name for path in (tmp_path / "sdk" / "test-app" / "logs").glob("*.jsonl")}
    assert files == {"queries.jsonl", "system.jsonl", "performance.jsonl", "alerts.jsonl"}


@pytest.mark.requirement("HE-18")
def test_a_file_is_put_aside_at_its_size_and_the_oldest_goes(begin: Any, tmp_path: Path) -> None:
    handle = begin(log_max_bytes=4_000, log_keep=2)
    for n in range(60):
        watchkeeper.record_query(f"q-{n:03}", 5.0, 1)
        handle.flush(within_s=0.05)
    folder = tmp_path / "sdk" / "test-app" / "logs"
    kept = [folder / name for name in ("queries.jsonl.2", "queries.jsonl.1", "queries.jsonl")]
    assert sorted(folder.glob("queries.jsonl*")) == sorted(kept)
    rows = [json.loads(line)["query_id"] for path in kept for line in path.read_text().splitlines()]
    assert all(path.stat().st_size <= 4_000 for path in kept)
    assert rows == [f"q-{n:03}" for n in range(60 - len(rows), 60)]
    assert len(rows) >= 20


@pytest.mark.requirement("HE-14")
def test_a_components_life_errors_warnings_and_changes_are_lines(begin: Any, lines: Lines) -> None:
    handle = begin()
    with watchkeeper.component("retriever"):
        pass
    handle.configuration_changed("retriever", "top_k", old=5, new=10)
    handle.warn("retriever", "index is two days old")
    with pytest.raises(OSError), watchkeeper.component("retriever"):
        raise OSError("disk with key sk-ant-0123456789abcdefghij")
    watchkeeper.shutdown(within_s=0.1)

    told = [(row["event"], row["level"]) for row in lines("system") if row.get("component") == "retriever"]
    assert told == [
        ("start", "info"),
        ("configuration", "info"),
        ("warning", "warning"),
        ("error", "error"),
        ("stop", "info"),
    ]
    (error,) = (row for row in lines("system") if row["event"] == "error")
    assert error["detail"] == "disk with key [redacted:secret]"
    (change,) = (row for row in lines("system") if row["event"] == "configuration")
    assert (change["key"], change["old"], change["new"]) == ("top_k", 5, 10)


@pytest.mark.requirement("HE-17", "HE-15")
def test_a_summary_of_each_operation_is_written(begin: Any, clock: MovedClock, lines: Lines) -> None:
    handle = begin(summary_every_s=60.0)
    for n in range(1, 101):
        with watchkeeper.component("retriever"):
            clock.advance(n / 1_000)
    clock.advance(60)
    handle.tick()
    (summary,) = (row for row in lines("performance") if row["event"] == "summary")
    assert (summary["operation"], summary["count"]) == ("retriever", 100)
    assert (summary["p50_ms"], summary["p95_ms"]) == pytest.approx((50.5, 95.05))
    assert summary["rss_bytes_high"] > 0


@pytest.mark.requirement("HE-36")
def test_an_alert_is_a_line(begin: Any, lines: Lines) -> None:
    handle = begin()
    handle.alert("critical", "query_latency_p95", 3_200.456, 3_000.0)
    (line,) = lines("alerts")
    assert (line["level"], line["metric"], line["value"], line["threshold"]) == (
        "critical",
        "query_latency_p95",
        3_200.456,
        3_000.0,
    )
    assert line["message"] == "query_latency_p95 is 3200.46, threshold 3000.00"


def test_the_standard_librarys_records_become_lines_with_the_traces_ids(begin: Any, lines: Lines) -> None:
    begin()
    logger = logging.getLogger("test-sdk-logs")
    logger.setLevel(logging.INFO)
    handler = LogHandler()
    logger.addHandler(handler)
    try:
        with watchkeeper.component("reader"):
            headers = watchkeeper.inject_headers()
            logger.warning("page %d is blank", 9, extra={"document": "a.pdf"})
            try:
                _ = 1 / 0
            except ZeroDivisionError:
                logger.exception("that went wrong")
    finally:
        logger.removeHandler(handler)
    warned, failed = (row for row in lines("system") if row.get("event") == "log")
    assert (warned["message"], warned["level"], warned["document"]) == ("page 9 is blank", "warning", "a.pdf")
    assert headers["traceparent"] == f"00-{warned['trace_id']}-{warned['span_id']}-01"
    assert (failed["error"], failed["detail"]) == ("ZeroDivisionError", "division by zero")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.text("\ud800a"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.requirement("HE-49")
@given(st.text(), st.dictionaries(st.text(max_size=8), anything, max_size=4))
def test_every_line_parses_whatever_it_was_told(message: str, fields: dict[str, Any]) -> None:
    row = written(Line("system", 1_767_600_000_000_000_000, "info", message, fields=fields), "test-app")
    assert b"\n" not in row
    assert json.loads(row)["timestamp"] == "2026-01-05T08:00:00.000000Z"


def test_writers_of_one_file_lose_and_mix_no_line(tmp_path: Path) -> None:
    def write(writer: int) -> None:
        file = RotatingFile(tmp_path / "x.jsonl", max_bytes=3_000, keep=500)
        for n in range(200):
            file.write([json.dumps([writer, n]).encode()])
        file.close()

    threads = [Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = [
        tuple(json.loads(line))
        for path in tmp_path.glob("x.jsonl*")
        for line in path.read_text().splitlines()
    ]
    assert sorted(rows) == [(writer, n) for writer in range(4) for n in range(200)]


def test_a_line_that_was_torn_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"a":1}\n{"b":')
    file = RotatingFile(path, max_bytes=10_000, keep=1)
    file.write([b'{"c":3}'])
    file.close()
    assert path.read_bytes() == b'{"a":1}\n{"c":3}\n'


def test_an_ordinary_end_of_the_process_loses_no_line(tmp_path: Path) -> None:
    code = (
        "import sys, watchkeeper\n"
        "watchkeeper.init('test-app', data_dir=sys.argv[1], export=False)\n"
        "for n in range(5000):\n"
        "    with watchkeeper.component('step'):\n"
        "        pass\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    rows = (tmp_path / "sdk" / "test-app" / "logs" / "performance.jsonl").read_text().splitlines()
    assert sum(json.loads(row)["event"] == "timing" for row in rows) == 5_000


def test_lines_beyond_the_bound_are_dropped_and_a_line_says_how_many(
    begin: Any, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchkeeper.sdk.logs.log_writer.MAX_WAITING", 50)
    handle = begin(export=False)
    for n in range(80):
        handle.alert("info", "m", float(n), 1.0)
    handle.flush()
    (said,) = (row for row in lines("system") if "dropped" in row)
    assert said["dropped"] == 80 - 50 + 1
    assert handle.problems() == {"log_lines_dropped": 31}


@pytest.mark.requirement("HE-76")
def test_an_alert_waits_for_no_disk_and_its_line_comes_when_the_disk_does(
    begin: Any, lines: Lines, tmp_path: Path
) -> None:
    handle = begin(export=False, log_every_s=0.01)
    folder = tmp_path / "sdk" / "test-app" / "logs"
    held = os.open(folder / ".alerts.jsonl.lock", os.O_RDONLY | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX)  # whoever writes waits here, as before a disk that hangs
    began = process_time()
    for n in range(1_000):
        handle.alert("critical", "latency", float(n), 1.0)
    with watchkeeper.query("served all the same") as query:
        query.results = ["x"]
    assert process_time() - began < 1.0, "a millisecond each"
    assert (folder / "alerts.jsonl").read_text() == ""
    os.close(held)
    handle.flush()
    assert len(lines("alerts")) == 1_000


def test_warnings_and_worse_are_told_to_the_server_too(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    with watchkeeper.component("reader"):
        headers = watchkeeper.inject_headers()
        handle.warn("reader", "page 9 is blank", pages=[9])
    handle.alert("critical", "error_rate", 0.2, 0.05)
    handle.configuration_changed("reader", "dpi", old=200, new=300)
    assert handle.flush()

    (body,) = door.bodies("/v1/logs")
    (group,) = ExportLogsServiceRequest.FromString(body).resource_logs
    warned, alerted = group.scope_logs[0].log_records
    assert {a.key: a.value.string_value for a in group.resource.attributes}["service.name"] == "test-app"
    assert (warned.severity_number, warned.severity_text) == (13, "warning")
    assert warned.body.string_value == "page 9 is blank"
    assert headers["traceparent"] == f"00-{warned.trace_id.hex()}-{warned.span_id.hex()}-01"
    facts = {a.key: a.value for a in warned.attributes}
    assert (facts["component"].string_value, facts["pages"].string_value) == ("reader", "[9]")
    assert (alerted.severity_number, alerted.trace_id) == (21, b"")
