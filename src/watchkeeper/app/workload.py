"""What a workload is to the platform, and how the workloads that are installed are found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from watchkeeper.app.settings import Section
from watchkeeper.domain.errors import WatchkeeperError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fastapi import APIRouter

    from watchkeeper.app.services import Services
    from watchkeeper.gateway.ports import BaselineEngine
    from watchkeeper.monitoring.rules.rule import Rule

    WorkloadFigure = Callable[[Services, datetime, datetime], float | None]

WORKLOADS = "watchkeeper.workloads"
"""Entry-point group of workloads: objects that keep the `Workload` protocol."""
WORKLOAD_SETTINGS = "watchkeeper.workload_settings"
"""Entry-point group of their settings models, apart so that a command reads settings without the rest."""


@runtime_checkable
class Workload(Protocol):
    """One LLM system that the platform runs and watches."""

    @property
    def id(self) -> str:
        """Kebab-case and stable: `annual-reports`."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    @property
    def settings_model(self) -> type[Section]:
        """The model of `workloads.<id>` in the settings."""
        ...

    def routers(self) -> Sequence["APIRouter"]:
        """Its own resources, mounted under `/api/v1`; most workloads need none."""
        ...

    def name_words(self) -> frozenset[str]:
        """Words, case-folded, that do not tell its names apart, such as legal forms."""
        ...

    def agents(self) -> Mapping[str, Sequence[str]]:
        """Its agents: the fields each one reads, by the agent's name."""
        ...

    def rules(self) -> Sequence["Rule"]:
        """What is watched of it, unless the settings say otherwise."""
        ...

    def figures(self) -> Mapping[str, "WorkloadFigure"]:
        """Figures that its rules may name, each of a window; None is no data."""
        ...

    def baseline_engines(self) -> Mapping[str, "BaselineEngine"]:
        """Its baseline engines by target name: what answers when no model is configured."""
        ...


@dataclass(frozen=True, slots=True)
class Duty:
    """Work of a workload that its server does again and again."""

    name: str
    turn: "Callable[[], object]"
    every_s: float
    """Seconds between two turns."""


@runtime_checkable
class DutifulWorkload(Protocol):
    """A workload that has regular work of its own in the server."""

    def duties(self, services: "Services") -> Sequence[Duty]:
        """What the server is to do for it, with these stores."""
        ...


class WorkloadBrokenError(WatchkeeperError):
    """An installed workload cannot be loaded."""

    code = "workload_broken"


def workload_settings() -> dict[str, type[Section]]:
    """The settings model of every installed workload, by its id.

    Raises:
        WorkloadBrokenError: One cannot be imported, or is no settings section.
    """
    models: dict[str, type[Section]] = {}
    for entry in sorted(entry_points(group=WORKLOAD_SETTINGS), key=lambda entry: entry.name):
        loaded = _load(entry)
        if not (isinstance(loaded, type) and issubclass(loaded, Section)):
            raise _broken(entry, "is not a subclass of watchkeeper.app.settings.Section")
        models[entry.name] = loaded
    return models


def workloads() -> dict[str, Workload]:
    """Every installed workload, by its id.

    Raises:
        WorkloadBrokenError: One cannot be imported, or does not keep the protocol.
    """
    found: dict[str, Workload] = {}
    for entry in sorted(entry_points(group=WORKLOADS), key=lambda entry: entry.name):
        loaded = _load(entry)
        if not isinstance(loaded, Workload):
            raise _broken(entry, "does not keep the protocol watchkeeper.app.workload.Workload")
        found[loaded.id] = loaded
    return found


def _load(entry: EntryPoint) -> object:
    try:
        return entry.load()
    except (ImportError, AttributeError) as failure:
        raise _broken(entry, f"cannot be imported: {failure}") from failure


def _broken(entry: EntryPoint, why: str) -> WorkloadBrokenError:
    return WorkloadBrokenError(
        f"the workload {entry.name!r} ({entry.value}) {why}",
        action="update or uninstall the package that brings it",
    )
