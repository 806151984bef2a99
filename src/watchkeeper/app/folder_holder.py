"""Who holds a data folder, told in one sentence."""

from pathlib import Path

from watchkeeper.app.run_files import SERVER, RunFile, living
from watchkeeper.domain.errors import ConflictError


def check_free(data_dir: Path) -> None:
    """See that no server that stays runs on the folder; an idle one makes room by itself.

    Raises:
        ConflictError: One does; the message names it.
    """
    server = living(data_dir, SERVER)
    if server is not None and server.idle_exit_s is None:
        raise held_by(data_dir, server)


def held_by(data_dir: Path, holder: RunFile | None) -> ConflictError:
    """The error for a folder that another server holds."""
    who = "another server that is just starting or stopping" if holder is None else holder.holder()
    return ConflictError(
        f"Watchkeeper already runs on the data folder {data_dir}: {who}",
        action="use that one, stop it with `wk down`, or choose another folder with `--data-dir`",
    )
