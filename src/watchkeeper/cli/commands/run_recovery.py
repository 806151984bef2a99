"""A run after trouble: one document, read cleanly, before all others go on (GF-44)."""

from typing import TYPE_CHECKING

from watchkeeper.domain.errors import ConflictError, InvalidInputError

if TYPE_CHECKING:
    from watchkeeper.app.client import ApiClient

_PREFIX = "RECOVERY_"


def for_recovery(numbers: list[int], *, named: bool, coach: bool, production: bool) -> list[int]:
    """The documents of a recovery run: what is named, else the corpus's first.

    Raises:
        InvalidInputError: More is asked of it than to read one document.
    """
    if coach or production:
        raise InvalidInputError(
            "a recovery run reads one document and nothing else",
            action="leave out --coach and --production; run again with them once it was clean",
        )
    return numbers or ([] if named else [1])


def require_recovered(client: "ApiClient", workload: str) -> None:
    """Let nothing go on while the last recovery run was not clean.

    Only the newest runs are looked at: none but another recovery can come after one that was not clean.

    Raises:
        ConflictError: It read no document, or failed on one.
    """
    newest = client.get("/runs", {"workload": workload})
    last = next((run for run in newest if run["run_id"].startswith(_PREFIX)), None)
    if last is None or last["status"] == "running":
        return
    if last["ok"] and not (last["failed"] or last["needs_ocr"]):
        return
    raise ConflictError(
        f"the last recovery run, {last['run_id']}, was not clean: {last['ok']} read, {last['failed']} failed",
        action=f"mend what failed, then read one document: `wk run {workload} --recover`",
    )
