"""Blocks set on sheets: what a template's data becomes on paper."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.samples.association import Year
from watchkeeper.workloads.annual_reports.samples.facts import Facts
from watchkeeper.workloads.annual_reports.samples.sheet import MARGIN_PT, Sheets
from watchkeeper.workloads.annual_reports.samples.template import Block, Look, Template

Pages = dict[str, int]
"""The page each field was first printed on, by field."""

CELLS_AT = (MARGIN_PT, 220, 360, 450)
GUTTER_PT = 24
BUDGET_SHARE = 1.06
"""Of a year's figure, what its budget was, to whole thousands."""
OLDER_SHARE = 0.93
"""Of a year's figure, what the year before the modelled ones had."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A report as set."""

    pdf: bytes
    pages: Pages
    count: int


def typeset(template: Template, facts: Facts) -> Printed:
    """The report; set twice, since its pages tell how many there are."""
    count = _Typesetter(template, facts, 0).set().count
    return _Typesetter(template, facts, count).set()


def amount(sek: int, look: Look) -> str:
    """An amount as a look prints it."""
    units = abs(sek) // (1000 if look.unit == "tkr" else 1)
    if not units:
        return look.zero
    digits = f"{units:,}".replace(",", look.group) + look.suffix
    if sek >= 0:
        return digits
    return {"()": f"({digits})", "1-": f"{digits}-"}.get(look.minus, f"{look.minus}{digits}")


class _Typesetter:
    def __init__(self, template: Template, facts: Facts, count: int) -> None:
        self._template = template
        self._look = template.look
        self._facts = facts
        self._words = {**facts.words, "count": str(count), "unit": template.look.unit}
        self._sheets = Sheets(self._look, self._furniture)

    def set(self) -> Printed:
        pages: Pages = {}
        for block in self._template.body:
            page = getattr(self, f"_set_{block.kind}")(block)
            for field in block.tells:
                pages.setdefault(field, page)
        return Printed(self._sheets.finish(), pages, self._sheets.page)

    def _furniture(self, pattern: str, page: int) -> str:
        return pattern.format(**self._words, page=page)

    def _said(self, text: object) -> str:
        return str(text).format(**self._words)

    def _set_page(self, block: Block) -> int:
        self._sheets.new_page(plain=block.content == "plain")
        return self._sheets.page

    def _set_space(self, block: Block) -> int:
        self._sheets.space(float(block.content))
        return self._sheets.page

    def _set_heading(self, block: Block) -> int:
        return self._sheets.heading(self._said(block.content), size=block.options.get("size", 14))

    def _set_line(self, block: Block) -> int:
        options = block.options
        return self._sheets.line(
            self._said(block.content),
            size=options.get("size"),
            bold=options.get("bold", False),
            x=options.get("x", MARGIN_PT),
        )

    def _set_text(self, block: Block) -> int:
        return self._sheets.paragraph(self._said(block.content))

    def _set_cells(self, block: Block) -> int:
        at = block.options.get("at", CELLS_AT)
        texts = [self._said(text) for text in block.content]
        return self._sheets.cells(texts, at, bold=block.options.get("bold", False))

    def _set_columns(self, block: Block) -> int:
        """The head of an amount table: its title, the column of notes, what the years are called."""
        title, note, *years = (self._said(text) for text in block.content)
        return self._sheets.table_row(title, note, self._ordered(years), bold=True)

    def _set_row(self, block: Block) -> int:
        options = block.options
        shown = [] if options.get("is") is None else self._figures(str(options["is"]), options)
        note = self._look.note.format(n=options["note"]) if "note" in options else ""
        label = self._said(block.content or "")
        return self._sheets.table_row(
            label,
            note,
            self._ordered(shown),
            bold=options.get("bold", False),
            split=options.get("on", "last"),
        )

    def _set_split(self, block: Block) -> int:
        """Two columns of running text."""
        sheets, top = self._sheets, self._sheets.y
        width = (sheets.width - 2 * MARGIN_PT - GUTTER_PT) / 2
        began, lowest = sheets.page, top
        for side, texts in enumerate(block.content):
            sheets.y = top
            for text in texts:
                sheets.paragraph(self._said(text), x=MARGIN_PT + side * (width + GUTTER_PT), width=width)
            lowest = min(lowest, sheets.y)
        sheets.y = lowest
        return began

    def _ordered(self, years: Sequence[str]) -> Sequence[str]:
        return list(reversed(years)) if self._look.prior_first else years

    def _figures(self, expression: str, options: object) -> list[str]:
        """The row's figures, newest first: in the look's unit, or plain for ratios and other units."""
        chosen = options if isinstance(options, dict) else {}
        years = [evaluate(expression, self._facts.one.now), evaluate(expression, self._facts.one.before)]
        while len(years) < chosen.get("years", 2):
            years.append(round(years[-1] * OLDER_SHARE))
        if chosen.get("only_now"):
            years = years[:1]
        if chosen.get("budget"):
            years.insert(1, round(years[0] * BUDGET_SHARE / 1000) * 1000)
        if chosen.get("plain"):
            return [f"{value:,}".replace(",", self._look.group) for value in years]
        if chosen.get("tkr") and self._look.unit == "kr":
            years = [int(value / 1000) for value in years]
        shown = [amount(value, self._look) for value in years]
        return [shown[0], "", *shown[1:]] if chosen.get("gap") else shown


def evaluate(expression: str, year: Year) -> int:
    """A sum of a year's figures, such as `fees + other_revenue` or `-costs`.

    >>> from watchkeeper.workloads.annual_reports.samples.association import invent
    >>> year = invent(1).now
    >>> evaluate("revenue - fees", year) == year.other_revenue
    True
    """
    total = 0
    for sign, name in re.findall(r"([+-]?)\s*(\w+)", expression):
        value = int(name) if name.isdigit() else int(getattr(year, name))
        total += -value if sign == "-" else value
    return total
