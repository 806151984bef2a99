"""`/documents`: the corpus, counted and listed, and the pages of its documents (GF-70)."""

import hashlib
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from watchkeeper.adapters.documents import PageSize, page_sizes, render_page
from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.services import Services
from watchkeeper.domain.corpus import AddedDocument, CorpusDocument, DocumentStatus, NewDocument
from watchkeeper.domain.errors import ConflictError, NotFoundError

router = APIRouter(prefix="/documents", tags=["documents"])

LARGEST_PAGE = 500
"""Documents in one answer."""
SCREEN_SCALE = 1.5
"""Pixels per point of a page's picture: 108 dpi, readable on a screen."""


class DocumentBody(RequestModel):
    """A document to add."""

    name: str = Field(min_length=1)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    path: str
    pages: int | None = Field(default=None, ge=0)


class DocumentsBody(RequestModel):
    """Documents to add."""

    workload: str
    documents: list[DocumentBody] = Field(max_length=10_000)


class StatusBody(RequestModel):
    """What became of a document."""

    status: DocumentStatus
    pages: int | None = Field(default=None, ge=0)


class CorpusPage(BaseModel):
    """Some documents, and how many there are."""

    documents: tuple[CorpusDocument, ...]
    count: int
    """Of this status, or of all."""


@router.post("")
def add_documents(body: DocumentsBody, services: ServicesDep) -> tuple[AddedDocument, ...]:
    """Add documents; bytes the corpus has already keep their number."""
    now = services.clock.now()
    return services.documents.add(
        [NewDocument(workload=body.workload, added_at=now, **one.model_dump()) for one in body.documents]
    )


@router.get("")
def list_documents(
    *,
    services: ServicesDep,
    workload: str,
    status: DocumentStatus | None = None,
    after: int = 0,
    limit: Annotated[int, Query(ge=1)] = LARGEST_PAGE,
) -> CorpusPage:
    """Documents by number; ask on with the last number as `after`."""
    listed = services.documents.listing(workload, status=status, after=after, limit=min(limit, LARGEST_PAGE))
    return CorpusPage(documents=listed, count=services.documents.count(workload, status=status))


@router.get("/{workload}/{number}")
def get_document(workload: str, number: int, services: ServicesDep) -> CorpusDocument:
    """One document by its number."""
    found = services.documents.by_number(workload, number)
    if found is None:
        raise NotFoundError(f"{workload} has no document {number}", action="see `wk documents list`")
    return found


@router.put("/{workload}/{sha256}/status")
def set_status(workload: str, sha256: str, body: StatusBody, services: ServicesDep) -> CorpusDocument:
    """Record what became of a document."""
    return services.documents.set_status(workload, sha256, status=body.status, pages=body.pages)


@router.get("/{workload}/{sha256}/pages")
def list_pages(workload: str, sha256: str, services: ServicesDep) -> tuple[PageSize, ...]:
    """The size of every page in points, from the file the document was added from."""
    return page_sizes(_unchanged_file(services, workload, sha256))


@router.get("/{workload}/{sha256}/pages/{number}.png", response_class=Response)
def page_picture(
    *,
    workload: str,
    sha256: str,
    number: int,
    services: ServicesDep,
    scale: Annotated[float, Query(allow_inf_nan=False)] = SCREEN_SCALE,
) -> Response:
    """A page as a PNG picture, from the file the document was added from."""
    path = _unchanged_file(services, workload, sha256)
    png = render_page(path, number, scale=min(max(scale, 0.2), 4.0))
    return Response(png, media_type="image/png", headers={"cache-control": "private, max-age=3600"})


def _unchanged_file(services: Services, workload: str, sha256: str) -> Path:
    """The document's file, if it still holds the bytes that were read."""
    found = services.documents.by_sha256(workload, sha256)
    if found is None:
        raise NotFoundError(f"{workload} has no document {sha256[:8]}…", action="see `wk documents list`")
    path = Path(found.path)
    try:
        content = path.read_bytes()
    except OSError as gone:
        raise NotFoundError(
            f"the file of {found.name} cannot be read at {path}: {gone.strerror}",
            action="put it back, or add it again with `wk documents add`",
        ) from gone
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ConflictError(
            f"{path} is no longer the document that was read", action="run the workload on it again"
        )
    return path
