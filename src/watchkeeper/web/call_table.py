"""Calls as a table, newest first or sorted by a column."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from watchkeeper.web import addresses, printed
from watchkeeper.web.sorting import Sorting
from watchkeeper.web.step_detail import failure_text
from watchkeeper.web.tables import Cell, Column, Row, table

SORTS: Mapping[str, str] = {
    "began": "start_ns",
    "workload": "workload",
    "agent": "agent",
    "model": "model",
    "status": "ok",
    "latency": "duration_ms",
    "in": "input_tokens",
    "out": "output_tokens",
    "USD": "cost_usd",
}
"""Columns that can be sorted by, and what of a call they show."""
_COLUMNS = (
    Column("began"),
    Column("workload"),
    Column("agent"),
    Column("model"),
    Column("status"),
    Column("latency", number=True),
    Column("in", number=True),
    Column("out", number=True),
    Column("USD", number=True),
    Column("prompt"),
    Column("reply"),
)
_SHOWN_LETTERS = 90


def call_table(
    calls: Sequence[Mapping[str, Any]],
    timezone: str,
    *,
    sorting: Sorting,
    address: Callable[[str], str],
    empty: str,
) -> None:
    """Calls as the API gives them.

    Args:
        calls: Rows of the API.
        timezone: Of their instants.
        sorting: Their order.
        address: The page's address with another order.
        empty: What is said where there are none.
    """
    rows = [_row(call, timezone) for call in sorting.sorted(calls)]
    table(sorting.columns(_COLUMNS, address), rows, mark="calls", empty=empty)


def cost_cell(call: Mapping[str, Any]) -> Cell:
    """What a call cost; of one that is no model call nothing is said."""
    if call["cost_usd"] is not None:
        return Cell(printed.usd(call["cost_usd"]))
    if not call["is_model_call"]:
        return Cell("")
    return Cell("unknown", css="wk-none", more="no price is known, or the usage is not")


def _row(call: Mapping[str, Any], timezone: str) -> Row:
    return Row(
        (
            Cell(
                printed.instant_of_ns(call["start_ns"], timezone),
                link=addresses.call(call["trace_id"], call["span_id"]),
                css="wk-word",
                more=call["name"],
            ),
            Cell(call["workload"]),
            _word(call["agent"]),
            Cell(call["model"] or call["name"], more=_where(call), css="" if call["model"] else "wk-none"),
            _status(call),
            Cell(printed.duration(call["duration_ms"])),
            _tokens(call, "input_tokens"),
            _tokens(call, "output_tokens"),
            cost_cell(call),
            _preview(call["prompt_preview"]),
            _preview(call["reply_preview"]),
        )
    )


def _word(text: str | None) -> Cell:
    return Cell(text or "")


def _where(call: Mapping[str, Any]) -> str:
    known = (call["provider"], call["target"], call["route"], call["release"])
    return ", ".join(str(one) for one in known if one)


def _status(call: Mapping[str, Any]) -> Cell:
    if not call["ok"]:
        why = failure_text(call["error_code"], call["error_message"])
        return Cell(f"✕ {call['error_code'] or 'failed'}", css="wk-intervene", more=why)
    if call["degraded"]:
        return Cell("▲ degraded", css="wk-word wk-watch")
    return Cell("✓ cached" if call["cached"] else "✓ ok", css="wk-word wk-good")


def _tokens(call: Mapping[str, Any], key: str) -> Cell:
    if call[key] is not None:
        return Cell(printed.value(call[key]))
    return (
        Cell(printed.NO_DATA, css="wk-none", more="nobody counted them")
        if call["is_model_call"]
        else Cell("")
    )


def _preview(text: str | None) -> Cell:
    if text is None:
        return Cell("not kept", css="wk-none")
    begins = " ".join(text[: _SHOWN_LETTERS + 1].split())
    cut = len(text) > _SHOWN_LETTERS
    return Cell(begins[:_SHOWN_LETTERS] + ("…" if cut else ""), css="wk-preview", more=text if cut else "")
