"""`wk telemetry copy`, against a real server and a ClickHouse."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from watchkeeper.adapters.clickhouse.address import clickhouse_address
from watchkeeper.adapters.clickhouse.telemetry import ClickHouseTelemetry
from watchkeeper.app.settings_stores import TelemetrySettings
from watchkeeper.app.telemetry_engine import open_other
from watchkeeper.cli.main import app
from watchkeeper.cli.schemas import schema_of
from watchkeeper.domain.errors import InvalidInputError, UnavailableError
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clickhouse_door import CHDB_MISSING, PASSWORD, ClickHouseDoor, chdb_installed
from watchkeeper.testing.model_call import model_call

if TYPE_CHECKING:
    from conftest import Office


NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[ClickHouseDoor]:
    if not chdb_installed():
        pytest.skip(CHDB_MISSING)
    with ClickHouseDoor(tmp_path / "clickhouse") as opened:
        yield opened


def wk(office: "Office", folder: Path, *arguments: str) -> Result:
    before = ["--data-dir", str(folder), "--server", office.handle.address]
    return CliRunner().invoke(app, [*before, "telemetry", "copy", *arguments])


def copied(office: "Office", folder: Path, *arguments: str, exits: int = 0) -> Any:
    done = wk(office, folder, *arguments, "--json")
    assert done.exit_code == exits, (done.output, done.exception)
    found = json.loads(done.stdout)
    jsonschema.validate(found, schema_of("telemetry copy"))
    return found


def stored(report: Any) -> dict[str, int]:
    return {kind["kind"]: kind["stored"] for kind in report["kinds"] if kind["stored"]}


def test_a_store_is_copied_to_a_clickhouse_and_what_came_since_by_a_second_copy(
    office: "Office", tmp_path: Path, door: ClickHouseDoor
) -> None:
    now = office.clock.now()
    office.hears(*(model_call(n, now - timedelta(minutes=n)) for n in range(1, 6)))
    url = door.url("telemetry")
    assert stored(copied(office, tmp_path, "--to", url)) == {"spans": 5}

    office.hears(model_call(6, now - timedelta(minutes=6)))
    assert stored(copied(office, tmp_path, "--to", url)) == {"spans": 1}
    store = ClickHouseTelemetry(clickhouse_address(url))
    assert store.count() == 6
    store.close()

    said = wk(office, tmp_path, "--from", url)
    assert said.exit_code == 0
    assert "both stores tell the same" in said.stdout
    assert PASSWORD not in said.output


def test_a_copy_is_compared_by_figures_of_this_moment(tmp_path: Path, door: ClickHouseDoor) -> None:
    """Figures of two seconds ago were told as differing, of a copy that was whole."""
    store = open_other(door.url("telemetry"), TelemetrySettings(), tmp_path)
    for n in range(2):
        store.append(TelemetryBatch(spans=(model_call(n, NOW),)), received_at=NOW)
        assert [row.calls for row in store.figures(CallQuestion(latencies=False))] == [n + 1]
    store.close()


def test_a_copy_that_cannot_be_is_told(office: "Office", tmp_path: Path, door: ClickHouseDoor) -> None:
    neither = wk(office, tmp_path)
    assert isinstance(neither.exception, InvalidInputError)
    itself = wk(office, tmp_path, "--to", "embedded")
    assert isinstance(itself.exception, InvalidInputError)
    assert "copied into itself" in itself.exception.message
    url = door.url("telemetry")
    door.kill()
    away = wk(office, tmp_path, "--to", url)
    assert isinstance(away.exception, UnavailableError)
    assert PASSWORD not in str(away.exception)
