"""Make the sample exports of each system and of one whole company, the same bytes on every run.

    python sample_logs/generate_systems.py [FOLDER]

Nothing here uses ltcdiag. The deals of the four CRM samples are one plan (systems_plan.py), written once in the
schema and dialect of each system; the company of end_to_end has a plan of its own (systems_company.py). truth.toml
is written from the plan and from counting what was written, so that tests can hold ltcdiag against it. The parts
inside a workbook are the same on every computer; how they are packed depends on its zip library.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from systems_files import Folder

SYSTEMS = ("salesforce", "hubspot", "zoho", "jiandaoyun", "end_to_end")


def folders() -> list[Folder]:
    """Every sample with its files and its truth."""
    sys.dont_write_bytecode = True  # a folder of compiled modules among the samples would look like one of them
    from importlib import import_module

    from systems_plan import draw

    plan = draw()
    return [import_module(f"systems_{name}").folder(plan) for name in SYSTEMS]


def write(place: Path) -> list[Path]:
    """Write every sample below `place`; returns the files written."""
    written = []
    for folder in folders():
        for name, content in folder.contents().items():
            target = place / folder.name / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            written.append(target)
    return written


if __name__ == "__main__":
    made = write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
    print(f"{len(made)} files in {', '.join(SYSTEMS)}")  # not their names: some are Chinese, some consoles are not
