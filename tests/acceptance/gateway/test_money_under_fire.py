"""Money under fire, in short: a hard limit holds over several gateways, hang-ups and a `kill -9`."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from watchkeeper.adapters.postgres.embedded import EmbeddedPostgres
from watchkeeper.testing.proofs.money_under_fire import Fire, run_fire

pytestmark = pytest.mark.slow


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[str]:
    """A PostgreSQL whose budgets begin empty; the first gateway migrates it."""
    with EmbeddedPostgres(tmp_path / "state", linger_s=0.2) as conninfo:
        yield conninfo


@pytest.mark.parametrize(
    ("gateways", "workers"), [(3, 1), (1, 3)], ids=["three gateways", "one gateway of three workers"]
)
def test_a_hard_limit_is_never_passed_and_is_used_to_its_end(
    tmp_path: Path, own_postgres: str, gateways: int, workers: int
) -> None:
    callers = 96 // gateways
    fire = Fire(limit_usd=Decimal("0.6"), gateways=gateways, callers=callers, workers=workers, seed=5)

    report = run_fire(fire, tmp_path / "gateways", own_postgres)

    assert report.broken_laws == []
    assert report.asked["killed"] == 1
    assert report.asked["hung_up"] > 20
    assert report.billed_usd > Decimal("0.4")  # it was spent, not merely guarded
