"""What Telegram shows of the bot before anyone writes: commands and descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from telegram import BotCommand
from telegram.error import TelegramError

if TYPE_CHECKING:
    from telegram import Bot

    from bot.knowledge.model import Knowledge

COMMANDS = (
    "door",
    "flows",
    "menu",
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
    commands = [BotCommand(name, knowledge.messages[f"command_{name}"]) for name in COMMANDS]
    try:
        await bot.set_my_commands(commands)
        await bot.set_my_description(knowledge.messages["about"])
        await bot.set_my_short_description(knowledge.messages["short_about"])
    except TelegramError as error:
        _log.warning("profile_not_published", reason=str(error))
