"""The purse of a gateway without budgets: everything may be spent, and nothing is held."""

from decimal import Decimal

from watchkeeper.domain.money import Spender
from watchkeeper.gateway.ports import Hold


class _NoHold:
    """A hold on nothing."""

    def settle(self, cost_usd: Decimal) -> None:
        """See `Hold.settle`."""

    def release(self) -> None:
        """See `Hold.release`."""

    def leave_unsettled(self) -> None:
        """See `Hold.leave_unsettled`."""


_NO_HOLD = _NoHold()


class NoBudgets:
    """Implements `watchkeeper.gateway.ports.Purse` where `budgets` is empty."""

    async def hold(self, spender: Spender, bound_usd: Decimal | None) -> Hold:  # noqa: ARG002 - the port's
        """Let anybody spend anything."""
        return _NO_HOLD
