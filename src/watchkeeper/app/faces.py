"""Faces: pages that stand on the API, brought in from above and mounted when they are imported."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Protocol

import anyio.to_thread
import httpx
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.app.server_state import ServerState

PART = "pages"
_IN_PROCESS_URL = "http://127.0.0.1"
"""The host of requests that never leave the process."""


@dataclass(frozen=True, slots=True)
class FaceContext:
    """What a face is given to stand on."""

    client: AsyncApiClient
    """The API, asked without a network and with a key of its own."""
    timezone: str


class Face(Protocol):
    """Pages on the API."""

    @property
    def name(self) -> str:
        """For messages."""
        ...

    def build(self, context: FaceContext) -> FastAPI:
        """The application with the pages; called in a thread, so imports may take their time."""
        ...


class FaceHost:
    """Answers for the face: with its pages when they are there, until then with a word of patience."""

    def __init__(self, state: ServerState, faces: Sequence[Face]) -> None:
        self._state = state
        self._faces = tuple(faces)
        self._built: ASGIApp | None = None
        if faces:
            state.readiness.expect(PART, "being imported", needed=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the face."""
        if self._built is not None:
            await self._built(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer_without(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1013})

    async def open(self, api: FastAPI, stack: AsyncExitStack) -> None:
        """Build the face and run its start-up; the stack runs its shut-down.

        A face that cannot be built leaves the API as it is: the failure is logged and told.
        """
        for face in self._faces[:1]:
            transport = httpx.ASGITransport(app=api)
            client = AsyncApiClient(_IN_PROCESS_URL, key=self._state.inner_key, transport=transport)
            stack.push_async_callback(client.close)
            context = FaceContext(client, self._state.settings.timezone)
            try:
                built = await anyio.to_thread.run_sync(face.build, context)
                await stack.enter_async_context(built.router.lifespan_context(built))
            except Exception as failure:  # the job of bringing up pages ends here
                self._state.log.error("pages failed to start", face=face.name, exc_info=failure)
                self._state.readiness.failed(PART, f"{type(failure).__name__}: {failure}")
                return
            self._built = built
            self._state.readiness.ready(PART)

    async def _answer_without(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._faces:
            answer = PlainTextResponse("there is no page here; the API is under /api/v1\n", status_code=404)
        else:
            part = self._state.readiness.parts()[PART]
            answer = PlainTextResponse(
                f"the pages are not there yet: {part.reason}\n",
                status_code=503,
                headers={"retry-after": "1", "refresh": "1"},
            )
        await answer(scope, receive, send)
