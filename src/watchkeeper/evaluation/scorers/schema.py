"""Whether an answer is JSON of the form that was asked for."""

import json
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import BaseModel, ConfigDict, Field, field_validator

from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.scorers.scorer import EMPTY, ScoreGiven, is_empty


class Schema(BaseModel):
    """1 for an answer that fits the JSON Schema, 0 for any other; nothing is mended first."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    json_schema: dict[str, Any] = Field(alias="schema", description="JSON Schema, draft 2020-12.")

    name: str = "schema"
    version: str = "1"

    @field_validator("json_schema")
    @classmethod
    def _is_one(cls, schema: dict[str, Any]) -> dict[str, Any]:
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as problem:
            raise ValueError(f"no JSON Schema: {problem.message}") from None
        return schema

    @cached_property
    def _checked(self) -> Draft202012Validator:
        return Draft202012Validator(self.json_schema)

    def score(self, item: DatasetItem, output: object) -> ScoreGiven:  # noqa: ARG002 - the form alone counts
        """See `Scorer.score`."""
        if is_empty(output):
            return EMPTY
        if isinstance(output, str):
            try:
                output = json.loads(output)
            except ValueError as broken:
                return ScoreGiven(0.0, f"no JSON: {broken}")
        problem = next(iter(self._checked.iter_errors(output)), None)
        return ScoreGiven(1.0) if problem is None else ScoreGiven(0.0, problem.message[:300])
