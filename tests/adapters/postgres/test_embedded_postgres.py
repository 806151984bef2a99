"""The embedded PostgreSQL runs while it is held, and heals from the death of anybody concerned."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from typing import Any

import psycopg
import pytest

from watchkeeper.adapters.postgres.database import connect
from watchkeeper.adapters.postgres.embedded import EmbeddedPostgres
from watchkeeper.domain.errors import StorageFullError, UnavailableError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the embedded PostgreSQL runs on Linux only")


_BUSY = "select count(*) from pg_stat_activity where query like 'do %' and state = 'active'"


def ask(conninfo: str, query: str) -> object:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type] # a test's own query
    assert row is not None
    return row[0]


def run(conninfo: str, statement: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type] # a test's own statement


def test_a_held_server_answers_and_writes_durably_without_a_network(scene: Any) -> None:
    with scene.hold() as conninfo:
        assert str(ask(conninfo, "show server_version")).startswith("18.")
        assert [ask(conninfo, f"show {name}") for name in ("fsync", "synchronous_commit")] == ["on", "on"]
        assert ask(conninfo, "show listen_addresses") == ""
        assert ask(conninfo, "select lower('ÅÄÖ')") == "åäö"
        assert ask(conninfo, "select count(*) from pg_available_extensions where name = 'vector'") == 1


def test_what_was_written_is_there_when_it_is_held_again(scene: Any) -> None:
    with scene.hold(linger_s=0) as conninfo:
        run(conninfo, "create table remembered as select 42 as n")
    scene.until(lambda: not scene.servers() and not scene.watchdogs())

    with scene.hold() as conninfo:
        assert ask(conninfo, "select n from remembered") == 42


def test_the_server_stays_while_anybody_holds_it_and_goes_after_the_last(scene: Any) -> None:
    other = scene.start_holder()
    conninfo = scene.conninfo_of(other)
    with scene.hold():
        pass
    assert ask(conninfo, "select 1") == 1

    other.communicate("")

    scene.until(lambda: not scene.servers() and not scene.watchdogs())


def test_a_holder_that_comes_within_the_linger_time_finds_the_same_server(scene: Any) -> None:
    with scene.hold(linger_s=60):
        before = scene.servers()
    with scene.hold():
        assert scene.servers() == before


@pytest.mark.slow
def test_many_who_start_at_once_on_a_new_folder_share_one_server(new_scene: Any) -> None:
    holders = [new_scene.start_holder() for _ in range(3)]

    conninfos = {new_scene.conninfo_of(holder) for holder in holders}

    assert len(conninfos) == 1
    assert ask(conninfos.pop(), "select 1") == 1
    assert len(new_scene.servers()) == 1
    assert len(new_scene.watchdogs()) == 1
    assert not list(new_scene.folder.glob("cluster.new-*"))


@pytest.mark.slow
def test_a_killed_holder_holds_nothing_any_more(scene: Any) -> None:
    holder = scene.start_holder(linger_s=0)
    scene.conninfo_of(holder)

    holder.kill()
    holder.wait()

    scene.until(lambda: not scene.servers() and not scene.watchdogs())


@pytest.mark.slow
def test_a_killed_watchdog_is_replaced_while_the_server_runs_on(scene: Any) -> None:
    with scene.hold() as conninfo:
        server, watchdog = scene.servers(), scene.watchdogs()
        scene.kill(watchdog)

        scene.until(lambda: bool(scene.watchdogs()))

        assert scene.servers() == server
        assert ask(conninfo, "select 1") == 1
    scene.until(lambda: not scene.servers())  # the new watchdog ends what it did not start


@pytest.mark.slow
def test_a_killed_server_is_started_again_with_all_that_was_committed(scene: Any) -> None:
    with scene.hold() as conninfo, connect(conninfo, size=2) as database:
        with database.transaction() as connection:
            connection.execute("create table committed as select generate_series(1, 1000) as n")
        killed = scene.servers()

        scene.kill(killed)

        # the same pool, with no help: its dead connections are replaced
        scene.until(lambda: bool(scene.servers()))
        with database.transaction() as connection:
            counted = connection.execute("select count(*) from committed").fetchone()
        assert counted == (1000,)
        assert scene.servers() != killed


@pytest.mark.slow
def test_a_server_that_outlived_everybody_is_found_and_kept(scene: Any) -> None:
    holder = scene.start_holder(linger_s=60)
    scene.conninfo_of(holder)
    server = scene.servers()
    holder.kill()
    holder.wait()
    scene.kill(scene.watchdogs())

    with scene.hold() as conninfo:
        assert ask(conninfo, "select 1") == 1
        assert scene.servers() == server
    scene.until(lambda: not scene.servers())


@pytest.mark.slow
@pytest.mark.parametrize("stale", ["dead", "taken over"])
def test_a_stale_pid_file_never_blocks_a_start(scene: Any, stale: str) -> None:
    with scene.hold(linger_s=60):
        owner = scene.folder.stat()
        pid_file = scene.folder / "cluster" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
    scene.kill(scene.watchdogs())
    scene.kill(scene.servers())
    # Of the server's own user: PostgreSQL takes a stranger's process for dead, but not this one.
    as_server = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], **as_server) as somebody:
        if stale == "dead":
            somebody.kill()
            somebody.wait()
        for file in (pid_file, scene.folder / "socket" / ".s.PGSQL.5432.lock"):
            file.write_text("\n".join([str(somebody.pid), *lines[1:]]) + "\n")
        try:
            with scene.hold() as conninfo:
                assert ask(conninfo, "select 1") == 1
            assert stale == "dead" or somebody.poll() is None, "nobody was killed for it"
        finally:
            somebody.kill()


@pytest.mark.slow
def test_a_watchdog_killed_while_it_makes_the_cluster_leaves_nothing_half_made(new_scene: Any) -> None:
    holder = new_scene.start_holder(linger_s=60)
    new_scene.until(lambda: bool(list(new_scene.folder.glob("cluster.new-*"))) or new_scene.servers() != [])
    holder.kill()
    holder.wait()
    new_scene.kill(new_scene.watchdogs())

    with new_scene.hold() as conninfo:
        assert ask(conninfo, "select 1") == 1


@pytest.mark.slow
def test_a_server_asked_to_end_while_held_comes_back(scene: Any) -> None:
    with scene.hold() as conninfo, connect(conninfo, size=2) as database:
        (server,) = scene.servers()

        os.kill(server, signal.SIGINT)

        scene.until(lambda: scene.servers() not in ([], [server]))
        with database.transaction() as connection:
            assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.slow
def test_a_backend_that_outlived_its_server_is_ended_before_a_new_one_starts(scene: Any) -> None:
    with (
        scene.hold() as conninfo,
        connect(conninfo, size=2, timeout_s=30) as database,
        closing(psycopg.connect(conninfo, autocommit=True)) as busy,
    ):
        # Asks nobody whether the postmaster lives; only a signal ends it.
        busy.pgconn.send_query(b"do $$ begin loop end loop; end $$")
        scene.until(lambda: ask(conninfo, _BUSY) == 1)
        killed = scene.servers()

        scene.kill(killed)

        scene.until(lambda: scene.servers() not in ([], killed), within_s=30)
        with database.transaction() as connection:
            assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.slow
def test_a_deep_data_folder_puts_the_socket_elsewhere_and_takes_it_away_again(new_scene: Any) -> None:
    deep = EmbeddedPostgres(new_scene.data_dir / ("d" * 120) / "with, comma", linger_s=0)
    with deep as conninfo:
        socket_folder = psycopg.conninfo.conninfo_to_dict(conninfo)["host"]
        assert ask(conninfo, "select 1") == 1
        mode = os.stat(str(socket_folder)).st_mode  # noqa: PTH116
        assert mode & 0o077 == 0, "only the server's user may enter"

    new_scene.until(lambda: not os.path.exists(str(socket_folder)))  # noqa: PTH110


@pytest.mark.slow
def test_no_folder_above_changes_hands_or_mode(new_scene: Any) -> None:
    new_scene.data_dir.mkdir(mode=0o700)
    above = [new_scene.data_dir, *new_scene.data_dir.parents]
    before = [(folder.stat().st_mode, folder.stat().st_uid) for folder in above]

    with new_scene.hold() as conninfo:
        assert ask(conninfo, "select 1") == 1

    assert [(folder.stat().st_mode, folder.stat().st_uid) for folder in above] == before


def test_a_cluster_of_another_version_is_refused_and_left_alone(new_scene: Any) -> None:
    cluster = new_scene.folder / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("17\n")

    with pytest.raises(UnavailableError, match="PostgreSQL 17, not 18"), new_scene.hold():
        pass

    assert [file.name for file in cluster.iterdir()] == ["PG_VERSION"]


def test_a_data_folder_that_cannot_be_made_is_told_in_one_sentence(new_scene: Any) -> None:
    new_scene.data_dir.write_text("a file")

    with pytest.raises(StorageFullError, match="cannot be written: a file stands"), new_scene.hold():
        pass


def test_a_full_disk_is_told_in_one_sentence(new_scene: Any) -> None:
    new_scene.data_dir.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", new_scene.data_dir],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("a small file system cannot be mounted here (it takes root)")
    try:
        with pytest.raises(StorageFullError, match="the disk is full"), new_scene.hold():
            pass
    finally:
        new_scene.until(lambda: not new_scene.watchdogs())
        subprocess.run(["umount", new_scene.data_dir], check=True)
