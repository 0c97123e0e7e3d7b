"""Reads the arguments of a call out of an HTTP request: query, JSON, form or multipart.

Starlette reads forms only with another package, and multipart as Bot API clients send it is small.
"""

from __future__ import annotations

import json
from email.message import Message
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from bot.errors import CallRefused
from bot.sandbox.arguments import Arguments, Upload
from bot.sandbox.refusals import bad_request

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_BODY: Final = 52 * 1024 * 1024


async def read_arguments(request: Request) -> Arguments:
    """Everything a request says.

    Raises:
        CallRefused: the body is too big or cannot be read.
    """
    texts = dict(request.query_params)
    files: dict[str, Upload] = {}
    body = await read_body(request)
    kind = _header(request.headers.get("content-type", ""))
    match kind.get_content_type() if body else "":
        case "application/json":
            texts |= read_json(body)
        case "application/x-www-form-urlencoded":
            texts |= dict(parse_qsl(_decoded(body), keep_blank_values=True))
        case "multipart/form-data":
            boundary = str(kind.get_param("boundary", ""))
            _read_parts(body, boundary.encode(), texts, files)
    return Arguments(texts, files)


async def read_body(request: Request) -> bytes:
    """The whole body.

    Raises:
        CallRefused: it is too big.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise CallRefused(413, "Request Entity Too Large")
    return bytes(body)


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        message = "Strings must be encoded in UTF-8"
        raise bad_request(message) from None


def read_json(body: bytes | str) -> dict[str, str]:
    """Arguments from a JSON object: what is not text becomes its JSON.

    Raises:
        CallRefused: not an object.
    """
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        message = "Can't parse request as a JSON object"
        raise bad_request(message)
    return as_texts(value)


def as_texts(value: dict[str, Any]) -> dict[str, str]:
    """Arguments of any type as the text Telegram makes of them; null counts as absent."""
    return {
        key: item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)
        for key, item in value.items()
        if item is not None
    }


def _header(value: str, name: str = "content-type") -> Message:
    message = Message()
    message[name] = value
    return message


def _read_parts(
    body: bytes, boundary: bytes, texts: dict[str, str], files: dict[str, Upload]
) -> None:
    if not boundary:
        message = "boundary of the multipart body is missing"
        raise bad_request(message)
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:]:
        head, separator, content = part.partition(b"\r\n\r\n")
        if not separator:
            continue  # the closing "--", or nothing
        headers = Message()
        for line in head.decode("utf-8", "replace").split("\r\n"):
            key, _, value = line.partition(":")
            if key:
                headers[key] = value.strip()
        name = headers.get_param("name", header="content-disposition")
        filename = headers.get_filename()
        if not isinstance(name, str):
            continue
        if filename is None:
            texts[name] = _decoded(content)
        else:
            files[name] = Upload(filename, headers.get_content_type(), content)
