"""The ASGI app: webhook, health and figures."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from bot.web.gate import Gate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from bot.web.gate import Admission
    from bot.web.health import Health
    from bot.web.webhook import Webhook


def create_web(
    health: Health,
    *,
    webhook: Webhook | None = None,
    admission: Admission | None = None,
    work: Callable[[], AbstractAsyncContextManager[object]] | None = None,
) -> Starlette:
    """Builds the app.

    Args:
        health: answers monitors.
        webhook: takes updates in; None with long polling.
        admission: who may call it; needed with ``webhook``.
        work: opened before the first request and closed after the last, such as
            ``Delivery.running``: so nothing comes in any more while the rest is finished.
    """
    routes = [
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", health.figures),
    ]
    middleware = []
    if webhook is not None and admission is not None:
        routes.insert(0, Route(admission.path, webhook.answer, methods=["POST"]))
        middleware.append(Middleware(Gate, admission))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if work is None:
            yield
            return
        async with work():
            yield

    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan)
