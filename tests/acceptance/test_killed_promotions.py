"""`kill -9` in mid-promotion: one complete release is live, history adds up, and the next command says so."""

import os
import random
import signal
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.app.client import ApiClient
from watchkeeper.domain.errors import WatchkeeperError

if TYPE_CHECKING:
    from tests.acceptance.conftest import Installation

pytestmark = pytest.mark.slow
ROUNDS = 4


def proved(wk: "Installation", target: str) -> str:
    made = wk.json("release", "make", "explainer", "--pin", f"targets.explain={target}", "--by", "Ida")
    release = str(made["release_id"])
    wk.json("release", "prove", release, "--verdict", "passed", "--told", "20 of 20", "--by", "Ida")
    return release


class Changing(Thread):
    """Has one release after the other live until the server is gone; the first of them is not live yet."""

    def __init__(self, url: str, releases: Sequence[str], number: int) -> None:
        super().__init__(daemon=True)
        self.client = ApiClient(url)
        self.releases = releases
        self.number = number
        self.acknowledged: list[str] = []
        self.under_way = ""
        self.begun = Event()

    def run(self) -> None:
        try:
            while True:
                for release in self.releases:
                    # The live one is rolled back and another is live: two moves in one transaction.
                    self.under_way = f"order {self.number} {len(self.acknowledged)}"
                    order = {"by": "Ida", "reason": self.under_way}
                    self.client.post("/releases/rollback", {**order, "workload": "explainer", "to": release})
                    self.acknowledged.append(self.under_way)
                    self.begun.set()
        except WatchkeeperError:
            return
        finally:
            self.client.close()


def postmaster(data_dir: Path) -> int | None:
    found = next(data_dir.glob("postgres/**/postmaster.pid"), None)
    return None if found is None else int(found.read_text(encoding="utf-8").split()[0])


def adds_up(moves: Sequence[dict[str, Any]]) -> None:
    """Every move of a release begins where the one before it ended."""
    states = [None, *(move["after"] for move in moves)]
    assert [move["before"] for move in moves] == states[:-1]


def test_whatever_is_killed_while_releases_change_one_is_live_and_history_adds_up(
    wk: "Installation",
) -> None:
    first, second = proved(wk, "small"), proved(wk, "large")
    wk.json("release", "promote", first, "--reason", "the first", "--by", "Ida")
    wk.json("release", "promote", second, "--reason", "try", "--by", "Ida")
    wk.json("release", "promote", second, "--percent", "100", "--reason", "good", "--by", "Ida")
    chance = random.Random(6)
    acknowledged: set[str] = set()
    waiting = (first, second)
    for number in range(ROUNDS):
        server = wk.until(wk.server)
        changing = Changing(str(server.url), waiting, number)
        changing.start()
        assert changing.begun.wait(60)
        Event().wait(chance.uniform(0.0, 0.15))
        database = postmaster(wk.data_dir) if number % 2 else None
        assert (database is not None) == bool(number % 2)
        for pid in (server.pid, database):
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
        changing.join(60)

        listed = wk.json("release", "list", "--workload", "explainer")
        live = [one for one in listed if one["state"] == "live"]
        assert len(live) == 1
        assert live[0]["pins"]["targets"]["explain"] in {"small", "large"}
        assert {one["percent"] for one in listed} == {0.0, 100.0}
        with wk.api() as api:
            stories = [api.get(f"/releases/{one['release_id']}")["moves"] for one in listed]
            chosen = api.get("/releases/chosen", {"workload": "explainer", "subject": "ada"})
        assert chosen["release_id"] == live[0]["release_id"]
        waiting = (first, second) if live[0]["release_id"] == second else (second, first)
        for story in stories:
            adds_up(story)
        # No order was half done: whenever one release came, another went.
        moves = [move for story in stories for move in story]
        came, went = ([move[side] for move in moves].count("live") for side in ("after", "before"))
        assert came == went + 1
        # What was answered is kept, and besides it at most the one order that was under way.
        kept = {move["reason"] for move in moves if move["after"] == "live"}
        assert set(changing.acknowledged) <= kept
        assert kept - {*acknowledged, *changing.acknowledged} <= {"the first", "good", changing.under_way}
        acknowledged |= kept
        told = wk.run("release", "show", live[0]["release_id"]).stdout
        assert f"{live[0]['release_id']}: live, 100 % of the traffic" in told
        assert changing.acknowledged[-1] in told or changing.under_way in told
