"""Keeping a worker's purse in step with the bank, and saying whether it is."""

import asyncio

from watchkeeper.app.budgets import configured_budgets
from watchkeeper.app.gateway.gateway_state import GatewayState
from watchkeeper.costs.budgets.purse import LeasedPurse
from watchkeeper.domain.errors import StorageFullError, UnavailableError

BUDGETS = "budgets"
"""The part that lends money; until it has been reached once, a hard limit lets no call pass."""


class MoneyDuty:
    """Syncs a purse at every turn, for as long as there are budgets."""

    def __init__(self, purse: LeasedPurse, state: GatewayState) -> None:
        self._purse = purse
        self._state = state
        if any(budget.hard for budget in configured_budgets(state.settings)):
            state.needed |= {BUDGETS}
            state.problems[BUDGETS] = "the bank has lent nothing yet"

    async def turn(self) -> None:
        """Sync once; what keeps it from that is told by the worker's readiness, not raised."""
        state = self._state
        if not state.settings.budgets:
            return
        try:
            await asyncio.to_thread(self._purse.sync)
        except (UnavailableError, StorageFullError) as failure:
            state.problems[BUDGETS] = failure.message
        else:
            state.problems.pop(BUDGETS, None)
            # From now on it can go on within what it was lent, should the bank be away.
            state.needed -= {BUDGETS}
