"""Effects performed in the calling thread: sockets with time-outs, a thread for each of several works at once.

It decides nothing. What only exists as a coroutine (HTTP) runs in one event loop, in a thread that starts with
the first of them.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from socket import SHUT_RDWR, socket
from typing import TYPE_CHECKING, Any, Final, TypeVar

from irtkit.clients.effects import Call, Effect, ExpiredError, Receive, Run, Send, Sleep, Together, Wait, Work

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable, Coroutine

__all__ = ["Blocking", "LoopThread"]

T = TypeVar("T")
_GOODBYE: Final = 5.0
"""Seconds that connections may take to close."""


class LoopThread:
    """An event loop in a thread of its own; it starts when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine; its result is in the future."""
        import asyncio  # noqa: PLC0415 - whois needs no event loop, and it costs more than a connection

        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="irtkit-loop", daemon=True)
                self._thread.start()
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def close(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run the *last* coroutine and end the loop, if it ever started."""
        if self._loop is None or self._thread is None:
            return
        with suppress(TimeoutError):
            self.submit(last()).result(_GOODBYE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = None


class Blocking:
    """Performs the effects of one work at a time, and waits for each."""

    def __init__(self, loop: LoopThread) -> None:
        self._loop = loop
        self._stopped = threading.Event()
        self._waiting: socket | Future[Any] | None = None

    def run(self, work: Work[T], ends: float) -> T:
        """Run *work* to its end; effects have time until *ends*, on the clock of `time.monotonic`.

        Raises: whatever *work* lets through. In any case it is closed.
        """
        try:
            effect = next(work)
            while True:
                try:
                    reply = self._perform(effect, ends)
                except Exception as error:  # noqa: BLE001 - the work decides what an error means
                    effect = work.throw(error)
                else:
                    effect = work.send(reply)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            work.close()

    def stop(self) -> None:
        """Let a work in another thread end soon: what it waits for is over, and it gets no time any more."""
        self._stopped.set()
        waiting = self._waiting
        if isinstance(waiting, Future):
            waiting.cancel()
        elif waiting is not None:
            with suppress(OSError):
                waiting.shutdown(SHUT_RDWR)

    def _perform(self, effect: Effect, ends: float) -> object:
        match effect:
            case Together(works):
                self._together(works, ends)
                return None
            case Call(function, late=True):
                return function()
        left = 0.0 if self._stopped.is_set() else ends - time.monotonic()
        if left <= 0:
            raise ExpiredError
        return self._operate(effect, left)

    def _operate(self, effect: Call | Run | Wait | Sleep | Send | Receive, left: float) -> object:
        match effect:
            case Receive(connection, size):
                return self._with_socket(connection, left, lambda: connection.recv(size))
            case Send(connection, data):
                return self._with_socket(connection, left, lambda: connection.sendall(data))
            case Call(function):
                return function()
            case Wait(future):
                return self._result(future, left)
            case Run(make):
                return self._result(self._loop.submit(make()), left)
            case Sleep(seconds):
                self._sleep(seconds, left)
                return None

    def _sleep(self, seconds: float, left: float) -> None:
        if self._stopped.wait(min(seconds, left)) or seconds >= left:
            raise ExpiredError

    def _with_socket(self, connection: socket, left: float, operation: Callable[[], T]) -> T:
        self._waiting = connection
        try:
            if self._stopped.is_set():
                raise ExpiredError
            connection.settimeout(left)
            return operation()
        except TimeoutError as error:
            if error.errno is None:  # the time-out that was set here, not one of the network
                raise ExpiredError from None
            raise
        finally:
            self._waiting = None

    def _result(self, future: Future[T], left: float) -> T:
        self._waiting = future
        try:
            return future.result(left)
        except (TimeoutError, CancelledError):
            if future.cancel() or future.cancelled():
                raise ExpiredError from None
            if future.exception() is not None:
                raise
            return future.result()
        except BaseException:
            future.cancel()
            raise
        finally:
            self._waiting = None
            del future  # an error that holds this frame shall not be held by it: it may hold a whole answer

    def _together(self, works: tuple[Work[None], ...], ends: float) -> None:
        lanes = [_Lane(work, Blocking(self._loop), ends) for work in works]
        try:
            for lane in lanes:
                lane.thread.start()
            for lane in lanes:
                lane.thread.join()
                if lane.error is not None:
                    raise lane.error
        finally:
            for lane in lanes:
                lane.end()


class _Lane:
    """One work of several, in its thread."""

    def __init__(self, work: Work[None], driver: Blocking, ends: float) -> None:
        self.error: BaseException | None = None
        self._work, self._driver, self._ends = work, driver, ends
        self.thread = threading.Thread(target=self._run, name="irtkit-lane", daemon=True)

    def _run(self) -> None:
        try:
            self._driver.run(self._work, self._ends)
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
            self.error = error

    def end(self) -> None:
        if self.thread.ident is None:
            self._work.close()
        else:
            self._driver.stop()
            self.thread.join()
