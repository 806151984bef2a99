"""The text reader as the last tier of a route over HTTP: it answers what a model would be asked.

A call that holds the pages of a report as `prompt.py` writes them, for an agent of the roster, gets the
answer whose schema is there: no model, no cost, and every value from the text that came.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache

import orjson

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.page import Page, PagedDocument, PageSource
from watchkeeper.gateway.chat_task import ChatTask
from watchkeeper.workloads.annual_reports.engines import ReaderEngine
from watchkeeper.workloads.annual_reports.instructions import (
    AgentInstructions,
    InstructionSet,
    load_instructions,
)
from watchkeeper.workloads.annual_reports.reading import FieldReading, FieldValue, Reader
from watchkeeper.workloads.annual_reports.sections import sectionize

_PAGE = re.compile(r"^Page ([1-9]\d{0,3}):[ \t]*$", re.MULTILINE)
"""As `prompt.agent_messages` heads a page."""
_MOST_CHARACTERS = 1_000_000
"""Of a report of some hundreds of pages; reading more would keep a gateway's threads for long."""
_A4 = (595.0, 842.0)


class ChatReaderEngine(ReaderEngine):
    """Implements `watchkeeper.gateway.ports.ChatEngine` over a reader that looks at text alone."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        self._reader = reader

    def takes(self, agent: str | None) -> bool:
        """Whether the agent is one of the roster's."""
        return agent in _shipped().agents

    def run(self, baseline_input: object) -> object:
        """The agent's fields: of a reading task as they were found, of a chat as a model would answer.

        Raises:
            InvalidInputError: The call carried neither, or a chat in which no field of the agent's stands.
        """
        if not isinstance(baseline_input, ChatTask):
            return super().run(baseline_input)
        instructions = _shipped()
        agent = instructions.agents[baseline_input.agent or ""]
        document = _document(one.text for one in baseline_input.messages if one.role == "user")
        found = self._reader.open(document, sectionize(document), instructions).read(agent)
        if not found:
            raise InvalidInputError(f"no field of {agent.agent!r} stands in the text that came")
        answer = _answer(agent, found)
        return orjson.dumps(answer).decode() if baseline_input.json_schema is None else answer


@cache
def _shipped() -> InstructionSet:
    return load_instructions()


def _document(said: Iterable[str]) -> PagedDocument:
    """The pages in what was said: those that are headed, else what form feeds part.

    Raises:
        InvalidInputError: There is no text, or too much of it.
    """
    text = "\n".join(said)
    if not text.strip() or len(text) > _MOST_CHARACTERS:
        raise InvalidInputError(
            f"the chat has {len(text)} characters of text",
            action=f"send a report of at most {_MOST_CHARACTERS}",
        )
    _, *headed = _PAGE.split(text)
    pages: dict[int, str] = {}
    if headed:
        for number, body in zip(headed[::2], headed[1::2], strict=True):
            pages[int(number)] = pages.get(int(number), "") + body.removeprefix("\n")
    else:
        pages = dict(enumerate(text.split("\f"), start=1))
    return PagedDocument(
        name="a chat",
        sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
        # A page left out has its number all the same, and nothing on it.
        pages=tuple(_page(number, pages.get(number)) for number in range(1, max(pages) + 1)),
    )


def _page(number: int, text: str | None) -> Page:
    source = PageSource.NONE if text is None else PageSource.TEXT
    return Page(number, *_A4, words=(), text=text or "", source=source)


def _answer(agent: AgentInstructions, found: Mapping[str, FieldReading]) -> dict[str, object]:
    """As `prompt.answer_schema` has it: every field of the agent's, null where it was not found."""
    return {
        name: {"value": _plain(found[name].value), "page": found[name].page, "printed": found[name].printed}
        if name in found
        else None
        for name in agent.fields
    }


def _plain(value: FieldValue) -> int | float | str:
    """What the schema takes: lists and rows are text in it, people and amounts with commas between."""
    if isinstance(value, int | float | str):
        return value
    if isinstance(value, list) and all(isinstance(one, int | float | str) for one in value):
        return ", ".join(str(one) for one in value)
    return orjson.dumps(value).decode()
