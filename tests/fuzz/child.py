"""Tries inputs in a process of its own: `python -m tests.fuzz.child KIND FIRST COUNT`. One line of JSON an input."""

from __future__ import annotations

import json
import sys
import traceback
import warnings

from .inputs import damaged
from .judging import outcome


def main(kind: str, first: int, count: int) -> None:
    warnings.simplefilter("error")      # a library that warns would warn a user
    _limit_memory()
    for seed in range(first, first + count):
        _say(kind=kind, seed=seed)      # said before: a hang has a name then
        made = damaged(kind, seed)
        try:
            told = outcome(made)
        except BaseException as error:  # noqa: BLE001 - whatever comes is what we look for
            told = "".join(traceback.format_exception(error))
        _say(kind=kind, seed=seed, told=told, damage=made.damage)


def _say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def _limit_memory() -> None:
    """No input of a few kilobytes may take gigabytes."""
    try:
        import resource
    except ImportError:     # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
