"""A suite: which items, who answers and with which prompt, and which scorers judge."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.dataset import Dataset, DatasetItem
from watchkeeper.evaluation.scorers.judge import AskJudge
from watchkeeper.evaluation.scorers.registry import make_scorer
from watchkeeper.evaluation.scorers.scorer import Scorer
from watchkeeper.files.invalid_document import wrong_places

_NAMED = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
WHOLE_INPUT = "input"
"""What a prompt calls the whole input of an item."""


class SystemUnderTest(BaseModel):
    """Who answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    target: str = Field(min_length=1, description="A route or target.")
    prompt: str = Field(default="{input}", min_length=1, description="`{input}`, or its members' names.")
    instructions: str | None = Field(default=None, min_length=1, description="The system message.")
    json_schema: dict[str, Any] | None = Field(
        default=None, alias="schema", description="Answers are JSON of this form."
    )
    max_output_tokens: int = Field(default=1024, ge=1)
    temperature: float = Field(default=0.0, ge=0, le=2)
    timeout_s: float = Field(default=60.0, gt=0)


class Suite(BaseModel):
    """What `wk eval run` takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    workload: str = Field(default="evaluation", min_length=1)
    dataset: str | None = Field(default=None, description="A file of JSON lines, beside the suite.")
    system: SystemUnderTest | None = Field(default=None, description="None: given outputs are scored.")
    scorers: tuple[dict[str, dict[str, Any]], ...] = Field(min_length=1)
    repeats: int = Field(default=1, ge=1, le=1000)
    at_once: int = Field(default=4, ge=1, le=256)

    @property
    def sha256(self) -> str:
        """Of what decides answers and scores."""
        said = self.model_dump(mode="json", exclude={"at_once", "dataset", "workload"})
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def read_suite(data: object, *, name: str) -> Suite:
    """The suite of a YAML document.

    Raises:
        InvalidInputError: It is none; every problem is named.
    """
    try:
        return Suite.model_validate(data)
    except ValidationError as problems:
        told = wrong_places(problems, whole="suite")
        raise InvalidInputError(f"{name} is no suite: {told}", action="mend it") from None


def suite_scorers(suite: Suite, ask: Callable[[str], AskJudge]) -> tuple[Scorer, ...]:
    """The scorers of a suite, each under a name of its own.

    Raises:
        InvalidInputError: One cannot be made, or two have one name.
    """
    made: dict[str, Scorer] = {}
    for entry in suite.scorers:
        if len(entry) != 1:
            raise InvalidInputError(
                f"a scorer is one name with what it takes, not {len(entry)}", action="write each as an item"
            )
        [(kind, given)] = entry.items()
        scorer = make_scorer(kind, given, ask=ask)
        if scorer.name in made:
            raise InvalidInputError(
                f"two scorers are named {scorer.name!r}", action="give one another `name`"
            )
        made[scorer.name] = scorer
    return tuple(made.values())


def check_prompts(system: SystemUnderTest, dataset: Dataset) -> None:
    """See, before anything is paid for, that every item has what the prompt names.

    Raises:
        InvalidInputError: One has not; item and name are told.
    """
    for item in dataset.items:
        prompt_for(system, item)


def prompt_for(system: SystemUnderTest, item: DatasetItem) -> str:
    """The prompt of an item.

    Raises:
        InvalidInputError: The item lacks what the prompt names.
    """
    members = _members(item)

    def filled(found: re.Match[str]) -> str:
        if found[1] not in members:
            raise InvalidInputError(
                f"item {item.item_id!r} has no {found[1]!r}, which the prompt names",
                action=f"it has: {', '.join(sorted(members))}",
            )
        return members[found[1]]

    return _NAMED.sub(filled, system.prompt)


def _members(item: DatasetItem) -> Mapping[str, str]:
    whole = item.input if isinstance(item.input, str) else json.dumps(item.input, ensure_ascii=False)
    named = item.input if isinstance(item.input, dict) else {}
    return {
        **{str(key): value if isinstance(value, str) else json.dumps(value) for key, value in named.items()},
        WHOLE_INPUT: whole,
    }


@dataclass(frozen=True, slots=True)
class LoadedSuite:
    """A suite with the items it names."""

    suite: Suite
    dataset: Dataset
