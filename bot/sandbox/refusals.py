"""How Telegram words a refusal.

Source: ``Client::fail_query_with_error`` of tdlib/telegram-bot-api: the prefix depends on the code,
and the first letter of a sentence becomes small, that of a constant in capitals does not.
"""

from __future__ import annotations

from typing import Final

from bot.errors import CallRefused

NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD: Final = "query is too old and response timeout expired or query ID is invalid"


def bad_request(message: str) -> CallRefused:
    """A refusal with code 400.

    Args:
        message: what is wrong, beginning with a capital letter as in tdlib or with a small one.
    """
    if len(message) > 1 and (message[1] == "_" or "A" <= message[1] <= "Z"):
        return CallRefused(400, f"Bad Request: {message}")
    return CallRefused(400, f"Bad Request: {message[:1].lower()}{message[1:]}")


def forbidden(message: str) -> CallRefused:
    """A refusal with code 403."""
    return CallRefused(403, f"Forbidden: {message}")


def conflict(message: str) -> CallRefused:
    """A refusal with code 409."""
    return CallRefused(409, f"Conflict: {message}")


def too_many(retry_after: int) -> CallRefused:
    """A refusal with code 429: the bot has to wait.

    Args:
        retry_after: seconds.
    """
    return CallRefused(
        429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after
    )
