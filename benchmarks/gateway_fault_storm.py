"""A fault storm: 30 % of a provider's replies fail, in eight ways; two targets; every account compared.

    python -m benchmarks.gateway_fault_storm [--calls 20000] [--callers 32] [--seed 1] [--continues] [--json]

The promises: 99.9 % of calls are answered or end in the right typed error within their deadline, and the
receipts agree with what clients saw and with what the provider did, call by call. Exits 1 where not.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.circumstances import circumstances
from watchkeeper.testing.proofs.fault_storm import Storm, run_storm

SHOWN = 5
PROMISED = 0.999


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--callers", type=int, default=32)
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--continues", action="store_true", help="targets go on with broken-off answers")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    storm = Storm(
        calls=asked.calls,
        callers=asked.callers,
        share=asked.share,
        seed=asked.seed,
        continues=asked.continues,
    )
    with tempfile.TemporaryDirectory() as scratch:
        report = run_storm(storm, Path(scratch) / "gateway")
    found = {
        "circumstances": circumstances(),
        "calls": report.calls,
        "succeeded": report.succeeded,
        "ended_in_errors": dict(report.errors),
        "attempts": report.attempts,
        "faults": dict(report.faults),
        "slowest_s": round(report.slowest_s, 3),
        "kept_percent": round(100 * report.kept_share, 4),
        "broken_promises": report.broken_promises[:SHOWN],
        "disagreements": len(report.disagreements),
        "first_disagreements": report.disagreements[:SHOWN],
    }
    if asked.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:22}{value}")
    if report.kept_share < PROMISED or report.disagreements:
        sys.exit(1)


if __name__ == "__main__":
    main()
