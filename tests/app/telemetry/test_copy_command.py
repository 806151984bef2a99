"""`wk telemetry copy`, against a real server and a ClickHouse."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from watchkeeper.adapters.clickhouse.address import clickhouse_address
from watchkeeper.adapters.clickhouse.telemetry import ClickHouseTelemetry
from watchkeeper.cli.main import app
from watchkeeper.cli.schemas import schema_of
from watchkeeper.domain.errors import InvalidInputError, UnavailableError
from watchkeeper.testing.clickhouse_door import CHDB_MISSING, PASSWORD, ClickHouseDoor, chdb_installed
from watchkeeper.testing.model_call import model_call

if TYPE_CHECKING:
    from conftest import Office


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
