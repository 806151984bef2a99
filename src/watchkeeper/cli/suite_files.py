"""Suites and datasets of evaluations, read from files a command names."""

from pathlib import Path
from typing import TYPE_CHECKING

from watchkeeper.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from watchkeeper.evaluation.dataset import Dataset
    from watchkeeper.evaluation.suite import Suite


def load_suite(file: Path) -> "Suite":
    """The suite of a YAML file.

    Raises:
        InvalidInputError: It cannot be read, or is no suite.
    """
    from watchkeeper.evaluation.suite import read_suite

    return read_suite(yaml_of_file(file), name=str(file))


def yaml_of_file(file: Path) -> object:
    """What a YAML file says.

    Raises:
        InvalidInputError: It cannot be read, or is no YAML.
    """
    import yaml

    try:
        return yaml.safe_load(text_of_file(file))
    except yaml.YAMLError as broken:
        raise InvalidInputError(f"{file} is no YAML: {broken}", action="mend it") from None


def load_dataset(file: Path) -> "Dataset":
    """The dataset of a file of JSON lines.

    Raises:
        InvalidInputError: It cannot be read, or is no dataset.
    """
    from watchkeeper.evaluation.dataset import read_dataset

    return read_dataset(text_of_file(file).splitlines(), name=file.name)


def text_of_file(file: Path) -> str:
    """The text of a file.

    Raises:
        InvalidInputError: It cannot be read, or is no text.
    """
    try:
        return file.read_text(encoding="utf-8")
    except OSError as failure:
        raise InvalidInputError(f"{file} cannot be read: {failure.strerror}", action="name a file") from None
    except UnicodeDecodeError:
        raise InvalidInputError(f"{file} is no text in UTF-8", action="name a file of text") from None
