"""The workload's canary suite, read from its data file."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.canaries import CanaryCheck
from watchkeeper.workloads.annual_reports.samples.book import make_sample
from watchkeeper.workloads.annual_reports.yaml_text import parsed


class _SampleBody(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    seed: int
    style: str
    scanned: bool = False


class _CheckBody(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    field: str
    type: Literal["number", "text", "one_of"]
    expected: int | float | str | tuple[str, ...]


class _DocumentBody(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    document: str
    sample: _SampleBody
    checks: tuple[_CheckBody, ...] = Field(min_length=1)


class _SuiteBody(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    suite: str
    documents: tuple[_DocumentBody, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class CanarySuite:
    """A suite: its documents can be made anywhere, its expected values stand in the data file."""

    name: str
    checks: tuple[CanaryCheck, ...]
    _documents: Sequence[_DocumentBody]

    def write_documents(self, folder: Path) -> tuple[Path, ...]:
        """Make the suite's documents in a folder."""
        paths = []
        for one in self._documents:
            sample = make_sample(one.sample.seed, style=one.sample.style, scanned=one.sample.scanned)
            path = folder / one.document
            path.write_bytes(sample.pdf)
            paths.append(path)
        return tuple(paths)


def load_canary_suite(path: Path | None = None) -> CanarySuite:
    """The suite of a file; None for the one that ships with the workload.

    Raises:
        InvalidInputError: The file is not a suite; the message names every problem.
    """
    source = files(__package__).joinpath("canaries", "suite.yaml") if path is None else path
    try:
        body = _SuiteBody.model_validate(parsed(source.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as problems:
        raise InvalidInputError(
            f"the canary suite {source.name} is not valid: {problems}", action=f"mend {source.name}"
        ) from problems
    checks = tuple(
        CanaryCheck(document=one.document, field=check.field, type=check.type, expected=check.expected)
        for one in body.documents
        for check in one.checks
    )
    return CanarySuite(name=body.suite, checks=checks, _documents=body.documents)
