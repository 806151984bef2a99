"""What is kept of a request: its body as it came, with images apart (law 10)."""

import base64
import binascii
import re

from watchkeeper.gateway.ports import ContentSink
from watchkeeper.gateway.relay.caller import DEFAULT_WORKLOAD
from watchkeeper.gateway.relay.request import ClientRequest

JSON = "application/json"
_DATA_URL = re.compile(rb'"data:(image/[a-z0-9.+-]+);base64,([A-Za-z0-9+/=\\]+)"')
_SOURCE = re.compile(rb'("media_type"\s*:\s*"(image/[a-z0-9.+-]+)"\s*,\s*"data"\s*:\s*)"([A-Za-z0-9+/=\\]+)"')


def kept_request(request: ClientRequest, content: ContentSink) -> str:
    """The hash under which a request's body is kept.

    An image inside it is kept once, by its own hash, and stands in the body as
    `"sha256:<hash>;image/png"`.
    """
    workload = request.caller.workload or DEFAULT_WORKLOAD
    body = request.raw
    if request.facts.image_count:
        body = _DATA_URL.sub(lambda found: _kept(found[1], found[2], workload, content) or found[0], body)
        body = _SOURCE.sub(
            lambda found: found[1] + (_kept(found[2], found[3], workload, content) or b'"' + found[3] + b'"'),
            body,
        )
    return content.put(workload, body, JSON)


def _kept(media_type: bytes, data: bytes, workload: str, content: ContentSink) -> bytes | None:
    """The reference that takes an image's place; None for what is no base64."""
    try:
        image = base64.b64decode(data.replace(b"\\/", b"/"), validate=True)
    except binascii.Error:
        return None
    sha256 = content.put(workload, image, media_type.decode())
    return b'"sha256:' + sha256.encode() + b";" + media_type + b'"'
