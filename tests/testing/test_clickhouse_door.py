"""The ClickHouse of tests: what its own client sees of it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from watchkeeper.testing.clickhouse_door import (
    CHDB_MISSING,
    PASSWORD,
    READER,
    USER,
    ClickHouseDoor,
    Fault,
    chdb_installed,
)

pytestmark = pytest.mark.skipif(not chdb_installed(), reason=CHDB_MISSING)

COLUMNS = ["number", "word", "cost", "counts", "mark"]
ROWS = [
    [1, "x\0'å\t", Decimal("1.500000000000"), {1: 2}, b"0123456789abcde\xff"],
    [2, None, None, {}, b"0" * 16],
]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseDoor]:
    with ClickHouseDoor(tmp_path_factory.mktemp("door") / "data") as opened:
        client_of(opened).command(
            "CREATE TABLE things (number UInt64, word LowCardinality(Nullable(String)), "
            "cost Nullable(Decimal(24, 12)), counts Map(Int32, UInt64), mark FixedString(16)) "
            "ENGINE = MergeTree ORDER BY number SETTINGS non_replicated_deduplication_window = 10"
        )
        yield opened


def client_of(door: ClickHouseDoor, user: str = USER, password: str = PASSWORD) -> Any:
    import clickhouse_connect

    return clickhouse_connect.get_client(
        host="127.0.0.1", port=door.port, username=user, password=password, autogenerate_session_id=False
    )


def put_in(client: Any, rows: list[list[object]], token: str) -> None:
    client.insert("things", rows, column_names=COLUMNS, settings={"insert_deduplication_token": token})


def test_the_real_client_gets_back_what_it_put_in_and_a_repeat_is_stored_once(door: ClickHouseDoor) -> None:
    client = client_of(door)
    put_in(client, ROWS, "a")
    put_in(client, ROWS, "a")
    found = client.query(
        "SELECT * FROM things WHERE word = {word:String} OR number = {number:Int64} ORDER BY number",
        parameters={"word": "x\0'å\t", "number": 2},
        query_formats={"FixedString": "bytes"},
    )
    assert [list(row) for row in found.result_rows] == ROWS


def test_errors_come_with_clickhouses_own_codes(door: ClickHouseDoor) -> None:
    from clickhouse_connect.driver.exceptions import DatabaseError

    client = client_of(door)
    codes = []
    for wrong in ("SELEC 1", "SELECT * FROM no_such_table", "SELECT no_such_column FROM things"):
        with pytest.raises(DatabaseError) as failure:
            client.query(wrong)
        codes.append(failure.value.code)
    with pytest.raises(DatabaseError) as refused:
        client_of(door, password="another")
    with pytest.raises(DatabaseError) as forbidden:
        client_of(door, user=READER).command("TRUNCATE TABLE things")
    assert (*codes, refused.value.code, forbidden.value.code) == (62, 60, 47, 516, 164)


def test_a_connection_cut_after_the_query_ran_leaves_its_rows(door: ClickHouseDoor) -> None:
    from clickhouse_connect.driver.exceptions import OperationalError

    client = client_of(door)
    # Twice, as the client asks again by itself.
    door.fault(Fault(matching="INSERT INTO `things`", kind="cut_after", times=2))
    with pytest.raises(OperationalError):
        put_in(client, [[7, None, None, {}, b"1" * 16]], "c")
    assert door.run("SELECT count() FROM things WHERE number = 7") == "1\n"


def test_what_is_there_outlives_a_kill(door: ClickHouseDoor) -> None:
    put_in(client_of(door), [[8, None, None, {}, b"1" * 16]], "d")
    door.kill()
    door.start()
    assert client_of(door).query("SELECT count() FROM things WHERE number = 8").result_rows == [(1,)]
