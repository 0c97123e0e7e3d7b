"""Carries calls to the Bot API and says of each failure whether the call may be repeated.

The classification follows python-telegram-bot 22 and tdlib's server: an error *answer* of Telegram
is definite; a silence is ambiguous, unless the connection was surely never made.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

from telegram import InputFile, error
from telegram.warnings import PTBDeprecationWarning, PTBUserWarning

from bot import errors
from bot.chat.wire import NothingSent
from bot.logs import redact

if TYPE_CHECKING:
    from datetime import timedelta

    from telegram import Bot

    from bot.store.port import Call

_AS_GOOD_AS_DONE: Final = ("message is not modified", "query is too old")
"""Refusals after which everything is as the call wanted it, or does not matter any more."""

_GONE: Final = ("chat not found", "user not found", "peer_id_invalid")

_PAUSE: Final = 5.0
"""Seconds to wait after a 429 that does not say how long."""


class TelegramTransport:
    """``Transport`` over python-telegram-bot's client."""

    def __init__(self, bot: Bot) -> None:
        """Args: ``bot`` is initialised, and shut down, by the one who made it."""
        self._bot = bot
        # Both warnings are about how we use the library on purpose, and come with each call:
        # calls are stored as they go over the wire, and either form of ``retry_after`` is read.
        warnings.filterwarnings("ignore", "Please use 'Bot\\.", PTBUserWarning)
        warnings.filterwarnings("ignore", ".*attribute `retry_after`", PTBDeprecationWarning)

    async def call(self, call: Call) -> Any:
        """Carries one call out and returns the decoded result.

        Raises:
            SendError: one of its subclasses. Messages hold no token; the cause is left out of the
                chain, since addresses in it do.
        """
        files = {file.field: InputFile(file.content, filename=file.name) for file in call.files}
        try:
            return await self._bot.do_api_request(call.method, {**call.params, **files})
        except error.TelegramError as failure:
            sorted_out = classify(failure)
        if sorted_out is None:
            return True
        raise sorted_out from None


def classify(failure: error.TelegramError) -> errors.SendError | None:
    """What a failure of the client means for the call; None when it is as good as done."""
    text = redact(str(failure))
    match failure:
        case error.RetryAfter():
            found: errors.SendError | None = errors.RateLimited(_seconds(failure.retry_after))
        case error.ChatMigrated():
            found = errors.ChatMigrated(failure.new_chat_id)
        case error.Forbidden():
            found = errors.ChatUnreachable(text)
        case error.BadRequest():
            found = _refusal(text)
        case error.EndPointNotFound() if not _is_about_the_token(failure.__cause__):
            found = errors.CallRejected(text)
        case error.EndPointNotFound() | error.InvalidToken() | error.Conflict():
            # for the operator to mend; the call was not carried out and keeps
            found = errors.NotDelivered(text)
        case error.NetworkError():
            found = _network(failure, text)
        case _:
            found = errors.DeliveryUncertain(text)
    return found


def _refusal(text: str) -> errors.SendError | None:
    lowered = text.lower()
    if any(words in lowered for words in _AS_GOOD_AS_DONE):
        return None
    if "can't parse entities" in lowered:
        return errors.MarkupRejected(text)
    if any(words in lowered for words in _GONE):
        return errors.ChatUnreachable(text)
    return errors.CallRejected(text)


def _network(failure: error.NetworkError, text: str) -> errors.SendError:
    if isinstance(failure, NothingSent):
        return errors.NotDelivered(text)
    if text.lower().startswith("too many requests"):
        return errors.RateLimited(_PAUSE)
    return errors.DeliveryUncertain(text)


def _is_about_the_token(cause: BaseException | None) -> bool:
    """The client says "endpoint not found" for 401 as well, once it is initialised."""
    return "unauthorized" in str(cause).lower()


def _seconds(value: float | timedelta) -> float:
    return float(value) if isinstance(value, int | float) else value.total_seconds()
