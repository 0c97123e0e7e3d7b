"""The Bot API's methods about the bot itself, its chats and its files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.refusals import bad_request

if TYPE_CHECKING:
    from bot.sandbox.arguments import Arguments
    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Json

_MAX_COMMANDS: Final = 100
_MAX_COMMAND: Final = 32
_MAX_COMMAND_DESCRIPTION: Final = 256
_MAX_DESCRIPTION: Final = 512
_MAX_SHORT_DESCRIPTION: Final = 120
_MAX_DOWNLOAD: Final = 20 * 1024 * 1024
_COMMAND: Final = re.compile(r"[a-z0-9_]+")
_LANGUAGE: Final = re.compile(r"(?:[a-z]{2})?")
_SCOPES: Final = frozenset(
    {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
)
_CHAT_SCOPES: Final = frozenset({"chat", "chat_administrators", "chat_member"})


async def get_me(box: Sandbox, _arguments: Arguments) -> Json:
    """The bot."""
    return box.world.bot


async def set_my_commands(box: Sandbox, arguments: Arguments) -> bool:
    """The list behind the menu button."""
    commands = arguments.decoded("commands", "commands")
    if commands is None:
        commands = []
    if not isinstance(commands, list):
        message = "Expected an Array of BotCommand"
        raise bad_request(message)
    read = [_command(value) for value in commands]
    key = _scope(arguments), _language(arguments)
    if len(read) > _MAX_COMMANDS:
        message = "BOT_COMMANDS_TOO_MUCH"
        raise bad_request(message)
    box.profile.commands[key] = read
    box.journal.add(0, "bot")
    return True


async def get_my_commands(box: Sandbox, arguments: Arguments) -> list[Json]:
    """The list for exactly this scope and language."""
    return box.profile.commands.get((_scope(arguments), _language(arguments)), [])


def _command(value: Any) -> Json:
    if not isinstance(value, dict):
        message = "Can't parse BotCommand: expected an Object"
        raise bad_request(message)
    for name in ("command", "description"):
        if not isinstance(value.get(name), str):
            message = f"Can't parse BotCommand: Can't find field \"{name}\""
            raise bad_request(message)
    command = value["command"].strip().removeprefix("/")
    description = value["description"].strip()
    fault = _command_fault(command, description)
    if fault:
        raise bad_request(fault)
    return {"command": command, "description": description}


def _command_fault(command: str, description: str) -> str:
    if not command:
        return "Command must be non-empty"
    if len(command) > _MAX_COMMAND:
        return f"Command length must not exceed {_MAX_COMMAND}"
    if not description:
        return "Command description must be non-empty"
    if len(description) > _MAX_COMMAND_DESCRIPTION:
        return f"Command description length must not exceed {_MAX_COMMAND_DESCRIPTION}"
    return "" if _COMMAND.fullmatch(command) else "BOT_COMMAND_INVALID"


def _scope(arguments: Arguments) -> str:
    scope = arguments.decoded("scope", "BotCommandScope") or {"type": "default"}
    kind = str(scope.get("type")) if isinstance(scope, dict) else ""
    if kind in _SCOPES:
        return kind
    if kind in _CHAT_SCOPES:
        return f"{kind} {scope.get('chat_id')} {scope.get('user_id', '')}".strip()
    message = "Can't parse BotCommandScope: Unsupported type specified"
    raise bad_request(message)


def _language(arguments: Arguments) -> str:
    code = arguments.text("language_code")
    if not _LANGUAGE.fullmatch(code):
        message = "Invalid language code specified"
        raise bad_request(message)
    return code


def commands_for(box: Sandbox, chat_id: int, *, group: bool) -> list[Json]:
    """What the menu of a chat shows to somebody who reads Chinese.

    Source: "Determining list of commands" in the Bot API: the narrowest scope that has any.
    """
    scopes = [f"chat {chat_id}", "all_group_chats" if group else "all_private_chats", "default"]
    for scope in scopes:
        for language in ("zh", ""):
            commands = box.profile.commands.get((scope, language))
            if commands:
                return commands
    return []


async def set_my_description(box: Sandbox, arguments: Arguments) -> bool:
    """What an empty chat shows."""
    text = arguments.text("description")
    if len(text) > _MAX_DESCRIPTION:
        message = f"Bot description length must not exceed {_MAX_DESCRIPTION}"
        raise bad_request(message)
    box.profile.descriptions[_language(arguments)] = text
    box.journal.add(0, "bot")
    return True


async def set_my_short_description(box: Sandbox, arguments: Arguments) -> bool:
    """What the bot's profile shows."""
    text = arguments.text("short_description")
    if len(text) > _MAX_SHORT_DESCRIPTION:
        message = f"Bot short description length must not exceed {_MAX_SHORT_DESCRIPTION}"
        raise bad_request(message)
    box.profile.short_descriptions[_language(arguments)] = text
    box.journal.add(0, "bot")
    return True


async def set_chat_menu_button(box: Sandbox, arguments: Arguments) -> bool:
    """What the button beside the input line opens."""
    button = arguments.decoded("menu_button", "menu button") or {"type": "default"}
    kind = str(button.get("type")) if isinstance(button, dict) else ""
    if kind not in {"default", "commands", "web_app"}:
        message = "Can't parse menu button: MenuButton has unsupported type"
        raise bad_request(message)
    chat_id = arguments.text("chat_id")
    if chat_id:
        box.world.reachable(chat_id, write=False)
    box.profile.menu_buttons[chat_id] = button
    box.journal.add(0, "bot")
    return True


async def get_file(box: Sandbox, arguments: Arguments) -> Json:
    """Where a file can be downloaded."""
    identifier = arguments.text("file_id")
    if not identifier:
        message = "file_id not specified"
        raise bad_request(message)
    stored = box.world.files.get(identifier)
    if stored is None:
        message = "wrong file_id or the file is temporarily unavailable"
        raise bad_request(message)
    if len(stored.data) > _MAX_DOWNLOAD:
        message = "file is too big"
        raise bad_request(message)
    return {**stored.to_json(), "file_path": stored.path}


async def get_chat(box: Sandbox, arguments: Arguments) -> Json:
    """Everything about a chat."""
    chat = box.world.reachable(arguments.text("chat_id"), write=False)
    return {
        **chat.to_json(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }


async def leave_chat(box: Sandbox, arguments: Arguments) -> bool:
    """The bot goes."""
    chat = box.world.reachable(arguments.text("chat_id"))
    if not chat.group:
        message = "Chat member status can't be changed in private chats"
        raise bad_request(message)
    chat.left = True
    note = box.world.new_message(chat, box.bot, {"left_chat_member": box.bot})
    box.show(chat, "message", note)
    box.journal.add(chat.id, "chat", left=True)
    return True
