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
        return "count(*) FILTER (spans.counts)"
    if column == "duration_sum_ns":
        return "sum(spans.duration_ns)"
    if column == "duration_max_ns":
        return "max(spans.duration_ns)"
    if column.endswith("_known"):
        told = column.removesuffix("_known")
        return f"count(spans.{'cost_usd' if told == 'cost' else told + '_tokens'}) FILTER (spans.counts)"
    return f"coalesce(sum(spans.{column}) FILTER (spans.counts), 0)"


ROW_SUMS = ",\n    ".join(f"{_row_sum(column)} AS {column}" for column in SUM_COLUMNS)
"""Figures of rows of `spans`."""

ADDED_UP = ",\n    ".join(
    f"{'max' if column == 'duration_max_ns' else 'sum'}({column}) AS {column}" for column in SUM_COLUMNS
)
"""Figures of rows that hold figures."""
