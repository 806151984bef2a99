"""Money under fire: four gateways, 64 callers each, one hard limit, hang-ups and a `kill -9`.

    python -m benchmarks.gateway_money [--limit-usd 4] [--seed 1] [--json]

Spend is counted by the scripted provider, hung-up and killed calls included. The promises: it never
passes the limit; less than two reservations are left at the end beside what is unsettled; no call is
refused while money for it is left once leases are returned. Exits 1 where not.
"""

import argparse
import json
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

from benchmarks.circumstances import circumstances
from watchkeeper.adapters.postgres.embedded import EmbeddedPostgres
from watchkeeper.testing.proofs.money_under_fire import Fire, run_fire


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--limit-usd", type=Decimal, default=Decimal(4))
    parser.add_argument("--gateways", type=int, default=4)
    parser.add_argument("--callers", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    fire = Fire(limit_usd=asked.limit_usd, gateways=asked.gateways, callers=asked.callers, seed=asked.seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with EmbeddedPostgres(folder / "state", linger_s=0.2) as conninfo:
            report = run_fire(fire, folder / "gateways", conninfo)
    found = {
        "circumstances": circumstances(),
        "limit_usd": str(report.limit_usd),
        "billed_by_provider_usd": str(report.billed_usd),
        "settled_usd": str(report.settled_usd),
        "unsettled_usd": str(report.unsettled_usd),
        "left_usd": str(report.left_usd),
        "one_reservation_usd": str(report.reservation_usd),
        "provider_requests": report.provider_requests,
        "calls": dict(report.asked),
        "broken_laws": report.broken_laws,
    }
    if asked.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:24}{value}")
    if report.broken_laws:
        sys.exit(1)


if __name__ == "__main__":
    main()
