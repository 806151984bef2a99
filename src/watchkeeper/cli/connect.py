"""The way from a command to the API: another machine's server, this folder's, or one started now."""

import sys
from functools import partial
from typing import TYPE_CHECKING

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.client import DEFAULT_TIMEOUT_S, ApiClient
from watchkeeper.app.discovery import find_or_start
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.printing import print_line

if TYPE_CHECKING:
    from watchkeeper.app.settings import Settings

IDLE_EXIT_S = 300
"""Seconds after the last request that a server started by a command leaves."""


def connect(call: Invocation, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> ApiClient:
    """A client of the server this command is about, which is started if need be.

    Raises:
        UnavailableError: It cannot be started.
        SettingsProblemsError: The settings have problems.
    """
    if call.server is not None:
        return ApiClient(call.server, key=call.key, timeout_s=timeout_s)

    settings = call.settings
    command = call.own_command("server", "--port", "0", "--idle-exit", str(IDLE_EXIT_S))
    # Whoever reads JSON reads it from the error stream as well.
    tell = None if call.json else partial(print_line, to=sys.stderr)
    found = find_or_start(call.data_dir, command, SystemClock(), tell=tell)
    return ApiClient(found.url or "", key=call.key or _first_key(settings), timeout_s=timeout_s)


def _first_key(settings: "Settings") -> str | None:
    """The key that this folder's own server accepts."""
    keys = settings.server.keys
    return keys[0].get_secret_value() if keys else None
