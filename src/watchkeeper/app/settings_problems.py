"""What is wrong with the settings: every problem with its place, value and remedy."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from watchkeeper.domain.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsProblem:
    """One problem of the settings."""

    path: str
    """The key, with dots; empty for the file as a whole."""
    problem: str
    action: str
    source: str
    """The file and line, or the environment variable, that it comes from."""
    value: str | None = None
    """As written; None where showing it could give away a secret."""

    def line(self) -> str:
        """The problem as one line for a person."""
        what = f"{self.path or self.source}"
        shown = "" if self.value is None else f" is {self.value}:"
        place = f" ({self.source})" if self.path else ""
        return f"{what}{shown} {self.problem}{place}; {self.action}"


class SettingsProblemsError(SettingsError):
    """The settings have problems; all of them are told at once."""

    def __init__(self, problems: Sequence[SettingsProblem]) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"  - {problem.line()}" for problem in problems)
        super().__init__(
            f"the settings have {count}:\n{lines}", action="mend them and look again with `wk config check`"
        )
        self.problems = tuple(problems)

    def body(self) -> dict[str, object]:
        """The error with its problems one by one."""
        return {**super().body(), "problems": [asdict(problem) for problem in self.problems]}
