"""What makes two requests the same question: everything that can change the answer, and nothing else."""

import hashlib
from collections.abc import Mapping, Sequence

import orjson

WITHOUT_EFFECT = frozenset(
    {
        "stream",
        "stream_options",
        "user",
        "metadata",
        "safety_identifier",
        "prompt_cache_key",
        "prompt_cache_retention",
    }
)
"""Fields of either dialect that say who asks, or how the answer is to be sent."""


def answer_key(body: Mapping[str, object], *, operation: str, scope: Sequence[str | None]) -> bytes | None:
    """The key an answer is kept under; None where the request has no canonical form.

    Order of fields and white space between them do not matter; a number written `1` and one written
    `1.0` are different, which costs a hit and never gives a wrong answer.

    Args:
        body: The request as parsed from JSON.
        operation: Which surface it came by, as its dialect gives the same fields another meaning.
        scope: What else decides the answer: route, workload, release, level or forced target.
    """
    asked = {name: value for name, value in body.items() if name not in WITHOUT_EFFECT}
    try:
        whole = orjson.dumps([operation, scope, asked], option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError):  # an integer above 64 bits, half a surrogate pair, too deep a nesting
        return None
    return hashlib.blake2b(whole, digest_size=32).digest()
