"""A step of a trace: what it is, what it used, what it was asked and what it answered."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from watchkeeper.web import addresses, printed
from watchkeeper.web.messages import messages_html, messages_of

_WHY_NOT = {
    "not told": "not kept: none was sent, or its workload opted out",
    "not kept": "not kept: its workload opted out, or it was kept long enough",
    "damaged": "not shown: what is kept of it is damaged",
}
_TOKENS = (
    ("input", "input_tokens"),
    ("output", "output_tokens"),
    ("read from cache", "cache_read_tokens"),
    ("written to cache", "cache_write_tokens"),
    ("reasoning", "reasoning_tokens"),
)
_PLAIN = (
    ("workload", "workload"),
    ("route", "route"),
    ("agent", "agent"),
    ("component", "component"),
    ("model", "model"),
    ("provider", "provider"),
    ("target", "target"),
    ("release", "release"),
    ("query type", "query_type"),
    ("HTTP status", "http_status"),
    ("finished by", "finish_reason"),
)


def facts_html(facts: Sequence[tuple[str, str]]) -> str:
    """Names and what is known of them; the second texts are HTML already."""
    return f'<dl class="wk-facts">{"".join(f"<dt>{escape(a)}</dt><dd>{b}</dd>" for a, b in facts)}</dl>'


def span_facts(span: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a span tells of itself; what it does not tell is left out, and unknown cost is said."""
    status = '<span class="wk-good">✓ ok</span>'
    if not span["ok"]:
        why = escape(failure_text(span["error_code"], span["error_message"]))
        status = f'<span class="wk-intervene wk-strong">✕ failed</span> {why}'
    took = printed.duration(span["duration_ns"] / 1e6)
    if span["ttft_ms"] is not None:
        took += f", first token after {printed.duration(span['ttft_ms'])}"
    facts = [("status", status), ("took", took)]
    facts += [(name, escape(str(span[key]))) for name, key in _PLAIN if span.get(key) is not None]
    marks = [word for word, key in (("from the cache", "cached"), ("degraded", "degraded")) if span[key]]
    if marks:
        facts.append(("answered", ", ".join(marks)))
    tokens = [f"{printed.value(span[key])} {name}" for name, key in _TOKENS if span[key] is not None]
    if tokens:
        facts.append(("tokens", ", ".join(tokens)))
    if tokens or span["cost_usd"] is not None:
        cost = None if span["cost_usd"] is None else printed.usd(span["cost_usd"])
        facts.append(("USD", cost or '<span class="wk-none">unknown: no price is known</span>'))
    return facts


def failure_text(code: str | None, message: str | None) -> str:
    """Why a call failed: its code, and its message, which may begin with the code.

    >>> failure_text("timeout", "timeout: 3 s passed"), failure_text("timeout", "3 s passed")
    ('timeout: 3 s passed', 'timeout: 3 s passed')
    """
    told = message or ""
    if not code or told.startswith(code):
        return told
    return f"{code}: {told}" if told else code


def said_html(content: Mapping[str, Any] | None, preview: str | None) -> str:
    """What was said: in full where it is kept, else its beginning, else why it is not there."""
    if content is not None and content["text"] is not None:
        return messages_html(messages_of(content["text"]))
    if content is not None and content["state"] == "kept":
        kind = escape(content["media_type"] or "unknown media type")
        size = printed.value(content["size_bytes"])
        return f'<div class="wk-none">{size} bytes that are no text: {kind}</div>'
    why = _WHY_NOT["not told" if content is None else content["state"]]
    if preview is not None:
        begins = messages_html(messages_of(preview))
        return f'{begins}<div class="wk-note">This is its beginning; whole it is {why}.</div>'
    return f'<div class="wk-none">{why}</div>'


def step_html(detail: Mapping[str, Any]) -> str:
    """A step as HTML, every text escaped."""
    call, span = detail["row"], detail["span"]
    link = escape(addresses.call(call["trace_id"], call["span_id"]))
    return (
        f'<h2 class="wk">{escape(call["name"])}</h2>'
        f'<p><a href="{link}">everything about this call</a></p>'
        f"{facts_html(span_facts(span))}"
        f'<h2 class="wk">Prompt</h2>{said_html(detail["prompt"], span["prompt_preview"])}'
        f'<h2 class="wk">Reply</h2>{said_html(detail["reply"], span["reply_preview"])}'
    )
