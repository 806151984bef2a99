"""Telemetry under the server's care: what is too old or too much is archived and let go of."""

from pathlib import Path

from watchkeeper.app.settings_stores import TelemetrySettings
from watchkeeper.domain.clock import Clock
from watchkeeper.telemetry.retention import AgeingStore, RetentionPolicy, RetentionReport, keep_within


class TelemetryRetention:
    """Lets go of telemetry that is too old, or too much."""

    def __init__(
        self, store: AgeingStore, settings: TelemetrySettings, *, data_dir: Path, clock: Clock
    ) -> None:
        self._store = store
        self._clock = clock
        archive = settings.archive_folder or data_dir / "telemetry" / "archive"
        self._policy = RetentionPolicy(
            days=settings.retention_days,
            max_bytes=settings.max_bytes,
            archive=archive if settings.archive else None,
        )

    def turn(self) -> RetentionReport:
        """Once: by age, then by size."""
        return keep_within(self._store, self._policy, now=self._clock.now())
