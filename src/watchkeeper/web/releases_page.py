"""Releases: what each workload works with, how its canary does beside it, and every move with its reason."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.percent_text import percent_text
from watchkeeper.web import printed
from watchkeeper.web.experiments_part import experiments_of, tell_of_running
from watchkeeper.web.frame import heading, page_frame, section, tell, tell_failure
from watchkeeper.web.tables import Cell, Column, Row, said, table
from watchkeeper.web.words import Said

REFRESH_S = 30.0
_MOVES_SHOWN = 50
_RELEASES = (
    Column("release"),
    Column("state"),
    Column("traffic", number=True),
    Column("made by"),
    Column("made at"),
    Column("note"),
    Column("pins"),
)
_CHANGES = (Column("pin"), Column("live"), Column("this one"))
_PROOFS = (
    Column("at"),
    Column("release"),
    Column("check"),
    Column("verdict"),
    Column("told"),
    Column("by"),
)
_FINDINGS = (
    Column("measure"),
    Column("verdict"),
    Column("difference", number=True),
    Column("at least", number=True),
    Column("at most", number=True),
    Column("harm from", number=True),
    Column("calls", number=True),
)
_MOVES = (
    Column("at"),
    Column("release"),
    Column("move"),
    Column("traffic", number=True),
    Column("by"),
    Column("why"),
)
_STATES = {
    "live": Said("✓ live", "wk-good"),
    "canary": Said("▲ canary", "wk-watch"),
    "rolled back": Said("✕ rolled back", "wk-intervene"),
}
_PROVED = {
    "passed": Said("✓ passed", "wk-good"),
    "failed": Said("✕ failed", "wk-intervene wk-strong"),
    "not checked": Said("◌ not checked", "wk-none"),
}
_VERDICTS = {
    "passed": Said("✓ passed", "wk-good"),
    "breached": Said("✕ breached", "wk-intervene wk-strong"),
    "open": Said("▲ open", "wk-watch"),
}


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/releases")
    async def releases_page() -> None:
        with page_frame("Releases", at="/releases"):
            heading("Releases")

            @ui.refreshable
            async def content() -> None:
                try:
                    found = await client.get("/releases")
                    stories = {
                        one["release_id"]: await client.get(f"/releases/{one['release_id']}") for one in found
                    }
                    changes = {
                        one["release_id"]: await client.get(f"/releases/{one['release_id']}/diff")
                        for one in found
                        if one["state"] == "canary"
                    }
                    experiments = await client.get("/experiments")
                    looks = {
                        one["name"]: await client.get(f"/experiments/{one['name']}")
                        for one in experiments
                        if one["running"]
                    }
                except WatchkeeperError as error:
                    tell_failure(error)
                    return
                if not found:
                    section("None yet", "make one with `wk release make`")
                for workload in dict.fromkeys(one["workload"] for one in found):
                    own = [one for one in found if one["workload"] == workload]
                    _workload(workload, own, stories=stories, changes=changes, timezone=timezone)
                    tried = [one for one in experiments if one["workload"] == workload]
                    tell_of_running(tried)
                    experiments_of(workload, tried, looks, timezone)
                    _moves(workload, own, stories, timezone)

            await content()
            ui.timer(REFRESH_S, content.refresh, immediate=False)


def _workload(
    workload: str,
    releases: Sequence[dict[str, Any]],
    *,
    stories: dict[str, Any],
    changes: dict[str, Any],
    timezone: str,
) -> None:
    mark = f"releases-{workload}"
    section(workload, f"{len(releases)} releases")
    table(_RELEASES, [_release(one, timezone) for one in releases], mark=mark, empty="no release")
    for one in releases:
        canary = stories[one["release_id"]]["canary"]
        if canary is not None:
            section(
                f"Canary {one['release_id']}",
                f"{canary['calls']} calls, {canary['decision']}: {canary['reason']}; next: {canary['next']}",
            )
            for lack in canary["waits_for"]:
                tell(f"It waits: {lack}", mild=True)
            rows = [_finding(finding) for finding in canary["findings"]]
            table(_FINDINGS, rows, mark=f"canary-{workload}", empty="nothing is compared")
            _changes(workload, changes[one["release_id"]]["changes"])
    proofs = [proof for one in releases for proof in stories[one["release_id"]]["proofs"]]
    proofs.sort(key=lambda proof: str(proof["at"]), reverse=True)
    section("Proofs", "what was checked, the newest first")
    rows = [_proof(proof, timezone) for proof in proofs[:_MOVES_SHOWN]]
    table(_PROOFS, rows, mark=f"proofs-{workload}", empty="nothing was checked yet")


def _moves(workload: str, releases: Sequence[dict[str, Any]], stories: dict[str, Any], timezone: str) -> None:
    moves = [move for one in releases for move in stories[one["release_id"]]["moves"]]
    moves.sort(key=lambda move: move["at"], reverse=True)
    section("Moves", "the newest first")
    rows = [_move(move, timezone) for move in moves[:_MOVES_SHOWN]]
    table(_MOVES, rows, mark=f"moves-{workload}", empty="no move yet")


def _release(one: dict[str, Any], timezone: str) -> Row:
    pins = [f"{kind} {name}: {value}" for kind, named in one["pins"].items() for name, value in named.items()]
    return Row(
        (
            Cell(one["release_id"]),
            said(_STATES.get(one["state"], Said(one["state"], ""))),
            Cell(f"{one['percent']:g} %"),
            Cell(one["made_by"]),
            Cell(printed.instant(one["made_at"], timezone), css="wk-word"),
            Cell(one["note"] or ""),
            Cell("; ".join(pins), css="wk-long"),
        )
    )


def _changes(workload: str, changes: Sequence[dict[str, Any]]) -> None:
    """What a canary works with that the live release does not."""
    section("What it changes")
    rows = [
        Row(
            (
                Cell(f"{one['kind']} {one['name']}"),
                Cell(one["before"] or "—", css="wk-long"),
                Cell(one["after"] or "—", css="wk-long"),
            )
        )
        for one in changes
    ]
    table(_CHANGES, rows, mark=f"changes-{workload}", empty="nothing: both pin the same")


def _proof(one: dict[str, Any], timezone: str) -> Row:
    return Row(
        (
            Cell(printed.instant(one["at"], timezone), css="wk-word"),
            Cell(one["release_id"]),
            Cell(one["check"]),
            said(_PROVED.get(one["verdict"], Said(one["verdict"], ""))),
            Cell(one["told"], css="wk-long"),
            Cell(one["by"]),
        )
    )


def _finding(one: dict[str, Any]) -> Row:
    return Row(
        (
            Cell(one["measure"]),
            said(_VERDICTS.get(one["verdict"], Said(one["verdict"], "wk-none"))),
            *(Cell(_change(one[name])) for name in ("difference", "low", "high", "tolerance")),
            Cell(str(one["calls"])),
        )
    )


def _change(share: float | None) -> str:
    return printed.NO_DATA if share is None else percent_text(share, signed=True)


def _move(one: dict[str, Any], timezone: str) -> Row:
    return Row(
        (
            Cell(printed.instant(one["at"], timezone), css="wk-word"),
            Cell(one["release_id"]),
            Cell(f"{one['before'] or 'new'} → {one['after']}"),
            Cell(f"{one['share'] / 100:g} %"),
            Cell(one["by"]),
            Cell(one["reason"]),
        )
    )
