"""Images and files inside messages: OpenAI's data URLs, and Anthropic's sources."""

from typing import Any

from watchkeeper.domain.errors import InvalidFieldError
from watchkeeper.gateway.dialects.dialect import Dialect
from watchkeeper.gateway.dialects.fields import a_string, an_object, cannot_carry

_PDF = "application/pdf"


def anthropic_image(part: dict[str, Any], field: str) -> dict[str, Any]:
    """An `image_url` part as an `image` block; its `detail` has no counterpart and changes only the price.

    Raises:
        InvalidFieldError: It is neither a data URL in base64 nor an http address.
    """
    found = part.get("image_url")
    address = found if isinstance(found, str) else an_object(found, f"{field}.image_url").get("url")
    url = a_string(address, f"{field}.image_url.url")
    if url.startswith(("https://", "http://")):
        return {"type": "image", "source": {"type": "url", "url": url}}
    media_type, data = _data_url(url, f"{field}.image_url.url")
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}


def anthropic_document(part: dict[str, Any], field: str) -> dict[str, Any]:
    """A `file` part that holds a PDF as a `document` block.

    Raises:
        InvalidFieldError: It names a file kept with the provider, or holds something else.
    """
    file = an_object(part.get("file"), f"{field}.file")
    if file.get("file_data") is None:
        why = "a file kept with one provider is not there for another; send it as `file_data`"
        raise cannot_carry(f"{field}.file", why, to=Dialect.ANTHROPIC)
    given = a_string(file["file_data"], f"{field}.file.file_data")
    media_type, data = _data_url(given, f"{field}.file.file_data")
    if media_type != _PDF:
        raise cannot_carry(f"{field}.file", "only PDF files are known there", to=Dialect.ANTHROPIC)
    source = {"type": "base64", "media_type": media_type, "data": data}
    block: dict[str, Any] = {"type": "document", "source": source}
    if isinstance(file.get("filename"), str):
        block["title"] = file["filename"]
    return block


def openai_image(block: dict[str, Any], field: str) -> dict[str, Any]:
    """An `image` block as an `image_url` part.

    Raises:
        InvalidFieldError: Its source is neither base64 nor an address.
    """
    source = an_object(block.get("source"), f"{field}.source")
    if source.get("type") == "url":
        url = a_string(source.get("url"), f"{field}.source.url")
    elif source.get("type") == "base64":
        url = _as_data_url(source, field)
    else:
        why = "an image kept with one provider is not there for another"
        raise cannot_carry(f"{field}.source", why, to=Dialect.OPENAI)
    return {"type": "image_url", "image_url": {"url": url}}


def openai_document(block: dict[str, Any], field: str) -> dict[str, Any]:
    """A `document` block as a `file` part, or as a text part where it holds plain text.

    Raises:
        InvalidFieldError: Its source is something else, or it asks for citations.
    """
    citations = block.get("citations")
    if isinstance(citations, dict) and citations.get("enabled"):
        raise cannot_carry(f"{field}.citations", "chat completions have none", to=Dialect.OPENAI)
    source = an_object(block.get("source"), f"{field}.source")
    if source.get("type") == "text":
        return {"type": "text", "text": a_string(source.get("data"), f"{field}.source.data")}
    if source.get("type") != "base64":
        why = "a file part must hold the file itself"
        raise cannot_carry(f"{field}.source", why, to=Dialect.OPENAI)
    title = block.get("title")
    name = title if isinstance(title, str) and title else "document.pdf"
    return {"type": "file", "file": {"filename": name, "file_data": _as_data_url(source, field)}}


def _as_data_url(source: dict[str, Any], field: str) -> str:
    media_type = a_string(source.get("media_type"), f"{field}.source.media_type")
    return f"data:{media_type};base64,{a_string(source.get('data'), f'{field}.source.data')}"


def _data_url(url: str, field: str) -> tuple[str, str]:
    head, comma, data = url.partition(",")
    media_type, semicolon, encoding = head.removeprefix("data:").partition(";")
    encoded = head.startswith("data:") and semicolon and encoding.endswith("base64")
    if not (comma and encoded and media_type):
        raise InvalidFieldError(
            f"`{field}` is neither an http address nor a data URL in base64",
            field=field,
            action="write it as data:<media type>;base64,<data>",
        )
    return media_type, data
