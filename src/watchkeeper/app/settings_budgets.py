"""Settings of budgets: whose money, how much a day or month, and what happens as it is used up."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.costs.budgets.budget import DEFAULT_LEVELS, LARGEST_LIMIT_USD, Budget, Level, Refusal
from watchkeeper.costs.budgets.period import Per

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_RESERVED = frozenset({"admission", "events"})
"""Names that are resources of the API beside the budgets."""
_SCOPES = ("workload", "route", "key", "entered_only")

Plain = PlainSerializer(str, return_type=str, when_used="json")
"""Money and percents are decimal strings in JSON."""


class LevelSettings(Section):
    """A share of a budget's limit."""

    percent: Annotated[Decimal, Field(gt=0, le=1000, max_digits=9), Plain] = Field(
        description="The share, in percent of the limit."
    )
    refuses: tuple[Literal["batch"], ...] = Field(
        default=(), description="What is refused from there on: `batch`, so that no batch item starts."
    )


class BudgetSettings(Section):
    """One budget; without `workload`, `route` and `key` it counts everything."""

    name: str = Field(description="What it is called, such as `batch`.")
    workload: str | None = Field(default=None, min_length=1, description="The workload it is for.")
    route: str | None = Field(default=None, min_length=1, description="The route it is for.")
    key: str | None = Field(default=None, min_length=1, description="The id of the key it is for.")
    entered_only: bool = Field(
        default=False,
        description="Count only what `wk budget enter` says, such as infrastructure, and no call.",
    )
    per: Literal["day", "month"] = Field(
        default="month", description="How often it begins anew, by the calendar of `timezone`."
    )
    limit_usd: Annotated[Decimal, Field(gt=0, lt=LARGEST_LIMIT_USD, decimal_places=12), Plain] = Field(
        description='How much there is, in USD, best as text: `"1200"`.'
    )
    hard: bool | None = Field(
        default=None,
        description="Refuse calls rather than pass the limit. Null: yes for a key or route, no for a "
        "workload or in total, whose levels act instead.",
    )
    levels: tuple[LevelSettings, ...] | None = Field(
        default=None,
        description="Shares of the limit that raise an event once a period, each `{percent: N}`; with "
        "`refuses: [batch]` no batch item starts from there on. Null: 50, 75, 90, and 100, which "
        "refuses it in total and for a workload.",
    )

    @model_validator(mode="after")
    def _is_for_one_thing(self) -> "BudgetSettings":
        if not _NAME.fullmatch(self.name) or self.name in _RESERVED:
            taken = " or ".join(sorted(_RESERVED))
            raise refused(
                f"{self.name!r} cannot be a budget's name",
                f"use up to 64 lower-case letters, digits, `-`, `_` and `.`, and not {taken}",
            )
        given = [name for name in _SCOPES if getattr(self, name)]
        if len(given) > 1:
            raise refused(
                f"budget {self.name!r} has {' and '.join(f'`{name}`' for name in given)}",
                "keep one of them, and make a budget of its own for the other",
            )
        if not self._counts_batches() and any(level.refuses for level in self.levels or ()):
            raise refused(
                f"budget {self.name!r} refuses batches, which it does not count",
                "let the total or a workload's budget refuse them",
            )
        percents = [level.percent for level in self.levels or ()]
        if len(set(percents)) < len(percents):
            raise refused(f"budget {self.name!r} has a level twice", "keep one level a percent")
        return self

    def budget(self) -> Budget:
        """The budget it describes."""
        hard = self.hard if self.hard is not None else (self.route or self.key) is not None
        levels = DEFAULT_LEVELS if self.levels is None else tuple(_level(one) for one in self.levels)
        if not self._counts_batches():
            levels = tuple(replace(level, refuses=frozenset()) for level in levels)
        return Budget(
            name=self.name,
            per=Per(self.per),
            limit_usd=self.limit_usd,
            workload=self.workload,
            route=self.route,
            key=self.key,
            hard=hard,
            entered_only=self.entered_only,
            levels=tuple(sorted(levels, key=lambda level: level.percent)),
        )

    def _counts_batches(self) -> bool:
        """Whether a batch counts in it before its calls name routes and keys."""
        return not self.entered_only and self.route is self.key is None


def _level(one: LevelSettings) -> Level:
    return Level(percent=one.percent, refuses=frozenset(map(Refusal, one.refuses)))


def _names_differ(budgets: Sequence[BudgetSettings]) -> Sequence[BudgetSettings]:
    names = [one.name for one in budgets]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise refused(f"several budgets are named {', '.join(twice)}", "give each a name of its own")
    return budgets


Budgets = Annotated[tuple[BudgetSettings, ...], AfterValidator(_names_differ)]
