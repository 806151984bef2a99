"""Makes calls through the call path until it is killed: receipts first, then the finished item."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.domain.call import Message, ModelCall, TextPart
from watchkeeper.gateway import CallPath
from watchkeeper.gateway.receipts import ReceiptWriter
from watchkeeper.gateway.relay.ledger import Ledger, NoFigures
from watchkeeper.testing.relay import relay_thread_to
from watchkeeper.testing.scripted_reply import answer
from watchkeeper.testing.scripted_target import ScriptedTarget

ASKED = (Message("user", (TextPart("What does it say?"),)),)


class Counting:
    """An engine that answers at once."""

    version = "1"

    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, given: object, /) -> object:
        return {"read": given}


def main(folder: Path, label: str) -> None:
    """Items without end, on three threads; small files, so that kills meet their rotation too."""
    receipts = ReceiptWriter(folder / "receipts", "run", clock=SystemClock(), rotate_bytes=16_384)
    ledger = Ledger(
        receipts=receipts, content=None, figures=NoFigures(), clock=SystemClock(), ids=SystemIds()
    )
    models = relay_thread_to([ScriptedTarget(then=answer("read"))], ledger)
    path = CallPath([Counting("layout"), Counting("flow")], ledger, models=models)
    finished = os.open(folder / "out.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def item(number: int) -> None:
        item_id = f"{label}-{number}"
        ids = []
        for target in ("layout", "flow", "scripted"):
            outcome = path.call(
                ModelCall(workload="w", target=target, item_id=item_id, messages=ASKED, baseline_input=number)
            )
            assert outcome.error is None, outcome.error
            ids += [receipt.receipt_id for receipt in outcome.receipts]
        os.write(finished, json.dumps({"item": item_id, "receipts": ids}).encode() + b"\n")
        os.write(1, b".\n")

    with ThreadPoolExecutor(3) as pool:
        for start in count(0, 64):
            list(pool.map(item, range(start, start + 64)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
