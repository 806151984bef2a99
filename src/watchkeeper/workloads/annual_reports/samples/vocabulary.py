"""The words invented associations are made of, as data."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """The word lists of `words.yaml`."""
    text = files(__package__).joinpath("words.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return {name: tuple(found) for name, found in loaded.items()}
