"""The command line: its verbs, each a module that is imported when it is called, and how errors end it.

Exit status: 0 when the work was done, 1 when it could not be done (one line on standard error says why), 2 for a
command line that means nothing, 130 after Ctrl-C, 141 when nobody reads the output any more.

It does no work; each verb calls a journey.
"""

import atexit
import gc
import io
import os
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from irtkit import __version__
from irtkit.errors import IrtkitError, reason_of

__all__ = ["main"]

_VERBS = (
    "authorise",
    "cache",
    "check",
    "encrypt",
    "format",
    "index",
    "keycert",
    "keys",
    "resolve",
    "sign",
    "submit",
    "template",
    "verify",
    "whois",
)
_LONGEST_GUESS = 80
"""Characters that are compared with the verbs; no verb has as many."""
_INTERRUPTED, _UNREAD = 130, 141
"""What a shell reports of a program that SIGINT or SIGPIPE ended."""


class _Failure(click.ClickException):
    """Work that could not be done."""

    def show(self, file: Any = None) -> None:  # noqa: ANN401 - as click declares it
        from irtkit.index.layout import printable  # noqa: PLC0415 - for errors only

        click.echo(f"irtkit: error: {printable(self.message)}", file=file, err=file is None)


class _Verbs(click.Group):
    """The verbs by name, and their errors as one line each."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click declares it
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as click declares it
        if cmd_name not in _VERBS:
            return None
        command: click.Command = import_module(f"irtkit.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _VERBS and name[:1].isalnum() and not ctx.resilient_parsing:
            ctx.fail(f"No such command {name!r}.{_perhaps(name)}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click declares it
        if sys.stdout is None:
            raise _Failure("standard output: is closed")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # whatever the terminal's encoding lacks
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interruption:
            for note in getattr(interruption, "__notes__", ()):
                click.echo(f"irtkit: warning: {note}", err=True)
            ctx.exit(_INTERRUPTED)
        except BrokenPipeError:
            _forget_output()
            ctx.exit(_UNREAD)
        except OSError as error:
            _fail(error)
        except IrtkitError as error:
            raise _Failure(str(error)) from None


def _perhaps(name: str) -> str:
    """Return the question whether another verb was meant, in click's words about options, or nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - for errors only

    close = get_close_matches(name.lower()[:_LONGEST_GUESS], _VERBS, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def _fail(error: OSError) -> NoReturn:
    if error.filename is None:
        _forget_output()
    where = "standard output" if error.filename is None else os.fsdecode(error.filename)
    raise _Failure(f"{where}: {reason_of(error)}") from None


def _forget_output() -> None:
    """Let what cannot be written go nowhere, so that Python does not try again at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's threads for matrices, which nobody here multiplies
atexit.register(gc.freeze)  # Python need not look through everything once more at its end: a tenth of a first answer


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Who answers for this address, and is this object right?

    Incident response contacts from registry dumps, with the reasons; a registry's verdict before objects are sent.
    """
