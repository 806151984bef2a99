"""Log lines as an OTLP request, for those that the server is told of, too."""

from collections.abc import Iterable

from watchkeeper.sdk.export.span_encoding import SCOPE
from watchkeeper.sdk.export.wire import any_value, field, fixed_field, key_value, number_field, text
from watchkeeper.sdk.logs.lines import SEVERITIES, Line

_PLAIN = (str, bool, int, float)


def encode_lines(lines: Iterable[Line], resource: bytes) -> bytes:
    """A whole `ExportLogsServiceRequest`."""
    scoped = SCOPE + b"".join([field(2, _record(line)) for line in lines])
    return field(1, field(1, resource) + field(2, scoped))


def _record(line: Line) -> bytes:
    parts = [
        fixed_field(1, line.ts_ns),
        number_field(2, SEVERITIES.get(line.level, 0)),
        field(3, text(line.level)),
        field(5, any_value(line.message)),
        fixed_field(11, line.ts_ns),
    ]
    facts = {"watchkeeper.log": line.file, **line.fields}
    if line.query_id is not None:
        facts["watchkeeper.query_id"] = line.query_id
    parts += [field(6, key_value(name, _plain(told))) for name, told in facts.items() if told is not None]
    if line.trace_id is not None:
        parts.append(field(9, bytes.fromhex(line.trace_id)))
    if line.span_id is not None:
        parts.append(field(10, bytes.fromhex(line.span_id)))
    return b"".join(parts)


def _plain(told: object) -> object:
    return told if isinstance(told, _PLAIN) else str(told)[:2_000]
