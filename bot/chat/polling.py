"""Receives by long polling: an update is confirmed to Telegram only once it is in the inbox."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import structlog
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.chat.envelopes import ALLOWED_UPDATES, seal
from bot.errors import StorageUnavailable, UpdateMalformed

if TYPE_CHECKING:
    from telegram import Bot

    from bot.delivery.service import Delivery

_log = structlog.get_logger(__name__)
_WAIT: Final = 25
"""Seconds that Telegram holds a request open."""
_LONGEST_PAUSE: Final = 30.0


class Poller:
    """Fetches updates until it is cancelled.

    Args:
        bot: an initialised client.
        delivery: keeps an update safe.
    """

    def __init__(self, bot: Bot, delivery: Delivery) -> None:
        self._bot = bot
        self._delivery = delivery
        self._offset = 0

    async def run(self) -> None:
        """Polls for ever; a failure only makes it wait, longer each time.

        Raises:
            InvalidToken: Telegram does not know the token.
        """
        await self._bot.delete_webhook(drop_pending_updates=False)
        pause = 0.0
        while True:
            try:
                await self._fetch()
                pause = 0.0
            except InvalidToken:
                raise
            except (TelegramError, StorageUnavailable) as error:
                pause = min(_LONGEST_PAUSE, pause * 2 or 1.0)
                if isinstance(error, RetryAfter):
                    pause = max(pause, float(error._retry_after.total_seconds()))  # noqa: SLF001, the public property warns about its coming type
                _log.warning("poll_failed", reason=str(error), pause=pause)
                await asyncio.sleep(pause)

    async def _fetch(self) -> None:
        updates: list[dict[str, Any]] = await self._bot.do_api_request(
            "getUpdates",
            {
                "offset": self._offset,
                "timeout": _WAIT,
                "limit": 100,
                "allowed_updates": list(ALLOWED_UPDATES),
            },
            read_timeout=_WAIT + 10,
        )
        # All together: the inbox puts what arrives together into one commit.
        await asyncio.gather(*(self._keep(update) for update in updates))
        if updates:
            self._offset = max(update["update_id"] for update in updates) + 1

    async def _keep(self, update: dict[str, Any]) -> None:
        try:
            envelope = seal(update)
        except UpdateMalformed as error:
            _log.warning("update_malformed", update_id=update.get("update_id"), reason=str(error))
            return
        if envelope is not None:
            await self._delivery.receive(
                envelope.update_id, envelope.lane, envelope.body, person=envelope.person
            )
