"""What verifying receipts has found: where, what, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Problem(StrEnum):
    """What can be wrong with a folder of receipts."""

    TORN_LINE = "torn_line"
    """A last line without its newline: its writer was killed, or the disk was full."""
    UNREADABLE_LINE = "unreadable_line"
    CHANGED_LINE = "changed_line"
    REMOVED_LINES = "removed_lines"
    REORDERED_LINES = "reordered_lines"
    CUT_TAIL = "cut_tail"
    """Lines the heads have seen are gone from the end."""
    HEAD_MISMATCH = "head_mismatch"
    """The line the heads have seen is not in a chain that is whole by itself: it was written anew."""
    MISSING_FILE = "missing_file"
    UNREADABLE_FILE = "unreadable_file"
    UNKNOWN_FILE = "unknown_file"
    DUPLICATE_ID = "duplicate_id"


_ACTIONS = {
    Problem.TORN_LINE: "nothing to do: its call never answered, and the writer went on in a new file",
    Problem.UNREADABLE_LINE: "restore the file from a backup; the call's span may still be in telemetry",
    Problem.CHANGED_LINE: "restore the file from a backup and find out who could write to the folder",
    Problem.REMOVED_LINES: "restore the file from a backup and find out who could write to the folder",
    Problem.REORDERED_LINES: "restore the file from a backup and find out who could write to the folder",
    Problem.CUT_TAIL: "restore the file from a backup; the calls' spans may still be in telemetry",
    Problem.HEAD_MISMATCH: "restore the series from a backup and find out who could write to the folder",
    Problem.MISSING_FILE: "restore the file from a backup",
    Problem.UNREADABLE_FILE: "make the file readable, or restore it from a backup",
    Problem.UNKNOWN_FILE: "move it out of the receipts folder: no writer made it",
    Problem.DUPLICATE_ID: "keep the first; find out who copied the line",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the writers left it."""

    problem: Problem
    file: str
    """The file's name; where a whole series is missing, the name its first file would have."""
    line: int | None
    """1-based; None where it is about the file."""
    what: str

    @property
    def action(self) -> str:
        """What to do about it."""
        return _ACTIONS[self.problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What was read and what was found."""

    findings: tuple[Finding, ...]
    writers: int
    files: int
    lines: int
    """Whole lines."""
    heads: int
    """Heads compared with; 0 means a cut tail cannot be told."""

    @property
    def clean(self) -> bool:
        """Whether nothing at all was found."""
        return not self.findings

    @property
    def intact(self) -> bool:
        """Whether nothing was lost or tampered with: torn last lines belong to calls never answered."""
        return all(finding.problem is Problem.TORN_LINE for finding in self.findings)
