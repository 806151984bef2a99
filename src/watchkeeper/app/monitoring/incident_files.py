"""Incidents and outages as files of status pages tell them (CSV), and what each service's come to."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.slo.incidents import ServiceRecord, ToldIncident, service_record

_NEEDED = ("incident_id", "start_timestamp", "resolved_timestamp")
_STAGES = ("investigating", "identified", "monitoring", "resolved")


def service_records(stages: Iterable[str], outages: Iterable[str] | None = None) -> tuple[ServiceRecord, ...]:
    """The record of every service a file of incidents names.

    Args:
        stages: CSV lines with `incident_id`, `start_timestamp`, a `<stage>_timestamp` for each stage, and a
            column of 0 and 1 for each service.
        outages: CSV lines with `Date`, `Service` and `scaled_total_outage_minutes`; None: not known.

    Raises:
        InvalidInputError: A column is not there, or a value cannot be read; the line is told.
    """
    rows = csv.DictReader(stages)
    names = rows.fieldnames or ()
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise InvalidInputError(
            f"the file of incidents has no column {missing[0]}", action=f"give it {', '.join(_NEEDED)}"
        )
    read = list(rows)
    services = [
        name for name in names if not name.endswith("_flag") and {row[name] for row in read} <= {"0", "1"}
    ]
    incidents = [_incident(row, services, line) for line, row in enumerate(read, start=2)]
    minutes = {} if outages is None else _minutes(outages)
    return tuple(service_record(name, incidents, minutes.get(name.casefold(), ())) for name in services)


def _incident(row: Mapping[str, str], services: Iterable[str], line: int) -> ToldIncident:
    started = _instant(row["start_timestamp"], line)
    if started is None:
        raise InvalidInputError(f"line {line}: an incident has no start", action="give `start_timestamp`")
    told = {f"{stage}_at": _instant(row.get(f"{stage}_timestamp", ""), line) for stage in _STAGES}
    return ToldIncident(
        incident_id=row["incident_id"],
        services=frozenset(name for name in services if row[name] == "1"),
        started_at=started,
        **told,
    )


def _minutes(lines: Iterable[str]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for line, row in enumerate(csv.DictReader(lines), start=2):
        try:
            found[row["Service"].casefold()].append(float(row["scaled_total_outage_minutes"]))
        except (KeyError, ValueError) as wrong:
            raise InvalidInputError(
                f"line {line} of the outages tells no minutes: {wrong}",
                action="give it Service and scaled_total_outage_minutes",
            ) from None
    return found


def _instant(text: str, line: int) -> datetime | None:
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInputError(
            f"line {line}: {text!r:.40} is no timestamp", action="write it as 2026-11-28T00:00:00Z"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
