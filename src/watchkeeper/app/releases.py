"""The watch over canaries, joined to telemetry and settings."""

from watchkeeper.app.release_evidence import TelemetryEvidence
from watchkeeper.app.services import Services
from watchkeeper.releases.canary_watch import CanaryWatch


def canary_watch(services: Services) -> CanaryWatch:
    """The watch of a server."""
    settings = services.settings.releases
    return CanaryWatch(
        services.releases,
        TelemetryEvidence(services.telemetry, evaluation=settings.gate.evaluation),
        tolerances=settings.gate.tolerances(),
        stages=settings.as_stages(),
    )
