"""The watches over canaries and experiments, joined to telemetry and settings."""

from watchkeeper.app.release_evidence import ArmEvidence, TelemetryEvidence
from watchkeeper.app.services import Services
from watchkeeper.app.settings import Settings
from watchkeeper.domain.clock import Clock
from watchkeeper.gateway.orders.desk import OrderDesk
from watchkeeper.gateway.orders.order import BY_ITSELF, OrderKind
from watchkeeper.releases.canary_watch import CanaryWatch
from watchkeeper.releases.desk import ReleaseDesk
from watchkeeper.releases.experiments.desk import ExperimentDesk
from watchkeeper.releases.experiments.ports import ExperimentStore
from watchkeeper.releases.experiments.watch import ExperimentWatch
from watchkeeper.releases.ports import ReleaseStore
from watchkeeper.releases.release import Release


def desks(
    releases: ReleaseStore,
    experiments: ExperimentStore,
    settings: Settings,
    *,
    orders: OrderDesk,
    clock: Clock,
) -> tuple[ReleaseDesk, ExperimentDesk]:
    """Where releases and experiments are moved, over these stores.

    When another release of a workload goes live, gateways are ordered to put out the answers they keep of it.
    """

    def put_out_answers(live: Release) -> None:
        orders.give(
            OrderKind.CACHE_EMPTY,
            {"workload": live.workload},
            by=BY_ITSELF,
            reason=f"release {live.release_id} went live",
        )

    desk = ReleaseDesk(
        releases,
        experiments=experiments,
        clock=clock,
        required_checks=settings.releases.gate.required_checks,
        live_changed=put_out_answers,
    )
    return desk, ExperimentDesk(experiments, desk, clock=clock)


def canary_watch(services: Services) -> CanaryWatch:
    """The watch of a server."""
    settings = services.settings.releases
    return CanaryWatch(
        services.releases,
        TelemetryEvidence(
            services.telemetry,
            evaluation=settings.gate.evaluation,
            by_subject=settings.gate.counts == "subjects",
        ),
        tolerances=settings.gate.tolerances(),
        stages=settings.as_stages(),
    )


def experiment_watch(services: Services) -> ExperimentWatch:
    """The watch of a server."""
    return ExperimentWatch(services.experiments, ArmEvidence(services.telemetry), clock=services.clock)
