"""The deployment kits: backup and restore, settings, and a real nginx before the real bot."""

import os
import re
import shutil
import socket
import sqlite3
import ssl
import subprocess
import threading
from pathlib import Path

import httpx
import pytest
import yaml

from bot.settings import Settings
from bot.store.port import Call, Handled
from bot.store.postgres.store import open_postgres
from bot.store.sqlite import open_sqlite
from tests.durability_stage import ROOT, SECRET, open_stage
from tests.postgres_server import programs

DEPLOY = ROOT / "deploy"
IN_CI = os.environ.get("CI") == "true"


def need(*programs):
    """Skips where a program is missing, except in CI, which installs them."""
    missing = [name for name in programs if shutil.which(name, path=_path()) is None]
    if missing and not IN_CI:
        pytest.skip(f"not on this machine: {', '.join(missing)}")
    assert not missing


def _path():
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def run(*command, **variables):
    """Runs a program, with variables of its own; status and what it said."""
    done = subprocess.run(  # noqa: S603, our own scripts
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PATH": _path()} | variables,
    )
    return done.returncode, (done.stdout + done.stderr).strip()


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_environment_file(name):
    """An operator finds each setting, explained, in one file."""
    lines = (DEPLOY / "bot.env.example").read_text()
    assert re.search(rf"^#?{name.upper()}=", lines, re.MULTILINE)


SCHEMA = ROOT / "bot" / "store"
TABLES = {
    engine: frozenset(
        name
        for script in folder.glob("*.sql")
        for name in re.findall(r"^CREATE TABLE (\w+)", script.read_text(), re.MULTILINE)
    )
    for engine, folder in (
        ("sqlite", SCHEMA / "schema"),
        ("postgres", SCHEMA / "postgres" / "schema"),
    )
}


@pytest.mark.parametrize("name", sorted(TABLES["sqlite"]))
def test_every_table_is_accounted_for(name):
    """What is kept, and for how long, is told of each table."""
    rows = re.findall(r"^\| (.+?) \|", (DEPLOY / "data.md").read_text(), re.MULTILINE)
    assert any(f"`{name}`" in row for row in rows)


def test_both_engines_keep_the_same():
    """A table that one engine has, the other has too."""
    assert TABLES["postgres"] == TABLES["sqlite"]


async def test_backup_while_writing_and_restore(tmp_path):
    """A copy made under load is whole and works; a running bot's database is not replaced."""
    need("sqlite3", "flock")
    database, folder = tmp_path / "bot.db", tmp_path / "backups"
    async with open_sqlite(database) as store:
        for number in range(1, 51):
            await store.receive(number, "7", {"text": "before"})
        stop = threading.Event()
        writer = threading.Thread(target=_write, args=(database, stop))
        writer.start()
        try:
            status, copy = run(DEPLOY / "backup.sh", database, folder)
        finally:
            stop.set()
            writer.join()
        assert status == 0, copy
        status, refusal = run(DEPLOY / "restore.sh", copy, database)
        assert status == 1
        assert "stop it first" in refusal
        for number in range(51, 61):
            await store.receive(number, "7", {"text": "after"})
    status, said = run(DEPLOY / "restore.sh", copy, database)
    assert status == 0, said
    async with open_sqlite(database) as store:
        claims = await store.claim("a", limit=9, lease=30)
        assert [claim.item.update_id for claim in claims] == [1]
        assert (await store.depth()).inbox == 50


def _write(database, stop):
    connection = sqlite3.connect(database, timeout=10)
    while not stop.is_set():
        connection.execute("INSERT INTO refused (at, reason, body) VALUES (1, 'x', 'y')")
        connection.commit()
    connection.close()


def test_old_backups_go_and_damaged_ones_are_refused(tmp_path):
    """The newest copies stay; a file that is no database is not restored."""
    need("sqlite3", "flock")
    database, folder = tmp_path / "bot.db", tmp_path / "backups"
    sqlite3.connect(database).execute("CREATE TABLE t (x)").connection.close()
    folder.mkdir()
    for day in range(1, 6):
        old = folder / f"bot-2026010{day}T000000Z.db"
        old.touch()
        os.utime(old, (day, day))
    assert run(DEPLOY / "backup.sh", database, folder, 3)[0] == 0
    left = sorted(path.name for path in folder.iterdir())
    assert left[:2] == ["bot-20260104T000000Z.db", "bot-20260105T000000Z.db"]
    assert len(left) == 3
    (tmp_path / "junk.db").write_text("not a database" * 1000)
    assert run(DEPLOY / "restore.sh", tmp_path / "junk.db", database)[0] != 0


async def test_backup_and_restore_of_postgres(tmp_path, postgres_url):
    """A copy made while a bot is present is whole; nothing is replaced under a bot that runs."""
    variables = {"DATABASE_URL": postgres_url, "PATH": f"{programs()}:{_path()}"}
    async with open_postgres(postgres_url) as store:
        await store.receive(1, "7", {"text": "before"})
        status, copy = run(DEPLOY / "backup-postgres.sh", tmp_path / "backups", **variables)
        assert status == 0, copy
        status, refusal = run(DEPLOY / "restore-postgres.sh", copy, **variables)
        assert status == 1
        assert "stop it first" in refusal
        await store.receive(2, "7", {"text": "after"})
    status, said = run(DEPLOY / "restore-postgres.sh", copy, **variables)
    assert status == 0, said
    async with open_postgres(postgres_url) as store:
        (claim,) = await store.claim("a", limit=9, lease=30)
        assert claim.item.body == {"text": "before"}
        assert (await store.depth()).inbox == 1
        await store.complete(claim, Handled(calls=(Call("sendMessage", {"text": "a"}),)))


def test_unit_is_valid_and_hardened(tmp_path):
    """Systemd accepts the unit and finds little exposed."""
    need_systemd = shutil.which("systemd-analyze")
    if not need_systemd:
        pytest.skip("no systemd-analyze on this machine")
    unit = (DEPLOY / "huanhuan.service").read_text()
    path = tmp_path / "huanhuan.service"
    path.write_text(unit.replace("/opt/huanhuan/.venv/bin/bot", "/bin/true"))
    status, said = run("systemd-analyze", "verify", path)
    assert status == 0, said
    status, said = run("systemd-analyze", "security", "--offline=true", "--threshold=20", path)
    assert status == 0, said


def test_containers_have_no_more_rights_than_they_need():
    """Not root, nothing writable but the data, a health check, a limit on memory."""
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    bot = compose["services"]["bot"]
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert "ports" not in bot
    server = compose["services"]["postgres"]
    assert server["profiles"] == ["postgres"]
    assert "ports" not in server
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    assert dockerfile.count("FROM ") == 2
    assert re.search(r"^USER 10001", dockerfile, re.MULTILINE)
    assert "HEALTHCHECK" in dockerfile
    for source in re.findall(r"^COPY ((?!--from).+) \S+$", dockerfile, re.MULTILINE):
        for name in source.split():
            assert (ROOT / name).exists()


async def test_nginx_with_a_certificate_between(library, tmp_path):
    """Telegram's stand-in, a real nginx with TLS, the real bot: answered, and only the hook shows."""
    need("nginx", "openssl")
    _make_certificate(tmp_path)
    trust = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    over_tls = httpx.AsyncHTTPTransport(verify=trust)
    async with open_stage(tmp_path, library, transport=over_tls) as stage:
        port, process = _start_nginx(tmp_path, stage.port)
        try:
            await stage.start(
                2,
                WEBHOOK_URL=f"https://127.0.0.1:{port}/hook-3f9c1d",
                TRUSTED_PROXIES="127.0.0.1/32",
                ALLOWED_NETWORKS="127.0.0.1/32",
            )
            chat = stage.chat(1)
            url = f"https://127.0.0.1:{port}"
            body = {
                "update_id": 5,
                "message": {
                    "message_id": 1,
                    "date": 1,
                    "chat": chat.to_json(),
                    "from": {"id": chat.id, "is_bot": False, "first_name": "x"},
                    "text": "催收现在在我家门口",
                },
            }
            stage.say(chat, "/privacy")
            await stage.drained()
            assert len(stage.shown(chat.id)) == 1
            headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "X-Forwarded-For": "6.6.6.6"}
            async with httpx.AsyncClient(verify=trust) as client:
                said = await client.post(f"{url}/hook-3f9c1d", json=body, headers=headers)
                assert said.status_code == 200
                assert (await client.post(f"{url}/hook-3f9c1d", json=body)).status_code == 401
                assert (await client.get(f"{url}/hook-3f9c1d", headers=headers)).status_code == 403
                for hidden in ("/metrics", "/readyz", "/"):
                    assert (await client.get(url + hidden)).status_code == 404
                big = await client.post(f"{url}/hook-3f9c1d", content=b" " * 2_000_000)
                assert big.status_code == 413
                await stage.drained()
                assert "先别开门" in stage.shown(chat.id)[1]
                await stage.stop()
                later = await client.post(f"{url}/hook-3f9c1d", json=body, headers=headers)
                assert (later.status_code, later.headers["Retry-After"]) == (503, "2")
        finally:
            process.terminate()
            process.wait()


def _make_certificate(folder):
    made = run(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
        *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
        *("-keyout", folder / "key.pem", "-out", folder / "cert.pem"),
    )
    assert made[0] == 0, made


def _start_nginx(folder, upstream):
    """The shipped site with ports, paths and certificate of the test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = (DEPLOY / "nginx.conf").read_text()
    site = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", site, flags=re.DOTALL)
    site = re.sub(r"^    listen \[::\]:443.*\n", "", site, flags=re.MULTILINE)
    site = site.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    site = site.replace("127.0.0.1:8080", f"127.0.0.1:{upstream}")
    site = re.sub(r"/etc/letsencrypt/\S+/fullchain.pem", str(folder / "cert.pem"), site)
    site = re.sub(r"/etc/letsencrypt/\S+/privkey.pem", str(folder / "key.pem"), site)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/nginx.log;\n"
        f"events {{}}\nhttp {{\n{temporary}access_log off;\n{site}\n}}\n"
    )
    (folder / "nginx.conf").write_text(whole)
    status, said = run("nginx", "-t", "-c", folder / "nginx.conf", "-p", folder)
    assert status == 0, said
    program = shutil.which("nginx", path=_path())
    process = subprocess.Popen([program, "-c", folder / "nginx.conf", "-p", folder])  # noqa: S603
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return port, process
        threading.Event().wait(0.02)
    raise AssertionError(Path(folder / "nginx.log").read_text())
