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
from watchkeeper.workloads.annual_reports.samples.facts import Facts, facts_for
from watchkeeper.workloads.annual_reports.samples.template import Template, template, template_names
from watchkeeper.workloads.annual_reports.samples.typesetting import typeset

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
    known = template_names()
    name = style or known[seed % len(known)]
    drawn, facts = _drawn(seed, name)
    printed = typeset(drawn, facts)
    values = _stated(drawn, facts)
    fields = {
        field: _label(drawn, facts, field, value=value, page=_page(field, value, printed.pages))
        for field, value in values.items()
    }
    return SampleReport(
        name=f"sample_{seed:03d}_{name}{'_scan' if scanned else ''}.pdf",
        pdf=_scan(printed.pdf) if scanned else printed.pdf,
        labels={"pages": printed.count, "scanned": scanned, "fields": fields},
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


def stated(seed: int, style: str) -> dict[str, object]:
    """What the report of a seed in a style states, by output key; None where it does not say."""
    return _stated(*_drawn(seed, style))


def _drawn(seed: int, style: str) -> tuple[Template, Facts]:
    if style not in template_names():
        raise InvalidInputError(
            f"there is no style {style!r}", action=f"use one of {', '.join(template_names())}"
        )
    drawn = template(style, seed)
    return drawn, facts_for(seed, drawn.case, thousands=drawn.look.unit == "tkr")


def _stated(drawn: Template, facts: Facts) -> dict[str, object]:
    told: dict[str, str | None] = {}
    for block in drawn.body:
        told = {**block.tells, **told}
    values = {name: _value(told, name, truth, facts) for name, truth in facts.truth.items()}
    if values["long_term_debt"] is not None and values["short_term_debt"] is not None:
        values["total_debt"] = facts.truth["total_debt"]
    return values


def _value(told: Mapping[str, str | None], name: str, truth: object, facts: Facts) -> object:
    if name not in told:
        return None
    own = told[name]
    if own is None:
        return truth
    said = own.format(**facts.words)
    return int(said) if said.isdigit() else said


def _page(field: str, value: object, pages: Mapping[str, int]) -> int | None:
    """Where it stands; a total debt that is not printed stands where its last part does."""
    return None if value is None else pages.get(field, pages.get("short_term_debt"))


def _label(
    drawn: Template, facts: Facts, field: str, *, value: object, page: int | None
) -> dict[str, object]:
    label: dict[str, object] = {"value": value, "page": page}
    if field in drawn.accepts:
        said = (other.format(**facts.words) for other in drawn.accepts[field])
        label["accept"] = [int(other) if other.isdigit() else other for other in said]
    return label


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
