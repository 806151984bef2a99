"""Rates and ETA come from what was measured."""

from watchkeeper.batch.progress import Progress


def test_before_anything_is_done_there_is_no_rate_and_no_eta() -> None:
    progress = Progress(total_items=4, started_s=100.0)
    assert progress.units_per_second(105.0) is None
    assert progress.eta_s(105.0) is None


def test_the_rate_and_eta_follow_what_was_done() -> None:
    progress = Progress(total_items=4, started_s=100.0)
    progress.done(units=20, status="ok")
    progress.done(units=0, status="error")
    assert progress.units_per_second(110.0) == 2.0
    assert progress.eta_s(110.0) == 10.0
    assert progress.statuses == {"ok": 1, "error": 1}
