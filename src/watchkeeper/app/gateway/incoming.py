"""Who asks, and what for, as the headers of a request say it."""

import re
from collections.abc import Mapping
from functools import partial

from watchkeeper.app.gateway.http_request import Headers
from watchkeeper.domain.errors import InvalidInputError, KeyForbiddenError
from watchkeeper.gateway.keys.api_key import KEY_PREFIX, KeyGrant
from watchkeeper.gateway.relay.caller import Caller

_TRACEPARENT = re.compile(rb"^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$")
"""W3C Trace Context, level 2, `traceparent`."""
_LABEL = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_NO_ID = {b"0" * 32, b"0" * 16}
PREFIX = b"x-watchkeeper-"
_OURS = KEY_PREFIX.encode()
_FORWARDED = frozenset(
    {
        b"anthropic-version",
        b"anthropic-beta",
        b"openai-organization",
        b"openai-project",
        b"openai-beta",
        b"idempotency-key",
    }
)
"""Headers a provider of the client's own dialect is told as well."""


def caller_of(headers: Headers, *, grant: KeyGrant | None, credentials: Mapping[str, str]) -> Caller:
    """Who asks and what for, as the headers say it and the key allows it.

    Args:
        headers: Of the request.
        grant: Of its key of ours; None where it has none.
        credentials: The headers of its provider's key.

    Raises:
        InvalidInputError: A header of ours holds what no name may, or an experiment is named without its arm.
        KeyForbiddenError: The key is pinned to another workload.
    """
    named = {name: value for name, value in headers.items() if name.startswith(PREFIX)}
    label = partial(_label, named) if named else _no_label
    trace_id, parent_span_id = _trace_of(headers.get(b"traceparent", b""))
    experiment, arm = label(b"experiment"), label(b"arm")
    if (experiment is None) != (arm is None):
        raise InvalidInputError(
            f"the call names {'no arm' if arm is None else 'an arm of no experiment'}",
            action="send x-watchkeeper-experiment and x-watchkeeper-arm together, or neither",
        )
    forwarded = {} if _FORWARDED.isdisjoint(headers) else _forwarded(headers)
    return Caller(
        workload=_workload(label(b"workload"), grant),
        run_id=label(b"run"),
        item_id=label(b"item"),
        agent=label(b"agent"),
        release=label(b"release"),
        subject=label(b"subject"),
        experiment=experiment,
        arm=arm,
        task=label(b"task"),
        trace_id=trace_id,
        parent_span_id=parent_span_id,
        tracestate=_plain(headers.get(b"tracestate", b"")),
        forwarded=forwarded,
        credentials=credentials,
        key_id=None if grant is None else grant.key_id,
        rate=None if grant is None else grant.rate,
    )


def _no_label(_: bytes) -> None:
    return None


def _forwarded(headers: Headers) -> dict[str, str]:
    return {name.decode(): _plain(value) for name, value in headers.items() if name in _FORWARDED}


def _workload(named: str | None, grant: KeyGrant | None) -> str | None:
    if grant is None or grant.workload is None:
        return named
    if named not in (None, grant.workload):
        raise KeyForbiddenError(
            f"key {grant.key_id} is for calls of workload {grant.workload!r}, and this one names another",
            action="leave out x-watchkeeper-workload, or send the key of that workload",
        )
    return grant.workload


def _label(labels: Headers, name: bytes) -> str | None:
    found = labels.get(PREFIX + name)
    if not found:
        return None
    try:
        text = found.decode()
    except UnicodeDecodeError:
        text = ""
    if not _LABEL.fullmatch(text):
        shown = (PREFIX + name).decode()
        raise InvalidInputError(
            f"the header {shown} is no name: {len(found)} bytes",
            action="give at most 200 printable characters in UTF-8",
        )
    return text


def _plain(value: bytes) -> str:
    return value.decode("latin-1")


def _trace_of(traceparent: bytes) -> tuple[str | None, str | None]:
    found = _TRACEPARENT.match(traceparent) if traceparent else None
    if found is None or found[1] in _NO_ID or found[2] in _NO_ID or traceparent.startswith(b"ff"):
        return None, None  # as the specification says: a broken one is as good as none
    return found[1].decode(), found[2].decode()


def key_of(headers: Headers) -> str | None:
    """The key that came, ours or a provider's: in our own header, as a bearer token, or as `x-api-key`."""
    own = headers.get(b"x-watchkeeper-key")
    if own:
        return _plain(own)
    given = headers.get(b"x-api-key")
    scheme, _, value = headers.get(b"authorization", b"").partition(b" ")
    # One of the two may be the provider's, for a call that is passed through, and the other ours.
    if scheme.lower() == b"bearer" and value and not (given and given.startswith(_OURS)):
        return _plain(value.strip())
    return _plain(given) if given else None


def provider_key_headers(headers: Headers, key_prefix: bytes) -> dict[str, str]:
    """The client's own key for a provider, in the header it came in; keys of ours never leave."""
    found: dict[str, str] = {}
    authorization = headers.get(b"authorization")
    if authorization and not authorization.partition(b" ")[2].strip().startswith(key_prefix):
        found["authorization"] = _plain(authorization)
    given = headers.get(b"x-api-key")
    if given and not given.startswith(key_prefix):
        found["x-api-key"] = _plain(given)
    return found
