"""The workload as the platform finds it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from watchkeeper.app.settings import Section
from watchkeeper.app.workload import Duty
from watchkeeper.gateway.ports import BaselineEngine
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.workloads.recommender import watching
from watchkeeper.workloads.recommender.receipted import WORKLOAD as ID
from watchkeeper.workloads.recommender.receipted import ranking_engines
from watchkeeper.workloads.recommender.settings import RecommenderSettings

if TYPE_CHECKING:
    from fastapi import APIRouter

    from watchkeeper.app.services import Services
    from watchkeeper.app.workload import WorkloadFigure

_LOOK_EVERY_S = 60.0


class RecommenderWorkload:
    """Heritage documents, recommended."""

    @property
    def id(self) -> str:
        """Its id in settings, receipts and the API."""
        return ID

    @property
    def title(self) -> str:
        """What people call it."""
        return "Recommender of heritage documents"

    @property
    def item_name(self) -> str:
        """What one of its items is called."""
        return "query"

    @property
    def settings_model(self) -> type[Section]:
        """The model of `workloads.recommender`."""
        return RecommenderSettings

    def routers(self) -> Sequence["APIRouter"]:
        """It answers in a process of its own: `wk serve recommender`."""
        return ()

    def baseline_engines(self) -> Mapping[str, BaselineEngine]:
        """Its components, by name."""
        return ranking_engines()

    def rules(self) -> Sequence[Rule]:
        """What is watched of it."""
        return watching.rules(self.id)

    def figures(self) -> "Mapping[str, WorkloadFigure]":
        """Its figures are metrics: it names none of its own."""
        return {}

    def agents(self) -> Mapping[str, Sequence[str]]:
        """Each component ranks."""
        return dict.fromkeys(ranking_engines(), ("ranking",))

    def name_words(self) -> frozenset[str]:
        """It compares no names."""
        return frozenset()

    def duties(self, services: "Services") -> Sequence[Duty]:
        """Its evaluation, once a day."""
        from watchkeeper.workloads.recommender.scheduled_evaluation import ScheduledEvaluation

        return (Duty("recommender evaluation", ScheduledEvaluation(services).turn, _LOOK_EVERY_S),)


WORKLOAD = RecommenderWorkload()
