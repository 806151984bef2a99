"""The alarm of the watchdog: the stopped monitor's alert, raised and told without the server."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from watchkeeper.adapters.clock import SystemIds
from watchkeeper.adapters.postgres.alerts import PostgresAlerts
from watchkeeper.adapters.postgres.database import connect
from watchkeeper.adapters.postgres.embedded import EmbeddedPostgres
from watchkeeper.adapters.postgres.mutes import PostgresMutes, PostgresOverrides
from watchkeeper.adapters.postgres.outbox import PostgresOutbox
from watchkeeper.app.monitoring.server_monitor import ALERT_LOG, log_telling
from watchkeeper.app.monitoring.telling import courier, telling_policy
from watchkeeper.app.server_log import ServerLog
from watchkeeper.app.settings import Settings
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.engine import Outcome, Sighting, Standing, step
from watchkeeper.monitoring.monitor import MonitorStores
from watchkeeper.monitoring.notification.courier import Courier
from watchkeeper.monitoring.notification.memory_outbox import InMemoryOutbox
from watchkeeper.monitoring.own_rules import MONITOR_STOPPED

_CONNECT_WITHIN_S = 5.0
_END_WITHIN_S = 2.0


class Alarm:
    """One time of the monitor's silence."""

    def __init__(self, data_dir: Path, settings: Settings, clock: Clock) -> None:
        """Open the state; where it cannot be had, the alarm goes on without.

        Args:
            data_dir: The data folder.
            settings: Who is told.
            clock: When it is.
        """
        self._settings = settings
        self._clock = clock
        self._policy = telling_policy(settings)
        self._undo = ExitStack()
        self._log = ServerLog(data_dir, clock, file_name=ALERT_LOG)
        self._undo.callback(self._log.close)
        self._alone: Alert | None = None
        self._outbox = InMemoryOutbox()
        self._stores = self._opened(data_dir)
        self._couriers: list[Courier] = [courier(settings, self._outbox, clock=clock)]
        if self._stores is not None:
            self._couriers.append(courier(settings, PostgresOutbox(self._database), clock=clock))

    def turn(self, silent_s: float) -> None:
        """Raise the alert, or see that it goes on; and take out what is due.

        Args:
            silent_s: How long the monitor has not looked.
        """
        outcome = self._raised(silent_s)
        for telling in outcome.tellings:
            log_telling(self._log.log, telling)
        for each in self._couriers:
            each.turn()

    def close(self) -> None:
        """Let what is on its way arrive, and leave the rest to the server."""
        for each in self._couriers:
            each.wait(within_s=_END_WITHIN_S)
        self._undo.close()

    def _raised(self, silent_s: float) -> Outcome:
        if self._stores is not None:
            try:
                newest = self._stores.alerts.newest_of_each()
                outcome = self._stepped(silent_s, newest, self._stores)
                self._stores.alerts.move(outcome.keep, outcome.drop, outcome.letters)
            except WatchkeeperError:
                # The state has gone as well: the alert goes out without it.
                self._stores = None
            else:
                return outcome
        outcome = self._stepped(silent_s, () if self._alone is None else (self._alone,), None)
        self._alone = next((alert for alert in outcome.keep), self._alone)
        self._outbox.put(outcome.letters)
        return outcome

    def _stepped(self, silent_s: float, newest: Sequence[Alert], stores: MonitorStores | None) -> Outcome:
        now = self._clock.now()
        return step(
            self._policy,
            Standing(
                newest={alert.rule: alert for alert in newest},
                mutes=() if stores is None else stores.mutes.not_over(now),
                overrides=() if stores is None else stores.overrides.not_over(now),
                # What the monitor watches is not seen from here.
                unseen=frozenset(alert.rule for alert in newest if alert.rule != MONITOR_STOPPED.key),
            ),
            [Sighting(rule=MONITOR_STOPPED, value=silent_s)],
            now=now,
            new_id=SystemIds().trace_id,
        )

    def _opened(self, data_dir: Path) -> MonitorStores | None:
        url = self._settings.postgres.url
        try:
            conninfo = (
                self._undo.enter_context(EmbeddedPostgres(data_dir))
                if url is None
                else url.get_secret_value()
            )
            self._database = self._undo.enter_context(connect(conninfo, size=4, timeout_s=_CONNECT_WITHIN_S))
        except WatchkeeperError:
            return None
        return MonitorStores(
            alerts=PostgresAlerts(self._database),
            mutes=PostgresMutes(self._database),
            overrides=PostgresOverrides(self._database),
        )
