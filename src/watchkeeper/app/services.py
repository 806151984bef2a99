"""What the API's resources work with: the stores by their ports, wired once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from watchkeeper.app.copying import Copying
from watchkeeper.app.monitoring.anomaly_readings import AnomalyWatch
from watchkeeper.app.monitoring.model_readings import ModelWatch
from watchkeeper.app.monitoring.reference_drift import ReferenceWatch
from watchkeeper.app.settings import Settings
from watchkeeper.batch.ports import (
    CanaryStore,
    DocumentStore,
    LearningStore,
    ReceiptHeadStore,
    ResultStore,
    RunStore,
    ScoreStore,
)
from watchkeeper.coaching.ports import CoachingStore
from watchkeeper.costs.budgets.desk import BudgetDesk
from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.evaluation.desk import EvaluationDesk
from watchkeeper.gateway.keys.desk import KeyDesk
from watchkeeper.gateway.keys.refresh import KeyRefresh
from watchkeeper.gateway.orders.desk import OrderDesk
from watchkeeper.monitoring.ports import (
    AlertStore,
    MuteStore,
    Outbox,
    OverrideStore,
    ReferenceStore,
    SqlSandbox,
)
from watchkeeper.releases.desk import ReleaseDesk
from watchkeeper.releases.experiments.desk import ExperimentDesk
from watchkeeper.reporting.ports import SummaryStore
from watchkeeper.telemetry.content_ports import ContentStore, SearchedContent
from watchkeeper.telemetry.ports import TelemetryStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The stores and what else every resource needs."""

    documents: DocumentStore
    runs: RunStore
    results: ResultStore
    scores: ScoreStore
    canaries: CanaryStore
    alerts: AlertStore
    outbox: Outbox
    mutes: MuteStore
    overrides: OverrideStore
    heads: ReceiptHeadStore
    releases: ReleaseDesk
    experiments: ExperimentDesk
    learning: LearningStore
    coaching: CoachingStore
    evaluations: EvaluationDesk
    back_up: Callable[[Path], Path]
    """Saves the whole state to a file, before something is taken away."""
    budgets: BudgetDesk
    keys: KeyDesk
    key_refresh: KeyRefresh
    """Brings the server's own ring in step at once."""
    orders: OrderDesk
    telemetry: TelemetryStore
    summaries: SummaryStore
    content: ContentStore
    content_search: SearchedContent
    references: ReferenceStore
    sandbox: SqlSandbox
    """Runs the queries of rules."""
    anomalies: AnomalyWatch
    """Follows the series that are watched."""
    models: ModelWatch
    """Compares models with themselves."""
    reference_watch: ReferenceWatch
    """Holds calls against references."""
    clock: Clock
    ids: IdSource
    data_dir: Path
    settings: Settings
    copying: Copying = field(default_factory=Copying)
    """The copy of the telemetry store that runs, if one does."""

    @property
    def receipts_dir(self) -> Path:
        """The folder of the receipt files."""
        return self.data_dir / "receipts"
