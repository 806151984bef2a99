"""Every scorer by its name, made from what a suite says of it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.scorers.exact import Exact
from watchkeeper.evaluation.scorers.fields import Fields
from watchkeeper.evaluation.scorers.found_set import FoundSet
from watchkeeper.evaluation.scorers.judge import AskJudge, Judge
from watchkeeper.evaluation.scorers.pattern import Pattern
from watchkeeper.evaluation.scorers.ranking import Ranking
from watchkeeper.evaluation.scorers.schema import Schema
from watchkeeper.evaluation.scorers.scorer import Scorer
from watchkeeper.evaluation.scorers.twins import Twins
from watchkeeper.evaluation.scorers.words import Words
from watchkeeper.files.invalid_document import wrong_places

PLAIN: Mapping[str, type[BaseModel]] = {
    "exact": Exact,
    "fields": Fields,
    "found-set": FoundSet,
    "pattern": Pattern,
    "ranking": Ranking,
    "schema": Schema,
    "twins": Twins,
    "words": Words,
}
"""Scorers that need nobody: the same answer has the same score for ever."""
JUDGE = "judge"


def make_scorer(kind: str, given: Mapping[str, Any], *, ask: Callable[[str], AskJudge]) -> Scorer:
    """The scorer a suite describes.

    Args:
        kind: Its name in the registry.
        given: What the suite says of it; `name` may call it otherwise in results.
        ask: Makes the way to a judge, by its target.

    Raises:
        InvalidInputError: There is no such scorer, or it takes no such thing.
    """
    if kind == JUDGE:
        return _judge(given, ask)
    model = PLAIN.get(kind)
    if model is None:
        known = ", ".join(sorted((*PLAIN, JUDGE)))
        raise InvalidInputError(f"there is no scorer {kind[:60]!r}", action=f"name one of: {known}")
    try:
        scorer: Any = model.model_validate(dict(given))
    except ValidationError as problems:
        told = wrong_places(problems, whole=kind, most=1)
        raise InvalidInputError(f"scorer {kind}: {told}", action="mend the suite") from None
    taken = {name: value for name, value in given.items() if name not in ("name", "version")}
    if taken and "version" not in given:
        # What it takes decides scores: runs that took something else are not compared with.
        said = json.dumps(taken, sort_keys=True, default=str)
        scorer = scorer.model_copy(
            update={"version": f"{scorer.version}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"}
        )
    return scorer  # type: ignore[no-any-return]  # every model of the table keeps the protocol; a test says so


def _judge(given: Mapping[str, Any], ask: Callable[[str], AskJudge]) -> Judge:
    strange = sorted(set(given) - {"target", "rubric", "name"})
    missing = [name for name in ("target", "rubric") if not isinstance(given.get(name), str)]
    if strange or missing:
        told = f"has the unknown key {strange[0]!r}" if strange else f"names no `{missing[0]}`"
        raise InvalidInputError(
            f"the judge {told}", action="give `target`, `rubric` and, if you like, `name`"
        )
    target = given["target"]
    return Judge(target=target, rubric=given["rubric"], ask=ask(target), name=given.get("name", JUDGE))
