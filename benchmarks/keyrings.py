"""A thousand key-certs into one keyring, against python-gnupg with a process for each key, as IRRd imports them.

Both begin with the same file of key-certs and end with a keyring of all of them, and a signature verified with it. In
the second row they end with what GnuPG says of each key: nearly all of irtkit's time is GnuPG's arithmetic, a signature
of each key on itself. The third one counts the processes of gpg that irtkit started for that.

As a program it is one side in a fresh process: `keyrings.py irtkit|python-gnupg|write SCRATCH`.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from measure import Row, at_least, at_most, best_of, median_figures, round_robin, run, seconds_text

if TYPE_CHECKING:
    from bench import Bench

KEYS = 1_000
NAME, SIGNED = "keyring.rpsl", "signed.txt"
MADE_KEYS = Path(__file__).resolve().parents[1] / "tests" / "openpgp"


def irtkit_side(scratch: Path) -> dict[str, float]:
    from irtkit.clients.gpg import run, temporary_home  # noqa: PLC0415  the orchestrator stays small
    from irtkit.clients.gpg_keycerts import read_key_certs  # noqa: PLC0415  the same
    from irtkit.clients.gpg_keys import key_states, ring_options, write_ring  # noqa: PLC0415  the same

    started: list[object] = []
    start = subprocess.Popen.__init__

    def counted(*words: object, **settings: object) -> None:
        started.append(words[1])
        start(*words, **settings)  # type: ignore[call-overload] # whatever came goes on

    def ring() -> None:
        keys = [cert.key for cert in read_key_certs([str(scratch / NAME)]) if cert.key]
        with temporary_home() as home:
            write_ring(home, keys)
            verified = run([*ring_options(home), "--verify"], (scratch / SIGNED).read_bytes(), home=home)
        assert len(keys) == KEYS
        assert b"VALIDSIG" in verified.status

    def states() -> None:
        keys = [cert.key for cert in read_key_certs([str(scratch / NAME)]) if cert.key]
        assert sum(state.can_sign for state in key_states(keys).values()) == KEYS

    figures = {"ring": best_of(1, ring)}
    subprocess.Popen.__init__ = counted  # type: ignore[method-assign] # so that processes are counted
    return {**figures, "states": best_of(1, states), "processes": len(started)}


def peer_side(scratch: Path) -> dict[str, float]:
    import gnupg  # type: ignore[import-untyped] # noqa: PLC0415  the orchestrator stays small

    from irtkit.rpsl import parse_objects  # noqa: PLC0415  the same

    with tempfile.TemporaryDirectory(dir=scratch) as home:
        gpg = gnupg.GPG(gnupghome=home, options=["--no-auto-check-trustdb"])

        def ring() -> None:
            for obj in parse_objects((scratch / NAME).read_text()):
                gpg.import_keys("".join(f"{line}\n" for line in obj.values("certif")))
            assert gpg.verify((scratch / SIGNED).read_bytes())

        def states() -> None:
            assert len(gpg.list_keys()) == KEYS

        seconds = best_of(1, ring)
        return {"ring": seconds, "states": seconds + best_of(1, states)}


def write(scratch: Path) -> dict[str, float]:
    """Write the key-certs of a thousand people, and what the last of them signed."""
    sys.path.insert(0, str(MADE_KEYS))
    from openpgp_made import MadeKey  # noqa: PLC0415  it is the tests'

    from irtkit.openpgp.keycerts import build_key_cert  # noqa: PLC0415  the orchestrator stays small

    keys = [MadeKey(seed, name=b"Person %d <%d@example.net>" % (seed, seed)) for seed in range(1, KEYS + 1)]
    certs = [str(build_key_cert(key.public(), [("source", "RIPE")])) for key in keys]
    (scratch / NAME).write_text("\n".join(certs), encoding="utf-8")
    signed = keys[-1].clear_signed("irt: irt-example\nsource: RIPE\n", created=keys[-1].created + 60)
    (scratch / SIGNED).write_text(signed, encoding="utf-8")
    return {"keys": KEYS}


def rows(bench: "Bench") -> list[Row]:
    run(*bench.worker("keyrings", "write", bench.scratch))
    sides = {side: partial(run, *bench.worker("keyrings", side, bench.scratch)) for side in SIDES if side != "write"}
    runs = round_robin(sides, bench.rounds)
    ours, theirs = median_figures(runs["irtkit"]), median_figures(runs["python-gnupg"])
    return [
        Row(
            "keyrings",
            f"{KEYS:,} key-certs into one keyring",
            seconds_text(ours["ring"]),
            f"python-gnupg, one by one {seconds_text(theirs['ring'])}",
            theirs["ring"] / ours["ring"],
            "x",
            at_least(20),
        ),
        Row(
            "keyrings",
            "the same, and the state of each key",
            seconds_text(ours["states"]),
            f"python-gnupg, one by one {seconds_text(theirs['states'])}",
            theirs["states"] / ours["states"],
        ),
        Row("keyrings", "processes of gpg for it", f"{ours['processes']:.0f}", "", ours["processes"], "", at_most(1)),
    ]


SIDES: dict[str, Callable[[Path], dict[str, float]]] = {
    "irtkit": irtkit_side,
    "python-gnupg": peer_side,
    "write": write,
}

if __name__ == "__main__":
    print(json.dumps(SIDES[sys.argv[1]](Path(sys.argv[2]))))
