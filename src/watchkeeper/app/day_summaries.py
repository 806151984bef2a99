"""The loop that writes the summaries of days that are over."""

from zoneinfo import ZoneInfo

from watchkeeper.app.query_source import TelemetryQuerySource
from watchkeeper.app.services import Services
from watchkeeper.reporting.summarising import summarise


class DaySummaries:
    """Writes what each day's queries added up to; one of the server's loops."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def turn(self) -> None:
        """Write what is missing, and anew what late records may have changed."""
        summarise(
            TelemetryQuerySource(self._services.telemetry),
            self._services.summaries,
            now=self._services.clock.now(),
            zone=ZoneInfo(self._services.settings.timezone),
        )
