"""Which shape a usage block has, and what it counts: read by the table's own rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from genai_prices.types import ArrayMatch, Provider, Usage, UsageExtractor

from watchkeeper.costs.price_table import DIALECT_OWNERS, PriceTable

Path = tuple[str | ArrayMatch, ...]


class PriceNotKnownError(Exception):
    """Why something cannot be priced; it stays inside this room and becomes `Cost.reason`."""


def shape_of(
    table: PriceTable, provider: Provider | None, flavor: str | None, usage: Mapping[str, object]
) -> UsageExtractor:
    """The shape to read a block in.

    A provider's shape of that name goes first. The gateway's flavours (`chat`, `embeddings`,
    `anthropic`) are dialects, which some providers call `default` or leave out: there it is the
    provider's shape that counts as the dialect does, else the dialect's own. Without a flavour it is
    the shape that finds most in the block.

    Raises:
        PriceNotKnownError: There is no such flavour, or no shape finds what it needs.
    """
    shapes = table.shapes(provider)
    if flavor is not None:
        named = next((shape for shape in shapes if shape.api_flavor == flavor), None)
        found = named or _in_dialect(table, shapes, flavor)
        if found is not None:
            return found
        if flavor != "default":
            known = ", ".join(sorted({shape.api_flavor for shape in shapes} | DIALECT_OWNERS.keys()))
            raise PriceNotKnownError(f"api_flavor {flavor!r} is none the provider has; use one of: {known}")
    return _best_fitting(table, shapes, usage)


def read_usage(shape: UsageExtractor, usage: Mapping[str, object]) -> Usage:
    """What a block counts, cached and reasoning tokens inside the input and output they belong to.

    Raises:
        PriceNotKnownError: The block lacks what the shape needs, or counts what cannot be.
    """
    try:
        _, read = shape.extract(_around(shape, usage))
    except ValueError as unreadable:
        raise PriceNotKnownError(
            f"the usage block cannot be read as {shape.api_flavor!r}: {unreadable}"
        ) from None
    return read


def steps(path: str | Sequence[str | ArrayMatch]) -> Path:
    """A path of the table as its steps."""
    return (path,) if isinstance(path, str) else tuple(path)


def block_of(shape: UsageExtractor, usage: Mapping[str, object]) -> object:
    """The block a shape's mappings start from, where `usage` may be it or a reply around it."""
    found: Any = _around(shape, usage)
    for step in steps(shape.root):
        found = found[step]
    return found


def _in_dialect(table: PriceTable, shapes: Sequence[UsageExtractor], flavor: str) -> UsageExtractor | None:
    dialect = table.dialect_shape(flavor)
    if dialect is None:
        return None
    wanted = _needed(dialect) | (_added_to_input(dialect) if flavor == "anthropic" else frozenset())
    for shape in shapes:
        counts_alike = wanted <= _paths(shape) and _added_to_input(shape) <= _added_to_input(dialect)
        asks_no_more = steps(shape.root) == steps(dialect.root) and _needed(shape) <= _needed(dialect)
        if counts_alike and asks_no_more:
            return shape
    return dialect


def _best_fitting(
    table: PriceTable, shapes: Sequence[UsageExtractor], usage: Mapping[str, object]
) -> UsageExtractor:
    dialects = (table.dialect_shape(flavor) for flavor in DIALECT_OWNERS)
    candidates = shapes or [shape for shape in dialects if shape is not None]
    best, most = None, 0
    for shape in candidates:
        block = block_of(shape, usage)
        if not all(_holds(block, path) for path in _needed(shape)):
            continue
        found = sum(_holds(block, path) for path in _paths(shape))
        if found > most or (found == most and best is not None and shape.api_flavor == "default"):
            best, most = shape, found
    if best is None:
        raise PriceNotKnownError("the usage block has no shape the provider is known to send")
    return best


def _around(shape: UsageExtractor, usage: Mapping[str, object]) -> Mapping[str, object]:
    """The block with the layers of a reply that are missing around it: it may come with some or none."""
    root = steps(shape.root)
    for missing in range(len(root)):
        at: object = usage
        for step in root[missing:]:
            at = at.get(step) if isinstance(at, Mapping) and isinstance(step, str) else None
        if isinstance(at, Mapping):
            return _wrapped(usage, root[:missing])
    return _wrapped(usage, root)


def _wrapped(usage: Mapping[str, object], layers: Path) -> Mapping[str, object]:
    for layer in reversed(layers):
        usage = {str(layer): usage}
    return usage


def _paths(shape: UsageExtractor) -> frozenset[tuple[object, ...]]:
    return frozenset(_hashable(steps(mapping.path)) for mapping in shape.mappings)


def _needed(shape: UsageExtractor) -> frozenset[tuple[object, ...]]:
    return frozenset(_hashable(steps(mapping.path)) for mapping in shape.mappings if mapping.required)


def _added_to_input(shape: UsageExtractor) -> frozenset[tuple[object, ...]]:
    """What a shape adds to the input: Anthropic counts cached tokens beside it, OpenAI inside it."""
    paths = [_hashable(steps(mapping.path)) for mapping in shape.mappings if mapping.dest == "input_tokens"]
    return frozenset(paths[1:])


def _hashable(path: Path) -> tuple[object, ...]:
    return tuple(step if isinstance(step, str) else repr(step) for step in path)


def _holds(block: object, path: tuple[object, ...]) -> bool:
    at: object = block
    for step in path:
        if not isinstance(at, Mapping) or step not in at:
            return False
        at = at[step]
    return at is not None
