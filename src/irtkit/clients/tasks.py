"""Effects performed with asyncio: sockets without blocking, a task for each of several works at once.

It decides nothing. What cannot but block (name resolution, SQLite) is called in a thread of a pool.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from irtkit.clients.effects import Call, Effect, ExpiredError, Receive, Run, Send, Sleep, Together, Wait, Work

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from socket import socket

__all__ = ["Tasks"]

T = TypeVar("T")
_THREADS = 64
"""Threads that may wait at once, so that hosts that do not answer hold up no others."""


class Tasks:
    """Performs the effects of any number of works in the running event loop."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "irtkit-call")

    def close(self) -> None:
        """Start no more calls; those that run end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def run(self, work: Work[T], ends: float) -> T:
        """Run *work* to its end; effects have time until *ends*, on the clock of `time.monotonic`.

        Raises: whatever *work* lets through. In any case, also when the task is cancelled, it is closed.
        """
        try:
            effect = next(work)
            while True:
                try:
                    reply = await self._perform(effect, ends)
                except Exception as error:  # noqa: BLE001 - the work decides what an error means
                    effect = work.throw(error)
                else:
                    effect = work.send(reply)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            work.close()

    async def _perform(self, effect: Effect, ends: float) -> object:
        match effect:
            case Together(works):
                await self._together(works, ends)
                return None
            case Call(late=True):
                return await self._call(effect)
        left = ends - time.monotonic()
        if left <= 0:
            raise ExpiredError
        if isinstance(effect, Send):
            rest = _not_sent(effect.connection, effect.data)
            if not rest:
                return None
            effect = Send(effect.connection, rest)
        timeout = asyncio.timeout(left)
        try:
            async with timeout:
                return await self._operation(effect)
        except TimeoutError:
            if timeout.expired():
                raise ExpiredError from None
            raise

    def _operation(self, effect: Call | Run | Wait | Sleep | Send | Receive) -> Coroutine[Any, Any, object]:
        loop = asyncio.get_running_loop()
        match effect:
            case Receive(connection, size):
                return loop.sock_recv(connection, size)
            case Send(connection, data):
                return loop.sock_sendall(connection, data)
            case Call():
                return self._call(effect)
            case Sleep(seconds):
                return asyncio.sleep(seconds)
            case Wait(future):
                return _result(asyncio.wrap_future(future))
            case Run(make):
                return make()

    async def _call(self, call: Call) -> object:
        future = self._threads.submit(call.function)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            undo = call.undo
            if undo is not None and not future.cancel():
                future.add_done_callback(
                    lambda done: None if done.cancelled() or done.exception() else undo(done.result())
                )
            raise
        finally:
            del future  # an error that holds this frame shall not be held by it

    async def _together(self, works: tuple[Work[None], ...], ends: float) -> None:
        tasks = [asyncio.ensure_future(self.run(work, ends)) for work in works]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for work in works:
                work.close()  # of a task that was cancelled before it began


async def _result(future: asyncio.Future[T]) -> T:
    return await future


def _not_sent(connection: socket, data: bytes) -> bytes:
    """Send what the system takes at once, which is all of a question as a rule; return the rest."""
    try:
        return data[connection.send(data) :]
    except BlockingIOError:
        return data
