"""Who may call the gateway: anybody on this machine, and with a key of ours from elsewhere."""

from collections.abc import Mapping
from dataclasses import replace

from watchkeeper.app.settings import KEY_PREFIX
from watchkeeper.domain.errors import KeyRefusedError
from watchkeeper.gateway.relay.caller import Caller


class OpenGate:
    """Lets everybody in: for a gateway that only this machine can reach."""

    def admit(self, caller: Caller, key: str | None, *, credentials: Mapping[str, str]) -> Caller:
        """See `KeyGate.admit`.

        Raises:
            KeyRefusedError: A key of ours came, and none is known.
        """
        if key is not None and key.startswith(KEY_PREFIX):
            raise KeyRefusedError(
                "this key is not known here", action="make one with `wk keys create`, or send none"
            )
        return replace(caller, credentials=credentials) if credentials else caller
