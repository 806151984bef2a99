"""What an application sees: few names, a light import, nothing begun by it."""

import json
import subprocess
import sys

import pytest

import watchkeeper
import watchkeeper.sdk


def test_the_public_names_are_these() -> None:
    assert watchkeeper.sdk.__all__ == [
        "Handle",
        "InvalidOutputError",
        "LogHandler",
        "component",
        "continue_trace",
        "init",
        "inject_headers",
        "query",
        "record_feedback",
        "record_metric",
        "record_query",
        "record_score",
        "shutdown",
    ]
    assert set(watchkeeper.__all__) == set(watchkeeper.sdk.__all__) - {
        "Handle",
        "InvalidOutputError",
        "LogHandler",
    }


def test_the_package_hands_out_the_names_of_the_sdk() -> None:
    for name in watchkeeper.__all__:
        assert getattr(watchkeeper, name) is getattr(watchkeeper.sdk, name)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = watchkeeper.nothing


def test_importing_loads_no_server_and_starts_no_thread() -> None:
    seen = _in_a_process(
        "import sys, threading, json, watchkeeper\n"
        "light = 'watchkeeper.sdk' not in sys.modules\n"
        "from watchkeeper import sdk\n"
        "print(json.dumps([light, sorted(sys.modules), threading.active_count()]))"
    )
    light, modules, threads = json.loads(seen)
    assert light, "commands of ours import `watchkeeper`, and must not pay for the SDK"
    assert threads == 1
    heavy = {
        "pydantic",
        "fastapi",
        "duckdb",
        "numpy",
        "google.protobuf",
        "http.client",
        "yaml",
        "httpx",
        "psutil",
    }
    assert not heavy & set(modules)
    ours = {name.split(".")[1] for name in modules if name.startswith("watchkeeper.")}
    assert ours == {"sdk", "domain", "statistics"}


def test_without_init_the_work_runs_as_if_nothing_were_there() -> None:
    seen = _in_a_process(
        "import watchkeeper\n"
        "@watchkeeper.component('retriever')\n"
        "def found(n): return list(range(n))\n"
        "with watchkeeper.component('reader') as span:\n"
        "    span.set(pages=3)\n"
        "with watchkeeper.query('what is a bond?') as q:\n"
        "    q.results = found(2)\n"
        "watchkeeper.record_metric('m', 1.0)\n"
        "watchkeeper.record_query('q', 1.0)\n"
        "print(q.results, watchkeeper.inject_headers({'a': 'b'}), watchkeeper.shutdown())"
    )
    assert seen.strip() == "[0, 1] {'a': 'b'} True"


def _in_a_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout
