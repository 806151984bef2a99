"""The one place that reads the process environment; everything else takes it as an argument."""

import os
from collections.abc import Mapping
from types import MappingProxyType


def process_environment() -> Mapping[str, str]:
    """The environment as it stands, frozen."""
    return MappingProxyType(dict(os.environ))  # noqa: TID251 - this is where it is read
