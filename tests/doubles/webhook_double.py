"""A bot's webhook that answers as the test tells it."""

import asyncio

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route


class WebhookDouble:
    """Remembers what was posted; ``answers`` are used up in order, then everything is fine."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.updates = []
        self.headers = []
        self.held = []
        """Updates that wait for ``let_go``."""
        self._open = None
        self.app = Starlette(routes=[Route("/hook", self._receive, methods=["POST"])])

    def hold(self):
        """From now on every request waits."""
        self._open = asyncio.Event()

    def let_go(self):
        """All waiting requests are answered."""
        self._open.set()
        self._open = None

    @property
    def ids(self):
        """Numbers of the updates, in the order in which they came."""
        return [update["update_id"] for update in self.updates]

    async def _receive(self, request):
        update = await request.json()
        self.updates.append(update)
        self.headers.append(request.headers)
        gate = self._open
        if gate is not None:
            self.held.append(update["update_id"])
            try:
                await gate.wait()
            finally:
                self.held.remove(update["update_id"])
        answer = self.answers.pop(0) if self.answers else 200
        return answer if isinstance(answer, Response) else Response(status_code=answer)
