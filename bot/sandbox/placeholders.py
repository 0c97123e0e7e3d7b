"""Files for people who have none at hand: a picture, a sound, a text."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SIDE: Final = 480


def picture() -> bytes:
    """A PNG of 480 by 480: a quiet gradient."""
    rows = bytearray()
    for y in range(_SIDE):
        rows.append(0)  # no filter
        shade = y * 90 // _SIDE
        rows += bytes((112 + shade, 168 + shade // 2, 190 + shade // 3)) * _SIDE
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)


def sound() -> bytes:
    """Something that begins like an Ogg file; nobody will listen to it."""
    return b"OggS" + bytes(60)


def note() -> bytes:
    """A short text."""
    return "这是一个示例文件。\n".encode()


PLACEHOLDERS: Final[Mapping[str, tuple[str, str, Callable[[], bytes]]]] = {
    "photo": ("照片.png", "image/png", picture),
    "sticker": ("贴纸.png", "image/png", picture),
    "voice": ("语音.ogg", "audio/ogg", sound),
    "document": ("文件.txt", "text/plain", note),
}
"""Name, type and content by kind."""
