"""What somebody may have meant who wrote a name that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches

_MOST = 3


def near_names(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """A sentence to put after an error: the names that are near, else those there are.

    >>> near_names("latency_mss", ["latency_ms", "load"])
    'did you mean latency_ms?'
    >>> near_names("zzz", [])
    'there is none yet'
    """
    names = sorted(set(known))
    near = get_close_matches(name, names, n=_MOST, cutoff=cutoff)
    if near:
        return f"did you mean {', '.join(near)}?"
    if not names:
        return "there is none yet"
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return f"there are {', '.join(names[:10])}{more}"
