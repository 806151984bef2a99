"""The figures of `benchmarks.gateway_overhead` as a table to read: what, measured, promised, the peer's."""

from collections.abc import Mapping
from typing import Any, NamedTuple

OURS, PEER = "watchkeeper", "litellm"


class _Row(NamedTuple):
    key: str
    words: str
    promised: str = ""
    decimals: int = 0


_PARTS = {
    "one call at a time, ms added": (
        _Row("added_p50_ms", "median", "under 1", 2),
        _Row("added_p99_ms", "99th percentile", "under 5", 2),
    ),
    "plain calls, 64 connections": (
        _Row("plain_requests_per_cpu_s", "a CPU-second of the gateway", "1,500"),
        _Row("plain_requests_per_cpu_s_with_helpers", "  the process that keeps content included"),
        _Row("plain_requests_per_s", "a second", "20 times the peer"),
        _Row("plain_failed", "failed", "none"),
    ),
    "streams of 20 chunks 10 ms apart": (
        _Row("stream_requests_per_cpu_s", "a CPU-second, 64 connections", "700"),
        _Row("stream_requests_per_cpu_s_with_helpers", "  the process that keeps content included"),
        _Row("stream_requests_per_s", "a second, 64 connections (320 is all there can be)"),
        _Row("stream_failed", "  failed", "none"),
        _Row("stream_requests_per_s_at_256", "a second, 256 connections"),
        _Row("stream_failed_at_256", "  failed", "none"),
        _Row("stream_requests_per_s_at_512", "a second, 512 connections"),
        _Row("stream_failed_at_512", "  failed", "none"),
        _Row("stream_requests_per_s_at_1024", "a second, 1,024 connections"),
        _Row("stream_failed_at_1024", "  failed", "none"),
        _Row("stream_requests_per_s_at_best", "a second, where each does best", "20 times the peer"),
    ),
    "chunks of 500 streams at once": (
        _Row("direct_chunk_p99_ms", "ms late without a gateway, 99th percentile", "", 2),
        _Row("through_chunk_p50_ms", "ms late, median", "", 2),
        _Row("through_chunk_p99_ms", "ms late, 99th percentile", "", 2),
        _Row("through_chunk_max_ms", "ms late, most", "", 1),
        _Row("direct_chunks_over_2_ms_percent", "% later than 2 ms without a gateway", "", 3),
        _Row("through_chunks_over_2_ms_percent", "% later than 2 ms", "none", 3),
        _Row("added_chunks_over_2_ms_percent", "  of these the gateway's own", "", 3),
        _Row("through_streams_failed", "streams failed", "none"),
    ),
}
_RATIOS = {
    "plain_requests_per_s": "plain calls a second, 64 connections",
    "plain_requests_per_cpu_s": "plain calls a CPU-second",
    "stream_requests_per_s": "streams a second, 64 connections",
    "stream_requests_per_cpu_s": "streams a CPU-second",
    "stream_requests_per_s_at_best": "streams a second, each where it does best",
}


def table(found: Mapping[str, Any]) -> str:
    """All of it, as text; medians, and the lowest and highest where there were several runs."""
    peer = found.get(PEER)
    many = found["runs"] > 1
    lines = [found["circumstances"], f"{found['runs']} run{'s' if many else ''}"]
    if peer is not None:
        lines.append(f"beside {found['peer']}")
    lines += ["", _line("", OURS, "promised", PEER if peer is not None else "")]
    for title, rows in _PARTS.items():
        lines += ["", title]
        for row in rows:
            theirs = "" if peer is None else _figure(peer[row.key], row.decimals, many=many)
            ours = _figure(found[OURS][row.key], row.decimals, many=many)
            lines.append(_line(f"  {row.words}", ours, row.promised, theirs))
    if peer is not None:
        lines += ["", "times LiteLLM"]
        lines += [
            _line(f"  {_RATIOS[key]}", f"{times:,.1f}") for key, times in found["ratio_to_litellm"].items()
        ]
        lines.append(
            f"  (best: watchkeeper at {found[OURS]['best_connections']:,} connections, "
            f"litellm at {peer['best_connections']:,})"
        )
    return "\n".join(line.rstrip() for line in lines)


def _line(words: str, ours: str, promised: str = "", theirs: str = "") -> str:
    return f"{words:54}{ours:>22}  {promised:18}{theirs:>22}"


def _figure(spread: Mapping[str, float], decimals: int, *, many: bool) -> str:
    median = f"{spread['median']:,.{decimals}f}"
    if not many:
        return median
    return f"{median} ({spread['lowest']:,.{decimals}f}-{spread['highest']:,.{decimals}f})"
