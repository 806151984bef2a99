"""The way to the server: what is sent, in which order, and what becomes of it while nobody is there."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

import watchkeeper
from watchkeeper.sdk.export.wire import any_value
from watchkeeper.testing.clock import MovedClock

NOWHERE = "http://127.0.0.1:9"


def test_spans_metrics_and_records_arrive_as_what_they_are(begin: Any, door: Any, clock: MovedClock) -> None:
    handle = begin(endpoint=door.url, api_key="wk-secret", release="r7")
    with watchkeeper.component("reader", tier="1") as span:
        clock.advance(0.2)
        span.set(pages=3, ratio=0.5, found=True, names=["a", "b"], huge=2**70)
        span.model_call(provider="openai", model="small", input_tokens=10, output_tokens=4, reply="yes")
        watchkeeper.record_metric("answers", 2, "counter", {"region": "north"})
        watchkeeper.record_metric("depth", 4, "gauge")
        watchkeeper.record_metric("took", 10.0, "histogram", unit="ms")
        watchkeeper.record_metric("took", 20.0, "histogram", unit="ms")
        watchkeeper.record_query("q-1", 12.5, 3, query_type="lookup", components=["reader"], ndcg=0.8)
        watchkeeper.record_score("relevance", 0.9, evaluator="judge")
        watchkeeper.record_feedback(
            "thumbs_up", query_id="q-1", comment="thanks, mail me at bo.ek@example.org"
        )
    clock.advance(1.0)
    assert handle.flush()

    (sent,) = door.spans()
    told = {a.key: a.value for a in sent.attributes}
    assert (sent.end_time_unix_nano - sent.start_time_unix_nano) == 200_000_000
    assert told["watchkeeper.component"].string_value == "reader"
    assert told["pages"].int_value == 3
    assert told["ratio"].double_value == 0.5
    assert told["found"].bool_value is True
    assert [v.string_value for v in told["names"].array_value.values] == ["a", "b"]
    assert told["huge"].string_value == str(2**70)
    assert told["gen_ai.usage.input_tokens"].int_value == 10
    assert json.loads(told["gen_ai.output.messages"].string_value)[0]["parts"][0]["content"] == "yes"
    metrics = {metric.name: metric for metric in door.metrics()}
    (counted,) = metrics["answers"].sum.data_points
    assert (counted.as_double, counted.attributes[0].key) == (2.0, "region")
    assert counted.time_unix_nano > counted.start_time_unix_nano
    (took,) = metrics["took"].histogram.data_points
    assert (took.count, took.sum, took.min, took.max) == (2, 30.0, 10.0, 20.0)
    assert sum(took.bucket_counts) == 2
    assert len(took.bucket_counts) == len(took.explicit_bounds) + 1
    assert "took_p95" in metrics
    (query,) = door.records("queries")
    trace = sent.trace_id.hex()
    assert query == {
        "query_id": "q-1",
        "workload": "test-app",
        "ts_ns": query["ts_ns"],
        "latency_ms": 12.5,
        "query_type": "lookup",
        "results": 3,
        "ndcg": 0.8,
        "components": ["reader"],
        "degraded": False,
        "trace_id": trace,
    }
    (score,) = door.records("evaluations")
    assert (score["name"], score["value"], score["span_id"]) == ("relevance", 0.9, sent.span_id.hex())
    (feedback,) = door.records("feedback")
    assert (feedback["query_id"], feedback["comment"]) == ("q-1", "thanks, mail me at [redacted:email]")
    assert {headers["x-watchkeeper-key"] for _, headers, _ in door.requests} == {"wk-secret"}
    assert handle.problems() == {}


def test_what_was_recorded_while_the_server_was_away_arrives_in_order(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    door.refusals = [(503, {})] * 3
    for n in range(30):
        with watchkeeper.component(f"step {n}"):
            pass
        if n % 10 == 9:
            assert not handle.flush()
    assert handle.flush()
    assert [span.name for span in door.spans()] == [f"step {n}" for n in range(30)]
    assert handle.problems() == {"server_away": 3}


@pytest.mark.parametrize("asked", ["30", "Mon, 05 Jan 2026 08:00:30 GMT"])
def test_a_server_that_asks_for_patience_is_left_alone_that_long(
    begin: Any, door: Any, clock: MovedClock, asked: str
) -> None:
    handle = begin(endpoint=door.url)
    door.refusals = [(429, {"retry-after": asked})]
    with watchkeeper.component("step"):
        pass
    assert not handle.flush()
    assert door.asked == 1
    clock.advance(29)
    assert not handle.flush()
    assert door.asked == 1
    clock.advance(2)
    assert handle.flush()
    assert [span.name for span in door.spans()] == ["step"]


def test_a_batch_nobody_will_ever_take_does_not_hold_up_the_next(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    door.refusals = [(400, {})]
    with watchkeeper.component("bad"):
        pass
    assert handle.flush()
    with watchkeeper.component("good"):
        pass
    assert handle.flush()
    assert [span.name for span in door.spans()] == ["good"]
    assert handle.problems() == {"batch_refused": 1}


def test_one_bad_record_does_not_take_the_good_ones_along(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    door.poison = b"q-13"
    for n in range(40):
        watchkeeper.record_query(f"q-{n}", 5.0)
    assert handle.flush()
    sent = sorted(int(row["query_id"][2:]) for row in door.records("queries"))
    assert sent == [n for n in range(40) if n != 13]
    assert handle.problems() == {"record_refused": 1}


def test_spans_with_much_text_go_in_requests_of_a_size_that_is_taken(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    for n in range(300):
        with watchkeeper.component(f"step {n}") as span:
            span.set(text=os.urandom(8_000).hex())
    assert handle.flush(within_s=30)
    assert [span.name for span in door.spans()] == [f"step {n}" for n in range(300)]
    assert max(len(body) for body in door.bodies("/v1/traces")) < 2_200_000


def test_an_address_that_is_not_there_holds_up_its_own_kind_alone(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    door.missing = {"/api/v1/queries"}
    watchkeeper.record_query("q-1", 5.0)
    watchkeeper.record_score("relevance", 1.0)
    assert not handle.flush()
    assert len(door.records("evaluations")) == 1
    door.missing = set()
    assert handle.flush()
    assert [row["query_id"] for row in door.records("queries")] == ["q-1"]


def test_what_the_server_rejected_of_a_batch_is_counted(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    told = ExportTracePartialSuccess(rejected_spans=2, error_message="times of 1970")
    door.reply = ExportTraceServiceResponse(partial_success=told).SerializeToString()
    with watchkeeper.component("step"):
        pass
    handle.recorder.registry.forget()
    handle.flush()
    assert handle.problems()["spans_rejected"] == 2


def test_the_server_of_the_data_folder_is_found_once_it_runs(begin: Any, door: Any, tmp_path: Path) -> None:
    handle = begin()
    with watchkeeper.component("step"):
        pass
    assert not handle.flush(within_s=0.2)
    assert handle.problems() == {}
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "server.json").write_text(json.dumps({"name": "server", "url": door.url}))
    assert handle.flush()
    assert [span.name for span in door.spans()] == ["step"]


def test_the_next_process_sends_what_the_last_one_left(begin: Any, door: Any) -> None:
    begin(endpoint=NOWHERE)
    with watchkeeper.component("left behind"):
        pass
    assert not watchkeeper.shutdown(within_s=0.5)
    handle = begin(endpoint=door.url)
    with watchkeeper.component("new"):
        pass
    assert handle.flush()
    assert [span.name for span in door.spans()] == ["left behind", "new"]
    assert watchkeeper.shutdown()
    assert list((handle.options.spool).iterdir()) == []


KILLED = """
import os, sys, time, watchkeeper
handle = watchkeeper.init("test-app", data_dir=sys.argv[1], endpoint="http://127.0.0.1:9", flush_every_s=0.05)
n = 0
while True:
    with watchkeeper.component(f"step {n}"):
        pass
    watchkeeper.record_query(f"q-{n}", 1.0)
    n += 1
    if n % 50 == 0:
        handle.flush(within_s=0.05)
        print(n, flush=True)
"""


@pytest.mark.slow
def test_a_killed_process_loses_nothing_it_had_put_on_disk(begin: Any, door: Any, tmp_path: Path) -> None:
    acknowledged = []
    for round_ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for _ in range(round_ + 1):
            last = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        acknowledged.append(last)
    handle = begin(endpoint=door.url)
    with watchkeeper.component("after"):
        pass
    assert handle.flush(within_s=30)

    names = [span.name for span in door.spans()]
    for count in set(acknowledged):
        expected = sum(1 for last in acknowledged if last >= count)
        assert names.count(f"step {count - 1}") >= expected
        assert [row["query_id"] for row in door.records("queries")].count(f"q-{count - 1}") >= expected
    ids = [span.span_id for span in door.spans()]
    assert len(ids) == len(set(ids)), "a door that takes everything is told everything once"
    assert names[-1] == "after"


def test_two_living_processes_share_a_spool_folder_and_leave_each_other_alone(
    begin: Any, door: Any, tmp_path: Path
) -> None:
    other = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    try:
        other.stdout.readline()
        handle = begin(endpoint=door.url)
        with watchkeeper.component("ours"):
            pass
        assert handle.flush()
        assert [span.name for span in door.spans()] == ["ours"]
    finally:
        other.kill()
        other.wait()
        other.stdout.close()


def test_a_full_spool_drops_the_oldest_and_says_so(begin: Any, door: Any) -> None:
    handle = begin(endpoint=NOWHERE, spool_max_bytes=3_000_000)
    for n in range(20):
        for _ in range(100):
            with watchkeeper.component(f"step {n}") as span:
                span.set(noise=os.urandom(1_500).hex())
        handle.flush(within_s=0.2)
    spooled = sum(file.stat().st_size for file in handle.options.spool.rglob("*.*"))
    assert spooled <= 3_100_000
    dropped = handle.problems()["spool_full_batches_dropped"]
    assert dropped > 0
    watchkeeper.shutdown(within_s=0.1)

    second = begin(endpoint=door.url)
    assert second.flush(within_s=30)
    names = [span.name for span in door.spans()]
    assert names == sorted(names, key=lambda name: int(name.split()[1]))
    assert names[-1] == "step 19"
    assert "step 0" not in names


def test_a_torn_batch_is_left_out_and_counted_and_the_rest_is_sent(begin: Any, door: Any) -> None:
    handle = begin(endpoint=NOWHERE)
    for n in range(2):
        with watchkeeper.component(f"step {n}"):
            pass
        handle.flush(within_s=0.2)
    watchkeeper.shutdown(within_s=0.1)
    (file,) = handle.options.spool.rglob("*.traces")
    file.write_bytes(file.read_bytes()[:-5])

    second = begin(endpoint=door.url)
    second.flush()
    assert [span.name for span in door.spans()] == ["step 0"]
    assert second.problems() == {"spool_torn_batch": 1}


def test_more_than_the_memory_may_hold_is_dropped_and_counted(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url, max_waiting=10)
    for n in range(15):
        with watchkeeper.component(f"step {n}"):
            pass
    assert handle.flush()
    assert len(door.spans()) == 10
    assert handle.problems() == {"spans_dropped": 5}


def test_an_unwritable_folder_costs_the_files_and_not_the_application(begin: Any, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    handle = begin(spool_dir=tmp_path / "taken", log_dir=tmp_path / "taken" / "logs")
    with watchkeeper.component("step"):
        pass
    watchkeeper.record_metric("m", 2.0)
    assert handle.statistics("m").mean == 2.0
    assert handle.operations()[0].count == 1
    assert set(handle.problems()) == {"no_spool", "no_log_files"}


def test_without_a_disk_it_sends_from_memory_and_counts_what_dies_with_it(
    begin: Any, door: Any, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    handle = begin(spool_dir=tmp_path / "taken", endpoint=door.url)
    door.refusals = [(503, {})]
    with watchkeeper.component("step"):
        pass
    watchkeeper.record_query("q-1", 5.0)
    assert not handle.flush()
    assert handle.flush()
    assert [span.name for span in door.spans()] == ["step"]
    assert len(door.records("queries")) == 1
    door.refusals = [(503, {})] * 9
    with watchkeeper.component("too late"):
        pass
    assert not watchkeeper.shutdown(within_s=0.2)
    assert handle.problems()["batches_lost_with_memory"] >= 1


def test_a_server_that_hangs_does_not_hold_up_the_end_of_the_process(begin: Any, door: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begin(endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}", flush_every_s=0.01)
        with watchkeeper.component("first"):
            pass
        silent.settimeout(10)
        connection, _ = silent.accept()
        with watchkeeper.component("second"):
            pass
        began = monotonic()
        assert not watchkeeper.shutdown(within_s=0.3)
        assert monotonic() - began < 5
        connection.close()
    second = begin(endpoint=door.url)
    assert second.flush()
    assert [span.name for span in door.spans()] == ["first", "second"]


FORKED = """
import os, sys, watchkeeper
handle = watchkeeper.init("test-app", data_dir=sys.argv[1], endpoint=sys.argv[2], flush_every_s=3600)
with watchkeeper.component("of the parent"):
    pass
watchkeeper.record_metric("m", 1, "counter")
with watchkeeper.component("around"):
    child = os.fork()
    with watchkeeper.component("of the child" if child == 0 else "of the parent, later"):
        pass
watchkeeper.record_metric("m", 1, "counter")
assert handle.series("m")[0].reading() == (1 if child == 0 else 2)
if child:
    os.waitpid(child, 0)
sys.exit(0)
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_sends_its_own_and_not_its_parents(door: Any, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKED, str(tmp_path), door.url], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    spans = {span.name: span for span in door.spans()}
    assert sorted(span.name for span in door.spans()) == sorted(spans)
    assert set(spans) == {"of the parent", "around", "of the child", "of the parent, later"}
    assert len({span.span_id for span in door.spans()}) == 4
    assert spans["of the child"].parent_span_id == spans["around"].span_id


WORKERS = """
import multiprocessing, sys, watchkeeper
watchkeeper.init("test-app", data_dir=sys.argv[1], endpoint=sys.argv[2], flush_every_s=3600)

@watchkeeper.component("work")
def work(number):
    return number

if __name__ == "__main__":
    workers = [multiprocessing.get_context("fork").Process(target=work, args=(n,)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    work(4)
"""


def test_forked_workers_send_what_they_have_when_they_end(door: Any, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORKERS, str(tmp_path), door.url], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [span.name for span in door.spans()] == ["work"] * 4
    assert len({span.trace_id for span in door.spans()}) == 4


def test_bodies_of_otlp_are_packed_and_those_of_the_api_are_plain(begin: Any, door: Any) -> None:
    handle = begin(endpoint=door.url)
    with watchkeeper.query("what is a bond?") as query:
        query.results = 1
    handle.flush()
    packed = {path: headers.get("content-encoding") for path, headers, _ in door.requests}
    assert packed == {"/v1/traces": "gzip", "/v1/metrics": "gzip", "/api/v1/queries": None}


plain = st.one_of(
    st.text(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False)
)  # fmt: skip


@given(st.one_of(plain, st.lists(plain, max_size=5)))
def test_values_written_by_hand_are_read_by_the_real_classes(value: Any) -> None:
    def read(found: AnyValue) -> Any:
        kind = found.WhichOneof("value")
        if kind == "array_value":
            return [read(item) for item in found.array_value.values]
        return getattr(found, kind) if kind else []

    expected = [_carried(item) for item in value] if isinstance(value, list) else _carried(value)
    assert read(AnyValue.FromString(any_value(value))) == expected


def _carried(value: Any) -> Any:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
