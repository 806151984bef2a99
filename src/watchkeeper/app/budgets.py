"""Budgets wired: the desk of the server, the purse of a gateway, and recovery of dead gateways."""

from pathlib import Path
from zoneinfo import ZoneInfo

from watchkeeper.app.server_state import ServerState
from watchkeeper.app.settings import Settings
from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.desk import BudgetDesk
from watchkeeper.costs.budgets.ports import (
    Bank,
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
        bank: The money all gateways share; on a database that may come later.
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

    def __init__(self, desk: BudgetDesk, state: ServerState) -> None:
        self._desk = desk
        self._state = state
        self._told: frozenset[str] = frozenset()

    def turn(self) -> None:
        """Look once; a journal that cannot be read is told once and kept."""
        folder = journal_folder(self._state.data_dir)
        found = recover_journals(folder, self._desk.bank, clock=self._state.clock)
        for holder in found.holders:
            self._state.log.info("recovered the money of a gateway that is gone", holder=holder)
        for sentence in sorted(set(found.damaged) - self._told):
            self._state.log.error("a budget journal is damaged", problem=sentence)
        self._told = frozenset(found.damaged)
        self._desk.raise_levels()
