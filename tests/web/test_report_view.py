"""What a document's page makes of the API's answers."""

import re
from typing import Any

from watchkeeper.web.field_detail import field_detail
from watchkeeper.web.field_table import field_table
from watchkeeper.web.page_marks import marks_svg, page_html
from watchkeeper.web.report_view import ReportView, report_view

BOX = {"x0": 100.0, "top": 200.0, "x1": 160.0, "bottom": 210.0}


def reading(value: Any, *, page: int = 2, box: dict[str, float] | None = None) -> dict[str, Any]:
    return {
        "value": value,
        "page": page,
        "confidence": 0.9,
        "printed": str(value),
        "box": box,
        "rule": "label beside it",
    }


def decided(value: Any, **readings: dict[str, Any]) -> dict[str, Any]:
    page = next((one["page"] for one in readings.values()), None) if value is not None else None
    confidence = None if value is None else 0.95
    return {"value": value, "page": page, "confidence": confidence, "why": "because", "readings": readings}


def row(field: str, verdict: str, **values: Any) -> dict[str, Any]:
    return {"field": field, "values": values, "verdict": verdict, "consensus": None, "why": None}


def view(fields: dict[str, Any], rows: list[dict[str, Any]], *, name: str = "a.pdf") -> ReportView:
    result = {
        "run_id": "RUN_1767225600",
        "workload": "annual-reports",
        "document": name,
        "document_sha256": "0" * 64,
        "model": "consensus",
        "data": {"fields": fields},
        "status": "ok",
        "error": None,
        "pages": 3,
    }
    compared = {"readers": ["flow", "layout"], "agreement": 0.5, "fields": rows}
    return report_view([{**result, "model": "flow"}, result], compared)


def table_of(report: ReportView, *, only_differences: bool = False) -> list[str]:
    html = field_table(
        report, chosen=None, only_differences=only_differences, address_of=lambda name: f"?field={name}"
    )
    return re.findall(r'data-field="([^"]+)"', html)


def test_fields_keep_their_order_and_those_nobody_found_stand_last() -> None:
    report = view(
        {"missing": decided(None), "assets": decided(5, layout=reading(5))},
        [row("assets", "agree", flow=5, layout=5), row("extra", "missing", flow=None, layout=7)],
    )
    assert list(report.fields) == ["assets", "extra", "missing"]


def test_only_differences_leaves_out_agreement_and_what_nobody_found() -> None:
    report = view(
        {"a": decided(1), "b": decided(2), "c": decided(None), "d": decided(None)},
        [
            row("a", "agree", flow=1, layout=1),
            row("b", "differ", flow=2, layout=3),
            row("c", "missing", flow=None, layout=3),
        ],
    )
    assert table_of(report) == ["a", "b", "c", "d"]
    assert table_of(report, only_differences=True) == ["b", "c"]


def test_a_mark_stands_around_its_place_on_its_page_only() -> None:
    report = view({"assets": decided(5, layout=reading(5, box=BOX))}, [])
    svg = marks_svg(report.fields.values(), 2, chosen=None)
    assert 'x="98.00" y="198.00" width="64.00" height="14.00"' in svg
    assert marks_svg(report.fields.values(), 1, chosen=None) == ""


def test_a_small_mark_lies_above_a_large_one_and_the_chosen_above_all() -> None:
    wide = {**BOX, "x1": 400.0, "bottom": 300.0}
    fields = {
        "chairman": decided("A", layout=reading("A", box=BOX)),
        "board": decided(["A"], layout=reading(["A"], box=wide)),
    }
    report = view(fields, [])
    order = re.findall(r'data-field="(\w+)"', marks_svg(report.fields.values(), 2, chosen=None))
    assert order == ["board", "chairman"]
    order = re.findall(r'data-field="(\w+)"', marks_svg(report.fields.values(), 2, chosen="board"))
    assert order == ["chairman", "board"]


def test_a_reader_that_tells_no_place_is_said_to_tell_none() -> None:
    report = view({"assets": decided(5, flow=reading(5))}, [row("assets", "missing", flow=5, layout=None)])
    detail = field_detail(report, report.fields["assets"])
    assert "no reader told its place on page 2" in detail
    assert "not found" in detail


def test_a_name_of_markup_is_text_in_picture_and_marks() -> None:
    name = '"><script>x</script>.pdf'
    report = view(
        {name: decided(name, layout=reading(name, box=BOX))}, [row(name, "agree", layout=name)], name=name
    )
    html = page_html(report, 2, size=(595.0, 842.0), chosen=name) + field_detail(report, report.fields[name])
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_without_a_consensus_the_readers_answers_are_shown() -> None:
    report = view({}, [row("assets", "differ", flow=1, layout=2)])
    assert table_of(report) == ["assets"]
    assert report.fields["assets"].value is None
