"""Canaries of a file: asked of a route or target, kept at the server, and proof of the release named."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.suite_files import yaml_of_file
from watchkeeper.cli.who import by_whom
from watchkeeper.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from watchkeeper.app.client import ApiClient
    from watchkeeper.evaluation.asked_canaries import AskedSuite
    from watchkeeper.evaluation.canaries import CheckedCanary

SUITE_FILES = (".yaml", ".yml")
_PROOF = "canaries"


def asked_suite(
    call: Invocation, file: Path, *, target: str | None, release: str | None, by: str | None
) -> "tuple[CheckedCanary, ...]":
    """Ask a file's canaries, and keep what came of it.

    Args:
        call: Its settings tell routes and targets.
        file: The suite's.
        target: Whom to ask in place of the suite's own.
        release: Whose proof it is; None: nobody's.
        by: Who does it.

    Raises:
        WatchkeeperError: As whatever is wrong is told; nothing was asked then.
    """
    from watchkeeper.app.evaluation_calls import EvaluationCalls
    from watchkeeper.evaluation.asked_canaries import Asking, ask_canaries
    from watchkeeper.evaluation.canaries import canary_body

    suite = _read(file, target)
    calls = EvaluationCalls(call.settings, call.data_dir, workload=suite.workload)
    try:
        for name in (suite.system.target, *(() if suite.judge is None else (suite.judge,))):
            calls.check(name)
        answer = partial(calls.answer, suite.as_suite(), suite.system)
        with connect(call) as client:
            if release is not None:
                _require_own(client, suite, release)
            checked = ask_canaries(suite, Asking(answer=answer, judge=calls.judge))
            client.post("/canaries", canary_body(checked, suite=suite.suite, workload=suite.workload))
            if release is not None:
                client.post(f"/releases/{release}/proofs", _proof(suite, checked, by_whom(call, by)))
    finally:
        calls.close()
    return checked


def _read(file: Path, target: str | None) -> "AskedSuite":
    from watchkeeper.evaluation.asked_canaries import read_asked_suite

    suite = read_asked_suite(yaml_of_file(file), name=str(file))
    if target is None:
        return suite
    return suite.model_copy(update={"system": suite.system.model_copy(update={"target": target})})


def _require_own(client: "ApiClient", suite: "AskedSuite", release: str) -> None:
    """See that what is asked is what the release would work with: anything else proves nothing of it."""
    found = client.get(f"/releases/{release}")["release"]
    if found["workload"] != suite.workload:
        raise InvalidInputError(
            f"{release} is of {found['workload']}, and the canaries are of {suite.workload}",
            action="name a release of the suite's workload",
        )
    pinned = sorted(set(found["pins"]["targets"].values()))
    if pinned and suite.system.target not in pinned:
        raise InvalidInputError(
            f"{release} works with {', '.join(pinned)}, and the canaries ask {suite.system.target}",
            action=f"say --target {pinned[0]}",
        )


def _proof(
    suite: "AskedSuite", checked: "tuple[CheckedCanary, ...]", by: str | None
) -> dict[str, str | None]:
    from watchkeeper.evaluation.canaries import Verdict, suite_verdict

    others = [one.check.document for one in checked if one.verdict is not Verdict.PASS]
    told = f"{len(checked) - len(others)} of {len(checked)} of {suite.suite}, asked of {suite.system.target}"
    if others:
        told += f"; not passed: {', '.join(others)}"
    return {"check": _PROOF, "verdict": suite_verdict(checked), "told": told[:1000], "by": by}
