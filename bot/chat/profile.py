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
    from bot.knowledge.model import Knowledge

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


async def publish_profile(bot: Bot, knowledge: Knowledge) -> None:
    """Sets the command list and the descriptions; the bot runs without them if that fails."""
    commands = _described(COMMANDS, knowledge)
    try:
        await bot.set_my_commands(commands)
        await bot.set_my_description(knowledge.messages["about"])
        await bot.set_my_short_description(knowledge.messages["short_about"])
    except TelegramError as error:
        _log.warning("profile_not_published", reason=str(error))


async def publish_desk(bot: Bot, knowledge: Knowledge, desk: AdminDesk) -> None:
    """Shows each admin the desk's commands before the ordinary ones.

    Telegram knows the chat of an admin only after the first message there.
    """
    commands = _described((*desk.commands, *COMMANDS), knowledge)
    for admin in sorted(desk.admins):
        try:
            await bot.set_my_commands(commands, scope=BotCommandScopeChat(admin))
        except TelegramError as error:
            _log.warning("desk_not_published", reason=str(error))


def _described(names: Iterable[str], knowledge: Knowledge) -> list[BotCommand]:
    return [BotCommand(name, knowledge.messages[f"command_{name}"]) for name in names]
