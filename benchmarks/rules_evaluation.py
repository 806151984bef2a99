"""How long one look at 2,000 rules takes over 10,000,000 calls of 30 days in one DuckDB file.

Run: python -m benchmarks.rules_evaluation [--calls 10000000] [--rules 2000] [--file kept.duckdb] [--json]
"""

import argparse
import json
import statistics
import tempfile
import time
from datetime import timedelta
from itertools import cycle, islice, product
from pathlib import Path

from benchmarks.telemetry_queries import END, generate
from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.adapters.sql_sandbox.sandbox import ProcessSandbox
from watchkeeper.app.monitoring.measurements import TelemetryMeasurements
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import CALL_FIGURES, WatchedCalls
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.span_filter import SpanFilter

UNTIL = END - timedelta(seconds=37.123)
"""In the middle of a minute, as looks are: both ends of each window are read from rows."""
WINDOWS_S = (300.0, 3600.0, 86_400.0)


def rules_over(store: DuckDbTelemetry, count: int) -> list[Rule]:
    """Rules over what there is: every figure of every workload, model, route and agent, in three windows."""
    asked = CallQuestion(which=SpanFilter(), by=("workload", "model", "route", "agent"), latencies=False)
    groups = [row.group for row in store.figures(asked)]
    names = (("model",), ("route",), ("agent",), ("model", "route"), ())
    choices = cycle(product(groups, names, CALL_FIGURES, WINDOWS_S))
    rules: dict[str, Rule] = {}
    for group, by, figure, window_s in islice(choices, 0, None, 7):
        only = {name: group[name] for name in by if group[name] is not None}
        name = "-".join([figure, f"{window_s:g}", *(f"{key}-{value}" for key, value in only.items())])
        rule = Rule(
            name=name,
            workload=str(group["workload"]),
            watched=WatchedCalls(figure=figure, only=only),
            window_s=window_s,
            threshold=Threshold(direction="above", warning=1e12),
        )
        rules[rule.key] = rule
        if len(rules) == count:
            return list(rules.values())
    raise AssertionError("it never ends")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--calls", type=int, default=10_000_000)
    asked.add_argument("--rules", type=int, default=2000)
    asked.add_argument("--runs", type=int, default=7)
    asked.add_argument("--file", type=Path, default=None, help="made when it is not there, and kept")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.file or Path(folder) / "telemetry.duckdb"
        if not path.exists():
            generate(path, given.calls)
        store, sandbox = DuckDbTelemetry(path), ProcessSandbox()
        try:
            rules = rules_over(store, given.rules)
            measurements = TelemetryMeasurements(store, sandbox=sandbox)
            walls, cpus = [], []
            for _ in range(given.runs):
                wall, cpu = time.perf_counter(), time.process_time()
                figures = measurements.figures(rules, until=UNTIL)
                walls.append(time.perf_counter() - wall)
                cpus.append(time.process_time() - cpu)
            failed = [one for one in figures.values() if isinstance(one, WatchkeeperError)]
            known = sum(one is not None for one in figures.values())
            one_by_one = rules[:: max(1, len(rules) // 40)]
            alone = {rule.key: measurements.figure(rule, until=UNTIL) for rule in one_by_one}
            same = sum(alone[key] == figures[key] for key in alone)
            found = {
                "calls": store.count(),
                "rules": len(rules),
                "with_data": known,
                "failed": len(failed),
                "same_alone": f"{same} of {len(alone)}",
                "wall_s_median": round(statistics.median(walls), 3),
                "wall_s_worst": round(max(walls), 3),
                "cpu_s_median": round(statistics.median(cpus), 3),
            }
        finally:
            store.close()
            sandbox.close()
    print(
        json.dumps(found) if given.json else "\n".join(f"{name:16} {value}" for name, value in found.items())
    )


if __name__ == "__main__":
    main()
