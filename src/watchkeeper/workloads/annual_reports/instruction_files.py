"""Instruction sets by name: shipped, bare, and those that coaching saved in the data folder."""

import json
import re
import shutil
from pathlib import Path

from watchkeeper.domain.errors import ConflictError, InvalidInputError, NotFoundError
from watchkeeper.workloads.annual_reports.bare import bare_instructions
from watchkeeper.workloads.annual_reports.instructions import InstructionSet, load_instructions

SHIPPED = "shipped"
BARE = "bare"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}")


def instruction_set(name: str, data_dir: Path) -> InstructionSet:
    """The set of this name.

    Raises:
        NotFoundError: There is none.
    """
    if name == SHIPPED:
        return load_instructions()
    if name == BARE:
        return bare_instructions()
    return load_instructions(saved_folder(name, data_dir))


def saved_folder(name: str, data_dir: Path) -> Path:
    """Where a saved set stands.

    Raises:
        NotFoundError: It was never saved.
    """
    folder = _root(data_dir) / _checked(name)
    if not folder.is_dir():
        saved = ", ".join(saved_names(data_dir)) or "none"
        raise NotFoundError(
            f"there are no instructions {name!r}",
            action=f"name `{SHIPPED}` or a saved one ({saved}); only coaching begins from `{BARE}`",
        )
    return folder


def saved_names(data_dir: Path) -> tuple[str, ...]:
    """The names of saved sets, in order."""
    root = _root(data_dir)
    return tuple(sorted(one.name for one in root.iterdir() if one.is_dir())) if root.is_dir() else ()


def require_free(name: str, data_dir: Path) -> None:
    """Refuse a name before a long coaching, rather than after it.

    Raises:
        InvalidInputError: It is no name for a set.
        ConflictError: A set has it already.
    """
    if _checked(name) in (SHIPPED, BARE) or name in saved_names(data_dir):
        raise ConflictError(f"there are instructions {name!r} already", action="save under another name")


def save_instructions(instructions: InstructionSet, name: str, data_dir: Path) -> Path:
    """Keep a set in the data folder; it is there whole or not at all.

    Raises:
        InvalidInputError: The name is no name for a set.
        ConflictError: A set has it already.
    """
    require_free(name, data_dir)
    folder = _root(data_dir) / name
    making = _root(data_dir) / f".{name}.making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    for agent in instructions.agents.values():
        plain = agent.model_dump(mode="json", exclude_defaults=True)
        _write(making / f"{agent.agent}.yaml", plain)
    _write(making / "vocabulary.yaml", {key: list(words) for key, words in instructions.vocabulary.items()})
    try:
        making.rename(folder)
    except OSError as taken:
        raise ConflictError(
            f"there are instructions {name!r} already", action="save under another name"
        ) from taken
    return folder


def _write(path: Path, plain: object) -> None:
    # JSON is YAML, keeps odd letters safe, and is written in one go.
    path.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _root(data_dir: Path) -> Path:
    return data_dir / "instructions"


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InvalidInputError(
            f"{name!r} is no name for instructions", action="use small letters, digits, dot, dash, underscore"
        )
    return name
