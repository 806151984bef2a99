"""What the command line asks of `wk run`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAsked:
    """What the command line asks of a run."""

    inputs: list[Path]
    output: Path
    limit: int | None
    doc_ids: list[int]
    following: int | None
    """The next so many unread documents of the corpus."""
    workers: int | None
    resume: str | None
    production: bool
    coach: bool
    max_rounds: int | None
    labels: Path | None
    recover: bool
    instructions: str | None
    """A name; None for what the live release says."""

    def only_for_documents(self) -> list[str]:
        """The options given that are about documents alone."""
        given = {
            "--coach": self.coach,
            "--doc-id": bool(self.doc_ids),
            "--instructions": self.instructions is not None,
            "--labels": self.labels is not None,
            "--max-rounds": self.max_rounds is not None,
            "--next": self.following is not None,
            "--production": self.production,
            "--recover": self.recover,
            "--workers": self.workers is not None,
        }
        return [name for name, is_given in given.items() if is_given]
