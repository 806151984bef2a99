"""The Prometheus text says what was counted."""

import pytest

from watchkeeper.app.metrics import Metrics


def test_a_counter_stands_once_for_each_set_of_labels() -> None:
    metrics = Metrics()
    counter = metrics.counter("calls_total", "Calls.")
    counter.add(labels={"route": "/a", "status": "200"})
    counter.add(2, {"status": "200", "route": "/a"})
    counter.add(0.5)
    assert metrics.exposition() == (
        "# HELP calls_total Calls.\n"
        "# TYPE calls_total counter\n"
        "calls_total 0.5\n"
        'calls_total{route="/a",status="200"} 3\n'
    )


def test_label_values_are_escaped() -> None:
    metrics = Metrics()
    metrics.counter("x_total", "a\\b").add(labels={"path": 'a"b\nc\\'})
    assert 'x_total{path="a\\"b\\nc\\\\"} 1' in metrics.exposition()


def test_a_counter_never_falls() -> None:
    with pytest.raises(ValueError, match="never falls"):
        Metrics().counter("x_total", "X.").add(-1)


def test_a_gauge_is_read_when_asked() -> None:
    metrics, level = Metrics(), [1.0]
    metrics.gauge("level", "Level.", lambda: [({}, level[0])])
    level[0] = 4.25
    assert "level 4.25" in metrics.exposition()
