"""Hashes that keys are looked up by; equal hashes are compared in full, so a collision costs time alone."""

from hashlib import blake2b


def hash64(text: str) -> int:
    """64 bits of a text that UTF-8 can hold."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())


def digest16(text: str) -> bytes:
    """128 bits of a text: two different texts will not meet by accident."""
    return blake2b(text.encode(), digest_size=16).digest()
