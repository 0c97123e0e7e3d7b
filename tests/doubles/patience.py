"""Waits for something that happens in another task."""

import asyncio
import inspect


async def until(condition, *, tries=2000):
    """Gives way to other tasks until the condition, plain or async, holds."""
    for _ in range(tries):
        held = condition()
        if inspect.isawaitable(held):
            held = await held
        if held:
            return
        await asyncio.sleep(0.005)
    message = "it never happened"
    raise AssertionError(message)
