"""Settings: defaults, and starts that fail with the variable's name."""

import pytest

from bot.app import limits_of
from bot.errors import SettingsInvalid
from bot.settings import Settings, load_settings

TOKEN = "123456:" + "A" * 35


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_defaults_need_nothing():
    """Without any variable the bot has usable settings, except for the token."""
    settings = load_settings()
    assert settings.listen_address == ("127.0.0.1", 8080)
    assert settings.admin_ids == frozenset()
    with pytest.raises(SettingsInvalid, match="BOT_TOKEN"):
        settings.token()


def test_environment_and_file_are_read(monkeypatch, tmp_path):
    """A variable wins over a line in .env."""
    (tmp_path / ".env").write_text("TZ_NAME=Asia/Tokyo\nADMIN_IDS=1, 2\n")
    monkeypatch.setenv("TZ_NAME", "UTC")
    settings = load_settings()
    assert settings.tz_name == "UTC"
    assert settings.admin_ids == {1, 2}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "nonsense"),
        ("TELEGRAM_API_URL", "ftp://x"),
        ("WEBHOOK_URL", "example.org/hook"),
        ("WEBHOOK_SECRET", "mit Leerzeichen"),
        ("LISTEN", "8080"),
        ("LISTEN", "localhost:99999"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "postgresql://bot:pa@ss:word@h/x"),
        ("ADMIN_IDS", "1,zwei"),
        ("TZ_NAME", "Mars/Olympus"),
    ],
)
def test_wrong_value_is_named(monkeypatch, name, value):
    """A wrong variable stops the start with its name and without its value."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as error:
        load_settings()
    assert str(error.value).startswith(f"{name}: ")
    assert value not in str(error.value)


def test_token_never_shows():
    """Neither the token nor the secret appears when settings are printed."""
    settings = load_settings(bot_token=TOKEN)
    assert TOKEN not in repr(settings)
    assert settings.token() == TOKEN


def test_database_password_never_shows():
    """Neither printed settings nor a refused address tell the password of the database."""
    settings = load_settings(database_url="postgresql://bot:geheim@db.example.org/bot")
    assert "geheim" not in repr(settings)
    with pytest.raises(SettingsInvalid) as error:
        load_settings(database_url="postgresql://bot:ge@heim:x@db/bot")
    assert "heim" not in str(error.value)


def test_secret_is_derived_alike_everywhere():
    """Replicas with the same token agree on the webhook secret."""
    first, second = (load_settings(bot_token=TOKEN).secret() for _ in range(2))
    assert first == second
    assert first != load_settings(bot_token="654321:" + "B" * 35).secret()


def test_days_after_which_a_chat_is_forgotten_are_kept():
    """SESSION_DAYS reaches the store's rule; ninety unless an operator says otherwise."""
    assert limits_of(load_settings()).retention.session == 90 * 86400
    assert limits_of(load_settings(session_days=30)).retention.session == 30 * 86400
