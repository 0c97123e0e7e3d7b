"""Who may knock at the webhook: Telegram's secret, and, if wished, Telegram's networks."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from starlette.types import ASGIApp, Receive, Scope, Send

    from bot.settings import Network

SECRET_HEADER: Final = b"x-telegram-bot-api-secret-token"
_FORWARDED: Final = b"x-forwarded-for"


@dataclass(frozen=True, slots=True)
class Admission:
    """What somebody must show."""

    path: str
    """Of the webhook; everything else is not guarded here."""
    secret: bytes
    networks: tuple[Network, ...] = ()
    """Where a request may come from; empty for everywhere."""
    proxies: tuple[Network, ...] = ()
    """Whose ``X-Forwarded-For`` is believed."""


class Gate:
    """ASGI middleware: lets only Telegram reach the webhook; looks at nothing but headers."""

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app = app
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or refuses it before a byte of its body is read."""
        if scope["type"] == "http" and scope["path"] == self._admission.path:
            status = self._refusal(scope)
            if status is not None:
                headers = {"Connection": "close"}
                await PlainTextResponse(status.phrase, status, headers)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> HTTPStatus | None:
        if self._admission.networks and not _within(
            sender(scope, self._admission.proxies), self._admission.networks
        ):
            return HTTPStatus.FORBIDDEN
        given = _values(scope, SECRET_HEADER)
        # On bytes: compare_digest raises for text outside ASCII.
        if len(given) != 1 or not hmac.compare_digest(given[0], self._admission.secret):
            return HTTPStatus.UNAUTHORIZED
        return None


def sender(scope: Scope, proxies: tuple[Network, ...]) -> IPv4Address | IPv6Address | None:
    """The address that a request came from.

    ``X-Forwarded-For`` counts only when a trusted proxy handed the request on, and of it only the
    last address, which that proxy wrote itself; anybody can write the others.
    """
    peer = _address(scope["client"][0]) if scope.get("client") else None
    if not _within(peer, proxies):
        return peer
    lines = _values(scope, _FORWARDED)
    return _address(lines[-1].decode("latin-1").rpartition(",")[2].strip()) if lines else peer


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _within(address: IPv4Address | IPv6Address | None, networks: tuple[Network, ...]) -> bool:
    return address is not None and any(address in network for network in networks)
