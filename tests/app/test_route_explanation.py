"""What explain makes of the breakers a running gateway tells."""

import pytest

from watchkeeper.app.route_explanation import explain, route_rows
from watchkeeper.app.settings import Settings
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.gateway.circuit_breaker import BreakerState

SETTINGS = Settings.model_validate(
    {
        "targets": {
            "large": {"provider": "anthropic", "model": "large-1", "continues": "prefix"},
            "small": {"provider": "openai", "model": "small-1"},
        },
        "routes": {"extract": {"targets": ["large", "small", "baseline"]}},
    }
)


def test_an_open_breaker_is_a_reason_to_skip_and_the_others_show_theirs() -> None:
    found = explain(
        SETTINGS,
        "extract",
        breakers={"large": BreakerState.OPEN, "small": BreakerState.HALF_OPEN},
        baseline="summariser",
    )
    assert found.breakers_known
    assert [(skip.target, skip.reason) for skip in found.skipped] == [
        ("large", "its circuit breaker is open")
    ]
    assert [(step.target, step.breaker, step.degraded) for step in found.steps] == [
        ("small", "half_open", True),
        ("summariser", None, True),
    ]
    assert [(step.provider, step.model) for step in found.steps] == [
        ("openai", "small-1"),
        ("baseline", None),
    ]


def test_breakers_nobody_told_are_unknown_and_not_closed() -> None:
    found = explain(SETTINGS, "extract")
    assert not found.breakers_known
    assert [step.breaker for step in found.steps] == [None, None]
    assert explain(SETTINGS, "extract", breakers={}).steps[0].breaker == "closed"


def test_a_list_shows_the_breakers_that_were_told() -> None:
    assert route_rows(SETTINGS)[0].breakers is None
    assert route_rows(SETTINGS, {"large": BreakerState.OPEN})[0].breakers == {"large": "open"}


def test_with_routes_a_name_nobody_has_does_not_pass_through_unless_told_so() -> None:
    with pytest.raises(NotFoundError):
        explain(SETTINGS, "gpt")
    open_to_all = SETTINGS.model_copy(
        update={"passthrough": SETTINGS.passthrough.model_copy(update={"enabled": True})}
    )
    assert explain(open_to_all, "gpt").kind == "passthrough"
