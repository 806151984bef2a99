"""A gateway in a process of its own: spends against PostgreSQL, and writes down each call as upstream would.

The upstream's own book is a file a process: a line is written when a call is sent, so a process that is
killed while calls are in flight has spent them, as the money law counts it.
"""

import asyncio
import os
import sys
import threading
from decimal import Decimal
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.adapters.postgres.budgets import PostgresBank
from watchkeeper.adapters.postgres.database import connect
from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.period import Per
from watchkeeper.costs.budgets.purse import LeasedPurse
from watchkeeper.domain.errors import BudgetSpentError
from watchkeeper.domain.money import Spender

ANYONE = Spender(workload="search", route="ask")
CALLERS = 16
BOUND = Decimal("0.05")


def main(folder: Path, conninfo: str, budget_name: str, seed: int, limit: str) -> None:
    budget = Budget(name=budget_name, per=Per.MONTH, limit_usd=Decimal(limit), hard=True)
    book = os.open(folder / f"book-{seed}", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    with connect(conninfo, size=4) as database:
        purse = LeasedPurse(
            folder / "budget",
            "gateway",
            bank=PostgresBank(database),
            budgets=[budget],
            zone=ZoneInfo("UTC"),
            clock=SystemClock(),
            ids=SystemIds(),
        )
        done = threading.Event()
        ticker = threading.Thread(target=tick, args=(purse, done))
        ticker.start()
        print("spending", flush=True)
        asyncio.run(everyone(purse, book, Random(seed)))
        done.set()
        ticker.join()
        purse.close()
    print("refused", flush=True)


def tick(purse: LeasedPurse, done: threading.Event) -> None:
    while not done.wait(0.5):
        purse.sync()


async def everyone(purse: LeasedPurse, book: int, chance: Random) -> None:
    await asyncio.gather(*(caller(purse, book, Random(chance.random())) for _ in range(CALLERS)))


async def caller(purse: LeasedPurse, book: int, chance: Random) -> None:
    """Call until the budget refuses; some hang up, and what they sent costs its bound."""
    while True:
        try:
            hold = await purse.hold(ANYONE, BOUND)
        except BudgetSpentError:
            return
        hangs_up = chance.random() < 0.05
        cost = BOUND if hangs_up else BOUND * chance.randrange(20, 100) / 100
        os.write(book, f"{cost}\n".encode())
        await asyncio.sleep(0.01)  # the upstream's latency
        if hangs_up:
            hold.leave_unsettled()
        else:
            hold.settle(cost)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5])
