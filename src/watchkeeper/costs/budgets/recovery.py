"""Recovering what dead gateways left: their journals are brought to the bank, each exactly once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.costs.budgets.journal_files import JournalFile, journal_files
from watchkeeper.costs.budgets.ports import Bank
from watchkeeper.costs.budgets.replay import LastWord, last_words
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import StoreDamagedError
from watchkeeper.files import try_claim


@dataclass(frozen=True, slots=True)
class Recovered:
    """What one round of recovery did."""

    holders: tuple[str, ...] = ()
    """Whose money is accounted for now."""
    damaged: tuple[str, ...] = ()
    """Journals that cannot be read, told in sentences."""


def recover_journals(folder: Path, bank: Bank, *, clock: Clock) -> Recovered:
    """Bring every journal without a living process to the bank, then remove it.

    It may be killed at any moment and run by several processes at once: the bank closes a holder's leases
    once, whoever tells it how often, and a file is removed only when the bank knows.

    Raises:
        UnavailableError: The bank cannot be reached; the journals wait.
        OSError: A file cannot be read or removed.
    """
    holders: list[str] = []
    damaged: list[str] = []
    for writer in journal_files(folder):
        claim = try_claim(folder, writer)
        if claim is None:
            continue
        try:
            # Looked at again under the lock: another process may just have done the work.
            recovered = recover_files(journal_files(folder).get(writer, ()), bank, clock=clock)
        finally:
            claim.release()
        holders += recovered.holders
        damaged += recovered.damaged
    return Recovered(tuple(holders), tuple(damaged))


def recover_files(
    files: Sequence[JournalFile], bank: Bank, *, clock: Clock, living: str | None = None
) -> Recovered:
    """Bring one writer's files to the bank; the caller holds the writer's lock.

    Args:
        files: The writer's, oldest first.
        bank: Where the money is.
        clock: Tells when.
        living: The holder that still spends; its file is left alone.
    """
    try:
        words = last_words(files)
    except StoreDamagedError as problem:
        return Recovered(damaged=(problem.message,))
    done = [word for word in words if word.holder != living]
    for word in done:
        _bring(word, bank, clock)
    return Recovered(tuple(word.holder for word in done if word.holder))


def _bring(word: LastWord, bank: Bank, clock: Clock) -> None:
    # A holder without an account never asked for money: nothing is known of it anywhere.
    if word.reports:
        bank.close(word.holder, word.reports, now=clock.now())
    for path in word.paths:
        path.unlink(missing_ok=True)
