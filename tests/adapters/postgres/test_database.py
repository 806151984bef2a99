"""A database named by a URL is opened, or said plainly to be out of reach."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from watchkeeper.adapters.postgres.backup import _without_password
from watchkeeper.adapters.postgres.database import as_json, connect
from watchkeeper.domain.errors import InvalidInputError, SettingsError, UnavailableError


def test_a_url_works_as_well_as_a_connection_string(postgres_url: str) -> None:
    parts = conninfo_to_dict(postgres_url)
    url = f"postgresql://{parts['user']}@/{parts['dbname']}?host={parts['host']}&port={parts['port']}"

    with connect(url) as database, database.transaction() as connection:
        assert connection.execute("show timezone").fetchone() == ("UTC",)


def test_a_server_that_is_not_there_is_unavailable_at_once(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="does not answer"):
        connect(f"host={tmp_path} dbname=none", timeout_s=60)


def test_what_is_no_url_is_a_problem_of_the_settings() -> None:
    with pytest.raises(SettingsError) as problem:
        connect("postgresql://somebody:secret@host/db?nonsense=1")

    assert "secret" not in str(problem.value)


def test_a_block_that_fails_changes_nothing(postgres_url: str) -> None:
    with connect(postgres_url) as database:
        with pytest.raises(RuntimeError, match="halfway"), database.transaction() as connection:
            connection.execute("create table half_done (n integer)")
            raise RuntimeError("halfway")
        with database.transaction() as connection:
            assert connection.execute("select to_regclass('half_done')").fetchone() == (None,)


def test_a_pool_survives_its_connections(postgres_url: str) -> None:
    with connect(postgres_url, size=1) as database:
        with database.transaction() as connection:
            (pid,) = connection.execute("select pg_backend_pid()").fetchone() or (None,)
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s)", [pid])

        with database.transaction() as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_what_is_broken_off_keeps_nobody_who_waits_for_it(postgres_url: str) -> None:
    with connect(postgres_url, size=1, timeout_s=600) as database, ThreadPoolExecutor(2) as pool:
        with database.transaction() as connection:
            (pid,) = connection.execute("select pg_backend_pid()").fetchone() or (None,)

        def ask(what: str) -> None:
            with database.transaction() as connection:
                connection.execute(what)

        # One of them has the only connection and waits for an answer; the other waits for the connection.
        asked = [pool.submit(ask, "select pg_sleep(600)") for _ in range(2)]
        with psycopg.connect(postgres_url, autocommit=True) as other:
            is_asleep = "select wait_event = 'PgSleep' from pg_stat_activity where pid = %s"
            while other.execute(is_asleep, [pid]).fetchone() != (True,):
                Event().wait(0.02)
            database.break_off()
            for one in asked:
                with pytest.raises(UnavailableError):
                    one.result()
            other.execute("select pg_terminate_backend(%s)", [pid])


def test_a_password_stands_in_no_command_line(tmp_path: Path) -> None:
    conninfo = _without_password("postgresql://ann:p:ss\\word@example.test/db", tmp_path)

    assert "word" not in conninfo.replace("password", "")
    assert (tmp_path / "password").read_text() == "*:*:*:*:p\\:ss\\\\word\n"
    assert (tmp_path / "password").stat().st_mode & 0o077 == 0


def test_values_json_has_no_form_for_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="JSON"):
        as_json({"value": float("inf")})
    with pytest.raises(InvalidInputError, match="JSON"):
        as_json({"value": object()})
