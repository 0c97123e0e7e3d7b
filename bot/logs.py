"""Structured logs: one JSON line each, with ``update_id`` and a pseudonym of the chat, no text."""

from __future__ import annotations

import io
import logging
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TextIO, cast

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_TOKEN: Final = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,}")
_FORBIDDEN: Final = frozenset({"text", "caption", "body", "question", "token", "secret"})


def redact(text: str) -> str:
    """The text without bot tokens, which stand in the address of every Bot API call."""
    return _TOKEN.sub("<token>", text)


def _without_secrets(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in list(event.items()):
        if key in _FORBIDDEN:
            event[key] = "<removed>"
        elif isinstance(value, str):
            event[key] = redact(value)
    return event


class _RedactingFilter(logging.Filter):
    """Takes tokens out of what libraries log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = None
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        return True


class _Lossy(io.TextIOBase):
    """A stream that forgets what it cannot write: a full disk must not stop the work."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        with suppress(OSError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def configure_logs(*, level: str = "INFO", human: bool = False) -> None:
    """Sets up structlog and the standard library's logging, both to standard error.

    Args:
        level: least level that is written.
        human: coloured lines for a terminal instead of JSON.
    """
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if human
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_secrets,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Lossy(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_RedactingFilter())
    handler.setFormatter(
        logging.Formatter(
            '{"logger": "%(name)s", "level": "%(levelname)s", "event": "%(message)s"}'
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)
