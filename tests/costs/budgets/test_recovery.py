"""A gateway that is killed loses no cent: what it settled counts once, what was in flight stays held."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.costs.budgets.budget import Budget
from watchkeeper.costs.budgets.period import Per
from watchkeeper.costs.budgets.purse_journal import PurseJournal
from watchkeeper.costs.budgets.recovery import recover_journals
from watchkeeper.domain.errors import UnavailableError
from watchkeeper.testing.budget_bank import InMemoryBank
from watchkeeper.testing.budget_scene import BudgetScene

TOTAL = Budget(name="total", per=Per.MONTH, limit_usd=Decimal(10), hard=True)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[BudgetScene]:
    made = BudgetScene(tmp_path / "budget", [TOTAL])
    yield made
    made.end()


def recover(scene: BudgetScene) -> None:
    recover_journals(scene.folder, scene.bank, clock=scene.clock)


def test_a_killed_gateways_sums_count_once_and_the_rest_of_its_lease_goes_back(scene: BudgetScene) -> None:
    purse = scene.purse()
    scene.spend(purse, "1")
    purse.sync()
    scene.spend(purse, "2")
    scene.hold(purse, "3")
    scene.hold(purse, "0.5").release()
    scene.kill(purse)

    for _ in range(3):
        recover(scene)

    account = scene.account("total")
    assert (account.settled_usd, account.unsettled_usd) == (3, 3)
    assert scene.taken("total") == 6
    assert scene.journals() == []


def test_another_gateway_recovers_the_dead_and_spends_what_went_back(scene: BudgetScene) -> None:
    dead = scene.purse()
    scene.spend(dead, "1")
    scene.hold(dead, "1")
    scene.kill(dead)
    scene.spend(scene.purse("other"), "8")
    assert scene.taken("total") == 10


def test_the_journal_of_a_living_gateway_is_left_alone(scene: BudgetScene) -> None:
    purse = scene.purse()
    flying = scene.hold(purse, "3")
    recover(scene)
    flying.settle(Decimal(1))
    purse.close()
    assert scene.account("total").settled_usd == 1
    assert scene.account("total").unsettled_usd == 0


def test_what_a_gateway_settled_before_it_ever_reached_the_bank_is_counted(tmp_path: Path) -> None:
    scene = BudgetScene(tmp_path, [Budget(name="soft", per=Per.MONTH, limit_usd=Decimal(10))])
    bank = scene.bank
    assert isinstance(bank, InMemoryBank)
    bank.away = True
    purse = scene.purse()
    scene.spend(purse, "1")
    scene.kill(purse)
    with pytest.raises(UnavailableError):
        recover(scene)
    bank.away = False
    recover(scene)
    assert scene.account("soft").settled_usd == 1


def test_a_recovery_that_dies_after_the_bank_knows_counts_nothing_twice(scene: BudgetScene) -> None:
    bank = scene.bank
    assert isinstance(bank, InMemoryBank)
    purse = scene.purse()
    scene.spend(purse, "1")
    scene.hold(purse, "2")
    scene.kill(purse)
    bank.loses_replies = True
    for _ in range(2):
        with pytest.raises(UnavailableError):
            recover(scene)
    bank.loses_replies = False
    recover(scene)
    assert scene.taken("total") == 3


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(min_value=0, max_value=400))
def test_a_journal_cut_at_any_byte_never_says_less_than_was_spent(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    """A torn write is one nobody was told about: the hold before it counts in full."""
    scene = BudgetScene(tmp_path_factory.mktemp("cut"), [TOTAL])
    purse = scene.purse()
    scene.spend(purse, "2")
    sizes = [scene.journals()[0].stat().st_size]
    scene.hold(purse, "3").settle(Decimal(1))
    sizes.append(scene.journals()[0].stat().st_size)
    scene.kill(purse)
    path = scene.journals()[0]
    data = path.read_bytes()
    size = max(sizes[0], len(data) - cut)
    path.write_bytes(data[:size])

    recover(scene)

    used = scene.account("total").used_usd
    assert used == (3 if size == sizes[1] else used)
    assert 2 <= used <= 5


def test_a_long_journal_is_begun_anew_and_still_tells_everything(
    scene: BudgetScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PurseJournal.__init__, "__kwdefaults__", {"rotate_bytes": 300})
    purse = scene.purse()
    flying = scene.hold(purse, "1")
    still = scene.hold(purse, "0.5")
    for _ in range(20):
        scene.spend(purse, "0.1")
        purse.sync()
    assert [path.name for path in scene.journals()] != ["gateway-000001.journal"]
    assert len(scene.journals()) == 1
    flying.settle(Decimal("0.25"))
    del still
    scene.kill(purse)

    recover(scene)

    account = scene.account("total")
    assert (account.settled_usd, account.unsettled_usd) == (Decimal("2.25"), Decimal("0.5"))


def test_a_journal_killed_while_it_was_begun_anew_counts_as_before(scene: BudgetScene) -> None:
    purse = scene.purse()
    scene.spend(purse, "2")
    scene.kill(purse)
    old = scene.journals()[0]
    head = old.read_bytes().split(b"s\n")[0]
    for size in range(len(head)):
        old.with_name(f"gateway-{size + 2:06d}.journal").write_bytes(head[:size])
    recover(scene)
    assert scene.account("total").settled_usd == 2
    assert scene.journals() == []


def test_a_damaged_journal_is_told_and_kept_and_its_money_stays_held(scene: BudgetScene) -> None:
    purse = scene.purse()
    scene.spend(purse, "2")
    scene.kill(purse)
    path = scene.journals()[0]
    path.write_bytes(path.read_bytes().replace(b"\nh 1", b"\nx 1"))

    found = recover_journals(scene.folder, scene.bank, clock=scene.clock)

    assert "cannot be read" in found.damaged[0]
    assert scene.journals() == [path]
    assert scene.taken("total") >= 2


def test_a_gateway_of_the_same_name_brings_its_dead_forerunners_money_home(scene: BudgetScene) -> None:
    dead = scene.purse()
    scene.hold(dead, "4")
    scene.kill(dead)
    heir = scene.purse()
    assert heir.name == "gateway"
    heir.sync()
    assert scene.account("total").unsettled_usd == 4
    assert len(scene.journals()) == 1
