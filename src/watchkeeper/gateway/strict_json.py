"""Answers that must be JSON: taken as they are or not at all; nothing is ever repaired (GF-48)."""

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import NoReturn

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from referencing import Registry
from referencing.exceptions import Unresolvable

from watchkeeper.domain.errors import BrokenJsonError, InvalidInputError, SchemaMismatchError

_SCHEMAS_KEPT = 256
"""Checked schemas kept ready; a workload has one for each agent."""


def parse_strictly(text: str) -> object:
    """The JSON value a text is.

    Fences, words around it, a second value, NaN, numbers beyond a float and a key named twice all
    fail: each would need a guess.

    Raises:
        BrokenJsonError: It is not JSON; the message says where, and repeats nothing of the text.

    >>> parse_strictly(' {"assets": 301339818} ')
    {'assets': 301339818}
    """
    try:
        parsed: object = json.loads(
            text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_unique_keys
        )
    except json.JSONDecodeError as broken:
        raise _broken(f"{broken.msg} at character {broken.pos} of {len(text)}") from None
    except _NotStrictError as broken:
        raise _broken(str(broken)) from None
    except (ValueError, RecursionError) as broken:
        raise _broken(f"it holds a number or a nesting too large to read ({type(broken).__name__})") from None
    return parsed


class JsonSchema:
    """A schema an answer must fit, checked once."""

    def __init__(self, schema: Mapping[str, object]) -> None:
        """Check the schema itself.

        Raises:
            InvalidInputError: It is no JSON Schema.
        """
        try:
            self._validator = _validator(json.dumps(schema, sort_keys=True, default=_as_dict))
        except (TypeError, ValueError, RecursionError, SchemaError) as wrong:
            reason = wrong.message if isinstance(wrong, SchemaError) else str(wrong)
            raise InvalidInputError(
                f"the call's json_schema is no JSON Schema: {reason}", action="correct the schema"
            ) from wrong

    def check(self, answer: object) -> None:
        """Compare an answer with the schema.

        Raises:
            SchemaMismatchError: It does not fit; the message names the rule, not the answer.
            InvalidInputError: The schema refers to one it does not hold.
        """
        try:
            mismatch = best_match(self._validator.iter_errors(answer))
        except Unresolvable as missing:
            raise InvalidInputError(
                f"the call's json_schema refers to {missing.ref!r}, which it does not hold",
                action="put the schema it refers to under its $defs",
            ) from None
        except RecursionError:
            raise SchemaMismatchError("the answer is nested too deeply to be checked") from None
        if mismatch is not None:
            rule = "/".join(str(step) for step in mismatch.absolute_schema_path)
            raise SchemaMismatchError(
                f"the answer is JSON but breaks the schema's rule {rule!r}",
                action="read the answer in the content store; a clearer instruction or another model helps",
            )


class _NotStrictError(Exception):
    """What Python reads as JSON and JSON does not allow, or leaves open."""


def _broken(what: str) -> BrokenJsonError:
    return BrokenJsonError(
        f"the answer is not JSON: {what}",
        action="it is not repaired; a target with strict JSON output, or another model, helps",
    )


def _no_constant(_: str) -> NoReturn:
    raise _NotStrictError("NaN and Infinity are no JSON numbers")


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise _NotStrictError("it holds a number beyond the range of a float")
    return value


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotStrictError("an object names the same key twice")
    return found


def _as_dict(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


@lru_cache(maxsize=_SCHEMAS_KEPT)
def _validator(schema_json: str) -> Draft202012Validator:
    schema = json.loads(schema_json)
    Draft202012Validator.check_schema(schema)
    # An empty registry: a `$ref` to an address never reaches the network.
    return Draft202012Validator(schema, registry=Registry())
