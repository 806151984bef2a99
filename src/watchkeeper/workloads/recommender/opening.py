"""A recommender as it serves: with its corpus, receipts in the data folder, and the SDK."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.app.settings import Settings
from watchkeeper.gateway.call_path import CallPath
from watchkeeper.gateway.receipts import ReceiptWriter
from watchkeeper.gateway.relay.ledger import Ledger, NoFigures
from watchkeeper.sdk import Handle, init, shutdown
from watchkeeper.workloads.recommender.corpus.generation import Corpus, generate
from watchkeeper.workloads.recommender.receipted import WORKLOAD, ReceiptedCalls, ranking_engines
from watchkeeper.workloads.recommender.recommender import AroundRanker, Recommender
from watchkeeper.workloads.recommender.settings import RecommenderSettings

_END_WITHIN_S = 5.0
_FIGURES_OVER_S = 300.0
"""Seconds that rates and percentiles are taken of: an hour would keep alerts open long after the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What serves."""

    recommender: Recommender
    corpus: Corpus
    handle: Handle


def own_settings(settings: Settings) -> RecommenderSettings:
    """The workload's own part of the settings."""
    return settings.workload(WORKLOAD, RecommenderSettings)


@contextmanager
def opened(
    settings: Settings,
    data_dir: Path,
    *,
    endpoint: str | None = None,
    around: AroundRanker = lambda ranker: ranker,
) -> Iterator[Opened]:
    """Open everything; what it records is sent to the data folder's server, or waits on disk for one.

    Args:
        settings: The settings.
        data_dir: Where receipts and records go.
        endpoint: The server; None finds that of the data folder.
        around: Put around each component, such as a fault.

    Raises:
        StorageFullError: Receipts cannot be written.
    """
    own, clock = own_settings(settings), SystemClock()
    corpus = generate(own.corpus_seed)
    key = next(iter(settings.server.keys), None)
    receipts = ReceiptWriter(
        data_dir / "receipts", WORKLOAD, clock=clock, rotate_bytes=settings.receipts.max_file_bytes
    )
    ledger = Ledger(receipts=receipts, content=None, figures=NoFigures(), clock=clock, ids=SystemIds())
    handle = init(
        WORKLOAD,
        data_dir=data_dir,
        endpoint=endpoint,
        api_key=None if key is None else key.get_secret_value(),
        derived_over_s=_FIGURES_OVER_S,
        keep_query_text=WORKLOAD not in settings.content.opt_out,
    )
    calls = CallPath(ranking_engines().values(), ledger)
    recommender = Recommender(
        corpus.documents,
        clock=clock,
        limit_s=own.component_limit_s,
        call=ReceiptedCalls(calls.call),
        handle=handle,
        around=around,
    )
    try:
        yield Opened(recommender=recommender, corpus=corpus, handle=handle)
    finally:
        recommender.close()
        calls.close()
        receipts.close()
        shutdown(within_s=_END_WITHIN_S)
