"""Who gets which release: the same subject the same one, for as long as its share does not shrink."""

import hashlib

BUCKETS = 10_000
"""Shares are told in ten-thousandths, as requirements 2.3 have it."""


def bucket_of(salt: str, subject: str) -> int:
    """The bucket of a subject, from 0 to `BUCKETS` - 1; spread evenly, the same on every machine.

    Args:
        salt: What is being divided, such as a candidate's id: without it, the same people would be the
            first to meet every candidate.
        subject: Whom a call is for.

    >>> bucket_of("explainer-1", "ada") == bucket_of("explainer-1", "ada")
    True
    """
    digest = hashlib.sha256(f"{salt}\x00{subject}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") * BUCKETS >> 64


def is_chosen(salt: str, subject: str, share: int) -> bool:
    """Whether a subject is within a share, in ten-thousandths; a growing share keeps all it had.

    >>> is_chosen("a", "b", 0), is_chosen("a", "b", BUCKETS)
    (False, True)
    """
    return bucket_of(salt, subject) < share
