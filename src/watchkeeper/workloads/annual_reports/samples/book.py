"""Sample reports written to a folder, with the labels that tell what they state."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.workloads.annual_reports.samples.association import Association, invent
from watchkeeper.workloads.annual_reports.samples.narrative import (
    audit_report,
    cover,
    management_report,
    signatures,
)
from watchkeeper.workloads.annual_reports.samples.sheet import Sheets
from watchkeeper.workloads.annual_reports.samples.statements import (
    Pages,
    balance_sheet,
    cash_flow,
    income_statement,
    notes,
)
from watchkeeper.workloads.annual_reports.samples.vocabulary import Style, styles

SCAN_DPI = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReport:
    """A report and what it states."""

    name: str
    """The file's name."""
    pdf: bytes
    labels: Mapping[str, object]
    """As in a labels file: pages, scanned, and value and page by field."""


def make_sample(seed: int, *, style: str | None = None, scanned: bool = False) -> SampleReport:
    """The report of a seed.

    Args:
        seed: The same seed, style and kind give the same bytes.
        style: A name of `styles.yaml`; by default the seed decides.
        scanned: Whether the pages are pictures without a text layer.

    Raises:
        InvalidInputError: There is no such style.
    """
    known = styles()
    name = style or list(known)[seed % len(known)]
    if name not in known:
        raise InvalidInputError(f"there is no style {name!r}", action=f"use one of {', '.join(known)}")
    look = known[name]
    association = invent(seed, thousands=look.unit == "tkr")
    pdf, pages, count = _set(association, look)
    fields = {
        field: {"value": value, "page": pages.get(field) if value is not None else None}
        for field, value in stated(association, look).items()
    }
    return SampleReport(
        name=f"sample_{seed:03d}_{name}{'_scan' if scanned else ''}.pdf",
        pdf=_scan(pdf) if scanned else pdf,
        labels={"pages": count, "scanned": scanned, "fields": fields},
    )


def write_samples(folder: Path, seeds: Sequence[int], *, scanned: Sequence[int] = ()) -> tuple[Path, ...]:
    """Sample reports of these seeds, and their `labels.json`, in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    labels, paths = {}, []
    for seed in seeds:
        sample = make_sample(seed, scanned=seed in scanned)
        path = folder / sample.name
        path.write_bytes(sample.pdf)
        labels[sample.name] = sample.labels
        paths.append(path)
    (folder / "labels.json").write_text(json.dumps(labels, ensure_ascii=False, indent=1), encoding="utf-8")
    return tuple(paths)


def stated(one: Association, style: Style) -> dict[str, object]:
    """What a report in this style states, by output key; None where it does not say."""
    now = one.now
    return {
        "org_no": one.org_no,
        "name": one.name,
        "fiscal_year_end": one.ends,
        "chairman": one.chairman,
        "auditor": one.auditor,
        "audit_firm": one.audit_firm,
        "revenue": now.revenue,
        "operating_expenses": now.costs,
        "net_result": now.net_result,
        "assets": now.assets,
        "equity": now.equity,
        "long_term_debt": now.long_debt,
        "short_term_debt": now.short_debt,
        "total_debt": now.long_debt + now.short_debt,
        "interest_bearing_loans": now.long_loans + now.short_loans,
        "cash": now.cash,
        "apartments": one.flats,
        "municipality": one.town,
        "property_designation": one.designation,
        "build_year": one.built if "{built}" in style.built_sentence else None,
        "total_area_sqm": one.homes_sqm + one.shops_sqm,
    }


def _set(one: Association, style: Style) -> tuple[bytes, Pages, int]:
    sheets = Sheets(style, (one.name, one.org_no))
    pages = cover(sheets, one, style)
    pages |= management_report(sheets, one, style)
    pages |= income_statement(sheets, one, style)
    pages |= balance_sheet(sheets, one, style)
    cash_flow(sheets, one)
    pages |= notes(sheets, one, style)
    signatures(sheets, one, style)
    audit_report(sheets, one)
    return sheets.finish(), pages, sheets.page


def _scan(pdf: bytes) -> bytes:
    """The same pages as greyscale pictures."""
    buffer = io.BytesIO()
    with pypdfium2.PdfDocument(pdf) as document:
        canvas = Canvas(buffer, invariant=True)
        for page in document:
            width, height = page.get_size()
            image = page.render(scale=SCAN_DPI / 72, grayscale=True).to_pil()
            canvas.setPageSize((width, height))
            canvas.drawImage(ImageReader(image), 0, 0, width, height)
            canvas.showPage()
        canvas.save()
    return buffer.getvalue()
