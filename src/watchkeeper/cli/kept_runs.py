"""Evaluation runs at the server: kept there beside their files, and read from there by their ids."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.app.discovery import ready_server
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.printing import print_line
from watchkeeper.cli.who import by_whom
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.evaluation.eval_file import eval_line, read_eval_file
from watchkeeper.evaluation.eval_line import EvalHead, EvalLine
from watchkeeper.evaluation.kept_run import is_run_id

if TYPE_CHECKING:
    from watchkeeper.app.client import ApiClient

KeepOption = Annotated[
    bool | None,
    typer.Option("--keep/--no-keep", help="Keep it at the server, too; if not said, where one is up."),
]
_MEASURED = ("judge", "version", "confusion", "undecided", "unsteady", "disagrees", "erred")
_AT_ONCE = 200
"""Answers sent, or fetched, by one request."""


def keep_run(call: Invocation, file: Path, *, keep: bool | None, by: str | None) -> str | None:
    """Keep a run at the server as well, and say so.

    Args:
        call: Where the server is.
        file: The run's.
        keep: Whether a server is started for it (True), or not even one that is up is told (False).
        by: Who does it.

    Returns:
        Its id there; None where it is in its file alone.

    Raises:
        WatchkeeperError: It was to be kept, and could not be.
    """
    left = f"the run is in {file} alone; `wk eval add {file}` keeps it"
    with _Keeping(call, keep=keep, left=left) as keeping:
        if keeping.client is None:
            return None
        run_id, _ = add_run(keeping.client, file, by=by_whom(call, by))
        if not call.json:
            print_line(f"kept at the server as {run_id}")
        return run_id
    return None


def keep_judges(
    call: Invocation,
    head: "EvalHead",
    judges: Sequence[Mapping[str, Any]],
    *,
    keep: bool | None,
    by: str | None,
) -> None:
    """Keep what was measured of judges at the server as well, and say so; raises as `keep_run` does."""
    left = "what was measured is not kept at a server: say `--keep`"
    with _Keeping(call, keep=keep, left=left) as keeping:
        if keeping.client is None:
            return
        measured = [{name: one[name] for name in _MEASURED} for one in judges]
        body = {
            "workload": head.workload,
            "suite": head.name,
            "dataset": head.dataset,
            "dataset_sha256": head.dataset_sha256,
            "repeats": head.repeats,
            "measured_at": head.started_at,
            "judges": measured,
            "by": by_whom(call, by),
        }
        keeping.client.post("/evaluation/judges", body)
        if not call.json:
            print_line(f"kept at the server: scores of {head.name} are corrected by it from now on")


def add_run(client: "ApiClient", file: Path, *, by: str | None) -> tuple[str, int]:
    """Keep a file's run at a server.

    Returns:
        Its id there, and how many answers were new.
    """
    head, lines = read_eval_file(file)
    run_id = str(client.post("/evaluation/runs", {**asdict(head), "by": by})["run_id"])
    added = 0
    for begun in range(0, len(lines), _AT_ONCE):
        body = [asdict(one) for one in lines[begun : begun + _AT_ONCE]]
        added += client.post(f"/evaluation/runs/{run_id}/answers", body)["added"]
    return run_id, added


def kept_summary(call: Invocation, run: str) -> dict[str, Any] | None:
    """What a kept run came to, corrected by what was measured of its judges; None where a file is meant."""
    if not is_run_id(run):
        return None
    with connect(call) as client:
        return dict(client.get(f"/evaluation/runs/{run}")["summary"])


def run_named(call: Invocation, run: str) -> "tuple[EvalHead, list[EvalLine]]":
    """The run of a file, or the kept one of an id.

    Raises:
        InvalidInputError: The file is no run.
        NotFoundError: No run is kept under the id.
    """
    if not is_run_id(run):
        return read_eval_file(Path(run))
    with connect(call) as client:
        return fetched_run(client, run)


def fetched_run(client: "ApiClient", run_id: str) -> "tuple[EvalHead, list[EvalLine]]":
    """A kept run, whole."""
    lines: list[EvalLine] = []
    skip: int | None = 0
    head: dict[str, Any] = {}
    while skip is not None:
        found = client.get(f"/evaluation/runs/{run_id}/lines", {"skip": skip, "limit": _AT_ONCE})
        head, skip = found["head"], found["next"]
        lines += map(eval_line, found["lines"])
    return EvalHead(**head), lines


class _Keeping:
    """A client of the server something is to be kept at; without one, or where it fails, that is said."""

    def __init__(self, call: Invocation, *, keep: bool | None, left: str) -> None:
        self._call = call
        self._keep = keep
        self._left = left
        self.client: ApiClient | None = None

    def __enter__(self) -> "_Keeping":
        if self._keep or (self._keep is None and self._is_up()):
            self.client = connect(self._call)
        elif self._keep is None and not self._call.json:
            print_line(f"no server is up: {self._left}")
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if self.client is not None:
            self.client.close()
        if not isinstance(error, WatchkeeperError) or self._keep:
            return False
        print_line(f"not kept at the server: {error.message}; {self._left}", to=sys.stderr)
        return True

    def _is_up(self) -> bool:
        return self._call.server is not None or ready_server(self._call.data_dir) is not None
