"""`monitoring.yaml` and `logging.yaml`: options of `init` as files (HE-18). Its arguments go before them."""

from pathlib import Path
from typing import Any

from watchkeeper.domain.errors import SettingsError

MONITORING = {
    "workload": "workload",
    "release": "release",
    "endpoint": "endpoint",
    "export": "export",
    "spool_dir": "spool_dir",
    "spool_max_bytes": "spool_max_bytes",
    "spool_fsync": "spool_fsync",
    "flush_every_s": "flush_every_s",
    "metrics_every_s": "metrics_every_s",
    "retention_s": "retention_s",
    "derived_over_s": "derived_over_s",
    "snapshot": "snapshot",
    "query_max_chars": "query_max_chars",
}
LOGGING = {
    "enabled": "logs",
    "folder": "log_dir",
    "max_bytes": "log_max_bytes",
    "keep": "log_keep",
    "write_every_s": "log_every_s",
    "summary_every_s": "summary_every_s",
    "query_text": "keep_query_text",
    "send_from": "send_logs_from",
}
"""Keys of the files and the options they are."""


def read_settings(folder: Path) -> dict[str, Any]:
    """Options from the two files of a folder; a file that is not there says nothing.

    Raises:
        SettingsError: A file cannot be read, is no mapping, or has an unknown key; all of it is told.
    """
    told: dict[str, Any] = {}
    problems: list[str] = []
    for name, keys in (("monitoring.yaml", MONITORING), ("logging.yaml", LOGGING)):
        path = folder / name
        if not path.exists():
            continue
        try:
            rows = _mapping(path)
        except (OSError, ValueError) as failure:
            problems.append(f"{path}: {failure}")
            continue
        problems += [
            f"{path}: unknown key {key!r}; known are {', '.join(keys)}" for key in rows if key not in keys
        ]
        told.update({keys[key]: value for key, value in rows.items() if key in keys})
    if problems:
        raise SettingsError("\n".join(problems), action="correct the files named")
    return told


def _mapping(path: Path) -> dict[str, Any]:
    import yaml  # only who keeps settings in files needs it: 30 ms of every start

    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as failure:
        raise ValueError(f"is not YAML: {failure}") from failure
    if rows is None:
        return {}
    if not isinstance(rows, dict):
        raise ValueError(f"holds a {type(rows).__name__}, not keys and values")
    return {str(key): value for key, value in rows.items()}
