"""What was asked or answered, as far as it is kept."""

from dataclasses import dataclass
from typing import Literal

from watchkeeper.domain.errors import ContentDamagedError
from watchkeeper.telemetry.content_ports import ContentStore


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptContent:
    """A request's or reply's content; null is not known."""

    sha256: str
    state: Literal["kept", "not kept", "damaged"]
    """Not kept: opted out, or kept no longer."""
    media_type: str | None
    text: str | None
    """Redacted; null where it is not kept, or is no text."""
    size_bytes: int | None


def kept_content(store: ContentStore, sha256: str | None, *, shown: bool = True) -> KeptContent | None:
    """What is kept under a hash and may be shown; None where a call told of no content."""
    if sha256 is None:
        return None
    try:
        found = store.get(sha256) if shown else None
    except ContentDamagedError:
        return KeptContent(sha256=sha256, state="damaged", media_type=None, text=None, size_bytes=None)
    if found is None:
        return KeptContent(sha256=sha256, state="not kept", media_type=None, text=None, size_bytes=None)
    try:
        text = found.data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    return KeptContent(
        sha256=sha256, state="kept", media_type=found.media_type, text=text, size_bytes=len(found.data)
    )
