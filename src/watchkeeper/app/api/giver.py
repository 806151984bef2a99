"""Who gives an order over the API: the holder of a key, or whom the request names."""

from dataclasses import dataclass

from fastapi import Request

from watchkeeper.app.api.access import GRANT
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.gateway.keys.api_key import KeyGrant


@dataclass(frozen=True, slots=True)
class Giver:
    """A person, and the key the request came with."""

    name: str
    key_id: str | None


def giver_of(request: Request, named: str | None) -> Giver:
    """Who is behind a request that changes something; audits keep it.

    Args:
        request: The request.
        named: Who it says it is by.

    Raises:
        InvalidInputError: It names nobody, and no key tells who it is.
    """
    grant = request.scope.get(GRANT)
    assert grant is None or isinstance(grant, KeyGrant)
    if named is None and grant is None:
        raise InvalidInputError("nobody is named who does this", action="say it as `by`")
    if grant is None:
        return Giver(named or "", None)
    return Giver(named or grant.name, grant.key_id)
