"""Run every benchmark, one after the other, so that none disturbs another."""

import subprocess
import sys

BENCHMARKS = (
    "report_reading",
    "start_up",
    "telemetry_append",
    "telemetry_ingest",
    "telemetry_kills",
    "rules_evaluation",
    "content_store",
    "sdk_overhead",
    "gateway_overhead",
    "gateway_fault_storm",
    "gateway_money",
    "gateway_memory",
    "recommender",
    "coaching_search",
    "coaching_splits",
    "coaching_phases",
)

if __name__ == "__main__":
    for name in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
