"""The one place where the SDK reads the process environment: what an application did not say in `init`.

| variable | stands for |
|---|---|
| `WATCHKEEPER_ENDPOINT` | `endpoint` |
| `WATCHKEEPER_KEY` | `api_key` |
| `WATCHKEEPER_WORKLOAD` | `workload` |
| `WATCHKEEPER_DATA_DIR` | `data_dir` |
"""

import os
from collections.abc import Mapping

VARIABLES: Mapping[str, str] = {
    "endpoint": "WATCHKEEPER_ENDPOINT",
    "api_key": "WATCHKEEPER_KEY",
    "workload": "WATCHKEEPER_WORKLOAD",
    "data_dir": "WATCHKEEPER_DATA_DIR",
}


def from_environment() -> dict[str, str]:
    """What the environment says, by the name of the argument of `init`; what it leaves empty is not in it."""
    read = os.environ  # noqa: TID251 - this is where it is read
    return {name: read[variable] for name, variable in VARIABLES.items() if read.get(variable)}
