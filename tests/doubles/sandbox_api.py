"""Calls Bot API methods of a stand-in in this process, without a port."""

import httpx

from bot.sandbox.client import SandboxClient
from bot.sandbox.server import create_sandbox

TOKEN = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


class Api:
    """A bot by hand; ``sandbox`` acts for the people."""

    def __init__(self, **options):
        self.app = create_sandbox(token=TOKEN, **options)
        self.box = self.app.state.sandbox
        self.sandbox = SandboxClient.inside(self.app)
        transport = httpx.ASGITransport(app=self.app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://api")

    async def ask(self, method, token=TOKEN, **parameters):
        """The whole answer to a call."""
        return (await self.http.post(f"/bot{token}/{method}", json=parameters)).json()

    async def call(self, method, **parameters):
        """The result of a call that must succeed."""
        answer = await self.ask(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    async def fault(self, method, **parameters):
        """The description of a call that must fail."""
        answer = await self.ask(method, **parameters)
        assert not answer["ok"], answer
        return answer["description"]

    async def met(self, name="小林"):
        """Somebody who has written once, so that the bot may answer."""
        person = await self.sandbox.person(name)
        await person.say("你好")
        return person
