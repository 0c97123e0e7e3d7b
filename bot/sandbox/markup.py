"""Checks the buttons under a message.

Source: ``get_reply_markup`` of tdlib/telegram-bot-api and of tdlib/td; the limits of the server
(64 bytes, 256 characters, 100 buttons) from the Bot API. Clients show at most 8 buttons a row;
Telegram drops the rest without a word, the stand-in refuses them, since somebody would miss them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.links import LinkInvalid, check_link, mentioned_user
from bot.sandbox.refusals import bad_request

if TYPE_CHECKING:
    from bot.sandbox.arguments import Arguments

MAX_BUTTONS: Final = 100
MAX_ROW: Final = 8
MAX_DATA_BYTES: Final = 64
MAX_COPY: Final = 256
_STYLES: Final = frozenset({"", "danger", "success", "primary"})


def read_markup(arguments: Arguments, *, inline_only: bool = False) -> dict[str, Any] | None:
    """The buttons of a call, None when there are none.

    Args:
        arguments: of the call.
        inline_only: True for edits, which take nothing else.

    Raises:
        CallRefused: as Telegram would.
    """
    markup = arguments.decoded("reply_markup", "reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        message = "Object expected as reply markup"
        raise bad_request(message)
    if isinstance(markup.get("keyboard"), list) and markup["keyboard"]:
        if inline_only:
            message = "Inline keyboard expected"
            raise bad_request(message)
        return {**markup, "keyboard": _reply_rows(markup["keyboard"])}
    if markup.get("inline_keyboard") is not None:
        rows = _inline_rows(markup["inline_keyboard"])
        if rows:
            return {"inline_keyboard": rows}
    for name in ("remove_keyboard", "force_reply"):
        if markup.get(name) is True and not inline_only:
            return {name: True}
    return None


def _rows(value: Any, name: str) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        message = f'Field "{name}" must be an Array of Arrays'
        raise bad_request(message)
    return value


def _reply_rows(value: Any) -> list[list[dict[str, Any]]]:
    rows = [
        [{"text": button} if isinstance(button, str) else button for button in row]
        for row in _rows(value, "keyboard")
    ]
    for button in (button for row in rows for button in row):
        if not isinstance(button, dict) or not isinstance(button.get("text"), str):
            message = "Can't parse keyboard button: KeyboardButton must be a String or an Object"
            raise bad_request(message)
    return rows


def _inline_rows(value: Any) -> list[list[dict[str, Any]]]:
    rows = [[_read_button(button) for button in row] for row in _rows(value, "inline_keyboard")]
    kept = [[button for button in row if button["text"]] for row in rows]
    kept = [row for row in kept if row]
    if sum(map(len, kept)) > MAX_BUTTONS or any(len(row) > MAX_ROW for row in kept):
        message = "reply markup is too long"
        raise bad_request(message)
    for button in (button for row in kept for button in row):
        _check_button(button)
    return kept


def _read_button(value: Any) -> dict[str, Any]:
    """Reads one button: its first known kind of action counts, as in Telegram."""
    fault = "Text buttons are unallowed in the inline keyboard"
    if not isinstance(value, dict):
        fault = "InlineKeyboardButton must be an Object"
    elif "text" not in value:
        fault = 'Can\'t find field "text"'
    elif not isinstance(value["text"], str):
        fault = 'Field "text" must be of type String'
    elif str(value.get("style", "")) not in _STYLES:
        fault = "invalid button style specified"
    else:
        base = {key: value[key] for key in ("text", "style") if key in value}
        for kind in ("url", "callback_data"):
            if value.get(kind):
                return {**base, kind: str(value[kind])}
        copied = value.get("copy_text")
        if isinstance(copied, dict) and isinstance(copied.get("text"), str):
            return {**base, "copy_text": {"text": copied["text"]}}
        if copied is not None:
            fault = 'Can\'t find field "text"'
    message = f"Can't parse inline keyboard button: {fault}"
    raise bad_request(message)


def _check_button(button: dict[str, Any]) -> None:
    if "url" in button:
        _check_url(button)
    elif "callback_data" in button:
        if len(button["callback_data"].encode()) > MAX_DATA_BYTES:
            message = "BUTTON_DATA_INVALID"
            raise bad_request(message)
    elif not 1 <= len(button["copy_text"]["text"]) <= MAX_COPY:
        message = "BUTTON_COPY_TEXT_INVALID"
        raise bad_request(message)


def _check_url(button: dict[str, Any]) -> None:
    url = button["url"]
    if mentioned_user(url) is not None:
        return
    try:
        button["url"] = check_link(url)
    except LinkInvalid as error:
        message = f"Inline keyboard button URL '{url}' is invalid: {error}"
        raise bad_request(message) from None
