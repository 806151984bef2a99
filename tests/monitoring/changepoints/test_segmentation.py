"""A changed level or trend is found where it is; noise, spikes and smooth growth are no change."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks.change_points import means, scores
from watchkeeper.cli.main import app
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.changepoints.segmentation import change_points

TCPD = Path(__file__).parents[4] / "shared" / "data" / "tcpd"


def noise(count: int, seed: int = 1) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.random.default_rng(seed).standard_normal(count)


def test_two_changes_of_level_are_found_where_they_are() -> None:
    series = np.concatenate((noise(200), 5 + noise(100, 2), noise(200, 3)))
    found = change_points(series)
    assert len(found) == 2
    assert abs(found[0] - 200) <= 2
    assert abs(found[1] - 300) <= 2


def test_a_trend_that_turns_is_one_change() -> None:
    rising = np.concatenate((np.arange(150.0), 150 - np.arange(150.0)))
    [turn] = change_points(rising + noise(300))
    assert abs(turn - 150) <= 4


@pytest.mark.parametrize("seed", range(8))
def test_noise_alone_never_changes(seed: int) -> None:
    assert change_points(noise(300, seed)) == ()


def test_a_spike_smooth_growth_and_a_flat_series_are_no_change() -> None:
    spiked = noise(300)
    spiked[150] = 60.0
    assert change_points(spiked) == ()
    assert change_points(1.0005 ** np.arange(500.0)) == ()
    assert change_points(np.full(100, 7.0)) == ()


def test_scale_and_offset_decide_nothing() -> None:
    series = np.concatenate((noise(100), 4 + noise(100, 2)))
    assert change_points(series) == change_points(1e6 + 250 * series)


def test_dimensions_are_told_together_and_long_series_are_averaged_first() -> None:
    up = np.concatenate((noise(100), 8 + noise(100, 4)))
    down = np.concatenate((noise(100, 2), -8 + noise(100, 3)))
    [cut] = change_points(np.vstack((up, down)))
    assert abs(cut - 100) <= 2
    long = np.concatenate((noise(10_000), 4 + noise(10_000, 2)))
    [far] = change_points(long)
    assert abs(far - 10_000) <= 50


def test_too_few_points_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="9 points are too few"):
        change_points(np.arange(9.0))


def test_the_command_tells_the_instant_and_both_levels(tmp_path: Path) -> None:
    values = np.concatenate((10 + noise(60), 20 + noise(60, 2)))
    file = tmp_path / "series.csv"
    rows = [f"2026-01-01T{at // 60:02}:{at % 60:02}:00Z,{value}" for at, value in enumerate(values)]
    file.write_text("\n".join(["timestamp,value", *rows]), encoding="utf-8")
    done = CliRunner().invoke(
        app, ["--data-dir", str(tmp_path / "d"), "anomalies", "changepoints", str(file)]
    )
    assert done.exit_code == 0
    assert "120 points, 1 changes" in done.stdout
    assert "2026-01-01T01:00:00Z  from about 10.0" in done.stdout.replace("9.9", "10.0")
    listed = CliRunner().invoke(
        app, ["--data-dir", str(tmp_path / "d"), "anomalies", "changepoints", str(file), "--json"]
    )
    assert json.loads(listed.stdout)["changes"][0]["index"] == 60


@pytest.mark.skipif(not TCPD.exists(), reason="the Turing change point data is not there")
def test_the_turing_series_are_cut_much_as_people_cut_them() -> None:
    cover, f1 = means(scores(TCPD))
    assert cover >= 0.70
    assert f1 >= 0.75
