"""The Bot API's methods that say how the bot gets its updates."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bot.sandbox.refusals import bad_request, conflict
from bot.sandbox.updates import DEFAULT_KINDS
from bot.sandbox.webhook import DEFAULT_CONNECTIONS, MAX_CONNECTIONS, Webhook

if TYPE_CHECKING:
    from bot.sandbox.arguments import Arguments
    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Json

_MAX_SECRET: Final = 256
_MAX_UPDATES: Final = 100
_LONGEST_POLL: Final = 50
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]*")


async def get_updates(box: Sandbox, arguments: Arguments) -> list[Json]:
    """New updates; waits for the first one up to ``timeout`` seconds."""
    if box.webhook is not None:
        message = (
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )
        raise conflict(message)
    _allow(box, arguments)
    updates = await box.poll.get(
        arguments.integer("offset", 0, -(2**31), 2**31),
        arguments.integer("limit", _MAX_UPDATES, 1, _MAX_UPDATES),
        arguments.integer("timeout", 0, 0, _LONGEST_POLL),
    )
    return [update.to_json() for update in updates]


async def set_webhook(box: Sandbox, arguments: Arguments) -> bool:
    """Posts updates from now on; any port and plain http are fine, as on a local server."""
    if arguments.flag("drop_pending_updates"):
        box.updates.clear()
    url = arguments.text("url")
    webhook = _webhook(url, arguments) if url else None
    _allow(box, arguments)
    if webhook != box.webhook or webhook is None:
        await box.set_webhook(webhook)
    return True


async def delete_webhook(box: Sandbox, arguments: Arguments) -> bool:
    """Back to getUpdates."""
    if arguments.flag("drop_pending_updates"):
        box.updates.clear()
    await box.set_webhook(None)
    return True


async def get_webhook_info(box: Sandbox, _arguments: Arguments) -> Json:
    """Where updates go and what went wrong last."""
    info: Json = {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(box.updates.waiting()),
    }
    webhook = box.webhook
    if box.deliverer is not None and webhook is not None:
        info |= {"url": webhook.url, "max_connections": webhook.max_connections}
        info["ip_address"] = "<unknown>"
        if box.deliverer.last_error is not None:
            date, words = box.deliverer.last_error
            info |= {"last_error_date": date, "last_error_message": words}
    if box.updates.allowed != DEFAULT_KINDS:
        info["allowed_updates"] = sorted(box.updates.allowed)
    return info


def _webhook(url: str, arguments: Arguments) -> Webhook:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        message = "invalid webhook URL specified"
        raise bad_request(message)
    secret = arguments.text("secret_token")
    if len(secret) > _MAX_SECRET:
        message = "secret token is too long"
        raise bad_request(message)
    if not _SECRET.fullmatch(secret):
        message = "secret token contains unallowed characters"
        raise bad_request(message)
    most = arguments.integer("max_connections", DEFAULT_CONNECTIONS, 1, MAX_CONNECTIONS)
    return Webhook(parts.geturl(), secret, most)


def _allow(box: Sandbox, arguments: Arguments) -> None:
    """Broken JSON in ``allowed_updates`` changes nothing, as in Telegram."""
    try:
        names = json.loads(arguments.text("allowed_updates") or "null")
    except ValueError:
        return
    box.updates.allow(names)
