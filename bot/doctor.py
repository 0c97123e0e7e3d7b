"""What is missing for ``bot run``, found by trying."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.documents.fonts import describe_fonts
from bot.errors import KnowledgeInvalid, StorageUnavailable
from bot.knowledge.loader import load_knowledge
from bot.logs import redact
from bot.store.opening import sqlite_path

if TYPE_CHECKING:
    from bot.settings import Settings

_PORTS: Final = frozenset({443, 80, 88, 8443})
"""Where Telegram delivers (Bot API, setWebhook)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    good: bool
    detail: str

    def __str__(self) -> str:
        return f"{'ok ' if self.good else 'BAD'}  {self.name}: {self.detail}"


async def examine(settings: Settings) -> list[Finding]:
    """Looks at token, webhook, fonts, database and knowledge, in this order."""
    return [
        await _token(settings),
        _webhook(settings),
        _fonts(),
        await _database(settings),
        _knowledge(settings),
    ]


async def _token(settings: Settings) -> Finding:
    if settings.bot_token is None:
        return Finding("token", good=False, detail="BOT_TOKEN is not set; get one from @BotFather")
    bot = Bot(settings.token(), base_url=f"{settings.telegram_api_url}/bot")
    try:
        async with bot:
            return Finding("token", good=True, detail=f"@{bot.username}")
    except InvalidToken:
        return Finding("token", good=False, detail="BOT_TOKEN is not accepted by Telegram")
    except TelegramError as error:
        detail = f"{settings.telegram_api_url} cannot be reached: {redact(str(error))}"
        return Finding("token", good=False, detail=detail)


def _webhook(settings: Settings) -> Finding:
    if settings.webhook_url is None:
        return Finding("webhook", good=True, detail="WEBHOOK_URL is not set: long polling")
    parts = urlsplit(settings.webhook_url)
    if parts.scheme != "https":
        return Finding("webhook", good=False, detail="WEBHOOK_URL must begin with https://")
    if (parts.port or 443) not in _PORTS:
        return Finding("webhook", good=False, detail="port must be 443, 80, 88 or 8443")
    if not parts.path.strip("/"):
        detail = "give WEBHOOK_URL a path that is hard to guess"
        return Finding("webhook", good=False, detail=detail)
    return Finding("webhook", good=True, detail=f"{parts.hostname}, listening on {settings.listen}")


def _fonts() -> Finding:
    good, detail = describe_fonts()
    return Finding("fonts", good=good, detail=detail)


async def _database(settings: Settings) -> Finding:
    path = sqlite_path(settings.database_url)
    if path is None:
        return await _server(settings.database_url)
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not os.access(folder, os.W_OK):
        return Finding("database", good=False, detail=f"{folder} cannot be written to")
    return Finding("database", good=True, detail=str(path))


async def _server(url: str) -> Finding:
    from bot.store.postgres.inspection import inspect  # noqa: PLC0415, only who needs it loads it

    try:
        return Finding("database", good=True, detail=await asyncio.to_thread(inspect, url))
    except StorageUnavailable as error:
        return Finding("database", good=False, detail=str(error))


def _knowledge(settings: Settings) -> Finding:
    try:
        knowledge = load_knowledge(settings.knowledge_dir)
    except KnowledgeInvalid as error:
        count = str(error).count("\n") + 1
        detail = f"{count} faults in {settings.knowledge_dir}; see `bot check`"
        return Finding("knowledge", good=False, detail=detail)
    detail = f"{len(knowledge.articles)} articles, version {knowledge.version}"
    return Finding("knowledge", good=True, detail=detail)
