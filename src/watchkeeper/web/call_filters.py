"""What calls can be filtered by, as fields of a form and as the API is asked."""

from collections.abc import Mapping

from watchkeeper.web.control_form import Field

_STATUSES = (
    ("", "all"),
    ("ok", "✓ ok"),
    ("failed", "✕ failed"),
    ("degraded", "▲ degraded"),
    ("cached", "from the cache"),
)
_ASKED_OF_STATUS: Mapping[str, Mapping[str, str]] = {
    "ok": {"ok": "true"},
    "failed": {"ok": "false"},
    "degraded": {"degraded": "true"},
    "cached": {"cached": "true"},
}
_STEPS = (("", "calls of models"), ("all", "every step"))
OFFERED = ("workload", "agent", "model", "route", "provider", "release", "query_type")
"""Filters whose known values are offered; each is a dimension of figures."""
FIELDS = (
    Field(name="status", label="level", kind="select", choices=_STATUSES),
    Field(name="steps", label="show", kind="select", choices=_STEPS),
    *(Field(name=name, label=name.replace("_", " "), hint="any") for name in OFFERED),
    Field(name="min_duration_ms", label="at least ms", kind="number"),
)
SEARCH = Field(name="q", label="text", kind="search", hint='words, or "a phrase", of prompts and replies')


def asked_of(query: Mapping[str, str]) -> dict[str, str | None]:
    """The API's parameters for what an address says; what it does not say is left out.

    >>> asked_of({"status": "failed", "model": "gpt-4o", "range": "7d"})
    {'ok': 'false', 'model_operations_only': 'true', 'model': 'gpt-4o'}
    """
    asked: dict[str, str | None] = dict(_ASKED_OF_STATUS.get(query.get("status", ""), {}))
    if query.get("steps") != "all":
        asked["model_operations_only"] = "true"
    asked |= {name: query[name] for name in (*OFFERED, "min_duration_ms", "q") if query.get(name)}
    return asked


def chosen_in(query: Mapping[str, str]) -> dict[str, str]:
    """The filters an address chooses, for addresses that keep them."""
    names = [field.name for field in (*FIELDS, SEARCH)]
    return {name: query[name] for name in names if query.get(name)}
