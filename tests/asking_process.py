"""A process that asks as long as its budget lasts, for tests of the ledger that processes share.

    asking_process.py LEDGER KIND MOST

Each line of its input, `REGISTRY PORT`, is a round: it asks the server on that port, on this registry's account, until
the ledger says no, at most MOST times, and writes how often it was answered.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from irtkit.clients.ledger import Ledger
from irtkit.clients.rules import Rules
from irtkit.errors import BudgetError
from irtkit.registries import Allowance
from irtkit.wire.questions import Server, WhoisQuestion

sys.path.insert(0, str(Path(__file__).parent))

from both_clients import Everywhere, Runner, ask, make_client

BUDGET = 100


def count_answers(runner: Runner, question: WhoisQuestion, most: int) -> int:
    for answered in range(most):
        try:
            runner(ask(question), seconds=60)
        except BudgetError:
            return answered
    return most


def main(path: str, kind: str, most: str) -> None:
    for line in sys.stdin:
        registry, port = line.split()
        question = WhoisQuestion(Server("127.0.0.1", int(port), registry=registry), b"q", personal=True)
        budgets = {registry: Allowance(personal_per_day=BUDGET)}
        with (
            closing(Ledger(path)) as ledger,
            make_client(kind, Rules(allowed=Everywhere()), ledger=ledger, budgets=budgets) as runner,
        ):
            sys.stdout.write(f"{count_answers(runner, question, int(most))}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
