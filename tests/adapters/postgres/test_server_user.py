"""Root's PostgreSQL runs as an ordinary user, who may need help to pass closed folders."""

import os
from pathlib import Path

import pytest

from watchkeeper.adapters.postgres.server_user import (
    DEDICATED_ID,
    ServerUser,
    account_for_initdb,
    become_server_user,
    closed_parent,
    server_user,
)

SOMEBODY = ServerUser(60998, 60998)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what root does")
as_anybody = pytest.mark.skipif(os.geteuid() == 0, reason="about what an ordinary user does")


@as_anybody
def test_an_ordinary_users_server_runs_as_that_user(tmp_path: Path) -> None:
    assert server_user(tmp_path, folder=tmp_path / "postgres") is None
    assert become_server_user(None, needs=(tmp_path,)) is None


@as_root
def test_roots_server_runs_under_a_number_of_its_own(tmp_path: Path) -> None:
    assert server_user(tmp_path, folder=tmp_path / "postgres") == ServerUser(DEDICATED_ID, DEDICATED_ID)


@as_root
def test_on_a_users_data_folder_roots_server_runs_as_that_user(tmp_path: Path) -> None:
    os.chown(tmp_path, 60998, 60998)

    assert server_user(tmp_path, folder=tmp_path / "postgres") == SOMEBODY


@as_root
def test_whoever_owns_the_server_folder_goes_on_running_it(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    os.chown(folder, 60998, 60998)

    assert server_user(tmp_path, folder=folder) == SOMEBODY


def test_initdb_runs_under_a_user_that_has_an_account() -> None:
    account = account_for_initdb(SOMEBODY)

    assert account.uid not in (0, SOMEBODY.uid)
    assert account_for_initdb(account) == account


def test_the_first_folder_that_is_closed_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "inner").mkdir(parents=True)
    tmp_path.chmod(0o755)
    for folder in (closed, closed / "inner"):
        folder.chmod(0o700)
    own = closed.stat()

    found = closed_parent(closed / "inner" / "file", SOMEBODY)

    assert found is not None
    assert found == closed or found in closed.parents, "a parent of the test folder may be closed already"
    owner = ServerUser(own.st_uid, own.st_gid)
    assert closed_parent(closed / "inner" / "file", owner) is None


def test_a_group_or_everybody_may_pass_where_the_mode_says_so(tmp_path: Path) -> None:
    folder = Path("/") / "tmp"

    assert closed_parent(folder / "file", SOMEBODY) is None
