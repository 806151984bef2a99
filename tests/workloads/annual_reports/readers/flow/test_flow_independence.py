"""The reader sees nothing but reading-order text and the words it was instructed with."""

import ast
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.page import Page, PagedDocument, PageSource, Word
from watchkeeper.workloads.annual_reports.instructions import InstructionSet, load_instructions
from watchkeeper.workloads.annual_reports.readers.flow import FlowReader
from watchkeeper.workloads.annual_reports.reading import FieldReading, Reader

PACKAGE = "watchkeeper.workloads.annual_reports.readers.flow"
PAGES = (
    "Årsredovisning 2023\nBrf Solbacken\nOrg.nr 769000-1230",
    "Brf Solbacken\nStyrelsen\nAlma Nordberg Ordförande\nBo Ek Ledamot\n"
    "Fastigheten Solen 3 i Holms kommun bebyggdes 1968.",
    "Balansräkning Not 2023-12-31 2022-12-31\nTillgångar\nByggnader 4 8 000 000 8 100 000\n"
    "Kassa och bank 1 200 000 900 000\nSumma tillgångar 9 200 000 9 000 000",
)
words = st.lists(
    st.builds(
        Word,
        text=st.text(max_size=8),
        x0=st.floats(-1e6, 1e6),
        top=st.floats(-1e6, 1e6),
        x1=st.floats(-1e6, 1e6),
        bottom=st.floats(-1e6, 1e6),
    ),
    max_size=4,
)


@cache
def shipped() -> InstructionSet:
    """The instructions that ship, loaded once."""
    return load_instructions()


def report(*shown: tuple[Word, ...]) -> PagedDocument:
    pages = tuple(
        Page(number, 595.0, 842.0, shown[number - 1] if shown else (), text, PageSource.TEXT)
        for number, text in enumerate(PAGES, 1)
    )
    return PagedDocument("report.pdf", "0" * 64, pages)


def read_all(document: PagedDocument, instructions: InstructionSet) -> Mapping[str, FieldReading]:
    opened = FlowReader().open(document, (), instructions)
    return {
        name: reading
        for agent in instructions.agents.values()
        for name, reading in opened.read(agent).items()
    }


def test_it_reads_with_the_instructions_that_ship() -> None:
    found = {name: reading.value for name, reading in read_all(report(), shipped()).items()}
    assert found["assets"] == 9200000
    assert found["cash"] == 1200000
    assert found["chairman"] == "Alma Nordberg"
    assert found["municipality"] == "Holm"
    assert found["build_year"] == 1968
    assert found["fiscal_year_end"] == "2023-12-31"


@cache
def read_without_places() -> bytes:
    """What is read where no word has a place."""
    return repr(sorted(read_all(report(), shipped()).items())).encode()


@given(shown=st.tuples(words, words, words))
def test_damaged_or_missing_places_leave_the_output_byte_equal(shown: tuple[list[Word], ...]) -> None:
    damaged = repr(sorted(read_all(report(*(tuple(one) for one in shown)), shipped()).items()))
    assert damaged.encode() == read_without_places()


def test_with_empty_instructions_nothing_is_found() -> None:
    assert read_all(report(), InstructionSet()) == {}


def test_with_agents_that_know_no_words_nothing_is_found() -> None:
    full = shipped()
    blank = {
        "labels": (), "headings": (), "until": (), "avoid": (), "cues": (), "hints": {}, "sum_of": (),
    }  # fmt: skip
    agents = {
        name: agent.model_copy(
            update={"fields": {key: field.model_copy(update=blank) for key, field in agent.fields.items()}}
        )
        for name, agent in full.agents.items()
    }
    assert read_all(report(), InstructionSet(agents, {})) == {}


def test_the_package_imports_no_other_reader_and_holds_no_swedish() -> None:
    swedish = {
        word.casefold()
        for name in (
            "person_roles",
            "firm_words",
            "months",
            "association_forms",
            "town_words",
            "amount_words",
        )
        for word in shipped().words(name)
        if len(word) > 3
    }
    for entry in files(PACKAGE).iterdir():
        if not entry.name.endswith(".py"):
            continue
        tree = ast.parse(Path(str(entry)).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and ".readers." in node.module:
                assert node.module.startswith(PACKAGE), (entry.name, node.module)
        documented = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and isinstance(node.body[0], ast.Expr)
        }
        strings = {
            node.value.casefold()
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
        }
        assert not strings & swedish, entry.name


def test_the_reader_keeps_the_contract_of_readers() -> None:
    reader: Reader = FlowReader()
    assert reader.name == "flow"
    assert reader.version
    opened = reader.open(replace(report(), pages=()), (), shipped())
    assert opened.read(shipped().agents["governance"]) == {}
