"""What was asked and answered, kept apart from its receipt (law 10); the receipt holds the hashes."""

import logging

from watchkeeper.domain.call import ImagePart, ModelCall, Reply
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.gateway.fingerprint import prompt_bytes, prompt_sha256, response_sha256
from watchkeeper.gateway.ports import ContentSink

_log = logging.getLogger(__name__)

JSON = "application/json"
TEXT = "text/plain"


def kept_prompt(call: ModelCall, sink: ContentSink | None) -> str | None:
    """The hash under which the call's messages are kept; their own hash where they are not kept.

    None where there are no messages, as for a baseline engine. A store that fails costs the content,
    never the call.
    """
    if sink is None or not call.messages:
        return prompt_sha256(call.messages)
    try:
        for message in call.messages:
            for part in message.parts:
                if isinstance(part, ImagePart):
                    sink.put(call.workload, part.data, part.media_type)
        return sink.put(call.workload, prompt_bytes(call.messages), JSON)
    except WatchkeeperError as failure:
        _log.warning("a prompt for %r was not kept: %s", call.target, failure.code)
        return prompt_sha256(call.messages)


def kept_response(call: ModelCall, reply: Reply, sink: ContentSink | None) -> str | None:
    """The hash under which the answer is kept; its own hash where it is not kept."""
    if sink is None or not call.messages or not reply.text:
        return response_sha256(reply)
    media_type = TEXT if call.json_schema is None else JSON
    try:
        return sink.put(call.workload, reply.text.encode("utf-8", "replace"), media_type)
    except WatchkeeperError as failure:
        _log.warning("an answer of %r was not kept: %s", call.target, failure.code)
        return response_sha256(reply)
