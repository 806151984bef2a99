"""Levels in units: a share against percents, ms against seconds; unlike ones are refused by name."""

import pytest
from pydantic import ValidationError

from watchkeeper.app.settings_monitoring import MonitoringSettings, rules_in_force
from watchkeeper.domain.severity import Band


def rule(**said: object) -> MonitoringSettings:
    return MonitoringSettings.model_validate(
        {"rules": [{"name": "it", "workload": "shop", **said}], "host": {"enabled": False}}
    )


def test_levels_are_compared_in_the_unit_they_are_written_in() -> None:
    [made] = rules_in_force(rule(calls="average_ms", above={"warning": "25 s", "critical": 60}), ())
    assert (made.unit, made.threshold.warning, made.threshold.critical) == ("s", 25.0, 60.0)
    [share] = rules_in_force(rule(calls="error_rate", above={"warning": "15 %"}), ())
    assert share.threshold.band(15.0) is Band.NORMAL
    assert share.threshold.band(15.1) is Band.WARNING


def test_a_level_without_a_unit_is_in_the_figures_own() -> None:
    [made] = rules_in_force(rule(calls="p95_ms", above={"warning": 1800}), ())
    assert (made.unit, made.threshold.warning) == ("", 1800.0)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"calls": "p95_ms", "above": {"warning": "5 USD"}}, "'ms' .time. is compared with 'USD' .money."),
        (
            {"calls": "error_rate", "unit": "ms", "above": {"warning": 5}},
            "'share' .a share. is compared with",
        ),
        ({"calls": "p95_ms", "above": {"warning": "5 parsecs"}}, "'parsecs', which nobody knows"),
        ({"calls": "p95_ms", "above": {"warning": "five"}}, "'five' is no level"),
        ({"query": "slwo", "above": {"warning": 5}}, "names no query that is set: 'slwo'"),
    ],
)
def test_unlike_units_and_unknown_queries_are_refused_by_name(said: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        rule(**said)


def test_a_rule_set_that_is_not_shipped_is_refused_with_what_is_near() -> None:
    with pytest.raises(ValidationError, match="there is no rule set 'explaner'") as told:
        MonitoringSettings.model_validate({"rule_sets": ["explaner"]})
    assert told.value.errors()[0]["ctx"]["action"] == "did you mean explainer?"
