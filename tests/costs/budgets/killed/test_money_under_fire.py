"""Several gateway processes on one PostgreSQL, one killed: the upstream's book never passes the limit."""

import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from threading import Event
from time import monotonic
from zoneinfo import ZoneInfo

import pytest

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.adapters.postgres.budgets import PostgresBank
from watchkeeper.adapters.postgres.database import connect
from watchkeeper.costs.budgets.journal_files import journal_files
from watchkeeper.costs.budgets.period import Per, period_of
from watchkeeper.costs.budgets.recovery import recover_journals

pytestmark = pytest.mark.slow

CHILD = Path(__file__).with_name("spending_child.py")
LIMIT = Decimal(20)
BOUND = Decimal("0.05")
WAIT_S = 120.0


def start(folder: Path, url: str, budget: str, seed: int) -> "subprocess.Popen[str]":
    command = [sys.executable, str(CHILD), str(folder), url, budget, str(seed), str(LIMIT)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "spending\n"
    return child


def book_usd(folder: Path) -> Decimal:
    return sum(
        (Decimal(line) for path in folder.glob("book-*") for line in path.read_text().split()), Decimal(0)
    )


def test_four_gateways_and_a_kill_never_spend_more_than_there_is_nor_leave_any(
    postgres_url: str, tmp_path: Path
) -> None:
    budget = f"fire-{tmp_path.name}"[:60].lower()
    children = [start(tmp_path, postgres_url, budget, seed) for seed in range(4)]
    deadline = monotonic() + WAIT_S
    while book_usd(tmp_path) < LIMIT / 4:
        assert monotonic() < deadline, "nothing was spent"
        Event().wait(0.005)
    children[0].send_signal(signal.SIGKILL)
    for child in children[1:]:
        assert child.wait(WAIT_S) == 0
    children[0].wait()

    for child in children:
        assert child.stdout is not None
        child.stdout.close()

    with connect(postgres_url) as database:
        bank = PostgresBank(database)
        recover_journals(tmp_path / "budget", bank, clock=SystemClock())
        period = period_of(Per.MONTH, SystemClock().now(), ZoneInfo("UTC"))
        (account,) = bank.accounts([(budget, period)])

    assert journal_files(tmp_path / "budget") == {}
    assert account.leases == ()
    spent = book_usd(tmp_path)
    assert spent <= account.used_usd <= LIMIT
    # What is left is less than two reservations: nobody was refused while there was money.
    assert LIMIT - account.used_usd < 2 * BOUND
