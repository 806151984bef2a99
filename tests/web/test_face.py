"""How the pages start beside an API that answers already."""

import subprocess
import sys

START = """
import asyncio, gc

def every_object():
    raise AssertionError("every object was looked through")

gc.get_objects = every_object

from watchkeeper.app.client import ApiClient
from watchkeeper.app.faces import FaceContext
from watchkeeper.web.face import build

application = build(FaceContext(client=ApiClient("http://127.0.0.1:1"), timezone="UTC"))

async def start():
    async with application.router.lifespan_context(application):
        print("the pages are there")

asyncio.run(start())
"""


def test_pages_start_without_a_look_at_every_object() -> None:
    # In a process of its own: a process has one set of pages.
    done = subprocess.run(
        [sys.executable, "-c", START], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "the pages are there\n"), done.stderr
