"""The keeper as a real process: what it is handed is read by others soon, and a kill leaves it whole."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.app.gateway.content_pipe import PipedContent
from watchkeeper.testing.clock import MovedClock

READ_WITHIN_S = 20.0
"""A second, and the start of a process on a busy machine."""


class Handed:
    """The writing end of a process's standard input."""

    def __init__(self, keeper: "subprocess.Popen[bytes]") -> None:
        self._keeper = keeper

    def write(self, data: bytes, /) -> None:
        assert self._keeper.stdin is not None
        self._keeper.stdin.write(data)
        self._keeper.stdin.flush()

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False


def start(folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "watchkeeper.app.gateway.keeper", folder], stdin=subprocess.PIPE
    )


def hand(keeper: "subprocess.Popen[bytes]", texts: list[str]) -> list[str]:
    async def put() -> list[str]:
        content = PipedContent(Handed(keeper), opted_out=frozenset({"secret"}), dropped=lambda: None)
        hashes = [content.put("explainer", text.encode(), "application/json") for text in texts]
        content.put("secret", b"{}", "application/json")
        content.flush()
        return hashes

    return asyncio.run(put())


def read_all(store: ContentPacks, hashes: list[str]) -> list[bytes]:
    ends = time.monotonic() + READ_WITHIN_S
    while None in (found := [store.get(sha256) for sha256 in hashes]) and time.monotonic() < ends:
        time.sleep(0.01)
    return [each.data for each in found if each is not None]


@pytest.mark.slow
def test_what_a_worker_hands_over_is_read_while_the_keeper_lives_and_after_its_end(tmp_path: Path) -> None:
    keeper, server = start(tmp_path), ContentPacks(tmp_path, clock=MovedClock())
    texts = [f'{{"to": "anna{n}@example.se", "n": "number {n}"}}' for n in range(300)]
    kept = [f'{{"to": "[redacted:email]", "n": "number {n}"}}'.encode() for n in range(300)]
    hashes = hand(keeper, texts)
    assert read_all(server, hashes) == kept
    assert [hit.sha256 for hit in server.search('"number 7"', limit=9).hits] == [hashes[7]]

    more = hand(keeper, ['"the last"'])
    assert keeper.stdin is not None
    keeper.stdin.close()
    assert keeper.wait(timeout=60) == 0
    assert read_all(server, hashes + more) == [*kept, b'"the last"']
    assert server.usage().blobs == 301
    assert len(list(tmp_path.rglob("*.index"))) == len(list(tmp_path.rglob("*.pack"))) == 1


@pytest.mark.slow
def test_a_killed_keeper_leaves_what_it_wrote_and_the_server_finishes_its_pack(tmp_path: Path) -> None:
    keeper, server = start(tmp_path), ContentPacks(tmp_path, clock=MovedClock())
    hashes = hand(keeper, [f'"number {n}"' for n in range(50)])
    read_all(server, hashes)
    hand(keeper, [f'"half written {n}"' for n in range(2000)])
    keeper.kill()
    with keeper:
        pass
    server.care()
    assert len(list(tmp_path.rglob("*.index"))) == 1
    assert [each.decode() for each in read_all(server, hashes)] == [f'"number {n}"' for n in range(50)]
    assert 50 <= server.usage().blobs <= 2050
