"""Finding the server of a folder: what is waited for is said, and `wk up` is left to bring its own back."""

import sys
from pathlib import Path

import pytest

from watchkeeper.app.data_folder import prepare_data_folder
from watchkeeper.app.discovery import find_or_start
from watchkeeper.app.run_files import SERVER, SUPERVISOR, own_run_file, write_run_file
from watchkeeper.domain.errors import UnavailableError
from watchkeeper.testing.clock import MovedClock


class HastyClock(MovedClock):
    """Goes on by two seconds whenever somebody looks."""

    def monotonic(self) -> float:
        self.advance(2)
        return super().monotonic()


def marking(mark: Path) -> list[str]:
    """A command that would start a server, and leaves a mark instead."""
    return [sys.executable, "-c", f"open({str(mark)!r}, 'w')"]


@pytest.mark.parametrize("name", [SERVER, SUPERVISOR])
def test_a_server_that_is_being_brought_up_is_waited_for_and_no_second_one_started(
    tmp_path: Path, name: str
) -> None:
    clock, mark = HastyClock(), tmp_path / "started"
    prepare_data_folder(tmp_path / "data")
    nobody = "http://127.0.0.1:1" if name == SERVER else None
    write_run_file(tmp_path / "data", own_run_file(name, clock.now(), url=nobody))
    told: list[str] = []
    with pytest.raises(UnavailableError, match="not ready after 60 s: it does not answer"):
        find_or_start(tmp_path / "data", marking(mark), clock, tell=told.append)
    assert told == ["waiting for the server, for up to 60 s: it does not answer"]
    assert not mark.exists()
