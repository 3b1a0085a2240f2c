"""Many processes, one ledger, a budget of a hundred: a hundred questions leave, every time, whoever is killed."""

import subprocess
import sys
import threading
import time
from pathlib import Path

from irtkit.clients.ledger import Ledger

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the folder is no package, and the server is in it

from asking_process import BUDGET
from hostile_servers import Loopback, Talk, ripe_answer, saying

TESTS = Path(__file__).resolve().parents[1]
PROCESSES = 20
ROUNDS = 20
PERSON = ripe_answer(b"person: Jane Doe\nnic-hdl: JD1-TEST\nsource: TEST\n")


def started(path: Path, count: int) -> list[subprocess.Popen[str]]:
    command = [sys.executable, str(TESTS / "asking_process.py"), str(path)]
    return [
        subprocess.Popen(
            [*command, ("threads", "asyncio")[number % 2], "1000"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(count)
    ]


def tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def test_exactly_the_budget_leaves_the_machine_every_time(tmp_path: Path) -> None:
    """Ten processes ask with threads, ten with asyncio, all as long as the ledger lets them."""
    path = tmp_path / "ledger.sqlite"
    processes = started(path, PROCESSES)
    try:
        for number in range(ROUNDS):
            with Loopback(saying([PERSON])) as server:
                for process in processes:
                    tell(process, f"registry-{number:02} {server.port}")
                answered = [hear(process) for process in processes]
            assert sum(answered) == BUDGET
            assert len(server.asked) == server.connected == BUDGET
    finally:
        for process in processes:
            process.communicate()
    ledger = Ledger(path)
    counted = [(usage.personal, usage.queries, usage.connections) for usage in ledger.usage()]
    ledger.close()
    assert counted == [(BUDGET, BUDGET, 0)] * ROUNDS


def test_processes_that_are_killed_lose_no_count(tmp_path: Path) -> None:
    """Half of them end in the middle of what they do: the others stop at the budget, and hold up nobody."""
    path = tmp_path / "ledger.sqlite"
    processes = started(path, PROCESSES // 2)
    halfway = threading.Event()

    def answering_slowly(talk: Talk) -> None:
        talk.line()
        if len(talk.asked) >= BUDGET // 2:
            halfway.set()
        time.sleep(0.02)
        talk.send(PERSON)

    killed, others = processes[: PROCESSES // 4], processes[PROCESSES // 4 :]
    try:
        with Loopback(answering_slowly) as server:
            for process in processes:
                tell(process, f"test {server.port}")
            assert halfway.wait(60)
            for process in killed:
                process.kill()
            for process in others:
                hear(process)
    finally:
        for process in processes:
            process.communicate()
    ledger = Ledger(path)
    (usage,) = ledger.usage()
    ledger.close()
    assert (usage.personal, usage.queries, usage.connections) == (BUDGET, BUDGET, 0)
    assert BUDGET - len(killed) <= len(server.asked) <= BUDGET
