"""Run the tests that carry `@pytest.mark.requirement(...)` and count the rows they prove.

A row is proved when at least one test naming it ran and passed, and none naming it failed. A
skipped test proves nothing.
"""

import re
import sys
from collections import defaultdict

import pytest

ROWS = {"GF": 76, "W4": 63, "FA": 81, "VO": 49, "HE": 83}
"""How many rows each family has; 352 together."""
ROW = re.compile(r"^(GF|W4|FA|VO|HE)-(\d{2})$")


class Proof:
    """A pytest plugin that keeps, for each row, how its tests ended."""

    def __init__(self) -> None:
        self.rows_of_test: dict[str, tuple[str, ...]] = {}
        self.passed: dict[str, set[str]] = defaultdict(set)
        self.failed: dict[str, set[str]] = defaultdict(set)
        self.unknown: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note which rows each test names."""
        for item in items:
            rows = tuple(row for mark in item.iter_markers("requirement") for row in mark.args)
            self.rows_of_test[item.nodeid] = rows
            self.unknown.update(row for row in rows if not is_row(row))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test ended."""
        for row in self.rows_of_test.get(report.nodeid, ()):
            if report.failed:
                self.failed[row].add(report.nodeid)
            elif report.when == "call" and report.passed:
                self.passed[row].add(report.nodeid)

    def proved(self) -> set[str]:
        """The rows at least one test proves and no test disproves."""
        return {row for row in self.passed if is_row(row) and not self.failed[row]}


def is_row(row: str) -> bool:
    """Whether this is one of the 352 rows."""
    match = ROW.match(row)
    return match is not None and 1 <= int(match[2]) <= ROWS[match[1]]


def main() -> int:
    """Run them, print the rows and the closing line."""
    proof = Proof()
    status = pytest.main(
        ["-q", "-m", "requirement", "-p", "no:cacheprovider", *sys.argv[1:]], plugins=[proof]
    )
    proved = proof.proved()
    for family in ROWS:
        rows = sorted(row for row in proved if row.startswith(family))
        print(f"{family}: {' '.join(rows) if rows else 'none'}")
    for row in sorted(row for row in proof.failed if proof.failed[row]):
        print(f"failed: {row} by {', '.join(sorted(proof.failed[row]))}")
    for row in sorted(proof.unknown):
        print(f"no such row: {row}")
    parts = " ".join(
        f"{family} {sum(row.startswith(family) for row in proved)}/{n}" for family, n in ROWS.items()
    )
    print(f"proved {len(proved)} of {sum(ROWS.values())} ({parts})")
    return 1 if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) or proof.unknown else 0


if __name__ == "__main__":
    sys.exit(main())
