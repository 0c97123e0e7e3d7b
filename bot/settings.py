"""Settings from the environment or a ``.env`` file; a wrong one stops the start with its name."""

from __future__ import annotations

import hashlib
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsInvalid

Network: TypeAlias = IPv4Network | IPv6Network

_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Settings(BaseSettings):
    """What an operator can set. Field names in capitals are the variables' names."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
    )

    bot_token: SecretStr | None = Field(None, description="token from BotFather")
    telegram_api_url: str = Field("https://api.telegram.org", description="Bot API server root")
    webhook_url: str | None = Field(
        None, description="public address of the webhook, path included"
    )
    webhook_secret: SecretStr | None = Field(None, description="Telegram's secret header")
    listen: str = Field("127.0.0.1:8080", description="host:port of the ASGI server")
    database_url: str = Field(
        "sqlite:///data/bot.db",
        repr=False,  # it may hold a password
        description="where state is kept: sqlite:///path or postgresql://user:password@host/name",
    )
    knowledge_dir: Path = Field(Path("knowledge"), description="the content")
    admin_ids: Annotated[frozenset[int], NoDecode] = Field(
        frozenset(), description="Telegram user ids of the admins, comma separated"
    )
    session_days: int = Field(
        90, ge=1, le=3650, description="days after which a chat nobody touched is forgotten"
    )
    tz_name: str = Field("Asia/Shanghai", description="for dates in letters and reminders")
    allowed_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="who may call the webhook: networks, comma separated; empty for everyone"
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="whose X-Forwarded-For is believed: networks, comma separated"
    )
    flood_limit: int = Field(
        40, ge=0, description="messages of one person that may wait for an answer; 0: no limit"
    )
    send_per_second: float = Field(
        30.0, ge=0, description="calls to the Bot API, over all chats; 0: no limit"
    )
    send_per_chat: float = Field(
        1.0, ge=0, description="calls a second in one chat, after a short burst; 0: no limit"
    )

    @field_validator("bot_token")
    @classmethod
    def _token_has_the_shape_of_one(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _TOKEN.fullmatch(value.get_secret_value()):
            message = "not a bot token (expected 123456:ABC…)"
            raise ValueError(message)
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _secret_is_accepted_by_telegram(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _SECRET.fullmatch(value.get_secret_value()):
            message = "1 to 256 characters of A-Z a-z 0-9 _ -"
            raise ValueError(message)
        return value

    @field_validator("telegram_api_url", "webhook_url")
    @classmethod
    def _url_is_http(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            message = "not an http(s) address"
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("listen")
    @classmethod
    def _listen_is_host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 <= int(port) < 2**16:
            message = "expected host:port"
            raise ValueError(message)
        return value

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, value: str) -> str:
        if value.startswith("sqlite:///"):
            return value
        if not value.startswith(("postgresql://", "postgres://")):
            message = "expected sqlite:///path or postgresql://user:password@host/name"
            raise ValueError(message)
        import psycopg  # noqa: PLC0415, a bot on SQLite need not load it

        message = "not an address; in a password, @ is written %40, : is %3A and / is %2F"
        try:
            parts = psycopg.conninfo.conninfo_to_dict(value)
        except psycopg.Error:  # which quotes the password
            raise ValueError(message) from None
        told = f"{parts.get('host', '')}{parts.get('dbname', '')}"  # what error messages tell
        if "@" in told or not re.fullmatch(r"[\d,]*", str(parts.get("port", ""))):
            raise ValueError(message)
        return value

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _admin_ids_are_numbers(cls, value: Any) -> Any:
        if isinstance(value, str):
            parts = [part.strip() for part in value.split(",") if part.strip()]
            if not all(part.isdigit() for part in parts):
                message = "expected numbers separated by commas"
                raise ValueError(message)
            return frozenset(int(part) for part in parts)
        return value

    @field_validator("allowed_networks", "trusted_proxies", mode="before")
    @classmethod
    def _networks_are_such(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
        except ValueError as error:
            message = "expected networks such as 149.154.160.0/20, separated by commas"
            raise ValueError(message) from error

    @field_validator("tz_name")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            message = "no such time zone"
            raise ValueError(message) from error
        return value

    @property
    def listen_address(self) -> tuple[str, int]:
        """Host and port of the ASGI server."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which dates are read and written."""
        return ZoneInfo(self.tz_name)

    @property
    def webhook_path(self) -> str:
        """The path on which updates come in; empty without a webhook."""
        return "" if self.webhook_url is None else urlsplit(self.webhook_url).path or "/"

    def token(self) -> str:
        """The bot token.

        Raises:
            SettingsInvalid: no token is set.
        """
        if self.bot_token is None:
            message = "BOT_TOKEN: not set (get one from @BotFather)"
            raise SettingsInvalid(message)
        return self.bot_token.get_secret_value()

    def secret(self) -> str:
        """Telegram's secret header: as set, or derived from the token so that replicas agree."""
        if self.webhook_secret is not None:
            return self.webhook_secret.get_secret_value()
        return hashlib.sha256(f"webhook:{self.token()}".encode()).hexdigest()


def load_settings(**overrides: Any) -> Settings:
    """Reads the settings.

    Args:
        **overrides: field values that win over the environment.

    Raises:
        SettingsInvalid: with one line for each wrong variable, named; values are not repeated,
            since they may be secret.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [
            f"{str(fault['loc'][0]).upper()}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(include_input=False)
        ]
        raise SettingsInvalid("\n".join(lines)) from None
