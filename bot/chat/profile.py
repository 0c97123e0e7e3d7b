"""What Telegram shows of the bot before anyone writes: commands and descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from telegram import BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telegram import Bot

    from bot.chat.admins.desk import AdminDesk
    from bot.content import Serving

COMMANDS = (
    "door",
    "flows",
    "menu",
    "hotlines",
    "lenders",
    "glossary",
    "help",
    "privacy",
    "news",
    "mydata",
    "export",
    "delete",
    "cancel",
    "start",
)
"""In the order of the command list; the most urgent first."""

_log = structlog.get_logger(__name__)


class Profile:
    """Publishes it, at the start and with every new version of the content.

    The bot runs without it if that fails.

    Args:
        bot: an initialised client.
        content: the words.
        first: whether this process publishes; of several only one should.
    """

    def __init__(self, bot: Bot, content: Serving, *, first: bool) -> None:
        self._bot = bot
        self._content = content
        self._first = first
        self._desk: AdminDesk | None = None

    async def begin(self, desk: AdminDesk) -> None:
        """Publishes everything, with the commands of a desk for its admins."""
        self._desk = desk
        await self.publish()

    async def publish(self) -> None:
        """Publishes everything again; before the beginning nothing."""
        if self._desk is None or not self._first:
            return
        await self._publish_for_all()
        await self._publish_for_admins(self._desk)

    async def _publish_for_all(self) -> None:
        messages = self._content.knowledge.messages
        try:
            await self._bot.set_my_commands(self._described(COMMANDS))
            await self._bot.set_my_description(messages["about"])
            await self._bot.set_my_short_description(messages["short_about"])
        except TelegramError as error:
            _log.warning("profile_not_published", reason=str(error))

    async def _publish_for_admins(self, desk: AdminDesk) -> None:
        """Each admin sees the desk's commands before the ordinary ones.

        Telegram knows the chat of an admin only after the first message there.
        """
        commands = self._described((*desk.commands, *COMMANDS))
        for admin in sorted(desk.admins):
            try:
                await self._bot.set_my_commands(commands, scope=BotCommandScopeChat(admin))
            except TelegramError as error:
                _log.warning("desk_not_published", reason=str(error))

    def _described(self, names: Iterable[str]) -> list[BotCommand]:
        messages = self._content.knowledge.messages
        return [BotCommand(name, messages[f"command_{name}"]) for name in names]
