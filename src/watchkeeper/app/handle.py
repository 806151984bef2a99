"""A real server in the caller's own process, for tests and for programs that bring their own."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Thread

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.app.engines import OpenEnginesOf
from watchkeeper.app.faces import Face
from watchkeeper.app.http_server import HttpServer
from watchkeeper.app.server_run import ServerPlan, server_on_folder
from watchkeeper.app.settings import Settings
from watchkeeper.app.wiring import open_engines as open_real_engines
from watchkeeper.app.workload import Workload, workloads
from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.errors import UnavailableError

_READY_WITHIN_S = 60.0
_STOP_WITHIN_S = 60.0


class Handle:
    """A running server: where it answers, and how to stop it."""

    def __init__(self, plan: ServerPlan) -> None:
        self._plan = plan
        self._stack = ExitStack()
        self._server: HttpServer | None = None
        self._thread: Thread | None = None
        self.address = ""
        """Such as `http://127.0.0.1:8787`."""
        self._begin()

    def reload(self, settings: Settings | None = None) -> None:
        """Start anew on the same address, with other settings if given; open requests end first.

        Raises:
            WatchkeeperError: It does not come up again; it is stopped then.
        """
        port = int(self.address.rpartition(":")[2])
        self.stop()
        self._plan = replace(self._plan, settings=settings or self._plan.settings, port=port)
        self._begin()

    def stop(self) -> None:
        """Stop it and wait until everything of it is closed; safe to repeat.

        Raises:
            UnavailableError: It did not stop in time.
        """
        if self._server is not None and self._thread is not None:
            self._server.request_stop()
            self._thread.join(_STOP_WITHIN_S)
            if self._thread.is_alive():
                raise UnavailableError(
                    f"the server at {self.address} did not stop within {_STOP_WITHIN_S:g} s",
                    action="look into `<data>/logs/server.jsonl`",
                )
        self._server = self._thread = None
        self._stack.close()

    def _begin(self) -> None:
        server, run_file = self._stack.enter_context(server_on_folder(self._plan))
        self.address = run_file.url or ""
        self._server = server
        self._thread = Thread(target=server.run, name="watchkeeper-server", daemon=True)
        self._thread.start()
        if not server.wait_ready(within_s=_READY_WITHIN_S):
            why = server.failure or UnavailableError(
                f"the server is not ready after {_READY_WITHIN_S:g} s: "
                + "; ".join(server.state.readiness.reasons())
            )
            self.stop()
            raise why


def start(
    settings: Settings,
    data_dir: Path,
    faces: Sequence[Face] = (),
    *,
    clock: Clock | None = None,
    ids: IdSource | None = None,
    installed: Sequence[Workload] | None = None,
    open_engines: OpenEnginesOf = open_real_engines,
) -> Handle:
    """Start the real server in a thread of this process and wait until it is ready.

    Args:
        settings: The settings; `server.port` 0 takes any free port.
        data_dir: The data folder, made if it is not there.
        faces: Pages to mount.
        clock: The machine's clock if None.
        ids: Random ids if None.
        installed: The workloads; those found by entry points if None.
        open_engines: What opens the stores; others than the real ones are for tests.

    Raises:
        WatchkeeperError: It cannot run here: the folder or port is taken, an engine does not start.
    """
    plan = ServerPlan(
        settings=settings,
        data_dir=data_dir.resolve(),
        clock=clock or SystemClock(),
        ids=ids or SystemIds(),
        open_engines=open_engines,
        workloads=tuple(workloads().values()) if installed is None else installed,
        faces=faces,
    )
    return Handle(plan)
