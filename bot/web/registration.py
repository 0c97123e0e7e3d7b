"""Tells Telegram where updates go, and sees to it that it stays so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog
from telegram.error import RetryAfter, TelegramError

from bot.chat.envelopes import ALLOWED_UPDATES

if TYPE_CHECKING:
    from telegram import Bot, WebhookInfo

    from bot.settings import Settings

CONNECTIONS: Final = 100
"""The most that Telegram opens; one chat's update never waits for another's then."""
_LOOK_EVERY: Final = 600.0
_LONGEST_PAUSE: Final = 60.0

_LOG = structlog.get_logger("web.registration")


class Registration:
    """Registers the webhook; what Telegram already holds back is never dropped.

    Args:
        bot: an initialised client.
        settings: with ``WEBHOOK_URL``.
    """

    def __init__(self, bot: Bot, settings: Settings) -> None:
        self._bot = bot
        self._url = settings.webhook_url or ""
        self._secret = settings.secret()

    async def keep(self) -> None:
        """Registers now, and again whenever somebody has changed it; until it is cancelled."""
        # Telegram does not tell the secret it has, so the first time it is always set.
        certain = False
        pause = 1.0
        while True:
            try:
                await self.register(certain=certain)
            except TelegramError as error:
                pause = min(_LONGEST_PAUSE, pause * 2)
                if isinstance(error, RetryAfter):
                    pause = max(pause, float(error._retry_after.total_seconds()))  # noqa: SLF001, the public property warns about its coming type
                _LOG.error("webhook_not_registered", reason=str(error), pause=pause)
                await asyncio.sleep(pause)
                continue
            certain, pause = True, 1.0
            await asyncio.sleep(_LOOK_EVERY)

    async def register(self, *, certain: bool) -> None:
        """Compares what Telegram has with what it should have, and sets it right.

        Args:
            certain: the secret is known to be right.

        Raises:
            TelegramError: Telegram cannot be reached, or refuses.
        """
        info = await self._bot.get_webhook_info()
        if info.last_error_message:
            _LOG.warning(
                "webhook_trouble",
                reason=info.last_error_message,
                at=str(info.last_error_date),
                pending=info.pending_update_count,
            )
        if certain and self._fits(info):
            return
        await self._bot.set_webhook(
            self._url,
            secret_token=self._secret,
            allowed_updates=list(ALLOWED_UPDATES),
            max_connections=CONNECTIONS,
            drop_pending_updates=False,
        )
        after = await self._bot.get_webhook_info()
        if not self._fits(after):
            message = "Telegram reports another webhook than the one just set"
            raise TelegramError(message)
        _LOG.info("webhook_registered", pending=after.pending_update_count)

    def _fits(self, info: WebhookInfo) -> bool:
        return (
            info.url == self._url
            and set(info.allowed_updates or ()) == set(ALLOWED_UPDATES)
            and info.max_connections == CONNECTIONS
        )
