"""Where operators and batch engines ask about budgets: how they stand, what may start, what was opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from watchkeeper.costs.budgets.budget import LARGEST_LIMIT_USD, USD_STEP, Budget, Refusal
from watchkeeper.costs.budgets.period import Period, period_of
from watchkeeper.costs.budgets.ports import Bank, Enabled, Entry, Reached
from watchkeeper.costs.budgets.refusals import reset_text
from watchkeeper.costs.budgets.standing import LevelStanding, Standing, refusing, standing
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import ConflictError, InvalidInputError, NotFoundError
from watchkeeper.domain.money import usd_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Whether a batch item may start."""

    workload: str
    admitted: bool
    reason: str | None
    """The sentence that says which budget refuses, what is spent of what, and until when."""
    action: str | None
    """What to do about it."""


class BudgetDesk:
    """The budgets of an installation, asked from many threads at once."""

    def __init__(self, bank: Bank, budgets: Sequence[Budget], *, zone: ZoneInfo, clock: Clock) -> None:
        """Stand on a bank.

        Args:
            bank: Where the money is.
            budgets: As configured.
            zone: Where days and months are counted.
            clock: Time.
        """
        self._bank = bank
        self._budgets = tuple(budgets)
        self._zone = zone
        self._clock = clock

    @property
    def bank(self) -> Bank:
        """Where the money is."""
        return self._bank

    def standings(self) -> tuple[Standing, ...]:
        """Every budget as it stands, in the order of the settings.

        Raises:
            UnavailableError: The bank cannot be reached.
        """
        return self._standings(self._budgets)

    def standing(self, name: str) -> Standing:
        """One budget as it stands.

        Raises:
            NotFoundError: There is no such budget.
            UnavailableError: The bank cannot be reached.
        """
        return self._standings([self._named(name)])[0]

    def admission(self, workload: str) -> Admission:
        """Whether a batch item of a workload may start; what runs already is not asked about.

        Raises:
            UnavailableError: The bank cannot be reached.
        """
        concerned = [budget for budget in self._budgets if budget.covers_batch(workload)]
        for one, level in refusing(self._standings(concerned)):
            if Refusal.BATCH in level.refuses:
                return Admission(
                    workload=workload,
                    admitted=False,
                    reason=self._refusal(one, level),
                    action=f"wait until then, or have a person open it: "
                    f"`wk budget enable {one.name} --by NAME --reason WHY`",
                )
        return Admission(workload=workload, admitted=True, reason=None, action=None)

    def enable(self, name: str, *, by: str, reason: str) -> Standing:
        """Open again, until the period ends, all that the levels of a budget refuse; who and why are kept.

        Raises:
            NotFoundError: There is no such budget.
            InvalidInputError: Nobody's name or no reason is given.
            ConflictError: It refuses nothing.
            UnavailableError: The bank cannot be reached.
        """
        by, reason = _said(by, "who opens it", "--by"), _said(reason, "why", "--reason")
        found = self.standing(name)
        refused = [level for _, level in refusing([found])]
        if not refused:
            raise ConflictError(
                f"budget {name!r} refuses nothing",
                action="look at it with `wk budget show`; to raise a hard limit, set its `limit_usd`",
            )
        for level in refused:
            self._bank.enable(
                Enabled(
                    budget=name,
                    period_start=found.period_start,
                    percent=level.percent,
                    by=by,
                    reason=reason,
                    enabled_at=self._clock.now(),
                )
            )
        return self.standing(name)

    def enter(self, name: str, *, entry_id: str, usd: Decimal, what: str, by: str | None) -> Standing:
        """Count a cost that no call made in a budget and in every total one; the same id counts once.

        Raises:
            NotFoundError: There is no such budget.
            InvalidInputError: The amount is 0, has too many digits, or it is not said what it is for.
            UnavailableError: The bank cannot be reached.
        """
        budget, what = self._named(name), _said(what, "what it is for", "--what")
        if not usd.is_finite() or usd == 0 or abs(usd) >= LARGEST_LIMIT_USD or usd != usd.quantize(USD_STEP):
            raise InvalidInputError(
                f"{usd} is no amount that can be entered",
                action="give USD with at most 12 decimals; a negative amount takes back one entered wrongly",
            )
        entry = Entry(
            entry_id=entry_id,
            budget=name,
            usd=usd,
            what=what,
            by=None if by is None else _said(by, "who enters it", "--by"),
            entered_at=self._clock.now(),
        )
        counted = [one for one in self._budgets if one == budget or one.is_total]
        self._bank.enter(entry, [(one, self._period(one, entry.entered_at)) for one in counted])
        return self.standing(name)

    def raise_levels(self) -> None:
        """Raise the events of levels that no call has raised, such as those a recovery reached.

        Raises:
            UnavailableError: The bank cannot be reached.
        """
        now = self._clock.now()
        self._bank.raise_levels([(one, self._period(one, now)) for one in self._budgets], now=now)

    def events(self, *, since: datetime) -> tuple[Reached, ...]:
        """The levels reached from an instant on, oldest first; each once a period."""
        return self._bank.events(since=since)

    def _standings(self, budgets: Sequence[Budget]) -> tuple[Standing, ...]:
        if not budgets:
            return ()
        now = self._clock.now()
        accounts = self._bank.accounts([(one.name, self._period(one, now)) for one in budgets])
        return tuple(
            standing(budget, account, now=now, zone=self._zone)
            for budget, account in zip(budgets, accounts, strict=True)
        )

    def _named(self, name: str) -> Budget:
        for budget in self._budgets:
            if budget.name == name:
                return budget
        known = ", ".join(budget.name for budget in self._budgets) or "there is none yet"
        raise NotFoundError(f"there is no budget {name!r}", action=f"use one of `budgets` ({known})")

    def _period(self, budget: Budget, instant: datetime) -> Period:
        return period_of(budget.per, instant, self._zone)

    def _refusal(self, one: Standing, level: LevelStanding) -> str:
        return (
            f"no batch item starts: budget {one.name!r} ({one.line}) has spent {usd_text(one.used_usd)} of "
            f"{usd_text(one.limit_usd)} USD this {one.per}, which reaches its level of "
            f"{usd_text(level.percent)} %; it begins anew at "
            f"{reset_text(Period(one.period_start, one.resets_at), self._zone)}"
        )


def _said(text: str, what: str, option: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise InvalidInputError(f"it is not said {what}", action=f"say it with `{option}`")
    return stripped
