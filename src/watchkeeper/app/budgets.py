"""Budgets wired: the desk of the server, the purse of a gateway, and recovery of dead gateways."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from watchkeeper.app.server_state import ServerState
from watchkeeper.app.settings import Settings
from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.desk import BudgetDesk
from watchkeeper.costs.budgets.period import Period
from watchkeeper.costs.budgets.ports import (
    Account,
    Bank,
    Enabled,
    Entry,
    LeaseGrant,
    LeaseReport,
    LeaseRequest,
    Reached,
)
from watchkeeper.costs.budgets.purse import LeasedPurse
from watchkeeper.costs.budgets.recovery import recover_journals
from watchkeeper.domain.clock import Clock, IdSource


def configured_budgets(settings: Settings) -> tuple[Budget, ...]:
    """The budgets, in the order of the settings."""
    return tuple(one.budget() for one in settings.budgets)


def journal_folder(data_dir: Path) -> Path:
    """Where gateways journal what they spend."""
    return data_dir / "budget"


def budget_desk(bank: Bank, settings: Settings, *, clock: Clock) -> BudgetDesk:
    """What the API and the pages ask."""
    return BudgetDesk(bank, configured_budgets(settings), zone=ZoneInfo(settings.timezone), clock=clock)


def gateway_purse(
    bank: Bank, settings: Settings, data_dir: Path, *, name: str, clock: Clock, ids: IdSource
) -> LeasedPurse:
    """The purse of one gateway process; its owner calls `sync` twice a second in a thread, and `close`.

    Args:
        bank: The money all gateways share; `LateBank` where the database may come later.
        settings: What is configured.
        data_dir: The data folder.
        name: The gateway's name; several processes may use the same.
        clock: Time.
        ids: Ids.

    Raises:
        StorageFullError: The journal cannot be written.
    """
    return LeasedPurse(
        journal_folder(data_dir),
        name,
        bank=bank,
        budgets=configured_budgets(settings),
        zone=ZoneInfo(settings.timezone),
        clock=clock,
        ids=ids,
    )


class BudgetRecovery:
    """Brings to the bank what dead gateways of this data folder left; one of the server's loops."""

    def __init__(self, bank: Bank, state: ServerState) -> None:
        self._bank = bank
        self._state = state
        self._told: frozenset[str] = frozenset()

    def turn(self) -> None:
        """Look once; a journal that cannot be read is told once and kept."""
        folder = journal_folder(self._state.data_dir)
        found = recover_journals(folder, self._bank, clock=self._state.clock)
        for holder in found.holders:
            self._state.log.info("recovered the money of a gateway that is gone", holder=holder)
        for sentence in sorted(set(found.damaged) - self._told):
            self._state.log.error("a budget journal is damaged", problem=sentence)
        self._told = frozenset(found.damaged)


class LateBank:
    """A bank opened when it is first needed, and tried again while that fails: gateways start without."""

    def __init__(self, open_bank: Callable[[], Bank]) -> None:
        """Name what opens it; it raises `UnavailableError` while it cannot."""
        self._open_bank = open_bank
        self._opened: Bank | None = None
        self._lock = Lock()

    def exchange(
        self, holder: str, seq: int, requests: Sequence[LeaseRequest], *, now: datetime, lease_s: float
    ) -> tuple[LeaseGrant, ...]:
        """See `Bank.exchange`."""
        return self._bank().exchange(holder, seq, requests, now=now, lease_s=lease_s)

    def close(self, holder: str, reports: Sequence[LeaseReport], *, now: datetime) -> None:
        """See `Bank.close`."""
        self._bank().close(holder, reports, now=now)

    def accounts(self, wanted: Sequence[tuple[str, Period]]) -> tuple[Account, ...]:
        """See `Bank.accounts`."""
        return self._bank().accounts(wanted)

    def enter(self, entry: Entry, into: Sequence[tuple[Budget, Period]]) -> None:
        """See `Bank.enter`."""
        self._bank().enter(entry, into)

    def enable(self, enabled: Enabled) -> None:
        """See `Bank.enable`."""
        self._bank().enable(enabled)

    def events(self, *, since: datetime) -> tuple[Reached, ...]:
        """See `Bank.events`."""
        return self._bank().events(since=since)

    def _bank(self) -> Bank:
        with self._lock:
            if self._opened is None:
                self._opened = self._open_bank()
            return self._opened
