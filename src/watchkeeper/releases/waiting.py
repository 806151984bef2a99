"""What a canary waits for that will not come by itself, and what a person can do about it."""

from watchkeeper.releases.gate import GateVerdict, Measure
from watchkeeper.releases.release import Release


def waits_for(canary: Release, verdict: GateVerdict, *, evaluation: str) -> tuple[str, ...]:
    """What is lacking, each a sentence; none where calls alone will settle it.

    Args:
        canary: The release.
        verdict: Of the gate, over its calls so far.
        evaluation: The evaluation that is the quality.
    """
    lacking = [one.measure for one in verdict.findings if one.verdict == "no data"]
    if verdict.decision != "open" or not lacking:
        return ()
    if verdict.calls == 0:
        return (
            f"no call of {canary.release_id} has come yet: callers ask for their release"
            f" (GET /api/v1/releases/chosen?workload={canary.workload}&subject=…) and send it along as"
            " x-watchkeeper-release",
        )
    return tuple(_lack(measure, canary, evaluation) for measure in lacking)


def _lack(measure: Measure, canary: Release, evaluation: str) -> str:
    leave_out = f"leave it out: `releases.gate.{measure}: null`"
    if measure == "quality":
        judge = f"`wk eval calls SUITE --release {canary.release_id}`, and the live release's likewise"
        return (
            f"the answers of both releases were not judged as {evaluation!r}, so quality is no data and never"
            f" passes: judge them ({judge}), or {leave_out}"
        )
    if measure == "cost":
        return (
            "too many of the calls have no known price, so cost is no data and never passes: price the model"
            f" (`prices` in the settings), or {leave_out}"
        )
    return (
        f"too few calls of both releases tell their {measure}, so it is no data and never passes: wait, or"
        f" {leave_out}"
    )
