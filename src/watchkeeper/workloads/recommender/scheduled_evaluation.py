"""The evaluation a server makes once a day, at its time."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from watchkeeper.app.services import Services
from watchkeeper.telemetry.metric_question import MetricQuestion
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.workloads.recommender.quality import Quality
from watchkeeper.workloads.recommender.receipted import WORKLOAD
from watchkeeper.workloads.recommender.settings import RecommenderSettings

NDCG = "ndcg_at_10"


class ScheduledEvaluation:
    """Evaluates at most once for each time it is due; what telemetry holds says whether it was."""

    def __init__(self, services: Services, *, measure: Callable[[], Quality] | None = None) -> None:
        """Begin to wait.

        Args:
            services: Where the figures go.
            measure: Makes them; None ranks the settings' corpus.
        """
        self._services = services
        self._settings = services.settings.workload(WORKLOAD, RecommenderSettings)
        self._zone = ZoneInfo(services.settings.timezone)
        self._since = services.clock.now()
        self._measure = measure or self._of_corpus

    def turn(self) -> Quality | None:
        """Evaluate if it is due; None where it is not.

        A time that passed while no server ran is made up for, once the workload is in use.
        """
        now = self._services.clock.now()
        due = last_due(now, self._settings.evaluate_at, self._zone)
        store = self._services.telemetry
        if due < self._since and not store.metric_names(WORKLOAD):
            return None
        asked = MetricQuestion(name=NDCG, workload=WORKLOAD, since_ns=ns_of(due), until_ns=ns_of(now) + 1)
        if store.metric_series(asked):
            return None
        quality = self._measure()
        store.append(TelemetryBatch(metrics=quality.points(ns_of(now))), received_at=now)
        return quality

    def _of_corpus(self) -> Quality:
        # Rankers load numpy and scipy, once a day and not at every server's start.
        from watchkeeper.workloads.recommender.corpus.generation import generate
        from watchkeeper.workloads.recommender.evaluation import evaluate
        from watchkeeper.workloads.recommender.recommender import Recommender

        corpus = generate(self._settings.corpus_seed)
        recommender = Recommender(
            corpus.documents, clock=self._services.clock, limit_s=self._settings.component_limit_s
        )
        try:
            return evaluate(recommender.order, corpus)
        finally:
            recommender.close()


def last_due(now: datetime, at: str, zone: ZoneInfo) -> datetime:
    """The last instant at or before `now` when the clock of a zone showed this time.

    >>> from datetime import UTC
    >>> last_due(datetime(2026, 6, 2, 0, 30, tzinfo=UTC), "03:00", ZoneInfo("Europe/Stockholm")).isoformat()
    '2026-06-01T03:00:00+02:00'
    """
    local = now.astimezone(zone)
    due = datetime.combine(local.date(), time.fromisoformat(at), zone)
    if due > now:
        due = datetime.combine(local.date() - timedelta(days=1), time.fromisoformat(at), zone)
    return due
