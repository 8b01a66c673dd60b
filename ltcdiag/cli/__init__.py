"""The command line: plain sentences, progress on stderr, exit code 0 done, 2 the user must act."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..engine.connection import MEMORY
from ..errors import ConservationError, LtcdiagError
from ..words import say, use
from .arguments import parser
from .telling import DONE, FAULT, STOPPED, USER_MUST_ACT, stop

_INTERRUPTED = "Query interrupted"      # what DuckDB makes of Ctrl-C
_NO_SPACE = ("IOException", "OutOfMemoryException")     # DuckDB's: neither room in memory nor on the disk


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; no traceback reaches the user."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that lacks a character must not stop the work
    lang = "zh"
    try:
        asked = parser().parse_args(arguments)
        lang = asked.lang
        with use(lang), _memory(getattr(asked, "memory", None)):
            asked.run(asked)
            sys.stdout.flush()
    except ConservationError as error:
        return stop(say("cli.fault", lang, what=error), FAULT)
    except LtcdiagError as error:
        return stop(str(error), USER_MUST_ACT)
    except KeyboardInterrupt:
        return stop(say("cli.stopped", lang), STOPPED)
    except Exception as error:
        if os.environ.get("LTCDIAG_DEBUG"):
            raise
        return _told(error, lang)
    return DONE


@contextmanager
def _memory(allowed: str | None) -> Iterator[None]:
    """What the tables may take while a command runs; every connection asks the variable for it."""
    before = os.environ.get(MEMORY)
    if allowed is not None:
        os.environ[MEMORY] = allowed
    try:
        yield
    finally:
        if allowed is not None:
            os.environ.pop(MEMORY) if before is None else os.environ.update({MEMORY: before})


def _told(error: Exception, lang: str) -> int:
    """What went wrong outside the user's data: somebody stopped us, the disk is full, or it is our fault."""
    if isinstance(error, RuntimeError) and str(error) == _INTERRUPTED:
        return stop(say("cli.stopped", lang), STOPPED)
    if isinstance(error, BrokenPipeError):      # who reads what we print has gone: nobody is there to be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAULT
    full = type(error).__name__ in _NO_SPACE
    if full or isinstance(error, OSError):
        what = "" if full else getattr(error, "strerror", None) or str(error)
        said = say("cli.no_space", lang) if full else say("cli.refused", lang, what=what)
        return stop(f"{said}\n  -> {say('cli.refused_fix', lang, folder=tempfile.gettempdir())}", USER_MUST_ACT)
    return stop(say("cli.fault", lang, what=f"{type(error).__name__}: {error}"), FAULT)
