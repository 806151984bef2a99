"""The pauses between turns of regular duties: waits that pretend no work (GF-49). The list only shrinks."""

from collections.abc import Mapping
from types import MappingProxyType

REGULAR_PAUSES: Mapping[str, str] = MappingProxyType(
    {
        "app/gateway/call_path_wiring.py:_keep_in_step": "between two syncs of a purse with the bank",
        "app/gateway/gateway_server.py:GatewayServer.close_late_clients": "between looks for late clients",
        "app/gateway/keeper_process.py:ContentKeeper._watch": "before a keeper that died is started again",
        "app/gateway/worker.py:GatewayWorker._tick": "between two turns of a gateway worker's duties",
        "app/gateway/worker_parts.py:WorkerParts.drained": "while the last calls end, when a gateway stops",
    }
)
"""Reasons by `file:function`, the file relative to the package."""
