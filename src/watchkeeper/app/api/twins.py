"""`/twins`: where the readers of a document agree and differ (GF-27, GF-58)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import BaseModel

from watchkeeper.app.agreement_memo import DocumentAgreement
from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.app.api.runs import item_of
from watchkeeper.app.server_state import ServerState
from watchkeeper.domain.run import CONSENSUS, ItemResult, Reading
from watchkeeper.evaluation.agreement import (
    Agreement,
    FieldAgreement,
    agreement_rate,
    compare_readers,
)

router = APIRouter(prefix="/twins", tags=["twins"])

WINDOW = 200
"""Documents an agreement over everything looks back on."""
Window = Annotated[int, Query(ge=1, le=10_000)]
TARGET = 0.80
"""Agreement that counts as success (GF-58)."""
INTERVENE_BELOW = 0.60
"""Agreement below which somebody should look (GF-65); between the two it is watched."""


class ComparedField(BaseModel):
    """One field, each reader's value under the reader's own name."""

    field: str
    values: dict[str, Any]
    verdict: Agreement
    consensus: Any
    why: str | None


class ComparedDocument(BaseModel):
    """One document, field by field."""

    run_id: str
    document: str
    readers: tuple[str, ...]
    fields: tuple[ComparedField, ...]
    agreement: float | None
    """Share of fields all readers agree on; null without fields or with one reader."""


class FieldRate(BaseModel):
    """How often the readers agree on one field."""

    field: str
    documents: int
    agree: int
    rate: float


class GroupRate(BaseModel):
    """How often the readers agree on the fields of one agent, or in the documents of one day."""

    name: str
    """The agent, or the day (ISO, in the installation's timezone)."""
    fields: int
    """Fields compared."""
    agree: int
    rate: float


class AgreementReport(BaseModel):
    """Agreement over several documents."""

    documents: int
    agreement: float | None
    band: str
    """`good`, `watch`, `intervene` or `no data`."""
    fields: tuple[FieldRate, ...]
    agents: tuple[GroupRate, ...]
    days: tuple[GroupRate, ...]
    """Oldest first."""


@router.get("/documents/{run_id}/{document:path}")
def compared_document(run_id: str, document: str, services: ServicesDep, state: StateDep) -> ComparedDocument:
    """The union of all readers' fields for one document."""
    results = item_of(services, run_id, document)
    rows = _compared(results, _name_words(state, results[0].workload))
    decided = _fields(next((one for one in results if one.model == CONSENSUS), None))
    fields = tuple(
        ComparedField(
            field=row.field,
            values=dict(row.values),
            verdict=row.verdict,
            consensus=decided.get(row.field, {}).get("value"),
            why=decided.get(row.field, {}).get("why"),
        )
        for row in rows
    )
    readers = tuple(one.model for one in results if one.model != CONSENSUS)
    return ComparedDocument(
        run_id=run_id, document=document, readers=readers, fields=fields, agreement=agreement_rate(rows)
    )


@router.get("/agreement")
def agreement(
    *,
    services: ServicesDep,
    state: StateDep,
    workload: str,
    run_id: str | None = None,
    window: Window = WINDOW,
) -> AgreementReport:
    """How often the readers agree, in a run or over the last documents, by field and together."""
    results = services.results
    readings = results.readings(workload=workload, run_id=run_id, newest=window)
    words = _name_words(state, workload)
    known = state.workloads.get(workload)
    return agreement_report(
        state.agreement.of(readings, results.reader_values, ignored=words),
        agents=known.agents() if known else {},
        zone=ZoneInfo(services.settings.timezone),
    )


def agreement_report(
    documents: Mapping[tuple[Reading, ...], DocumentAgreement],
    *,
    agents: Mapping[str, Sequence[str]],
    zone: ZoneInfo,
) -> AgreementReport:
    """Agreement over documents, by the readings of each: in all, by field, by agent and by day."""
    agent_of = {field: agent for agent, fields in agents.items() for field in fields}
    fields, by_agent, days = (defaultdict[str, list[bool]](list) for _ in range(3))
    for readings, found in documents.items():
        if found.readers < 2:
            continue
        day = max(one.created_at for one in readings).astimezone(zone).date().isoformat()
        for names, agreed in ((found.agreed, True), (found.other, False)):
            days[day].extend([agreed] * len(names))
            for name in names:
                fields[name].append(agreed)
                if (agent := agent_of.get(name)) is not None:
                    by_agent[agent].append(agreed)
    every = [agreed for one in fields.values() for agreed in one]
    rate = sum(every) / len(every) if every else None
    return AgreementReport(
        documents=len(documents),
        agreement=rate,
        band=band_of(rate),
        fields=tuple(
            FieldRate(field=name, documents=len(agreed), agree=sum(agreed), rate=sum(agreed) / len(agreed))
            for name, agreed in sorted(fields.items())
        ),
        agents=_group_rates(by_agent),
        days=_group_rates(days),
    )


def _group_rates(groups: Mapping[str, Sequence[bool]]) -> tuple[GroupRate, ...]:
    return tuple(
        GroupRate(name=name, fields=len(agreed), agree=sum(agreed), rate=sum(agreed) / len(agreed))
        for name, agreed in sorted(groups.items())
        if agreed
    )


def band_of(rate: float | None) -> str:
    """What an agreement means to an operator (GF-58, GF-65)."""
    if rate is None:
        return "no data"
    if rate >= TARGET:
        return "good"
    return "watch" if rate >= INTERVENE_BELOW else "intervene"


def _compared(results: Sequence[ItemResult], ignored: Collection[str]) -> tuple[FieldAgreement, ...]:
    answers = {
        one.model: {name: found.get("value") for name, found in _fields(one).items()}
        for one in results
        if one.model != CONSENSUS
    }
    return compare_readers(answers, ignored=ignored)


def _fields(result: ItemResult | None) -> Mapping[str, Mapping[str, Any]]:
    fields = result.data.get("fields") if result else None
    return fields if isinstance(fields, Mapping) else {}


def _name_words(state: ServerState, workload: str) -> Collection[str]:
    known = state.workloads.get(workload)
    return known.name_words() if known else frozenset()
