"""What joins a gateway worker to its operators: keys, orders, and its own word of itself."""

import os
import socket
from pathlib import Path

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.gateway_workers import PostgresGatewayWorkers
from watchkeeper.adapters.postgres.keys import PostgresKeys
from watchkeeper.adapters.postgres.orders import PostgresOrders
from watchkeeper.app.gateway.operator_duty import Governed, OperatorDuty, WorkerName
from watchkeeper.app.key_ring import key_copy
from watchkeeper.app.process_identity import own_start
from watchkeeper.app.run_files import GATEWAY, read_run_file
from watchkeeper.domain.clock import Clock
from watchkeeper.gateway.keys.refresh import KeyRefresh
from watchkeeper.gateway.keys.ring import KeyRing


def operator_duty(
    link: Database, data_dir: Path, *, ring: KeyRing, governed: Governed, clock: Clock
) -> OperatorDuty:
    """A worker's duty; the ring has the keys of the copy at once.

    Args:
        link: The state; may come later.
        data_dir: The data folder.
        ring: The worker's keys.
        governed: What operators govern in it.
        clock: Time.
    """
    return OperatorDuty(
        _name(data_dir, clock),
        governed,
        keys=KeyRefresh(ring, PostgresKeys(link), key_copy(data_dir)),
        orders=PostgresOrders(link),
        workers=PostgresGatewayWorkers(link),
        clock=clock,
        address=lambda: _address(data_dir),
    )


def _name(data_dir: Path, clock: Clock) -> WorkerName:
    machine, pid = socket.gethostname(), os.getpid()
    return WorkerName(
        # The start tells a process from an earlier one of the same number.
        worker_id=f"{machine}/{pid}-{own_start()}",
        gateway=f"{machine}:{data_dir}",
        pid=pid,
        started_at=clock.now(),
    )


def _address(data_dir: Path) -> str | None:
    found = read_run_file(data_dir, GATEWAY)
    return None if found is None else found.url
