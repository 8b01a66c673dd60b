"""Where the folders that come with the product are: invented sample logs and notebooks.

In a checkout they stand beside the package; in an installed wheel they lie inside it.
"""

from __future__ import annotations

from pathlib import Path

from .errors import InputError

FOLDERS = ("sample_logs", "notebooks")


def folder(name: str) -> Path:
    """Path of a bundled folder.

    name: one of FOLDERS. Raises InputError where the installation lacks it.
    """
    package = Path(__file__).resolve().parent
    for place in (package / "_bundled" / name, package.parent / name):
        if name in FOLDERS and place.is_dir():
            return place
    raise InputError(
        f"The folder {name!r} does not come with this installation.",
        fix=f"Choose one of {', '.join(FOLDERS)}, or install ltcdiag again.",
    )


def sample(name: str = "ltc_zh") -> Path:
    """The folder of an invented sample log. ltc_zh, ltc_en, clean_twin: tables of events;
    change_zh, change_en: the same with a change in the middle; story_zh, story_en: the worked story, with folders
    1_assess, 2_implement, 3_review, voices_before and voices_after; end_to_end: CRM, ERP and
    finance files of one company; salesforce, hubspot, zoho, jiandaoyun: exports of one system. Raises InputError for
    another name."""
    logs = folder("sample_logs")
    known = sorted(path.name for path in logs.iterdir() if path.is_dir() and path.name[0] != "_")
    if name not in known:
        raise InputError(f"There is no sample log {name!r}.", fix=f"Choose one of {', '.join(known)}.")
    return logs / name
