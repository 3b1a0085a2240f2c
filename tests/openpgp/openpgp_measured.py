"""The irtkit program in a process of its own: how long it computed, and the most memory of it or of its gpg."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = """
import json, os, subprocess, sys
with open(sys.argv[1], "wb") as output:
    process = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
_, status, usage = os.wait4(process.pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024]))
"""
"""A small process between ours and the program: Linux counts the memory of whoever starts a process as its own."""


@dataclass(frozen=True)
class Measured:
    """A run that is over.

    *seconds* are those in which it or a gpg computed, however busy the machine is; *most* is memory in bytes.
    """

    status: int
    seconds: float
    most: int
    output: str


def irtkit(output: Path, *arguments: str | Path) -> Measured:
    """Run irtkit; what it prints, on either stream, passes through the file *output*."""
    program = [sys.executable, "-c", "from irtkit.cli import main; main(prog_name='irtkit')"]
    command = [sys.executable, "-c", LAUNCHER, str(output), *program, *map(str, arguments)]
    told = subprocess.run(command, capture_output=True, check=True, timeout=300).stdout
    status, seconds, most = json.loads(told)
    return Measured(status, seconds, most, output.read_text(encoding="utf-8", errors="replace"))
