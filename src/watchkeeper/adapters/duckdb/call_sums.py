"""What calls are added up to, as SQL: from rows, and from rows already added up."""

TOKENS = ("input", "output", "cache_read", "cache_write", "reasoning")
"""Kinds of tokens; of each there is a sum, and how many calls told theirs."""

SUM_COLUMNS: tuple[str, ...] = (
    "calls",
    "model_calls",
    *(column for kind in TOKENS for column in (f"{kind}_tokens", f"{kind}_known")),
    "cost_usd",
    "cost_known",
    "duration_sum_ns",
    "duration_max_ns",
)
"""The columns of `minute_calls` and `hour_calls` that hold figures."""


def _row_sum(column: str) -> str:
    if column == "calls":
        return "count(*)"
    if column == "model_calls":
        return "count(*) FILTER (counts)"
    if column == "duration_sum_ns":
        return "sum(duration_ns)"
    if column == "duration_max_ns":
        return "max(duration_ns)"
    if column.endswith("_known"):
        told = column.removesuffix("_known")
        return f"count({'cost_usd' if told == 'cost' else told + '_tokens'}) FILTER (counts)"
    return f"coalesce(sum({column}) FILTER (counts), 0)"


ROW_SUMS = ",\n    ".join(f"{_row_sum(column)} AS {column}" for column in SUM_COLUMNS)
"""Figures of rows of `spans`."""

ADDED_UP = ",\n    ".join(
    f"{'max' if column == 'duration_max_ns' else 'sum'}({column}) AS {column}" for column in SUM_COLUMNS
)
"""Figures of rows that hold figures."""

_UNCOUNTED = {"calls", "duration_sum_ns", "duration_max_ns"}

TAKEN_BACK = ",\n    ".join(
    f"0 AS {column}" if column in _UNCOUNTED else f"-({_row_sum(column)}) AS {column}"
    for column in SUM_COLUMNS
)
"""What to add when rows turn out not to count (law 2)."""
