"""Putting guards to texts: the first that finds something decides."""

from collections.abc import Sequence

from watchkeeper.domain.errors import GuardRefusedError, OutputRejectedError
from watchkeeper.gateway.guards.guard import NamedGuard


def refuse_input(guards: Sequence[NamedGuard], texts: Sequence[str]) -> None:
    """Let a request pass, or refuse it.

    Args:
        guards: In the order of the route.
        texts: Those of the request's messages.

    Raises:
        GuardRefusedError: A guard found something; it says which and what, and repeats no text.
    """
    for each in guards:
        finding = each.guard.finding(texts)
        if finding is not None:
            raise GuardRefusedError(
                f"guard {each.name!r} refused the request: {finding}",
                action=f"change the request, or `guards.{each.name}`",
            )


def reject_output(guards: Sequence[NamedGuard], text: str) -> None:
    """Let an answer pass, or reject it.

    Args:
        guards: In the order of the route.
        text: The whole answer; one choice's, where there are several.

    Raises:
        OutputRejectedError: A guard found something; it says which and what, and repeats no text.
    """
    for each in guards:
        finding = each.guard.finding((text,))
        if finding is not None:
            raise OutputRejectedError(
                f"rule {each.name!r} rejected the answer: {finding}",
                action=f"ask again or name another model; the rule is `guards.{each.name}`",
            )
