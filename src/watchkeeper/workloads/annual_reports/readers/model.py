"""A language or vision model as a third reader: the same instructions, the same contract."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from watchkeeper.domain.call import ModelCall
from watchkeeper.domain.page import Page, PagedDocument, PageSource
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions
from watchkeeper.workloads.annual_reports.prompt import agent_messages, answer_schema
from watchkeeper.workloads.annual_reports.reading import FieldReading, Section

CONFIDENCE = 0.75
"""Of a model's reading: below a baseline's best, for a model gives no evidence that can be checked."""

MAX_PAGES = 12
"""Pages sent with one agent's call; an agent sees its zone, not the report (requirements 2.1.1)."""

PageImage = Callable[[int], bytes]
"""A page's PNG by its 1-based number."""


class ModelReader:
    """Puts an agent's question to a configured target and reads its answer."""

    def __init__(self, *, target: str, sends_images: bool, timeout_s: float) -> None:
        self.name = target
        self._sends_images = sends_images
        self._timeout_s = timeout_s

    def call_for(
        self,
        agent: AgentInstructions,
        document: PagedDocument,
        sections: Sequence[Section],
        *,
        page_image: PageImage,
        workload: str,
    ) -> ModelCall:
        """The call that asks for the agent's fields; ids of the run are the caller's to add."""
        pages = zone_of(agent, document, sections)
        images = [(page.number, page_image(page.number)) for page in pages] if self._sends_images else []
        return ModelCall(
            workload=workload,
            target=self.name,
            agent=agent.agent,
            messages=agent_messages(agent, pages, images),
            json_schema=answer_schema(agent),
            deadline_s=self._timeout_s,
            document_sha256=document.sha256,
        )

    def readings_of(self, parsed: object, document: PagedDocument) -> dict[str, FieldReading]:
        """The fields of an answer that fits the schema; a page the report does not have is no evidence."""
        answer: Mapping[str, Any] = parsed if isinstance(parsed, dict) else {}
        readings = {}
        for name, found in answer.items():
            if not isinstance(found, dict) or found.get("value") in (None, ""):
                continue
            page = found.get("page")
            known = page if isinstance(page, int) and 1 <= page <= len(document.pages) else None
            readings[name] = FieldReading(
                value=found["value"],
                page=known or 1,
                confidence=CONFIDENCE if known else CONFIDENCE / 2,
                printed=str(found.get("printed") or found["value"]),
                box=None,
                rule=f"answered by {self.name}",
            )
        return readings


def zone_of(
    agent: AgentInstructions, document: PagedDocument, sections: Sequence[Section]
) -> tuple[Page, ...]:
    """The pages an agent is shown: those of its fields' sections, else the first that can be read."""
    wanted = {kind for field in agent.fields.values() for kind in field.sections}
    numbers = {
        number
        for section in sections
        if section.kind in wanted
        for number in range(section.first_page, section.last_page + 1)
    }
    readable = [page for page in document.pages if page.source is not PageSource.NONE]
    zone = [page for page in readable if page.number in numbers] or readable
    return tuple(zone[:MAX_PAGES])
