"""Verifying receipts: every line against the one before it, every series against its head."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from watchkeeper.domain.receipt import FIRST_PREV_SHA256, Receipt, line_sha256, receipt_of_line
from watchkeeper.domain.run import ReceiptHead
from watchkeeper.gateway.receipts.series import SeriesFile, file_name, series_file, series_in
from watchkeeper.gateway.receipts.verify_report import Finding, Problem, VerifyReport

_REREADS = 3
"""A line met half-written is read again: its writer may be at it this moment, in one system call."""


def verify_receipts(folder: Path, heads: Sequence[ReceiptHead]) -> VerifyReport:
    """Check every series of a folder.

    Found are lines changed, removed, reordered, repeated or unreadable, missing and foreign files,
    and, by the heads, a cut tail and a history written anew. Read the heads before calling this: a
    living writer may add lines meanwhile, which is no finding.

    Args:
        folder: The receipts' folder; an absent one has no lines.
        heads: How far each writer was seen, kept apart from the files.
    """
    ids: set[str] = set()
    findings = _foreign_files(folder)
    series = series_in(folder)
    lines = 0
    for writer, files in series.items():
        check = _SeriesCheck([head for head in heads if head.writer == writer], ids)
        check.run(files)
        findings += check.findings
        lines += check.lines
    for head in heads:
        if head.writer not in series:
            what = f"every file of {head.writer!r} is missing; it had {head.count} receipts"
            findings.append(Finding(Problem.MISSING_FILE, file_name(head.writer, 1), None, what))
    return VerifyReport(
        findings=tuple(findings),
        writers=len(series),
        files=sum(len(files) for files in series.values()),
        lines=lines,
        heads=len(heads),
    )


def _foreign_files(folder: Path) -> list[Finding]:
    if not folder.is_dir():
        return []
    return [
        Finding(Problem.UNKNOWN_FILE, path.name, None, "its name is not one a writer of receipts gives")
        for path in sorted(folder.iterdir())
        if path.suffix == ".ndjson" and series_file(path) is None
    ]


@dataclass(slots=True)
class _SeriesCheck:
    """One pass over a writer's files; it holds no more than the line before."""

    heads: list[ReceiptHead]
    ids: set[str]
    findings: list[Finding] = field(default_factory=list)
    lines: int = 0
    at: tuple[str, int] = ("", 0)
    sha256: str = FIRST_PREV_SHA256
    before: tuple[str, int] = ("", 0)
    before_seq: int | None = 0
    heads_met: dict[str, int] = field(default_factory=dict)

    def run(self, files: Sequence[SeriesFile]) -> None:
        self.before = (files[0].path.name, 0)
        self._numbers(files)
        for file in files:
            try:
                self._file(file.path)
            except OSError as problem:
                what = f"it cannot be read: {problem.strerror}"
                self.findings.append(Finding(Problem.UNREADABLE_FILE, file.path.name, None, what))
        for head in self.heads:
            self._head(head)

    def _numbers(self, files: Sequence[SeriesFile]) -> None:
        numbers = [file.number for file in files]
        for missing in sorted(set(range(1, numbers[-1])) - set(numbers)):
            name = file_name(files[0].writer, missing)
            what = f"file {missing} of {numbers[-1]} is missing"
            self.findings.append(Finding(Problem.MISSING_FILE, name, None, what))
        for file in files:
            if file.path.name != file_name(file.writer, file.number):
                what = f"the writer calls its file {file_name(file.writer, file.number)}"
                self.findings.append(Finding(Problem.UNKNOWN_FILE, file.path.name, None, what))

    def _file(self, path: Path) -> None:
        number = 0
        torn = b""
        offset = 0
        for _ in range(_REREADS):
            with path.open("rb") as file:
                file.seek(offset)
                torn = b""
                for line in file:
                    if not line.endswith(b"\n"):
                        torn = line
                        break
                    number += 1
                    offset += len(line)
                    self._line((path.name, number), line[:-1])
            if not torn:
                return
        what = f"the last line was torn after {len(torn)} bytes: its writer was killed or the disk was full"
        self.findings.append(Finding(Problem.TORN_LINE, path.name, number + 1, what))

    def _line(self, at: tuple[str, int], line: bytes) -> None:
        self.lines += 1
        receipt = self._receipt(at, line)
        seq = receipt.seq if receipt and isinstance(receipt.seq, int) else None
        if receipt is not None and receipt.prev_sha256 != self.sha256:
            self.findings.append(self._break(at, seq))
        if receipt is not None:
            self._id(at, receipt)
        self.sha256 = line_sha256(line)
        self.before, self.before_seq = at, seq
        for head in self.heads:
            if head.sha256 == self.sha256:
                self.heads_met[self.sha256] = self.lines

    def _receipt(self, at: tuple[str, int], line: bytes) -> Receipt | None:
        try:
            return receipt_of_line(line)
        except ValueError:
            what = f"the line of {len(line)} bytes is not a receipt"
            self.findings.append(Finding(Problem.UNREADABLE_LINE, *at, what))
            return None

    def _id(self, at: tuple[str, int], receipt: Receipt) -> None:
        receipt_id = str(receipt.receipt_id)
        if receipt_id in self.ids:
            what = f"receipt {receipt_id} stands in an earlier line too"
            self.findings.append(Finding(Problem.DUPLICATE_ID, *at, what))
        self.ids.add(receipt_id)

    def _break(self, at: tuple[str, int], seq: int | None) -> Finding:
        """What broke the chain between the line before and this one, as far as their numbers tell."""
        if seq is None or self.before_seq is None:
            what = (
                "it does not follow the line before it: one of the two was changed, or lines between removed"
            )
            return Finding(Problem.CHANGED_LINE, *at, what)
        step = seq - self.before_seq
        if step > 1:
            what = f"{step - 1} of the receipts before it are gone ({self.before_seq + 1} to {seq - 1})"
            return Finding(Problem.REMOVED_LINES, *at, what)
        if step < 1:
            what = f"receipt {seq} of the series stands after receipt {self.before_seq}"
            return Finding(Problem.REORDERED_LINES, *at, what)
        if self.before_seq == 0:
            return Finding(Problem.CHANGED_LINE, *at, "the first line of the series was changed")
        what = f"it is not the line that receipt {seq} was written after: one of the two was changed"
        return Finding(Problem.CHANGED_LINE, *self.before, what)

    def _head(self, head: ReceiptHead) -> None:
        met = self.heads_met.get(head.sha256)
        if met == head.count:
            return
        if met is not None and self.findings:
            return  # what moved the line is told already
        seen = f"at {head.seen_at.isoformat()} the series had {head.count} receipts"
        last = max(self.lines, self.before_seq or 0)
        if met is None and last < head.count:
            what = f"{seen}, now it ends with receipt {last}: {head.count - last} are gone from its end"
            self.findings.append(Finding(Problem.CUT_TAIL, *self.before, what))
        else:
            what = f"{seen} and its last was another: its history was written anew, or the head is wrong"
            self.findings.append(Finding(Problem.HEAD_MISMATCH, *self.before, what))
