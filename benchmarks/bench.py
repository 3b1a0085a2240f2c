"""Where a run of the benchmarks works: the dumps, irtkit's program, the peers' environments, the index.

Each is made on first use. Dumps and environments stay in the data folder for the next run.
"""

import shutil
import sys
import tempfile
import venv
from functools import cached_property
from pathlib import Path
from typing import Self

import dumps
from dumps import Scale
from measure import Bar, run

HERE = Path(__file__).resolve().parent
MEMORY = Path("/dev/shm")
PEERS = {
    "peers": (
        "numpy==2.4.6",
        "polars==2.1.0",
        "polars-iptools==0.2.2",
        "polars-rpsl==0.1.4",
        "pyarrow==26.0.1",
        "pytricia==1.3.0",
    ),
    "irrd": ("irrd==4.5.4",),
}
"""Environment by environment, what users would pick instead. IRRd has its own, because it pins much."""


class Bench:
    """One run at one scale. Use it in a `with`: leaving removes what only this run needed.

    `rounds` is how often each program runs; the medians count.
    """

    def __init__(self, data: Path, scale: Scale, rounds: int, scratch: Path | None = None) -> None:
        self.data, self.scale, self.rounds = data.resolve(), scale, rounds
        self.data.mkdir(parents=True, exist_ok=True)
        if scratch is None and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 8e9:
            scratch = MEMORY
        self.scratch = Path(tempfile.mkdtemp(prefix="irtkit-bench-", dir=scratch or self.data))
        """Short-lived lists and tables: where it is said, or in memory when there is room, so that no disk counts."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.scratch)

    @cached_property
    def dumps(self) -> Path:
        return dumps.make(self.data / f"data{self.scale.name}", self.scale.inetnum, self.scale.inet6num)

    @cached_property
    def index(self) -> Path:
        """An index that this run's irtkit has built from all the dumps."""
        index = self.data / f"data{self.scale.name}.index"
        run(*self.build_command(index))
        return index

    def build_command(self, index: Path) -> list[str | Path]:
        return [*self.irtkit, "index", "build", *dumps.gz_files(self.dumps), "--output", index]

    @property
    def irtkit(self) -> list[str | Path]:
        """The installed program, as a user starts it."""
        return [Path(sys.executable).with_name("irtkit")]

    def worker(self, name: str, *arguments: str | Path, environment: str | None = None) -> list[str | Path]:
        """The command of one of our own programs, in irtkit's environment or in that of the peers named."""
        python = self._environment(environment) if environment else Path(sys.executable)
        return [python, HERE / f"{name}.py", *arguments]

    def bar(self, bar: Bar) -> Bar | None:
        """*bar* at the scale for which most bars are set, a million objects; elsewhere none."""
        return bar if self.scale.name == "1m" else None

    def _environment(self, name: str) -> Path:
        folder = self.data / name
        python = folder / "bin" / "python"
        made_for = folder / "made-for.txt"
        wanted = "\n".join(PEERS[name])
        if not made_for.exists() or made_for.read_text() != wanted:
            venv.create(folder, with_pip=True, clear=True, symlinks=True)
            run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEERS[name])
            made_for.write_text(wanted)
        return python
