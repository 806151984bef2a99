"""Which target a call reaches by how hard its task is: as shipped, by an operator's map, to save money."""

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.testing.scripted_reply import answer
from watchkeeper.testing.upstream import ScriptedUpstream

if TYPE_CHECKING:
    from conftest import GatewayTest, Scene

TASKS = ("hook", "medium", "expanded", "fact_check", "", "of-our-own")
LEVELS = {"simple": "small", "moderate": "middle", "complex": "large"}
CHEAP = {"input_usd_per_mtok": "0.25", "output_usd_per_mtok": "1"}
DEAR = {"input_usd_per_mtok": "1", "output_usd_per_mtok": "4"}


def reached(gateway: "GatewayTest", **complexity: Any) -> tuple[dict[str, str], Decimal]:
    """The target that each task's call reached, and what all of them cost by their receipts."""
    gateway.settings["complexity"] = complexity
    found: dict[str, str] = {}
    spent: list[Decimal] = []

    async def story(scene: "Scene") -> None:
        for task in TASKS:
            headers = {"x-watchkeeper-task": task} if task else {}
            body = {"model": "answers", "messages": [{"role": "user", "content": "hi"}]}
            reply = await scene.client.post("/v1/chat/completions", json=body, headers=headers)
            found[task] = reply.headers["x-watchkeeper-target"]
            spent.append(Decimal(scene.receipts[-1].cost_usd or "nan"))

    with ScriptedUpstream(then=answer("hello")) as upstream:
        for target, price in (("small", CHEAP), ("middle", DEAR), ("large", DEAR)):
            gateway.target(target, upstream, price=price)
        gateway.route("answers", "large", "middle", "small", by_complexity=LEVELS)
        gateway.run(story)
    return found, sum(spent, Decimal(0))


@pytest.mark.requirement("FA-37")
def test_a_switch_sends_simple_tasks_to_the_small_model_for_a_quarter_of_their_cost(
    gateway: "GatewayTest",
) -> None:
    by_order, all_large = reached(gateway, routing=False)
    assert Counter(by_order.values()) == {"large": len(TASKS)}

    by_task, mixed = reached(gateway, routing=True)

    assert by_task == {
        "hook": "small",
        "medium": "middle",
        "expanded": "large",
        "fact_check": "large",
        "": "large",
        "of-our-own": "large",
    }
    one = all_large / len(TASKS)
    assert mixed == all_large - one * Decimal("0.75")


def test_to_save_money_all_but_the_checking_of_facts_is_taken_for_one_level_easier(
    gateway: "GatewayTest",
) -> None:
    found, _ = reached(gateway, economy=True)
    assert {task: found[task] for task in ("hook", "medium", "expanded", "fact_check")} == {
        "hook": "small",
        "medium": "small",
        "expanded": "middle",
        "fact_check": "large",
    }


def test_operators_say_how_hard_their_own_tasks_are(gateway: "GatewayTest") -> None:
    found, _ = reached(gateway, tasks={"of-our-own": "simple", "hook": "complex"}, unknown="moderate")
    assert (found["of-our-own"], found["hook"], found[""]) == ("small", "large", "middle")
    assert found["medium"] == "middle"


def test_a_long_input_counts_as_one_level_harder(gateway: "GatewayTest") -> None:
    found, _ = reached(gateway, raise_above_tokens=0)
    assert (found["hook"], found["medium"]) == ("middle", "large")
