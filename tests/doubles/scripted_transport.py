"""A messenger that records what it is asked to send and fails by a script."""

import asyncio
from collections import deque


class ScriptedTransport:
    """Carries out every call, except as ``script`` says for its next ones, in order.

    A script holds exceptions to raise, and events to wait for before carrying the call out; None
    carries it out at once.
    """

    def __init__(self, *script):
        self.script = deque(script)
        self.attempts = []
        self.sent = []

    async def call(self, call):
        """Records the attempt, then does what the script says."""
        self.attempts.append(call)
        step = self.script.popleft() if self.script else None
        if isinstance(step, asyncio.Event):
            await step.wait()
        elif step is not None:
            raise step
        self.sent.append(call)
        return {"message_id": len(self.sent)}

    def texts(self, lane=None):
        """The texts that were sent, to one chat or to all."""
        return [
            call.params["text"]
            for call in self.sent
            if "text" in call.params and lane in {None, str(call.params["chat_id"])}
        ]
