"""Guard `length`: neither too much text nor too little."""

from collections.abc import Sequence
from dataclasses import dataclass

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.gateway.guards.guard import GuardExample, GuardKind, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthGuard:
    """Bounds the characters of all texts together."""

    most_chars: int | None = None
    least_chars: int | None = None

    def __post_init__(self) -> None:
        least, most = self.least_chars, self.most_chars
        if least is None and most is None:
            raise InvalidInputError(
                "a length guard without a bound lets everything pass",
                action="give `most_chars`, `least_chars` or both",
            )
        if (least or 0) < 0 or (most is not None and most < (least or 0)):
            raise InvalidInputError(
                f"no text has at least {least} and at most {most} characters",
                action="give bounds that are not negative, `most_chars` the larger",
            )

    def finding(self, texts: Sequence[str], /) -> str | None:
        """That there are too many characters, or too few."""
        chars = sum(map(len, texts))
        if self.most_chars is not None and chars > self.most_chars:
            return f"it has {chars} characters, and {self.most_chars} are allowed"
        if self.least_chars is not None and chars < self.least_chars:
            return f"it has {chars} characters, and at least {self.least_chars} are asked for"
        return None


LENGTH = GuardKind(
    name="length",
    guard=LengthGuard,
    sides=frozenset(Side),
    examples=(
        GuardExample({"most_chars": 5}, kept=["åäö", "12"], broken=["123", "456"]),
        GuardExample({"least_chars": 2}, kept=["ab"], broken=["a"]),
        GuardExample({"least_chars": 1, "most_chars": 1}, kept=["a"], broken=[]),
    ),
)
