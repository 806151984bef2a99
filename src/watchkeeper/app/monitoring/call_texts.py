"""What calls asked and were answered, whole, by the content store: telemetry keeps beginnings at most.

Of a call through the gateway a receipt tells, which has no words at all, so that here its words are found.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from watchkeeper.domain.errors import ContentDamagedError
from watchkeeper.domain.span import Span
from watchkeeper.evaluation.stored_call import answered_in, asked_in
from watchkeeper.telemetry.content_ports import ContentStore

MOST_CHARACTERS = 4_000
"""Of one text: what follows changes no verdict on how somebody asks or answers."""
_MOSTLY = 0.9


@dataclass(frozen=True, slots=True)
class CallText:
    """A call's words; None is not kept."""

    prompt: str | None
    reply: str | None


NO_TEXT = CallText(None, None)


class CallTexts:
    """Reads the words of calls."""

    def __init__(self, content: ContentStore | None) -> None:
        """Read from a content store; None: nothing is kept."""
        self._content = content

    def whole(self, span: Span) -> CallText:
        """A call's words as they are kept."""
        return CallText(
            self._said(span.prompt_sha256, asked_in), self._said(span.response_sha256, answered_in)
        )

    def _said(self, sha256: str | None, words_in: Callable[[str], str]) -> str | None:
        if self._content is None or sha256 is None:
            return None
        try:
            kept = self._content.get(sha256)
        except ContentDamagedError:
            return None
        if kept is None:
            return None
        try:
            return words_in(kept.data.decode("utf-8"))[:MOST_CHARACTERS]
        except UnicodeDecodeError:
            return None


def begun(span: Span) -> CallText:
    """The beginnings that telemetry keeps of a call's words."""
    return CallText(span.prompt_preview, span.reply_preview)


def mostly_known(whole: Sequence[str | None], beginnings: Sequence[str | None]) -> bool:
    """Whether of nearly every call whose beginning is known the whole is, too.

    Whole texts and beginnings differ by themselves: one kind alone can be compared.

    >>> mostly_known(["a", None], [None, None]), mostly_known(["a", None], ["a", "b"])
    (True, False)
    """
    known = sum(text is not None for text in whole)
    return known > 0 and known >= _MOSTLY * sum(text is not None for text in beginnings)
