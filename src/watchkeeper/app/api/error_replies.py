"""Errors as replies: `{"error": {code, message, action, tier, retryable, request_id}}`."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from watchkeeper.app.api.request_log import request_id_of
from watchkeeper.domain.errors import InvalidInputError, NotFoundError, WatchkeeperError

_MOST_PROBLEMS = 20
"""Problems of one body that are told."""


def install_error_replies(api: FastAPI) -> None:
    """Make every error of the application a reply of the one form."""
    api.add_exception_handler(WatchkeeperError, _of_ours)
    api.add_exception_handler(RequestValidationError, _of_validation)
    api.add_exception_handler(HTTPException, _of_http)
    api.add_exception_handler(Exception, _of_anything)


def error_reply(error: WatchkeeperError, *, request_id: str, status: int | None = None) -> JSONResponse:
    """The reply an error makes."""
    headers = {"retry-after": "1"} if error.retryable else None
    return JSONResponse(
        {"error": {**error.body(), "request_id": request_id}}, status or error.status, headers=headers
    )


def _of_ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, WatchkeeperError)
    return error_reply(error, request_id=request_id_of(request.scope))


def _of_validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = "; ".join(_problem(each) for each in _first(error.errors()))
    told = InvalidInputError(f"the request is not valid: {problems}", action="see /openapi.json for its form")
    return error_reply(told, request_id=request_id_of(request.scope))


def _problem(error: Any) -> str:
    """Where and what, without the value: it may be anything.

    >>> _problem({"loc": ("body", "levels", 0), "msg": "not a number"})
    'levels.0: not a number'
    >>> _problem({"loc": ("body",), "msg": "Field required"})
    'the body: Field required'
    """
    part, *names = map(str, error["loc"])
    # Whether it came in the body or behind the question mark is our word, not the asker's.
    return f"{'.'.join(names) or f'the {part}'}: {error['msg']}"


def _first(errors: Sequence[Any]) -> Sequence[Any]:
    return errors[:_MOST_PROBLEMS]


def _of_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind = NotFoundError if error.status_code == NotFoundError.status else InvalidInputError
    told = kind(
        f"{request.method} {request.url.path}: {error.detail}", action="see /openapi.json for what there is"
    )
    return error_reply(told, request_id=request_id_of(request.scope), status=error.status_code)


def _of_anything(request: Request, error: Exception) -> JSONResponse:
    """A mistake of ours: what it was stands in the log, under the request's id."""
    state = request.app.state.server
    request_id = request_id_of(request.scope)
    state.log.error("request failed", request_id=request_id, path=request.url.path, exc_info=error)
    told = WatchkeeperError(
        f"the server failed on {request.method} {request.url.path}",
        action=f"look for {request_id} in `<data>/logs/server.jsonl`",
    )
    return error_reply(told, request_id=request_id)
