"""The rules that workloads ship as data: a file a workload, the rows' own numbers in it."""

from functools import cache
from importlib.resources import files

import yaml

from watchkeeper.app.settings_rules import RuleSettings
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.rules.near_names import near_names
from watchkeeper.monitoring.rules.rule import Rule


def rule_set_names() -> tuple[str, ...]:
    """The workloads there is a set for."""
    here = files(__package__)
    return tuple(sorted(one.name[:-5] for one in here.iterdir() if one.name.endswith(".yaml")))


@cache
def rule_set(name: str, *, workload: str | None = None) -> tuple[Rule, ...]:
    """The rules of a set.

    Args:
        name: The workload it was made for.
        workload: The one it is to watch, where that is another.

    Raises:
        InvalidInputError: There is no such set.
    """
    if name not in rule_set_names():
        raise InvalidInputError(f"there is no rule set {name!r}", action=near_names(name, rule_set_names()))
    text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    said = [
        RuleSettings.model_validate({"workload": workload or name, **one}) for one in yaml.safe_load(text)
    ]
    return tuple(rule.to_rule() for rule in said)
