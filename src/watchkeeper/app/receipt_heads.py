"""Keeping the heads of the receipt chains apart from the files, so that a cut tail is found."""

from watchkeeper.app.services import Services
from watchkeeper.gateway.receipts import heads_of


class ReceiptHeads:
    """Follows every writer's chain and keeps how far it has come."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def turn(self) -> None:
        """Look at every chain once; heads that are no further than before are not written again."""
        known = self._services.heads.all()
        before = {head.writer: head.count for head in known}
        heads = heads_of(self._services.receipts_dir, known=known, seen_at=self._services.clock.now())
        further = [head for head in heads if head.count > before.get(head.writer, 0)]
        if further:
            self._services.heads.advance(further)
