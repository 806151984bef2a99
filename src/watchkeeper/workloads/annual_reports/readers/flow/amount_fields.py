"""Amounts: the current year's figure of a labelled row, of an unlabelled subtotal, or of a sum of fields."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.instructions import AgentInstructions, FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.blocks import Block, Blocks
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate, best_of
from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.row_labels import AMISS, EXACT, LabelledRow
from watchkeeper.workloads.annual_reports.readers.flow.rows import Row
from watchkeeper.workloads.annual_reports.readers.flow.units import Units

START = 0.62
"""A labelled row with nothing else for or against it."""
SEVERAL_ROWS = 0.6
"""The sum of several rows of the balance sheet."""
OUTSIDE = 0.45
"""What a page outside the wanted sections costs."""


@dataclass(frozen=True, slots=True)
class _Sought:
    """A field, with what its labels found."""

    instructions: FieldInstructions
    avoid: tuple[str, ...]


class AmountFields:
    """Finds amounts in a report."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._units = Units(report)
        self._blocks = Blocks(report)
        self._claimed = {
            fold(label)
            for agent in report.instructions.agents.values()
            for field in agent.fields.values()
            for label in field.labels
        }
        self._copies: dict[int, set[int]] = {}
        for row in report.rows:
            if abs(row.value) > 999:
                self._copies.setdefault(abs(row.value), set()).add(row.page)

    def find(self, field: FieldInstructions, agent: AgentInstructions) -> Candidate | None:
        """The best candidate for an amount, or None."""
        sought = _Sought(field, tuple(fold(word) for word in field.avoid))
        labelled = best_of(self._labelled(sought, agent), last=field.occurrence == "last")
        summed = best_of(self._block_totals(sought))
        best = _better(labelled, summed)
        if best is None:
            best = best_of(self._amiss(sought, agent))
        rows = self._rows_sum(field)
        if rows is not None:
            best = _against_rows(best, self._printed_too(rows))
        if best is None or not _within(field, best):
            return None
        return best

    def _labelled(self, sought: _Sought, agent: AgentInstructions) -> Iterable[Candidate]:
        for rank, label in enumerate(sought.instructions.labels):
            for found in self._report.row_labels.find(label):
                row = self._report.rows[found.index]
                if self._is_meant(row, found, sought):
                    yield self._candidate(label, found, (rank, sought.instructions), agent)
                    yield from self._wider(label, found, (rank, sought.instructions), agent)

    def _wider(
        self, label: str, found: LabelledRow, sought: tuple[int, FieldInstructions], agent: AgentInstructions
    ) -> Iterable[Candidate]:
        """An unlabelled total right below that counts the labelled sum and the rows after it."""
        rows = self._report.rows
        if not sought[1].headings or not rows[found.index].verified:
            return
        ends = {fold(end) for end in sought[1].until}
        for index in range(found.index + 1, min(found.index + 6, len(rows))):
            row = rows[index]
            if row.page != rows[found.index].page or any(fold(text) in ends for text in row.labels):
                return
            larger = abs(row.value) > abs(rows[found.index].value)
            if row.verified and larger and not row.labels and row.parts == index - found.index:
                wider = self._candidate(label, LabelledRow(index, found.fit), sought, agent)
                yield wider.raised(0.3, "a total below counts the labelled sum in")
                return

    def _amiss(self, sought: _Sought, agent: AgentInstructions) -> Iterable[Candidate]:
        for rank, label in enumerate(sought.instructions.labels):
            for found in self._report.row_labels.find_amiss(label):
                row = self._report.rows[found.index]
                if self._is_meant(row, found, sought):
                    yield self._candidate(label, found, (rank, sought.instructions), agent)

    def _is_meant(self, row: Row, found: LabelledRow, sought: _Sought) -> bool:
        """Whether a row the label fits is not known to be something else."""
        readings = [fold(label) for label in row.labels]
        if found.fit < 0.9 and readings and readings[0] in self._claimed:
            return False
        exact = any(reading == fold(label) for reading in readings for label in sought.instructions.labels)
        return exact or not any(word in readings[0] for word in sought.avoid if readings)

    def _candidate(
        self, label: str, found: LabelledRow, sought: tuple[int, FieldInstructions], agent: AgentInstructions
    ) -> Candidate:
        rank, field = sought
        row = self._report.rows[found.index]
        candidate = Candidate(
            value=self._value(row, field),
            page=row.page,
            score=START * found.fit * (1.0 - 0.03 * min(rank, 8)),
            printed=row.printed,
            rule=f"row labelled {label!r}, column {row.current + 1} of {len(row.options[0].amounts)}",
        )
        if found.fit < EXACT:
            candidate = candidate.lowered(0.05, "label printed with differences")
        if found.fit == AMISS:
            candidate = candidate.lowered(0.1, "a letter or two amiss")
        candidate = self._placed(candidate, field)
        neighbours = self._neighbours(row.page, agent)
        if neighbours:
            candidate = candidate.raised(0.1 * min(3, neighbours), "beside other fields of the agent")
        if self._takes_off(found.index, field):
            candidate = candidate.lowered(0.7, "a part is taken off in the rows above")
        return self._checked(candidate, found.index)

    def _takes_off(self, index: int, field: FieldInstructions) -> bool:
        """Whether a sum counts in a row that takes off a part of the whole."""
        row, less = self._report.rows[index], [fold(label) for label in field.hints.get("less", ())]
        if not less or not row.verified:
            return False
        parts = self._report.rows[max(0, index - row.parts) : index]
        return any(fold(label).startswith(key) for part in parts for label in part.labels[:1] for key in less)

    def _placed(self, candidate: Candidate, field: FieldInstructions) -> Candidate:
        if not field.sections or not self._report.sectioned:
            return candidate
        weight = self._report.section_weight(candidate.page, field.sections)
        if weight:
            return candidate.raised(0.35 * weight, "in a section it belongs in")
        return candidate.lowered(OUTSIDE, "outside its sections")

    def _neighbours(self, page: int, agent: AgentInstructions) -> int:
        """How many of the agent's amounts have a row with their exact label on the page, less one."""
        rows = self._report.rows
        count = sum(
            any(
                rows[found.index].page == page and found.fit >= 0.9
                for label in field.labels
                for found in self._report.row_labels.find(label)
            )
            for field in agent.fields.values()
            if field.kind == "amount"
        )
        return count - 1

    def _checked(self, candidate: Candidate, index: int) -> Candidate:
        """The candidate judged by arithmetic: sums, the same figure elsewhere, a clear cut."""
        row = self._report.rows[index]
        if row.verified:
            candidate = candidate.raised(0.6, f"the sum of {row.parts} row(s) above")
        elif self._is_part(index):
            candidate = candidate.raised(0.5, "part of a sum that comes out")
        elif len(self._copies.get(abs(row.value), ())) > 1:
            candidate = candidate.raised(0.4, "the same figure on another page")
        if not row.clear and not row.verified:
            candidate = candidate.lowered(0.2, "its figures could be cut otherwise")
        if len(row.options[0].amounts) < 2:
            candidate = candidate.lowered(0.1, "one figure only")
        return candidate

    def _is_part(self, index: int) -> bool:
        """Whether a verified total close below counts the row in."""
        rows = self._report.rows
        for ahead in range(index + 1, min(index + 12, len(rows))):
            if rows[ahead].verified and rows[ahead].parts >= ahead - index:
                return True
        return False

    def _value(self, row: Row, field: FieldInstructions) -> int:
        factor = self._units.factor(row) if field.unit == "report" else 1
        value = row.value * factor
        return abs(value) if field.sign == "absolute" else value

    def _block_totals(self, sought: _Sought) -> Iterable[Candidate]:
        """Subtotals without a label of their own: the last sum of a block that has the field's heading."""
        field = sought.instructions
        less = field.hints.get("less", ())
        for block in self._blocks.under(field.headings, field.until):
            total = self._blocks.total(block, less)
            if total is None:
                continue
            factor = self._units.factor(total.row) if field.unit == "report" else 1
            value = (total.value if field.sign == "printed" else abs(total.value)) * factor
            yield self._block_candidate(block, (value, total.row, total.why), field)

    def _block_candidate(
        self, block: Block, total: tuple[int, Row, str], field: FieldInstructions
    ) -> Candidate:
        value, row, why = total
        candidate = Candidate(
            value=value,
            page=row.page,
            score=START * 0.9,
            printed=row.printed,
            rule=f"{why} under the heading {block.heading!r}",
        )
        candidate = self._placed(candidate, field)
        if row.verified:
            candidate = candidate.raised(0.55, f"the sum of {row.parts} row(s) above")
        elif len(self._copies.get(abs(row.value), ())) > 1:
            candidate = candidate.raised(0.3, "the same figure on another page")
        return candidate

    def _printed_too(self, rows: Candidate) -> Candidate:
        """The sum of several rows, surer when another page prints it, in whatever column."""
        if not isinstance(rows.value, int) or rows.score < SEVERAL_ROWS:
            return rows
        for row in self._report.rows:
            if row.page == rows.page:
                continue
            factor = self._units.factor(row)
            if any(rows.value == abs(amount) * factor for option in row.options for amount in option.amounts):
                return rows.raised(0.7, f"page {row.page} prints it too")
        return rows

    def _rows_sum(self, field: FieldInstructions) -> Candidate | None:
        """The sum of the balance sheet rows a hint names, long and short part together."""
        labels = field.hints.get("balance_sheet_rows", ())
        pages = self._report.pages_in(("balance_sheet",))
        rows: dict[int, Row] = {}
        for label in labels:
            for found in self._report.row_labels.find(label):
                row = self._report.rows[found.index]
                if found.fit >= 0.8 and (row.page in pages or not pages) and not row.verified:
                    rows[found.index] = row
        if not rows:
            return None
        per_page = Counter(row.page for row in rows.values())
        page = min(per_page, key=lambda number: (-per_page[number], number))
        parts = [row for row in rows.values() if row.page == page or page in pages]
        return Candidate(
            value=sum(abs(row.value) * self._units.factor(row) for row in parts),
            page=parts[0].page,
            score=SEVERAL_ROWS if len(parts) > 1 else 0.5,
            printed=" + ".join(row.printed for row in parts),
            rule="sum of rows of the balance sheet: " + ", ".join(repr(row.label) for row in parts),
        )


def _better(labelled: Candidate | None, summed: Candidate | None) -> Candidate | None:
    if labelled is None or summed is None:
        return labelled or summed
    if labelled.value == summed.value:
        return labelled.raised(0.2, "the subtotal of its block says the same")
    return labelled if labelled.score >= summed.score else summed


def _against_rows(best: Candidate | None, rows: Candidate) -> Candidate:
    """A candidate held against the sum of rows that should say the same."""
    if best is None:
        return rows
    if isinstance(best.value, int) and isinstance(rows.value, int):
        if abs(best.value - rows.value) <= 2:
            return best.raised(0.7, "the rows of the balance sheet add up to it")
        if best.score < rows.score:
            return rows
    return best.lowered(0.1, "the rows of the balance sheet add up to something else")


def _within(field: FieldInstructions, candidate: Candidate) -> bool:
    if not isinstance(candidate.value, (int, float)):
        return True
    low = field.minimum is None or candidate.value >= field.minimum
    return low and (field.maximum is None or candidate.value <= field.maximum)


def sum_of_fields(field: FieldInstructions, found: Mapping[str, Candidate]) -> Candidate | None:
    """A field as the sum of others of its agent; with one of them missing, what is there, in doubt."""
    parts = [found[name] for name in field.sum_of if name in found]
    numbers = [part.value for part in parts if isinstance(part.value, (int, float))]
    if not parts or len(numbers) != len(parts):
        return None
    score = min(part.score for part in parts)
    missing = len(field.sum_of) - len(parts)
    candidate = Candidate(
        value=sum(numbers),
        page=parts[-1].page,
        score=score,
        printed=" + ".join(part.printed for part in parts),
        rule="sum of " + " and ".join(name for name in field.sum_of if name in found),
    )
    return candidate.lowered(0.35, "a part of the sum was not found") if missing else candidate
