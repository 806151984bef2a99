"""Calls of a command that asks models: through the relay, with receipts and budgets like any other's."""

from pathlib import Path
from typing import Literal

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.app.gateway.call_path_wiring import RelayPlace, relay_thread
from watchkeeper.app.settings import Settings
from watchkeeper.domain.call import Message, ModelCall, Outcome, TextPart
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.gateway.call_content import HashedContent
from watchkeeper.gateway.call_path import CallPath
from watchkeeper.gateway.receipts import ReceiptWriter
from watchkeeper.gateway.relay.ledger import Ledger, NoFigures
from watchkeeper.gateway.retry import RetryPolicy


class RelayedCalls:
    """The way to every route and target; close it. Thread-safe."""

    def __init__(
        self, settings: Settings, data_dir: Path, *, writer: str, retry: RetryPolicy | None = None
    ) -> None:
        """Open receipts, content and the way to models; no model is asked yet.

        Args:
            settings: Which routes and targets there are.
            data_dir: Where receipts and content go.
            writer: What the receipts' files and the budget journal are called.
            retry: How often a target is asked again, as of `CallPath`.
        """
        clock = SystemClock()
        self._names = frozenset({*settings.routes, *settings.targets})
        self._receipts = ReceiptWriter(
            data_dir / "receipts", writer, clock=clock, rotate_bytes=settings.receipts.max_file_bytes
        )
        self._content = ContentPacks(
            data_dir / "content", clock=clock, opted_out=frozenset(settings.content.opt_out)
        )
        ledger = Ledger(
            receipts=self._receipts,
            content=HashedContent(self._content),
            figures=NoFigures(),
            clock=clock,
            ids=SystemIds(),
        )
        place = RelayPlace(data_dir=data_dir, name=writer, ledger=ledger)
        self._path = CallPath([], ledger, models=relay_thread(settings, place), retry=retry)

    def check(self, target: str) -> None:
        """See that a name can be asked.

        Raises:
            NotFoundError: It is neither a route nor a target.
        """
        if target not in self._names:
            raise NotFoundError(
                f"{target[:60]!r} is neither a route nor a target",
                action=f"name one of: {', '.join(sorted(self._names)) or 'none yet; configure `targets`'}",
            )

    def call(self, call: ModelCall) -> Outcome:
        """Make the call; a failure is an outcome."""
        return self._path.call(call)

    def close(self) -> None:
        """Break off what is under way, and sync receipts and content."""
        self._path.close()
        self._receipts.close()
        self._content.close()


def message(role: Literal["system", "user"], text: str) -> Message:
    """A message of one text."""
    return Message(role, (TextPart(text),))


def failure_told(outcome: Outcome) -> str:
    """Why there is no reply."""
    error = outcome.error
    return "no reply" if error is None else f"{error.code}: {error.message}"
