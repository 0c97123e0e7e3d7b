"""The webhook at Telegram: right, compared, and never at the cost of waiting updates."""

from telegram import WebhookInfo

from bot.chat.envelopes import ALLOWED_UPDATES
from bot.settings import load_settings
from bot.web.registration import CONNECTIONS, Registration

SETTINGS = load_settings(
    bot_token="123456:" + "A" * 35,
    webhook_url="https://bot.example.org/hook",
    webhook_secret="geheim",
)


class BotDouble:
    """Remembers the webhook as Telegram does, and what was asked for."""

    def __init__(self, url=""):
        self.given = {"url": url}
        self.calls = []

    async def set_webhook(self, url, **given):
        """Keeps all but the secret."""
        self.calls.append({"url": url, **given})
        self.given = {
            "url": url,
            "allowed_updates": given["allowed_updates"],
            "max_connections": given["max_connections"],
        }

    async def get_webhook_info(self):
        """As in the Bot API."""
        return WebhookInfo(has_custom_certificate=False, pending_update_count=3, **self.given)


async def test_webhook_is_registered_as_it_should_be():
    """Address, secret and kinds of update; nothing that waits is dropped."""
    bot = BotDouble("https://elsewhere.example.org/")
    await Registration(bot, SETTINGS).register(certain=False)
    assert bot.calls == [
        {
            "url": "https://bot.example.org/hook",
            "secret_token": "geheim",
            "allowed_updates": list(ALLOWED_UPDATES),
            "max_connections": CONNECTIONS,
            "drop_pending_updates": False,
        }
    ]


async def test_right_webhook_is_left_alone_once_the_secret_is_certain():
    """Telegram does not tell the secret, so the first time it is set in any case."""
    bot = BotDouble("https://bot.example.org/hook")
    registration = Registration(bot, SETTINGS)
    await registration.register(certain=False)
    await registration.register(certain=True)
    assert len(bot.calls) == 1


async def test_changed_webhook_is_set_right():
    """Somebody who takes the webhook away loses it again."""
    bot = BotDouble()
    registration = Registration(bot, SETTINGS)
    await registration.register(certain=False)
    bot.given["url"] = "https://thief.example.org/"
    await registration.register(certain=True)
    assert bot.given["url"] == "https://bot.example.org/hook"
