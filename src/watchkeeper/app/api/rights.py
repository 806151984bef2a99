"""What a key must allow for a request to the API or the pages."""

from watchkeeper.app.client import API_PREFIX
from watchkeeper.gateway.keys.api_key import Right

TO_OPERATE = frozenset({Right.OPERATE})
TO_READ = frozenset({Right.READ})
TO_WORK = frozenset({Right.CALL, Right.OPERATE})
TO_LOOK_AT_WORK = frozenset({Right.CALL, Right.READ})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_WORK = ("/runs", "/documents", "/canaries", "/budgets/admission")
"""What an application reports of its own work, and asks before it starts some: a caller's key is enough."""
_CHOICES = ("/releases", "/experiments")
"""What an application asks before its calls, to know what each works with; only an operator changes it."""
_REPORTS = ("/metrics", "/logs", "/evaluations", "/feedback", "/queries")
"""What an application tells of itself, and cannot read back: others tell it too."""
_OTLP = ("/v1/traces", "/v1/metrics", "/v1/logs")
_SECRET = ("/keys",)
"""What only an operator looks at."""


def rights_for(method: str, path: str) -> frozenset[Right]:
    """The rights of which a key needs one.

    Whatever is not named here is read by readers and changed by operators, so that a new resource is
    never open by an oversight.

    >>> rights_for("GET", "/api/v1/receipts") == TO_READ, rights_for("POST", "/api/v1/orders") == TO_OPERATE
    (True, True)
    """
    reads = method in _READING
    if path in _OTLP and not reads:
        return TO_WORK
    if not path.startswith(API_PREFIX):
        return TO_READ
    resource = path.removeprefix(API_PREFIX)
    if _is_of(resource, _SECRET):
        return TO_OPERATE
    if _is_of(resource, _WORK):
        return TO_LOOK_AT_WORK if reads else TO_WORK
    if _is_of(resource, _CHOICES) and reads:
        return TO_LOOK_AT_WORK
    if resource in _REPORTS and not reads:
        return TO_WORK
    return TO_READ if reads else TO_OPERATE


def _is_of(resource: str, names: tuple[str, ...]) -> bool:
    return any(resource == name or resource.startswith(f"{name}/") for name in names)
