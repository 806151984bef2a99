"""`wk recommender`: its generated corpus, and how well it ranks."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.adapters.unwritable import not_writable
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line

if TYPE_CHECKING:
    from watchkeeper.workloads.recommender.corpus.generation import Corpus
    from watchkeeper.workloads.recommender.quality import Quality

app = command_app("Make the recommender's corpus, and measure its ranking.", group=True)


@dataclass(frozen=True, slots=True)
class CorpusFiles:
    """What `wk recommender corpus --json` prints."""

    seed: int
    documents: int
    queries: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """What `wk recommender evaluate --json` prints; a figure nobody knows is null."""

    seed: int
    queries: int
    ndcg_at_10: float | None
    precision_at_5: float | None
    diversity: float | None
    recorded: bool
    """Whether it was told to telemetry, as the ranking of this installation."""


schemas: dict[str, Any] = {"recommender corpus": CorpusFiles, "recommender evaluate": EvaluationReport}
Seed = Annotated[int | None, typer.Option(min=0, help="The corpus's seed; else the setting.")]


@app.command()
def corpus(
    *,
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to write it.")],
    seed: Seed = None,
    as_json: JsonOption = False,
) -> None:
    """Write a generated corpus: documents.jsonl, queries.jsonl, and labels.jsonl with each query's grades."""
    call = invoked(ctx, as_json=as_json)
    chosen, made = _corpus(call, seed)
    lines = {
        "documents.jsonl": [asdict(one) for one in made.documents],
        "queries.jsonl": [{"item": one.key, "query": one.text} for one in made.queries],
        "labels.jsonl": [{"item": one.key, "grades": one.grades} for one in made.queries],
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in lines.items():
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            folder.joinpath(name).write_text(text, encoding="utf-8")
    except OSError as failure:
        raise not_writable(folder, failure) from failure
    files = tuple(str(folder / name) for name in lines)
    report = CorpusFiles(chosen, len(made.documents), len(made.queries), files)
    if call.json:
        print_json(report)
        return
    print_line(f"seed {chosen}: {report.documents} documents and {report.queries} queries in {folder}")


@app.command()
def evaluate(
    *,
    ctx: typer.Context,
    seed: Seed = None,
    record: Annotated[
        bool, typer.Option("--record/--no-record", help="Tell telemetry; off with another seed.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Rank the labelled queries: NDCG@10, precision@5, diversity, told to telemetry."""
    call = invoked(ctx, as_json=as_json)
    chosen, made = _corpus(call, seed)
    quality = _measured(call, made)
    # Figures of another corpus say nothing about what is served here.
    recorded = record and chosen == _corpus_seed(call) and _recorded(call, quality)
    report = EvaluationReport(
        chosen, quality.queries, quality.ndcg_at_10, quality.precision_at_5, quality.diversity, recorded
    )
    if call.json:
        print_json(report)
        return
    told = ", ".join(f"{name} {value:.3f}" for name, value in quality.known().items())
    print_line(f"seed {chosen}, {quality.queries} queries: {told}")
    print_line("told to telemetry" if recorded else "not told to telemetry")


def _corpus_seed(call: Invocation) -> int:
    from watchkeeper.workloads.recommender.opening import own_settings

    return own_settings(call.settings).corpus_seed


def _corpus(call: Invocation, seed: int | None) -> "tuple[int, Corpus]":
    from watchkeeper.workloads.recommender.corpus.generation import generate

    chosen = _corpus_seed(call) if seed is None else seed
    return chosen, generate(chosen)


def _measured(call: Invocation, made: "Corpus") -> "Quality":
    from watchkeeper.adapters.clock import SystemClock
    from watchkeeper.workloads.recommender import evaluation
    from watchkeeper.workloads.recommender.opening import own_settings
    from watchkeeper.workloads.recommender.recommender import Recommender

    recommender = Recommender(
        made.documents, clock=SystemClock(), limit_s=own_settings(call.settings).component_limit_s
    )
    try:
        return evaluation.evaluate(recommender.order, made)
    finally:
        recommender.close()


def _recorded(call: Invocation, quality: "Quality") -> bool:
    """Tell telemetry; what the server cannot take now waits on disk."""
    from watchkeeper import sdk
    from watchkeeper.workloads.recommender.receipted import WORKLOAD

    key = next(iter(call.settings.server.keys), None)
    handle = sdk.init(
        WORKLOAD,
        data_dir=call.data_dir,
        endpoint=call.server,
        api_key=call.key or (key.get_secret_value() if key else None),
    )
    for name, value in quality.known().items():
        handle.record_metric(name, value, unit="1")
    sdk.shutdown(within_s=5)
    return True
