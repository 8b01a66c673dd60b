"""What the lines of the docs are given: a folder with exports, a cycle, notes; heavy writing is only asked for."""

from __future__ import annotations

import inspect
import shutil
from pathlib import Path

import ltcdiag
from ltcdiag import comparing, growing, improving, intake, project, showing, workshops
from ltcdiag.cli import commands
from ltcdiag.words import current

NAMES = {
    "en": {"exports": "exports", "cycle": "cycle", "notes": "notes.xlsx", "drawing": "process.bpmn", "old": "old.xlsx",
           "new": "new.xlsx"},
    "zh": {"exports": "导出", "cycle": "循环", "notes": "访谈.xlsx", "drawing": "流程图.bpmn", "old": "旧.xlsx",
           "new": "新.xlsx"},
}
WRITERS = ((showing, "report"), (comparing, "review"), (comparing, "review_waves"), (improving, "week"),
           (workshops, "workshop"), (showing, "present"))


def furnish(folder: Path, lang: str) -> None:
    """The files that the pages of a language name, made of the sample of that language; English names in both."""
    story = ltcdiag.sample(f"story_{lang}")
    here = NAMES[lang]
    for name in {here["exports"], "exports"}:
        thinned([story / "1_assess", story / "3_review"], folder / name)
    for name in {here["cycle"], "cycle"}:
        shutil.copytree(ltcdiag.story("review", lang), folder / name)
    forms = ltcdiag.templates(folder / "made", lang)
    shutil.copy(forms[0], folder / here["notes"])
    tables(folder, lang)
    project.new_project(folder / "project", lang)
    shutil.copy(folder / "project" / "prices.toml", folder / "prices.toml")
    (folder / here["drawing"]).write_text(drawing(), encoding="utf-8", newline="\n")


def thinned(sources: list[Path], target: Path) -> None:
    """The exports with three deals of ten, so that reading them costs little."""
    target.mkdir()
    for path in (path for source in sources for path in source.glob("*.csv")):
        head, *lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        kept = [line for line in lines if line.split(",")[0][-1] in "147"]
        (target / path.name).write_text("".join([head, *kept]), encoding="utf-8", newline="")


def drawing() -> str:
    """A straight line of four steps, as a modelling tool writes it."""
    steps = ["start", "商机创建", "报价", "合同评审", "合同签订", "end"]
    tags = ["startEvent", *["task"] * 4, "endEvent"]
    nodes = "".join(f'<{tag} id="n{i}" name="{name}"/>' for i, (tag, name) in enumerate(zip(tags, steps, strict=True)))
    flows = "".join(f'<sequenceFlow id="f{i}" sourceRef="n{i}" targetRef="n{i + 1}"/>' for i in range(len(steps) - 1))
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:docs">'
            f'<process id="p">{nodes}{flows}</process></definitions>\n')


def tables(folder: Path, lang: str) -> None:
    """An old and a new export as workbooks: a year of deals, and those of the time after it."""
    import pandas as pd

    [path] = ltcdiag.sample(f"change_{lang}").glob("*.csv")
    rows = pd.read_csv(path, dtype=str)
    case, time = rows.columns[0], rows.columns[3]
    begun = pd.to_datetime(rows[time], errors="coerce").groupby(rows[case]).transform("min")
    middle = begun.quantile(0.5)
    for name, part in (("old", begun < middle), ("new", begun >= middle)):
        rows[part].head(600).to_excel(folder / NAMES[lang][name], index=False)


class Asked:
    """Stands for what a writer gives back: it was asked with arguments that fit, and its folder is there."""

    def __init__(self, out):
        self.folder = self.report = Path(out)
        if not self.folder.suffix:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.report = self.folder / "report.html"
        self.report.write_text("", encoding="utf-8")
        self.lines: tuple[str, ...] = ()
        self.notes: tuple[str, ...] = ()

    def told(self, _lang):
        return []

    def to_dict(self):
        return {}


def light(monkeypatch) -> None:
    """Writers of reports bind their arguments and write nothing; the same exports are read once; no window opens."""
    for home, name in WRITERS:
        stub = asked_only(getattr(home, name))
        monkeypatch.setattr(ltcdiag, name, stub)        # first: the front door takes what it has not seen from the room
        monkeypatch.setattr(home, name, stub)
    once = read_once(intake.read)
    for home in (ltcdiag, intake, growing, improving):
        if home is ltcdiag or hasattr(home, "read"):
            monkeypatch.setattr(home, "read", once)
    monkeypatch.setattr(project, "open_lab", lambda folder, lang: None)
    monkeypatch.setattr(commands, "tell", lambda text: None)


def asked_only(real):
    asked = inspect.signature(real)

    def stub(*words, **options):
        bound = asked.bind(*words, **options)
        return Asked(bound.arguments["out"])

    return stub


SEEN = {}
"""What was read, by the names and lengths of its files and the options: for all pages of one run."""


def read_once(real):
    def read(source, **options):
        told = {name: value for name, value in options.items() if name != "progress"}
        many = source if isinstance(source, (list, tuple)) else [source]
        if not all(isinstance(one, (str, Path)) for one in many):
            return real(source, **told)
        key = (current(), repr([stamps(Path(one)) for one in many]), repr(sorted(told.items())))
        if key not in SEEN:
            SEEN[key] = real(source, **told)
        return SEEN[key]

    return read


def stamps(path: Path) -> list[tuple[str, int]]:
    """What is read, wherever it lies: the files with their lengths."""
    inside = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [(file.name, file.stat().st_size) for file in inside if file.is_file()]
