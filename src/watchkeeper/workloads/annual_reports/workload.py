"""The workload as the platform finds it."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from watchkeeper.app.settings import Section
from watchkeeper.gateway.ports import BaselineEngine
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.workloads.annual_reports import watching
from watchkeeper.workloads.annual_reports.chat_reading import ChatReaderEngine
from watchkeeper.workloads.annual_reports.engines import ReaderEngine
from watchkeeper.workloads.annual_reports.instructions import InstructionSet, load_instructions
from watchkeeper.workloads.annual_reports.readers.flow import FlowReader
from watchkeeper.workloads.annual_reports.readers.layout import LayoutReader
from watchkeeper.workloads.annual_reports.reading import Reader
from watchkeeper.workloads.annual_reports.roster import load_roster
from watchkeeper.workloads.annual_reports.settings import AnnualReportsSettings
from watchkeeper.workloads.annual_reports.yaml_text import parsed

if TYPE_CHECKING:
    from fastapi import APIRouter

    from watchkeeper.app.workload import WorkloadFigure


class Manifest(BaseModel):
    """What `workload.yaml` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    title: str
    pinned_readers: Mapping[str, str]
    minimum_agents: int


@cache
def manifest() -> Manifest:
    """The workload's own description."""
    text = files(__package__).joinpath("workload.yaml").read_text(encoding="utf-8")
    return Manifest.model_validate(parsed(text))


def twin_readers() -> tuple[Reader, Reader]:
    """The two independent readers."""
    return (LayoutReader(), FlowReader())


def name_words(instructions: InstructionSet) -> frozenset[str]:
    """Legal forms and firm endings, word by word: they do not tell names apart."""
    phrases = (*instructions.words("association_forms"), *instructions.words("firm_endings"))
    return frozenset(word for phrase in phrases for word in phrase.casefold().split())


class AnnualReports:
    """Swedish housing associations' annual reports."""

    @property
    def id(self) -> str:
        """Its id in settings, receipts and the API."""
        return manifest().id

    @property
    def title(self) -> str:
        """What people call it."""
        return manifest().title

    @property
    def item_name(self) -> str:
        """What one of its items is called, such as where costs are told for each."""
        return "document"

    @property
    def settings_model(self) -> type[Section]:
        """The model of `workloads.annual-reports`."""
        return AnnualReportsSettings

    def routers(self) -> Sequence["APIRouter"]:
        """It needs no resources of its own."""
        return ()

    def baseline_engines(self) -> Mapping[str, BaselineEngine]:
        """Its twin readers, by name."""
        # The one that looks at text alone can also answer over HTTP, where text is all there is.
        layout, flow = twin_readers()
        return {layout.name: ReaderEngine(layout), flow.name: ChatReaderEngine(flow)}

    def rules(self) -> Sequence[Rule]:
        """What is watched of it."""
        return watching.rules(self.id)

    def figures(self) -> "Mapping[str, WorkloadFigure]":
        """Figures its rules name."""
        return watching.figures(self.id)

    def agents(self) -> Mapping[str, Sequence[str]]:
        """The roster's agents with the output keys of their fields."""
        return _shipped_agents()

    def name_words(self) -> frozenset[str]:
        """Words that do not tell names apart."""
        return _shipped_name_words()


@cache
def _shipped_agents() -> Mapping[str, Sequence[str]]:
    return {agent.name: tuple(field.key for field in agent.fields) for agent in load_roster()}


@cache
def _shipped_name_words() -> frozenset[str]:
    return name_words(load_instructions())


WORKLOAD = AnnualReports()
