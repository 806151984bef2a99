"""What a journal tells of a gateway that is gone: its last word to the bank."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from watchkeeper.costs.budgets.journal import FORMAT
from watchkeeper.costs.budgets.journal_files import JournalFile
from watchkeeper.costs.budgets.period import Period
from watchkeeper.costs.budgets.ports import ZERO, LeaseReport
from watchkeeper.domain.errors import StoreDamagedError


@dataclass(frozen=True, slots=True)
class LastWord:
    """What one holder did with its leases, from its journal."""

    holder: str
    reports: tuple[LeaseReport, ...]
    paths: tuple[Path, ...]
    """The files that are no longer needed once the bank knows."""


@dataclass(slots=True)
class _Sums:
    budget: str
    period: Period
    settled_usd: Decimal = ZERO
    unsettled_usd: Decimal = ZERO
    unpriced: int = 0

    def report(self) -> LeaseReport:
        return LeaseReport(
            budget=self.budget,
            period=self.period,
            settled_usd=self.settled_usd,
            unsettled_usd=self.unsettled_usd,
            unpriced_calls=self.unpriced,
        )


@dataclass(slots=True)
class _Story:
    """The state a journal leads to, line by line."""

    holder: str = ""
    whole: bool = False
    accounts: dict[str, _Sums] = field(default_factory=dict)
    open: dict[str, tuple[Decimal | None, tuple[str, ...]]] = field(default_factory=dict)

    def read(self, line: str) -> None:
        kind, *words = line.split(" ")
        match kind, words:
            case "o", [form, holder] if int(form) == FORMAT:
                self.holder = holder
            case "a", [number, start, end, budget]:
                period = Period(datetime.fromisoformat(start), datetime.fromisoformat(end))
                self.accounts[number] = _Sums(budget, period)
            case "t", [number, settled, unsettled, unpriced]:
                sums = self.accounts[number]
                sums.settled_usd, sums.unsettled_usd = Decimal(settled), Decimal(unsettled)
                sums.unpriced = int(unpriced)
            case "h", [number, amount, accounts]:
                held = None if amount == "-" else Decimal(amount)
                self.open[number] = (held, tuple(accounts.split(",")))
            case "c", [number, cost]:
                for account in self.open.pop(number)[1]:
                    self.accounts[account].settled_usd += Decimal(cost)
            case "r", [number]:
                self.open.pop(number)
            case "u", [number]:
                self._leave_unsettled(number)
            case "s", []:
                self.whole = True
            case _:
                raise ValueError(f"no line of a journal of format {FORMAT}")

    def end(self) -> None:
        """The process is gone: what a hold in flight cost will never be known."""
        for number in tuple(self.open):
            self._leave_unsettled(number)

    def _leave_unsettled(self, number: str) -> None:
        amount, accounts = self.open.pop(number)
        for account in accounts:
            if amount is None:
                self.accounts[account].unpriced += 1
            else:
                self.accounts[account].unsettled_usd += amount


def last_words(files: Sequence[JournalFile]) -> tuple[LastWord, ...]:
    """What each holder of a writer's files did, oldest first.

    Of several files of a holder the newest whole one tells everything; one that was cut off while it
    was begun tells nothing. A torn last line is no line: whoever wrote it was not told it was written.

    Raises:
        StoreDamagedError: A line in the middle cannot be read; the files stay as they are.
        OSError: A file cannot be read.
    """
    told: dict[str, LastWord] = {}
    unknown: list[Path] = []
    for file in files:
        story = _story(file.path)
        if not story.whole:
            unknown.append(file.path)
            continue
        earlier = told.get(story.holder)
        paths = (*(earlier.paths if earlier else ()), file.path)
        reports = tuple(sums.report() for sums in story.accounts.values())
        told[story.holder] = LastWord(story.holder, reports, paths)
    if unknown:
        # Nothing was ever held under a head that is not whole.
        told[""] = LastWord("", (), tuple(unknown))
    return tuple(told.values())


def _story(path: Path) -> _Story:
    story = _Story()
    whole_lines, _, _ = path.read_bytes().rpartition(b"\n")
    for n, line in enumerate(whole_lines.split(b"\n") if whole_lines else (), start=1):
        try:
            story.read(line.decode())
        except (ValueError, KeyError, InvalidOperation) as problem:
            raise StoreDamagedError(
                f"line {n} of the budget journal {path} cannot be read: {problem}",
                action="keep the file and mend or remove that line; its money stays held until then",
            ) from problem
    story.end()
    return story
