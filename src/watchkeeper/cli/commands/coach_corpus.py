"""Coaching on documents of the corpus, for `wk run --coach` and `wk coach run --phase`."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any

import typer

from watchkeeper.app.client import ApiClient
from watchkeeper.app.meta_coach import meta_coach
from watchkeeper.app.process_identity import own_start
from watchkeeper.cli.commands.coach_told import print_meta_coach
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.coaching.phases import PHASES, Phase, require_window
from watchkeeper.coaching.session import Session
from watchkeeper.domain.errors import ConflictError, InvalidInputError
from watchkeeper.workloads.annual_reports.coaching.document_coach import (
    CoachingSummary,
    CoachingTask,
    coach_documents,
    sole_coach,
)
from watchkeeper.workloads.annual_reports.coaching.report_folder import report_opener
from watchkeeper.workloads.annual_reports.extraction import WORKLOAD
from watchkeeper.workloads.annual_reports.scoring import Labels, load_labels


def next_numbers(client: ApiClient, count: int) -> list[int]:
    """The numbers of the next documents of the corpus nobody has read yet (GF-11).

    Raises:
        InvalidInputError: Every document was read.
    """
    page = client.get(f"/documents?workload={WORKLOAD}&status=new&limit={count}")
    numbers = [int(one["number"]) for one in page["documents"]][:count]
    if not numbers:
        raise InvalidInputError(
            "every document of the corpus was read", action="add some with `wk documents add`"
        )
    return numbers


def coach_files(
    call: Invocation,
    client: ApiClient,
    files: Sequence[Path],
    run_id: str,
    *,
    max_rounds: int | None,
    labels: Labels | None,
    phase: Phase | None = None,
) -> CoachingSummary:
    """Coach on files that a run has read, in the phase the documents coached so far lead to."""
    standing = client.get(f"/coaching/{WORKLOAD}/switch")
    if not standing["enabled"]:
        told = standing["switch"]
        raise ConflictError(
            f"coaching is stopped since {told['given_at']} by {told['given_by']}: {told['reason']}",
            action="let it go on with `wk coach enable`",
        )
    if phase is None:
        number = client.get(f"/status?workload={WORKLOAD}")["phase"]["number"]
        phase = PHASES[number - 1]
    with sole_coach(call.data_dir), meta_coach(call.settings, call.data_dir, workload=WORKLOAD) as meta:
        task = CoachingTask(
            run_id=run_id,
            files=files,
            labels=labels or {},
            phase=phase,
            max_rounds=max_rounds,
            told=_quiet if call.json else _tell,
            meta=meta,
        )
        return coach_documents(task, report_opener(call.settings, call.data_dir), client)


def coach_window(
    call: Invocation,
    *,
    phase: int,
    first: str,
    last: int | None,
    max_rounds: int | None,
    labels: Path | None,
) -> None:
    """Coach the documents of a phase's window, in a run of their own (GF-12).

    Raises:
        InvalidInputError: Window and phase disagree, or the corpus has none of the documents.
    """
    if not first.isdigit() or last is None:
        raise InvalidInputError("a phase takes a window", action="give --from 1 --to 50, by number")
    wanted = require_window(phase, int(first), last)
    with connect(call) as client:
        after = int(first) - 1
        page = client.get(f"/documents?workload={WORKLOAD}&after={after}&limit={last - after}")
        files = [Path(one["path"]) for one in page["documents"] if one["number"] <= last]
        if not files:
            raise InvalidInputError(
                f"the corpus has no document from {first} to {last}", action="see `wk documents list`"
            )
        run: dict[str, Any] = {
            "workload": WORKLOAD,
            "items": len(files),
            "coaching": True,
            "owner": {"pid": os.getpid(), "start": own_start()},
            "details": {"phase": phase},
        }
        run_id = str(client.post("/runs", run)["run_id"])
        ended, began = "failed", monotonic()
        try:
            coached = coach_files(
                call,
                client,
                files,
                run_id,
                max_rounds=max_rounds,
                labels=None if labels is None else load_labels(labels),
                phase=wanted,
            )
            ended = "finished"
        finally:
            client.post(f"/runs/{run_id}/finish", {"status": ended, "seconds": monotonic() - began})
    if call.json:
        print_json(asdict(coached))
    else:
        print_coached(coached)
    raise typer.Exit(1 if coached.failed or coached.skipped else 0)


def print_coached(coached: CoachingSummary) -> None:
    """What coaching did, for people."""
    phase = PHASES[coached.phase - 1]
    print_line(
        f"{coached.run_id}: coached {coached.documents} documents in phase {phase.number} ({phase.name}), at "
        f"most {coached.max_rounds} rounds: {coached.sessions} sessions, {coached.rounds} rounds, "
        f"{coached.changes} changes, {coached.golden} golden, {coached.failed} failed"
    )
    print_line(f"accuracy {percent(coached.accuracy_before)} before, {percent(coached.accuracy_after)} after")
    if coached.by_consensus:
        print_line(
            f"{coached.by_consensus} without labels: consensus and arithmetic stood in for truth; "
            "what the readers agree on can be wrong"
        )
    print_meta_coach(coached.meta_coach)
    for skipped in coached.skipped:
        print_line(f"  not coached on: {skipped}")


def _tell(agent: str, session: Session) -> None:
    if session.failure is not None or session.changes:
        for one in session.rounds:
            what = one.change or "kept"
            print_line(
                f"{session.document} {agent} round {one.number}: {percent(one.judged.accuracy)}, "
                f"{one.decision.strategy} ({one.decision.reason}): {what}"
            )
        if session.failure is not None:
            print_line(f"{session.document} {agent} failed: {session.failure}")


def _quiet(agent: str, session: Session) -> None:
    pass
