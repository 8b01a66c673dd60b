"""The plain files of a report: JSON and CSV with fixed schemas, pictures and the model."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any

from ..charts.drawing import Drawing
from ..log.event_log import EventLog
from ..log.ledger import Ledger
from ..quality.fitness import assess_fitness
from ..words import say
from . import fit
from .assessment import MODEL_ACTIVITIES, MODEL_VARIANTS, Assessment
from .finding_cases import FindingCases
from .moments import iso

# what a report folder holds, and nothing else
FILES = ("report.html", "diagnosis.html", "report.xlsx", "ledger.json", "set_aside.csv", "defects.csv", "fitness.json",
         "kpis.json", "findings.json", "findings", "figures", "model", "to_mend", "README.txt")
PRESENTED = ("report.pptx", "report.docx", "report.pdf")       # beside report.html, where asked for
OF_REVIEWS = ("effects.json", "effects.csv", "cases.csv")     # beside report, ledger and figures of a comparison
SET_ASIDE = ("file", "line_from", "line_to", "reason", "text")
CASES_OF_FINDING = ("case_id", "days_here", "state", "started", "ended", "first_row", "last_row", "amount",
                    "currency")
TO_MEND = "to_mend"
_DPI = 120      # sharp on a slide
_FORMULA_STARTS = "=+-@\t\r\0\uff1d\uff0b\uff0d\uff20"


def completed(ledger: Ledger, counts: Mapping[str, int]) -> Ledger:
    """The ledger with the totals that only the answers know: variants and work instances."""
    known = {name: counts[name] for name in ("variants", "work_instances")}
    return replace(ledger, totals={**ledger.totals, **known})


def write_plain(found: Assessment, ledger: Ledger, folder: Path, lang: str) -> None:
    """All JSON and CSV files."""
    log = found.log
    _write_working(folder / "ledger.json", ledger.to_dict())
    write_set_aside(ledger, folder)
    if log.privacy.pseudonyms is None:      # a pseudonym given back would be hidden once more
        write_rows_to_mend(log, folder)
    write_csv(folder / "defects.csv", fit.DEFECTS, fit.defect_rows(log))
    _write_working(folder / "fitness.json", assess_fitness(log, lang=lang).to_dict())
    _write_working(folder / "kpis.json", {**found.kpis.to_dict(), "as_of": iso(log.as_of, log.timezone)})
    write_findings(found, folder)


def write_findings(found: Assessment, folder: Path) -> None:
    """findings.json, and beside it one CSV a finding with all its cases, the worst first."""
    _write_working(folder / "findings.json", found.diagnosis.to_dict())
    (folder / "findings").mkdir()
    behind = FindingCases(found)
    for finding in found.diagnosis:
        rows = ((row.case_id, row.days_here, row.state, row.started.isoformat(), row.ended.isoformat(), row.first_row,
                 row.last_row, Decimal(row.amount) if row.amount else "", row.currency) for row in behind.rows(finding))
        write_csv(folder / finding.case_file, CASES_OF_FINDING, rows)


def write_set_aside(ledger: Ledger, folder: Path) -> None:
    """set_aside.csv: the rows that are no events, with place, reason and text."""
    rows = ((r.file, r.line_from, r.line_to, r.reason, r.text) for r in ledger.set_aside_rows)
    write_csv(folder / "set_aside.csv", SET_ASIDE, rows)


def write_rows_to_mend(log: EventLog, folder: Path) -> None:
    """A CSV a file of the rows that are no events, with the columns of the source: mended and read beside the source
    they take the place of the old ones."""
    taken: set[str] = set()
    for file, frame in log.tables.set_aside():
        if not taken:
            (folder / TO_MEND).mkdir()
        slug = re.sub(r"[\W_]+", "-", PurePath(file).name.lower()).strip("-")[:60] or "rows"
        while slug in taken:
            slug += "-2"
        taken.add(slug)
        rows = frame.astype(object).where(frame.notna(), "").itertuples(index=False)
        write_csv(folder / TO_MEND / f"{slug}.csv", list(frame.columns), rows)


def write_readme(folder: Path, lang: str, level: str) -> None:
    """README.txt: for whom the folder is, what each file in it holds. level: the level of the report, in words."""
    inside = {path.name for path in folder.iterdir()} - {"README.txt"}
    told = [f"{name}\n    {say('reports.holds_' + name.replace('.', '_'), lang)}"
            for name in (*FILES, *OF_REVIEWS, *PRESENTED) if name in inside]
    text = "\n\n".join([level, *told]) + "\n"
    (folder / "README.txt").write_text(text, encoding="utf-8-sig", newline="\r\n")


def write_figures(drawings: Sequence[Drawing], folder: Path) -> None:
    """Every picture as SVG and PNG."""
    place = folder / "figures"
    place.mkdir()
    for drawing in drawings:
        (place / f"{drawing.name}.svg").write_text(drawing.svg(), encoding="utf-8", newline="\n")
        (place / f"{drawing.name}.png").write_bytes(drawing.png(_DPI))


def write_model(found: Assessment, folder: Path, lang: str) -> None:
    """The discovered model in open notations, or a note that says why there is none."""
    place = folder / "model"
    place.mkdir()
    if found.model is not None:
        found.model.write(place)
        return
    why = say(f"reports.{found.no_model}", lang, variants=MODEL_VARIANTS, activities=MODEL_ACTIVITIES)
    note = say("reports.not_built_model", lang, why=why) + "\n"
    (place / "README.txt").write_text(note, encoding="utf-8", newline="\n")


def _write_working(path: Path, content: Mapping[str, Any]) -> None:
    """JSON that may hold cases and text of the source, and says so."""
    write_json(path, {**content, "level": "working"})


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """UTF-8, sorted keys, nothing that JSON does not know."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str | float | Decimal]]) -> None:
    """UTF-8 with a mark that Excel needs; texts that a spreadsheet would run get a leading apostrophe."""
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as target:
        writer = csv.writer(target, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows([harmless(value) if isinstance(value, str) else value for value in row] for row in rows)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also not behind blanks."""
    return f"'{text}" if text.lstrip(" \n\u00a0\u3000")[:1] in tuple(_FORMULA_STARTS) else text
