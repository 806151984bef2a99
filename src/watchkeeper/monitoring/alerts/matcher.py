"""Which alerts something is about: patterns over what an alert carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, get_args

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.alerts.alert import Alert

MatchedField = Literal["workload", "rule", "severity", "level", "band", "cause", "alert_id"]
MATCHED_FIELDS: tuple[MatchedField, ...] = get_args(MatchedField)


@dataclass(frozen=True, slots=True)
class Matcher:
    """Patterns that must all fit; `*` stands for any letters, none at all fits every alert.

    Raises:
        InvalidInputError: A field is none an alert has, or a pattern is empty.
    """

    patterns: Mapping[str, str]

    def __post_init__(self) -> None:
        for name, pattern in self.patterns.items():
            if name not in MATCHED_FIELDS:
                raise InvalidInputError(
                    f"an alert has no {name!r} to match", action=f"use one of {', '.join(MATCHED_FIELDS)}"
                )
            if not pattern:
                raise InvalidInputError(f"the pattern for {name!r} is empty", action="`*` fits everything")

    def fits(self, alert: Alert) -> bool:
        """Whether an alert is meant."""
        return all(fnmatchcase(value_of(alert, name), pattern) for name, pattern in self.patterns.items())

    @property
    def told(self) -> str:
        """As a person reads it.

        >>> Matcher({"workload": "shop", "severity": "P*"}).told
        'severity=P* workload=shop'
        """
        return (
            " ".join(f"{name}={pattern}" for name, pattern in sorted(self.patterns.items())) or "everything"
        )


def value_of(alert: Alert, name: str) -> str:
    """What an alert carries under a name; a rule goes by its own name as well as `workload/name`."""
    if name == "level":
        return alert.at_level
    if name == "rule":
        return alert.rule.removeprefix(f"{alert.workload}/")
    return str(getattr(alert, name))
