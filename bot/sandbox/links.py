"""Which addresses Telegram accepts in links and buttons.

Source: ``LinkManager::check_link_impl`` and ``parse_url`` of tdlib/td.
"""

from __future__ import annotations

import re
from typing import Final

_SCHEME: Final = re.compile(r"([^:/?#@\[\]]*)://(.*)", re.DOTALL)
_OTHER: Final = re.compile(r"(tg|ton|tonsite):(?://)?(.*)", re.DOTALL | re.IGNORECASE)
_HOST: Final = re.compile(r"(?:[A-Za-z0-9.\-_!$,~*'();&+=\u0080-\U0010ffff]|%[0-9A-Fa-f]{2})+")
_USER: Final = re.compile(r"tg:(?://)?user\?id=([0-9]{1,18})", re.IGNORECASE)
_IPV6: Final = re.compile(r"\[[0-9a-f:.]+\]")
_PORT: Final = re.compile(r"0*[1-9][0-9]{0,4}")
_MAX_PORT: Final = 65535


class LinkInvalid(ValueError):
    """The address cannot be used in a link."""


def mentioned_user(link: str) -> int | None:
    """The id in ``tg://user?id=…``, else None."""
    match = _USER.match(link)
    return int(match.group(1)) if match else None


def check_link(link: str) -> str:
    """The address as Telegram keeps it: with a scheme, a host in small letters and a path.

    Raises:
        LinkInvalid: with Telegram's reason.
    """
    other = _OTHER.fullmatch(link)
    if other:
        return _check_other(other.group(1).lower(), other.group(2))
    scheme, rest = "http", link
    explicit = _SCHEME.fullmatch(link)
    if explicit:
        scheme, rest = explicit.group(1).lower(), explicit.group(2)
        if scheme not in {"http", "https"}:
            message = "Unsupported URL protocol"
            raise LinkInvalid(message)
    authority, query = _split(rest)
    host, port = _host_and_port(authority)
    if "." not in host and not _IPV6.fullmatch(host):
        message = "Wrong HTTP URL"
        raise LinkInvalid(message)
    userinfo = authority.rpartition("@")[0]
    return f"{scheme}://{f'{userinfo}@' if userinfo else ''}{host}{port}{query}"


def _split(rest: str) -> tuple[str, str]:
    match = re.search(r"[/?#]", rest)
    authority, query = (rest[: match.start()], rest[match.start() :]) if match else (rest, "")
    query = query.rstrip() or "/"
    if not query.startswith("/"):
        query = "/" + query
    return authority, "".join(c if c > " " else f"%{ord(c):02X}" for c in query)


def _host_and_port(authority: str) -> tuple[str, str]:
    host = authority.rpartition("@")[2]
    port = ""
    if ":" in host and not host.endswith("]"):
        host, _, number = host.rpartition(":")
        if not _PORT.fullmatch(number) or int(number) > _MAX_PORT:
            message = "Wrong port number specified in the URL"
            raise LinkInvalid(message)
        port = f":{int(number)}"
    host = host.lower()
    if not host:
        message = "URL host is empty"
        raise LinkInvalid(message)
    if not _HOST.fullmatch(host) and not _IPV6.fullmatch(host):
        message = "Disallowed character in URL host"
        raise LinkInvalid(message)
    return host, port


def _check_other(scheme: str, rest: str) -> str:
    authority, query = _split(rest)
    allowed = r"[A-Za-z0-9_.-]+" if scheme == "tonsite" else r"[A-Za-z0-9_-]+"
    if not re.fullmatch(allowed, authority):
        message = "Unallowed characters in URL host" if authority else "URL host is empty"
        raise LinkInvalid(message)
    return f"{scheme}://{authority}{query[1:] if query.startswith('/?') else query}"
