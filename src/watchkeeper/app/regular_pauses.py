"""The pauses between turns of regular duties: waits that pretend no work (GF-49). The list only shrinks."""

from collections.abc import Mapping
from types import MappingProxyType

REGULAR_PAUSES: Mapping[str, str] = MappingProxyType(
    {
        "app/gateway/call_path_wiring.py:_keep_in_step": "between two syncs of a purse with the bank",
        "app/gateway/content_pipe.py:batches_of": "while pieces come that are kept with this one in one go",
        "app/gateway/gateway_server.py:GatewayServer.close_late_clients": "between looks for late clients",
        "app/gateway/keeper_process.py:ContentKeeper._watch": "before a keeper that died is started again",
        "app/gateway/worker.py:GatewayWorker._tick": "between two turns of a gateway worker's duties",
        "app/gateway/worker_parts.py:WorkerParts.drained": "while the last calls end, when a gateway stops",
        "app/ingest/http_protocol.py:close_late_heads": "between looks for clients that send too slowly",
        "app/ingest/process.py:IngestProcess._tick": "between two looks at the log's room and the keys",
    }
)
"""Reasons by `file:function`, the file relative to the package."""
