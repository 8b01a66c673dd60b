"""Remake requirements.lock, every package of the core and of [dev], and requirements-spark.lock, those of [spark]
alone: for every system, with hashes.

    python tools/lock.py            remake it after a change of the dependencies in pyproject.toml
    python tools/lock.py --upgrade  the same, with the newest versions allowed

The lock names no registry: whoever installs from it uses their own, and the hashes prove the files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOW = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header"]
COMMAND = ["uv", "pip", "compile", "pyproject.toml", "--extra", "dev", *HOW, "--output-file", "requirements.lock"]
SPARK = ["uv", "pip", "compile", "-", *HOW, "--output-file", "requirements-spark.lock"]


def main(arguments: list[str]) -> int:
    """Run uv and return its exit code."""
    quiet = {**os.environ, "UV_NO_PROGRESS": "1"}
    done = subprocess.run([*COMMAND, *arguments], cwd=ROOT, env=quiet, stdout=subprocess.DEVNULL, check=False)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    spark = subprocess.run([*SPARK, *arguments], cwd=ROOT, env=quiet, stdout=subprocess.DEVNULL, check=False,
                           input="\n".join(extras["spark"]), text=True)
    return done.returncode or spark.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
