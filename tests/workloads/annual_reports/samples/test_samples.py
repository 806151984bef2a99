"""Sample reports: the same seed gives the same report, its books balance, and it says what its labels say."""

import ast
import json
import re
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import watchkeeper.workloads.annual_reports.samples as samples
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.workloads.annual_reports.samples.association import invent
from watchkeeper.workloads.annual_reports.samples.book import make_sample, stated, write_samples
from watchkeeper.workloads.annual_reports.samples.template import template, template_names


def letters(text: str) -> str:
    """Letters and digits alone: names are set in capitals, broken over lines, joined by true dashes."""
    return re.sub(r"[^0-9a-zåäöé]", "", text.casefold())


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


@given(st.integers(0, 10**6), st.booleans())
def test_the_books_balance_in_both_years(seed: int, thousands: bool) -> None:
    one = invent(seed, thousands=thousands)
    for year in (one.now, one.before):
        assert year.assets == year.equity + year.long_debt + year.short_debt
        assert year.buildings > 0


@given(st.integers(0, 10**6))
def test_no_canary_amount_of_the_prior_year_passes_for_this_years(seed: int) -> None:
    one = invent(seed)
    for name in ("cash", "long_debt", "contributions"):
        now, before = getattr(one.now, name), getattr(one.before, name)
        assert abs(now - before) >= 0.01 * now


@pytest.mark.parametrize("style", template_names())
def test_the_same_seed_gives_the_same_bytes(style: str) -> None:
    assert make_sample(7, style=style).pdf == make_sample(7, style=style).pdf
    assert make_sample(7, style=style).pdf != make_sample(8, style=style).pdf


@pytest.mark.parametrize("style", template_names())
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_report_prints_what_its_labels_say_where_they_say(style: str, seed: int) -> None:
    sample = make_sample(seed, style=style)
    fields = sample.labels["fields"]
    assert isinstance(fields, dict)
    with pypdfium2.PdfDocument(sample.pdf) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    assert sample.labels["pages"] == len(pages)
    look = template(style, seed).look
    for name in ("org_no", "chairman", "auditor", "municipality", "property_designation"):
        if fields[name]["value"] is not None:
            assert letters(fields[name]["value"]) in letters(pages[fields[name]["page"] - 1])
    for name in ("assets", "equity", "cash"):
        if fields[name]["value"]:
            units = fields[name]["value"] // (1000 if look.unit == "tkr" else 1)
            assert letters(str(units)) in letters(pages[fields[name]["page"] - 1])


@pytest.mark.parametrize("style", template_names())
def test_a_template_states_the_canary_fields_unless_it_is_about_their_absence(style: str) -> None:
    values = stated(1, style)
    assert {"org_no", "assets", "total_debt", "chairman", "auditor"} <= {
        name for name, value in values.items() if value is not None
    }


def test_the_seed_chooses_among_a_templates_alternatives() -> None:
    bodies = {repr(template("standard_forms", seed).body) for seed in range(5)}
    assert len(bodies) > 1


def test_a_scan_has_pages_and_no_text() -> None:
    sample = make_sample(1, scanned=True)
    with pypdfium2.PdfDocument(sample.pdf) as document:
        assert len(document) == sample.labels["pages"]
    assert text_of(sample.pdf).strip() == ""


def test_a_folder_of_samples_comes_with_its_labels(tmp_path: Path) -> None:
    paths = write_samples(tmp_path, [1, 2], scanned=[2])
    labels = json.loads((tmp_path / "labels.json").read_text())
    assert sorted(labels) == sorted(path.name for path in paths)
    assert [label["scanned"] for label in labels.values()] == [False, True]


def test_an_unknown_style_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(InvalidInputError) as refused:
        make_sample(1, style="baroque")
    assert "classic" in refused.value.action


def test_the_generator_knows_neither_readers_nor_instructions() -> None:
    imported = set()
    for path in Path(samples.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
    own = {name for name in imported if name.startswith("watchkeeper")}
    allowed = ("watchkeeper.workloads.annual_reports.samples", "watchkeeper.domain")
    assert all(name.startswith(allowed) for name in own)
