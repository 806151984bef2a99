"""Run the tests that carry `@pytest.mark.requirement(...)` and count the rows they prove.

A row is proved when at least one test naming it ran and passed, and none naming it failed. A
skipped test proves nothing.

`--row HE-48 --row HE-51` runs the tests of these rows alone and counts them; whatever else is given goes to
pytest, such as `--cov=watchkeeper.fallbacks`.
"""

import argparse
import re
import sys
from collections import defaultdict

import pytest

ROWS = {"GF": 76, "W4": 63, "FA": 81, "VO": 49, "HE": 83}
"""How many rows each family has; 352 together."""
ROW = re.compile(r"^(GF|W4|FA|VO|HE)-(\d{2})$")


class Proof:
    """A pytest plugin that keeps, for each row, how its tests ended; given rows, others are not run."""

    def __init__(self, only: frozenset[str] = frozenset()) -> None:
        self.only = only
        self.rows_of_test: dict[str, tuple[str, ...]] = {}
        self.passed: dict[str, set[str]] = defaultdict(set)
        self.failed: dict[str, set[str]] = defaultdict(set)
        self.unknown: set[str] = set()

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Note which rows each test names, and leave out the tests of rows nobody asked for."""
        for item in items:
            rows = tuple(row for mark in item.iter_markers("requirement") for row in mark.args)
            self.rows_of_test[item.nodeid] = rows
            self.unknown.update(row for row in rows if not is_row(row))
        if self.only:
            others = [item for item in items if self.only.isdisjoint(self.rows_of_test[item.nodeid])]
            config.hook.pytest_deselected(items=others)
            items[:] = [item for item in items if item not in set(others)]

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
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--row", action="append", default=[], help="only the tests of this row")
    given, for_pytest = asked.parse_known_args()
    wrong = [row for row in given.row if not is_row(row)]
    if wrong:
        asked.error(f"{wrong[0]} is none of the rows")
    proof = Proof(frozenset(given.row))
    status = pytest.main(["-q", "-m", "requirement", "-p", "no:cacheprovider", *for_pytest], plugins=[proof])
    proved = proof.proved()
    for row in sorted(proof.only):
        print(f"{row}: {len(proof.passed[row])} tests passed, {len(proof.failed[row])} failed")
    if proof.only:
        return 0 if proved >= proof.only else 1
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
