"""The schema is brought up to date once, in order, by one process at a time, and never past its code."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from watchkeeper.adapters.postgres.binaries import program
from watchkeeper.adapters.postgres.migrate import Migration, known_migrations, migrate
from watchkeeper.domain.errors import SettingsError, StateSchemaError, StorageFullError, UnavailableError
from watchkeeper.testing.clock import MovedClock

FIRST = Migration(1, "fruit", b"create table fruit (name text); insert into fruit values ('apple');")
SECOND = Migration(2, "colour", b"alter table fruit add column colour text;")
SECOND_ALONE = Migration(2, "alone", b"create table alone (n integer);")
BROKEN = Migration(3, "broken", b"create table half (n integer); select 1 / 0;")

LANDED = {
    "state": "9265b6bafe5596f75a0fd52eab83c9563aa9f46bb1af31d1cf522b54c0f1b81e",
    "budgets": "7d8cbe05874c90a11924d41d8856fe4b5bd482afff6e7182c6c4851ca1bea371",
    "keys_and_orders": "68a01cb2338858a6c2a99594a62c215693681d8239fb3bcce9212dfe82db66dd",
    "daily_summaries": "e9e690455bda3edb199499604a8f15ba72ff3cc552731c8ea93ab15225962d52",
    "alerts": "0e24afdc7746373c88008ae661dfbfc88f3a99a86647001142da57341d7dc933",
    "releases": "4aa86870d9225704adef92808979ad4b669228ea01e845c13b3559ef644581e1",
    "telling": "042eb81785309f171a6b09fd06c95ab0e4cc35b9b64383a1f11c04108f14809c",
    "drift_references": "22fd243f8c2a3cea8aa16a115933d26bd12abce35c5f9c1415c6813c949c0501",
    "coaching": "30b5ad59050f13e5dac71bbe17d64929637aa5664b2a7b43996696f418f0c061",
    "coaching_hand": "f46fff8ac49e238320a9a2da8bdfe3a4208de26f19edd8930b7034632abb8699",
    "evaluation_runs": "9526aa48db542df5a08688819d0a4b2b77e2f9062b7a6904297f78820044d6e9",
    "experiments": "0e534c587952aa0038476e8678c9ca642e9bc628ba9fdbe506d97f034146507b",
    "judge_errors": "9e284137a3aea4a305b7e230a508b53b63bb2e2a8bcdbc23d5be34f7c4bc8432",
}
"""Of every migration that has landed: such a file is never edited again. A change is a new file."""


def upgrade(url: str, backups: Path, *steps: Migration) -> tuple[int, list[str], Path | None]:
    done = migrate(url, clock=MovedClock(), backup_dir=backups, migrations=steps)
    return done.version, [step.name for step in done.applied], done.backup


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type] # a test's own query


def test_the_real_migrations_are_numbered_without_gaps_and_land(
    empty_database_url: str, tmp_path: Path
) -> None:
    known = known_migrations()
    assert [step.version for step in known] == list(range(1, len(known) + 1))

    done = migrate(empty_database_url, clock=MovedClock(), backup_dir=tmp_path)

    assert done.applied == known
    assert migrate(empty_database_url, clock=MovedClock(), backup_dir=tmp_path).applied == ()


def test_a_landed_file_is_never_edited() -> None:
    assert {step.name: step.sha256 for step in known_migrations()} == LANDED


def test_each_step_lands_once_with_its_hash_and_time(empty_database_url: str, tmp_path: Path) -> None:
    clock = MovedClock()

    assert upgrade(empty_database_url, tmp_path, FIRST) == (1, ["fruit"], None)
    assert upgrade(empty_database_url, tmp_path, FIRST) == (1, [], None)

    assert rows(empty_database_url, "select name from fruit") == [("apple",)]
    assert rows(empty_database_url, "select version, name, sha256, applied_at from schema_migrations") == [
        (1, "fruit", FIRST.sha256, clock.now())
    ]


def test_two_processes_migrating_at_once_land_each_step_once(empty_database_url: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: upgrade(empty_database_url, tmp_path, FIRST, SECOND), range(4)))

    assert sorted(len(applied) for _, applied, _ in done) == [0, 0, 0, 2]
    assert rows(empty_database_url, "select * from fruit") == [("apple", None)]


def test_an_older_schema_is_backed_up_before_it_is_changed(empty_database_url: str, tmp_path: Path) -> None:
    upgrade(empty_database_url, tmp_path, FIRST)

    version, applied, backup = upgrade(empty_database_url, tmp_path / "backups", FIRST, SECOND)

    assert (version, applied) == (2, ["colour"])
    assert backup is not None
    assert backup.name.startswith("state-v0001-")
    assert backup.stat().st_mode & 0o077 == 0, "only its owner may read it"
    upgrade(empty_database_url, tmp_path, FIRST, SECOND)
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("drop table fruit; drop table schema_migrations")
    restore = (program("pg_restore"), f"--dbname={empty_database_url}", backup)
    subprocess.run(restore, check=True)
    assert rows(empty_database_url, "select * from fruit") == [("apple",)], "as it was before"


def test_what_cannot_be_backed_up_is_not_changed(empty_database_url: str, tmp_path: Path) -> None:
    upgrade(empty_database_url, tmp_path, FIRST)
    occupied = tmp_path / "occupied"
    occupied.write_text("a file where the folder should be")

    with pytest.raises(StorageFullError, match="a file stands"):
        upgrade(empty_database_url, occupied, FIRST, SECOND)

    assert rows(empty_database_url, "select * from fruit") == [("apple",)]


def test_an_edited_landed_migration_is_an_error(empty_database_url: str, tmp_path: Path) -> None:
    upgrade(empty_database_url, tmp_path, FIRST)

    with pytest.raises(StateSchemaError, match=r"migration 1 \(fruit\) is not the file"):
        upgrade(empty_database_url, tmp_path, replace(FIRST, sql=FIRST.sql + b" "), SECOND)

    assert rows(empty_database_url, "select * from fruit") == [("apple",)]


def test_a_newer_schema_is_refused(empty_database_url: str, tmp_path: Path) -> None:
    upgrade(empty_database_url, tmp_path, FIRST, SECOND)

    with pytest.raises(StateSchemaError, match=r"has schema 2 \(colour\), and this version knows up to 1"):
        upgrade(empty_database_url, tmp_path, FIRST)


def test_a_step_numbered_below_a_landed_one_is_refused(empty_database_url: str, tmp_path: Path) -> None:
    upgrade(empty_database_url, tmp_path, SECOND_ALONE)

    with pytest.raises(StateSchemaError, match="comes before 2"):
        upgrade(empty_database_url, tmp_path, FIRST, SECOND_ALONE)


def test_a_step_that_fails_leaves_nothing_of_itself(empty_database_url: str, tmp_path: Path) -> None:
    upgrade(empty_database_url, tmp_path, FIRST, SECOND)

    with pytest.raises(Exception, match="division by zero"):
        upgrade(empty_database_url, tmp_path, FIRST, SECOND, BROKEN)

    assert rows(empty_database_url, "select to_regclass('half')") == [(None,)]
    assert upgrade(empty_database_url, tmp_path, FIRST, SECOND)[1] == []


def test_the_indexes_required_by_name_exist(postgres_url: str) -> None:
    found = dict(rows(postgres_url, "select indexname, indexdef from pg_indexes where schemaname = 'public'"))  # type: ignore[arg-type]

    assert "(created_at DESC)" in str(found["item_results_created_at"])
    assert "(run_id, agent)" in str(found["coaching_sessions_run_agent"])


def test_every_data_table_carries_its_workload(postgres_url: str) -> None:
    without = rows(
        postgres_url,
        "select table_name from information_schema.tables as t where table_schema = 'public' and not exists ("
        "select from information_schema.columns as c"
        " where c.table_name = t.table_name and c.column_name = 'workload') order by table_name",
    )

    # one chain of receipts, and one budget, serves many workloads; the migrations are nobody's data
    # and an order goes to every gateway
    budgets = ["accounts", "enablings", "entries", "entry_accounts", "leases", "levels_reached"]
    orders = ["gateway_workers", "operator_order_answers", "operator_orders"]
    # a channel and a person serve many workloads, and a silence names which by patterns
    telling = ["channels", "mutes", "oncall_overrides"]
    others = ["receipt_heads", "schema_migrations"]
    expected = ["api_key_acts", *(f"budget_{name}" for name in budgets), *orders, *telling, *others]
    assert [name for (name,) in without] == sorted(expected)


def test_a_url_that_is_none_is_a_problem_of_the_settings_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as problem:
        migrate("postgresql://user:secret@host/db?nonsense=1", clock=MovedClock(), backup_dir=tmp_path)

    assert "secret" not in str(problem.value)


def test_a_server_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="does not answer"):
        migrate(f"host={tmp_path} dbname=none", clock=MovedClock(), backup_dir=tmp_path)
