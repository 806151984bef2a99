"""Rules: sign, unit, side, which match counts, sections and plausible range."""

from collections.abc import Iterator
from typing import Any

from watchkeeper.workloads.annual_reports.coaching.evidence import places_of
from watchkeeper.workloads.annual_reports.coaching.proposals import FieldError, Proposal


def mine_rules(error: FieldError) -> Iterator[Proposal]:
    """The field with one rule turned: what the value's print suggests, and what is cheap to try."""
    told, value = error.told, error.truth.value
    places = list(places_of(value, error.report.document))
    changes: list[tuple[dict[str, Any], str]] = []
    if told.kind == "amount":
        if told.unit == "none" and any(place.factor > 1 for place in places):
            changes.append(({"unit": "report"}, "amounts are in the report's unit"))
        if told.sign == "printed" and any(place.negative for place in places):
            changes.append(({"sign": "absolute"}, "a printed minus is dropped"))
    pages = {place.page for place in places}
    kinds = tuple(
        dict.fromkeys(
            one.kind
            for one in error.report.sections
            if any(one.first_page <= page <= one.last_page for page in pages)
        )
    )
    for kind in kinds:
        if kind not in told.sections:
            changes.append(({"sections": (*told.sections, kind)}, f"section {kind}"))
    if error.agent_sections != told.sections:
        changes.append(({"sections": error.agent_sections}, "the agent's sections"))
    for side in ("either", "before", "after"):
        if side != told.side:
            changes.append(({"side": side}, f"the value stands {side}"))
    last = "last" if told.occurrence == "first" else "first"
    changes.append(({"occurrence": last}, f"the {last} of equal matches counts"))
    for change, why in changes:
        yield Proposal(told.model_copy(update=change), why)
