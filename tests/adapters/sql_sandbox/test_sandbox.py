"""A query of a user answers one number from the rows given, and reaches nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from watchkeeper.adapters.sql_sandbox.sandbox import ProcessSandbox
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.ports import RowSource, RowTable

CALLS: dict[str, RowSource] = {
    "calls": lambda: RowTable(
        kinds={"ms": "number", "ok": "flag", "model": "text"},
        columns=[[100.0, 250.0, None], [True, False, None], ["a", None, "b"]],
    )
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ProcessSandbox]:
    made = ProcessSandbox(time_limit_s=1.0)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("SELECT avg(ms) FROM calls", 175.0),
        ("SELECT count(*) FROM calls WHERE NOT ok", 1.0),
        ("SELECT max(ms) FROM calls WHERE model = 'nobody'", None),
        ("SELECT ms FROM calls WHERE model = 'nobody'", None),
        ("WITH slow AS (SELECT * FROM calls WHERE ms > 200) SELECT count(*) FROM slow", 1.0),
    ],
)
def test_a_select_answers_its_number(sandbox: ProcessSandbox, text: str, figure: float | None) -> None:
    assert sandbox.figure(text, CALLS) == figure


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT count(*) FROM read_text('/etc/passwd')", "disabled by configuration"),
        ("SELECT count(*) FROM '/etc/passwd'", "reads /etc/passwd"),
        ("ATTACH '{folder}/other.db' AS other", "no SELECT but ATTACH"),
        ("COPY calls TO '{folder}/out.csv'", "no SELECT but COPY"),
        ("INSERT INTO calls VALUES (1, true, 'x')", "no SELECT but INSERT"),
        ("SET lock_configuration = false", "no SELECT but SET"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("SELECT ms, ok FROM calls LIMIT 1", "2 columns"),
        ("SELECT ms FROM calls", "more rows"),
        ("SELECT model FROM calls WHERE ms = 100", "'a', which is no number"),
        ("SELECT count(*) FROM spans", "reads spans"),
        ("SELEC 1", "syntax error"),
    ],
)
def test_what_is_no_select_of_one_number_is_refused_with_the_reason(
    sandbox: ProcessSandbox, tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(InvalidInputError, match=told):
        sandbox.figure(text.replace("{folder}", str(tmp_path)), CALLS)
    assert list(tmp_path.iterdir()) == []


def test_a_query_without_end_is_stopped_and_the_next_one_answers(sandbox: ProcessSandbox) -> None:
    for_ever = "WITH RECURSIVE r AS (SELECT 1 a UNION ALL SELECT a + 1 FROM r) SELECT count(*) FROM r"
    with pytest.raises(InvalidInputError, match="more than 1 s and was stopped"):
        sandbox.figure(for_ever, CALLS)
    assert sandbox.figure("SELECT count(*) FROM calls", CALLS) == 3.0


@pytest.mark.parametrize(
    "text", ["SELECT len(range(200000000))", "SELECT length(repeat('x', 2000000000))"], ids=["list", "text"]
)
def test_a_query_that_takes_more_memory_than_it_may_is_refused(sandbox: ProcessSandbox, text: str) -> None:
    """DuckDB's own limit lets these two pass: 13 GB in a database limited to 128 MB."""
    with pytest.raises(InvalidInputError, match=r"[Mm]emory"):
        sandbox.figure(text, CALLS)
