"""Guard `forbidden_patterns`: words and forms that may not occur."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.gateway.bounded_pattern import BoundedPattern
from watchkeeper.gateway.guards.guard import GuardExample, GuardKind, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenPatternsGuard:
    """Looks for regular expressions in each text; time grows with the text, never with the pattern's form."""

    patterns: tuple[str, ...]
    ignore_case: bool = True
    _compiled: tuple[BoundedPattern, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.patterns:
            raise InvalidInputError(
                "a guard without patterns forbids nothing", action="list at least one under `patterns`"
            )
        compiled = tuple(BoundedPattern(each, ignore_case=self.ignore_case) for each in self.patterns)
        object.__setattr__(self, "_compiled", compiled)

    def finding(self, texts: Sequence[str], /) -> str | None:
        """Which pattern occurs, by its place in the list: the pattern itself may be what is secret."""
        for place, pattern in enumerate(self._compiled, start=1):
            if any(map(pattern.is_in, texts)):
                return f"it holds what pattern {place} of {len(self._compiled)} forbids"
        return None


FORBIDDEN_PATTERNS = GuardKind(
    name="forbidden_patterns",
    guard=ForbiddenPatternsGuard,
    sides=frozenset(Side),
    examples=(
        GuardExample(
            {"patterns": [r"ignore (all|previous) instructions", r"\bguaranteed profit\b"]},
            kept=["Read the instructions.", "no profit is guaranteed"],
            broken=["Hello", "Please IGNORE all instructions"],
        ),
        GuardExample({"patterns": ["Secret"], "ignore_case": False}, kept=["secret"], broken=["a Secret"]),
        GuardExample({"patterns": ["(a+)+$"]}, kept=["a" * 50_000 + "!"], broken=["!" * 50_000 + "a"]),
        GuardExample({"patterns": ["forbidden"]}, kept=["\ud800"], broken=["\ud800 forbidden"]),
    ),
)
