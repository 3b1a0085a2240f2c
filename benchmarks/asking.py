"""Two thousand questions to an IRRd on loopback, over connections that are kept and not.

All ways are irtkit's own client, in fresh processes in turn: a connection for each question, as whois programs do it,
one connection that is kept, and twenty at once with asyncio. The question is the one that IRRd is asked most, the
prefixes of an AS (`!g`).

What a connection costs is measured on one processor, IRRd and its client together: a question and its answer wake a
process each, and on a virtual machine that may take longer on another processor than IRRd takes to answer. What twenty
connections gain is measured on all processors, against one connection there.

As a program it is one way, `asking.py reconnecting|persistent|async HOST PORT`; without arguments it prints the table.
It needs what tests/integration/irrd.py needs.
"""

import asyncio
import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from measure import Row, at_least, median_figures, round_robin, run, table

if TYPE_CHECKING:
    from bench import Bench

    from irtkit.wire.questions import Journey, Server, WhoisQuestion

QUESTIONS = 2_000
CONNECTIONS = 20
TESTS = Path(__file__).resolve().parents[1] / "tests"


def questions(server: "Server", *, persistent: bool) -> list["WhoisQuestion"]:
    from irtkit.wire.whois.irrd import routes_of_as  # noqa: PLC0415  the orchestrator stays small

    return [routes_of_as(64500).as_question(server, persistent=persistent)] * QUESTIONS


def one_by_one(asked: list["WhoisQuestion"]) -> "Journey[int]":
    from irtkit.wire.questions import WhoisReply  # noqa: PLC0415  the same

    answered = 0
    for question in asked:
        reply = yield question
        answered += isinstance(reply, WhoisReply) and reply.body.startswith(b"A")
    return answered


def all_at_once(asked: list["WhoisQuestion"]) -> "Journey[int]":
    from irtkit.wire.questions import Batch, WhoisReply  # noqa: PLC0415  the same

    replies = yield Batch(tuple(asked))
    assert isinstance(replies, tuple)
    return sum(isinstance(reply, WhoisReply) and reply.body.startswith(b"A") for reply in replies)


def rated(answered: int, started: float) -> dict[str, float]:
    """Questions a second since *started*; all of them must have been answered."""
    seconds = time.perf_counter() - started
    assert answered == QUESTIONS, answered
    return {"rate": QUESTIONS / seconds}


def way(name: str, host: str, port: str) -> dict[str, float]:
    from irtkit.clients.driving import AsyncClient, Client  # noqa: PLC0415  the same
    from irtkit.clients.rules import Rules  # noqa: PLC0415  the same
    from irtkit.wire.questions import Server  # noqa: PLC0415  the same

    server = Server(host, int(port), "irrd", "utf-8")
    asked = questions(server, persistent=name != "reconnecting")
    most = CONNECTIONS if name == "async" else 1
    rules = Rules(seconds=300, connections=most, allowed={str(server)})
    if name != "async":
        with Client(rules) as client:
            client.run(one_by_one(asked[:1]))
            started = time.perf_counter()
            return rated(client.run(one_by_one(asked)), started)

    async def asynchronously() -> dict[str, float]:
        async with AsyncClient(rules) as client:
            await client.run(all_at_once(asked[: 2 * CONNECTIONS]))  # its connections are open
            started = time.perf_counter()
            return rated(await client.run(all_at_once(asked)), started)

    return asyncio.run(asynchronously())


def rates(names: tuple[str, ...], processors: set[int], rounds: int) -> dict[str, float]:
    """The median rate of each way; IRRd and the clients run on *processors*."""
    sys.path.insert(0, str(TESTS / "integration"))
    import irrd  # noqa: PLC0415  it is the tests'

    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)  # whatever is started from here on inherits it
    try:
        with irrd.irrd() as server:
            worker = [sys.executable, __file__]
            ways = {name: partial(run, *worker, name, server.host, str(server.whois_port)) for name in names}
            ways[names[-1]]()  # IRRd's workers have loaded what they answer from
            runs = round_robin(ways, rounds)
    finally:
        os.sched_setaffinity(0, allowed)
    return {name: median_figures(found)["rate"] for name, found in runs.items()}


def asking_rows(rounds: int) -> list[Row]:
    """What the ways of asking IRRd are against each other."""
    processors = os.sched_getaffinity(0)
    kept = rates(("reconnecting", "persistent"), {min(processors)}, rounds)
    many = rates(("persistent", "async"), processors, rounds)
    what = f"{QUESTIONS:,} questions to IRRd"
    return [
        Row(
            "asking",
            f"{what}, on one processor",
            f"one connection {kept['persistent']:,.0f}/s",
            f"one each {kept['reconnecting']:,.0f}/s",
            kept["persistent"] / kept["reconnecting"],
            "x",
            at_least(5),
        ),
        Row(
            "asking",
            f"{what}, on {len(processors)}",
            f"asyncio, {CONNECTIONS} connections {many['async']:,.0f}/s",
            f"one connection {many['persistent']:,.0f}/s",
            many["async"] / many["persistent"],
            "x",
            at_least(1.5),
        ),
    ]


def rows(bench: "Bench") -> list[Row]:
    return asking_rows(bench.rounds)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(way(*sys.argv[1:])))
    else:
        print(table(asking_rows(5)))
