"""Fetches files that people sent from the Bot API."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from telegram.error import TelegramError

from bot.errors import FileUnavailable

if TYPE_CHECKING:
    from telegram import Bot

    from bot.conversation.turn import SentFile

_WITHIN: Final = 15.0
"""Seconds; whoever sent the file waits."""


class TelegramFiles:
    """Fetches over an initialised client."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def fetch(self, file: SentFile) -> bytes:
        """The content of a file, whose size was looked at before.

        Raises:
            FileUnavailable: it cannot be fetched now.
        """
        try:
            async with asyncio.timeout(_WITHIN):
                found = await self._bot.get_file(file.id)
                return bytes(await found.download_as_bytearray())
        except (TelegramError, TimeoutError) as error:
            raise FileUnavailable(type(error).__name__) from None
