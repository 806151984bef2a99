"""Becoming another user in a child process, keeping at most one capability (Linux only).

Root's PostgreSQL runs as an ordinary user. Where a parent folder is closed to that user (`/root`,
a private temporary folder), the child keeps the right to pass through it as an *ambient*
capability, which survives `exec`, instead of anybody's folder being opened up.

Measured: the ambient capability alone is not enough. `access(2)`, by which PostgreSQL looks for its
own executable, drops the capabilities of a user other than root unless the secure bit
`NO_SETUID_FIXUP` is set, and setting that needs CAP_SETPCAP. See capabilities(7), access(2).
"""

import ctypes
import os
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path

_PR_SET_SECUREBITS = 28
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_CAPABILITY_VERSION_3 = 0x20080522


class Capability(IntEnum):
    """The capabilities named here, with the kernel's numbers (linux/capability.h)."""

    DAC_OVERRIDE = 1
    DAC_READ_SEARCH = 2
    SETGID = 6
    SETUID = 7
    SETPCAP = 8


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def held_capabilities() -> frozenset[Capability]:
    """Which of the capabilities this process holds effectively."""
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "CapEff":
            mask = int(value, 16)
            return frozenset(capability for capability in Capability if mask >> capability & 1)
    return frozenset()


def becoming(uid: int, gid: int, *, keep: Capability | None = None) -> Callable[[], None]:
    """What a child does between `fork` and `exec` to become that user for good.

    Args:
        uid: The user it becomes.
        gid: Its only group.
        keep: The capability it keeps beyond `exec`; needs SETPCAP and the capability itself.
    """
    libc = ctypes.CDLL(None, use_errno=True)

    def checked(result: int) -> None:
        if result != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    def become() -> None:
        if keep is not None:
            checked(libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        if keep is not None:
            header = _Header(_CAPABILITY_VERSION_3, 0)
            low = _Sets(1 << keep, 1 << keep, 1 << keep)
            sets = (_Sets * 2)(low, _Sets(0, 0, 0))
            checked(libc.capset(ctypes.byref(header), ctypes.byref(sets)))
            checked(libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, int(keep), 0, 0))

    return become
