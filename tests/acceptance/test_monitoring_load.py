"""A busy application, watched: a hundred queries a second, over a hundred metrics, alerts by the dozen."""

from collections.abc import Iterator
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import watchkeeper

if TYPE_CHECKING:
    from tests.acceptance.conftest import Installation

pytestmark = pytest.mark.slow

METRICS = 120
PAST_THEIR_LEVEL = 15
QUERIES = 3_000
"""Half a minute of a hundred a second."""


@pytest.fixture
def up(wk: "Installation") -> Iterator["Installation"]:
    rules = [
        {
            "name": f"m{number:03d}",
            "workload": "shop",
            "metric": {"name": f"m{number:03d}", "statistic": "max"},
            "above": {"critical": 100},
            "window_s": 3600,
        }
        for number in range(METRICS)
    ]
    wk.settings(yaml.safe_dump({"monitoring": {"every_s": 2, "rules": rules}}))
    with wk.all_up():
        yield wk


@pytest.fixture
def shop(up: "Installation") -> Iterator[Any]:
    yield watchkeeper.init("shop", data_dir=up.data_dir, flush_every_s=0.5)
    watchkeeper.shutdown(within_s=5)


@pytest.mark.requirement("HE-78")
def test_a_hundred_queries_a_second_are_recorded_and_every_metric_past_its_level_is_an_alert(
    up: "Installation", shop: Any
) -> None:
    """Processor time, so that a busy machine does not count."""
    began_s = process_time()
    for number in range(QUERIES):
        shop.record_query(f"q-{number}", 20.0, results=5, components=["graph", "entity"])
        metric = number % METRICS
        worse = metric < PAST_THEIR_LEVEL
        shop.record_metric(f"m{metric:03d}", 200.0 if worse else 10.0, "gauge")
    seconds = process_time() - began_s
    assert QUERIES / seconds > 100, "a core records a hundred and more a second, with everything on"
    up.until(lambda: shop.flush(within_s=10))
    assert shop.problems() == {}

    def firing() -> list[Any]:
        with up.api() as api:
            return [one for one in api.get("/alerts")["alerts"] if one["workload"] == "shop"]

    up.until(lambda: len(firing()) == PAST_THEIR_LEVEL)
    assert {one["rule"] for one in firing()} == {f"shop/m{number:03d}" for number in range(PAST_THEIR_LEVEL)}
    assert len({one["fired_at"][:16] for one in firing()}) <= 2, "all of them within a minute"
    with up.api() as api:
        [health] = api.get("/health", {"workload": "shop"})["workloads"]
        bands = [one["band"] for one in health["readings"]]
        assert (bands.count("critical"), bands.count("normal")) == (
            PAST_THEIR_LEVEL,
            METRICS - PAST_THEIR_LEVEL,
        )
        assert len(api.get("/queries", {"workload": "shop", "limit": 50})["rows"]) == 50
