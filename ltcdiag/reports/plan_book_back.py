"""A plan's workbook taken back: what people changed goes into the plan, what they cannot change is said by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from ..cycle.parties import named
from ..cycle.plan import Goal, Measure, Milestone, Plan, Risk, Sign
from ..cycle.wishes import raci_faults
from ..errors import Fault, InputError
from ..sources.spreadsheet import sheet_rows
from ..words import SPOKEN, Texts, current, in_all, languages, say
from ..words.texts import tidy
from .grids import Value
from .plan_sheets import PERCENT, Cell, Sheet, parties, sheets_of, unit_of

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_OWN = {"goals": "G", "measures": "M", "milestones": "P"}
"""Sheets in which people may add rows, and how ids begin there."""
_MOST = 25
Edits = dict[str, Any]


def read_plan_book(path: str | Path, plan: Plan) -> Plan:
    """The plan with what was changed in its workbook, in either language.

    Rows are told by their id; a row without one is new. A measure whose row is gone counts as dropped, a risk as not
    chosen; goals and milestones without a row are gone. Where the RACI sheet names another A than before, that party
    answers. Raises InputError with every fault, by sheet and row."""
    book = sheet_rows(path)
    lang = _language(book, plan, Path(path).name)
    read = _Read(plan, lang, Path(path).name)
    found = {sheet.name: read.sheet(sheet, book[sheet.title(lang)]) for sheet in sheets_of(plan, lang)}
    made = read.plan_of(found)
    if read.faults:
        raise InputError(read.faults if len(read.faults) <= _MOST else [
            *read.faults[:_MOST], Fault(say("voices.more_faults", lang, n=f"{len(read.faults) - _MOST:,}"))])
    return made


def _language(book: Mapping[str, Any], plan: Plan, file: str) -> str:
    """The language in which it was written. Raises InputError for a workbook that is none of a plan."""
    lang = current()
    missing: list[str] = []
    for each in (lang, *(other for other in SPOKEN if other != lang)):
        missing = [sheet.title(each) for sheet in sheets_of(plan, each) if sheet.title(each) not in book]
        if not missing:
            return each
    missing = [sheet.title(lang) for sheet in sheets_of(plan, lang) if sheet.title(lang) not in book]
    raise InputError(say("plan_book.no_plan", lang, sheets=say("log.comma", lang).join(missing)), where=file,
                     fix=say("plan_book.no_plan_fix", lang))


@dataclass
class _Read:
    """What the sheets say so far. places: id → sheet and row."""

    plan: Plan
    lang: str
    file: str
    faults: list[Fault] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def sheet(self, sheet: Sheet, rows: Sequence[Sequence[str]]) -> dict[str, Edits]:
        """Id → what was changed in its row (every field of a new one); only rows that are there."""
        if not rows:        # the reader sees a sheet of headings alone as an empty one
            return {}
        heads = [text.strip() for text in rows[0]]
        cells = self._cells(sheet, heads)
        found: dict[str, Edits] = {}
        for number, row in enumerate(rows[1:], 2):
            texts = {cell.key: row[at].strip() if at < len(row) else "" for cell, at in cells}
            if not any(text.strip() for text in row):
                continue
            where = f"{self.file}#{sheet.title(self.lang)}:{number}"
            self._row(sheet, [cell for cell, _ in cells], texts, where, found)
        return found

    def _cells(self, sheet: Sheet, heads: Sequence[str]) -> list[tuple[Cell, int]]:
        """Each column with its place; columns that are gone are a fault, further ones of RACI are new parties."""
        known = {sheet.head(cell, self.lang): cell for cell in sheet.cells}
        where = f"{self.file}#{sheet.title(self.lang)}:1"
        self.faults += [Fault(say("plan_book.no_column", self.lang, column=name), where=where)
                        for name in known if name not in heads]
        found = [(known[name], at) for at, name in enumerate(heads) if name in known]
        more = [(name, at) for at, name in enumerate(heads) if name and name not in known]
        if sheet.name == "raci":
            shown = parties(self.plan, self.lang)
            return [*found, *((Cell(shown.get(name, name), "choice", words={x: x for x in "RACI"}), at)
                              for name, at in more)]
        self.faults += [Fault(say("plan_book.own_column", self.lang, column=tidy(name, 40)), where=where)
                        for name, _ in more]
        return found

    def _row(
        self, sheet: Sheet, cells: Sequence[Cell], texts: Mapping[str, str], where: str, found: dict[str, Edits],
    ) -> None:
        name = self._name(sheet, texts)
        written = dict(zip((cell.key for cell in sheet.cells), sheet.rows.get(name, ()), strict=False))
        if not name or (not written and sheet.name not in _OWN):
            self.faults.append(Fault(say("plan_book.no_such_row", self.lang, id=tidy(next(iter(texts.values())), 40)),
                                     where=where))
            return
        if name in found:
            self.faults.append(Fault(say("planning.twice", self.lang, name=name), where=where))
            return
        self.places[f"{sheet.name}:{name}"] = where
        edits: Edits = {"new": True} if not written else {}
        for cell in cells:
            if cell.key == sheet.cells[0].key:
                continue
            old, text = written.get(cell.key), texts[cell.key]
            if not _same(old, text):
                self._edit(sheet, cell, text, where, edits, new=not written)
        found[name] = edits

    def _name(self, sheet: Sheet, texts: Mapping[str, str]) -> str:
        """The id of a row; a new one for a row without."""
        given = texts.get(sheet.cells[0].key, "")
        if sheet.name == "overview":
            return next((key for key, row in sheet.rows.items() if row[0] == given), "")
        if given or sheet.name not in _OWN:
            return given
        taken = {key.partition(":")[2] for key in self.places} | set(sheet.rows)
        letter = _OWN[sheet.name]
        return next(f"{letter}{n}" for n in range(1, 10_000) if f"{letter}{n}" not in taken)

    def _edit(self, sheet: Sheet, cell: Cell, text: str, where: str, edits: Edits, *, new: bool) -> None:
        """One cell that is not as it was written."""
        if cell.how == "fixed" or (sheet.name == "overview" and where and not self._is_open(sheet, where)):
            if not new or text:
                self._refuse("fixed_cell", where, column=sheet.head(cell, self.lang), text=text)
            return
        if cell.needed and not text and not new:
            self._refuse("needs", where, column=sheet.head(cell, self.lang), text="")
            return
        try:
            edits[cell.key] = _parsed(cell, text)
        except ValueError:
            self._refuse(f"bad_{cell.how}", where, column=sheet.head(cell, self.lang), text=text,
                         fix=say("engine.one_of", self.lang, values=" / ".join(list(cell.words)[:30]))
                         if cell.words else "")

    def _is_open(self, sheet: Sheet, where: str) -> bool:
        name = next((key.partition(":")[2] for key, place in self.places.items() if place == where), "")
        return sheet.name == "overview" and name in ("question", "change", "review_on")

    def _refuse(self, key: str, where: str, *, column: str, text: str, fix: str = "") -> None:
        self.faults.append(Fault(say(f"plan_book.{key}", self.lang, column=column, text=tidy(text, 60) or "–"),
                                 where=where, fix=fix))

    # ---- what they mean ----------------------------------------------------------------------------------

    def plan_of(self, found: Mapping[str, Mapping[str, Edits]]) -> Plan:
        """The plan with all edits."""
        plan, said = self.plan, {key: row["value"] for key, row in found["overview"].items() if "value" in row}
        for key in ("change", "review_on"):
            if key in said and (day := _day(said[key])) is not None:
                said[key] = day
            elif key in said:
                self._refuse("bad_day", self.places[f"overview:{key}"], column=key, text=said[key])
        goals = tuple(self._goals(found["goals"]))
        measures = tuple(self._measures(found["measures"], found["raci"], {goal.id: goal for goal in goals}))
        milestones = tuple(self._milestones(found["milestones"]))
        risks = tuple(self._risk(each, found["risks"].get(each.key)) for each in plan.risks)
        self._days(said)
        return replace(plan, goals=goals, measures=measures, milestones=milestones, risks=risks, **said)

    def _days(self, said: Mapping[str, str]) -> None:
        change, review = (said.get("change", self.plan.change), said.get("review_on", self.plan.review_on))
        if change and review and review <= change:
            self.faults.append(Fault(say("cycle.review_before_change", self.lang, review=review, change=change),
                                     where=self.places.get("overview:review_on", self.file)))

    def _goals(self, rows: Mapping[str, Edits]) -> Iterator[Goal]:
        there = {goal.id: goal for goal in self.plan.goals}
        for name, edits in rows.items():
            if "kpi" not in edits and name not in there:
                self._refuse("needs", self.places[f"goals:{name}"], column=say("plan_book.col_kpi", self.lang), text="")
                continue
            goal = there.get(name) or Goal(name, edits["kpi"])
            if "kpi" in edits and edits["kpi"] != goal.kpi:      # another indicator has another baseline
                goal = replace(goal, kpi=edits["kpi"], baseline=None, basis={}, target=None,
                               why_no_baseline=_both("plan_book.measure_again"))
            told: Edits = {key: edits[key] for key in ("due", "accountable") if key in edits}
            if "target" in edits:
                value = edits["target"]
                told["target"] = value / PERCENT if value is not None and unit_of(goal) == "share" else value
                told["basis"] = _both("planning.basis_team_wish")
            yield replace(goal, **told)

    def _measures(
        self, rows: Mapping[str, Edits], raci: Mapping[str, Edits], goals: Mapping[str, Goal],
    ) -> Iterator[Measure]:
        there = {each.id: each for each in self.plan.measures}
        for name in dict.fromkeys([*there, *rows]):
            if name not in rows:
                yield replace(there[name], status="dropped")
                continue
            where, edits = self.places[f"measures:{name}"], rows[name]
            if name not in there and not edits.get("measure"):
                self._refuse("needs", where, column=say("plan_book.col_measure", self.lang), text="")
                continue
            found = there.get(name) or self._new(name, edits, goals)
            yield self._checked(self._measure(found, edits, raci.get(name, {}), where), where)
        for name in raci:
            if name not in rows and name not in there:
                self.faults.append(Fault(say("plan_book.no_such_row", self.lang, id=tidy(name, 40)),
                                         where=self.places[f"raci:{name}"]))

    def _new(self, name: str, edits: Edits, goals: Mapping[str, Goal]) -> Measure:
        goal = goals.get(str(edits.get("goal", "")))
        answering = str(edits.get("accountable") or (goal.accountable if goal else "process_owner"))
        return Measure(name, _same_text(edits["measure"]), kpi=goal.kpi if goal else "",
                       finding=goal.finding if goal else "", accountable=answering, owner=answering,
                       raci={answering: "A"}, ends=self.plan.change, no_gain=_both("planning.no_gain"),
                       no_sign=_both("planning.no_sign_own"))

    def _measure(self, found: Measure, edits: Edits, raci: Edits, where: str) -> Measure:
        told: Edits = {key: edits[key] for key in ("status", "goal", "owner", "begins", "ends") if key in edits}
        texts = {"measure": "name", "first": "first", "what": "what", "pitfall": "risk", "limits": "limits"}
        told |= {own: _same_text(edits[key]) for key, own in texts.items() if key in edits}
        if "effort" in edits:
            told["effort"] = int(edits["effort"] or 3)
        letters = {party: letter for party, letter in raci.items() if party != "new"}
        return self._signed(replace(found, **told, **self._answering(found, edits, letters, where)), edits, where)

    def _answering(self, found: Measure, edits: Edits, letters: Edits, where: str) -> Edits:
        """Who answers, and the letters: the RACI sheet and the column of names must not contradict each other."""
        old = {**found.raci, **letters}
        made = {party: letter for party, letter in old.items() if letter}
        was = next((party for party, letter in found.raci.items() if letter == "A"), "")
        answering = [party for party, letter in made.items() if letter == "A"]
        said = edits.get("accountable")
        if said and said in {*parties(self.plan, self.lang).values()} and said != was:
            if letters and answering not in ([said], [was]):
                self._refuse("two_answers", where, column=say("plan_book.col_accountable", self.lang), text=str(said))
            made = {party: "I" if letter == "A" else letter for party, letter in made.items()} | {said: "A"}
            return {"raci": made, "accountable": named(said, self.plan.people)}
        if said:
            return {"raci": made, "accountable": said}
        if letters and len(answering) == 1 and answering[0] != was:
            return {"raci": made, "accountable": named(answering[0], self.plan.people)}
        return {"raci": made} if letters else {}

    def _signed(self, found: Measure, edits: Edits, where: str) -> Measure:
        """How the log shows it, where the cells of it were changed."""
        if not {"sign_kind", "sign_activity", "sign_other", "sign_days"} & set(edits):
            return found
        old = found.sign or Sign("", "")
        kind, step = edits.get("sign_kind", old.kind), edits.get("sign_activity", old.activity)
        kept = old if kind == old.kind else Sign(kind, step)        # what another kind needed goes with it
        other, days = edits.get("sign_other", kept.other), edits.get("sign_days", kept.days)
        if not kind and not step:
            return replace(found, sign=None, no_sign=_both("planning.no_sign_own"))
        lacks = [key for key, wrong in (("sign_kind", not kind), ("sign_activity", not step),
                                        ("sign_other", kind == "before" and not other),
                                        ("sign_days", kind == "within" and days is None)) if wrong]
        for key in lacks:
            self._refuse("needs", where, column=say(f"plan_book.col_{key}", self.lang), text="")
        return found if lacks else replace(found, sign=Sign(kind, step, other, days), no_sign={})

    def _checked(self, found: Measure, where: str) -> Measure:
        self.faults += [replace(fault, where=where) for fault in raci_faults(found.raci, f"{found.id}")]
        if found.begins and found.ends and found.ends < found.begins:
            self.faults.append(Fault(say("planning.ends_before", self.lang, begins=found.begins, ends=found.ends),
                                     where=where))
        return found

    def _milestones(self, rows: Mapping[str, Edits]) -> Iterator[Milestone]:
        there = {each.id: each for each in self.plan.milestones}
        for name, edits in rows.items():
            if name not in there and not edits.get("milestone"):
                self._refuse("needs", self.places[f"milestones:{name}"],
                             column=say("plan_book.col_milestone", self.lang), text="")
                continue
            found = there.get(name) or Milestone(name, _same_text(edits["milestone"]), "")
            told: Edits = {key: edits[key] for key in ("due", "done") if key in edits}
            told |= {"measure": edits["of_measure"]} if "of_measure" in edits else {}
            told |= {"name": _same_text(edits["milestone"])} if "milestone" in edits else {}
            yield replace(found, **told)

    def _risk(self, risk: Risk, edits: Edits | None) -> Risk:
        if edits is None:
            return replace(risk, chosen=False)
        told: Edits = {"chosen": edits["chosen"] == "yes"} if "chosen" in edits else {}
        told |= {"owner": edits["accountable"]} if "accountable" in edits else {}
        told |= {key: _same_text(edits[own]) for own, key in (("risk", "name"), ("answer", "answer")) if own in edits}
        return replace(risk, **told)


def _same(old: Value, text: str) -> bool:
    """Whether a cell is as it was written."""
    if old is None:
        return not text
    if isinstance(old, int | float) and not isinstance(old, bool):
        number = _number(text)
        return number is not None and abs(number - old) <= 1e-9 * max(1.0, abs(old))
    if isinstance(old, str) and text and _day(old) is not None:
        return _day(text) == _day(old)
    return " ".join(str(old).split()) == " ".join(text.split())


def _parsed(cell: Cell, text: str) -> Any:
    """What a cell means. Raises ValueError where it cannot be."""
    if cell.how == "number":
        number = _number(text)
        if number is None and text:
            raise ValueError(text)
        return number
    if cell.how == "day":
        day = _day(text)
        if day is None and text:
            raise ValueError(text)
        return day or ""
    if cell.how == "choice":
        folded = {shown.casefold(): key for shown, key in cell.words.items()}
        if text and text.casefold() not in folded:
            raise ValueError(text)
        return folded[text.casefold()] if text else ""
    return cell.words.get(text, text) if cell.how == "party" else text


def _number(text: str) -> float | None:
    try:
        found = float(text.strip().rstrip("%天次").replace(",", "") or "nan")
    except ValueError:
        return None
    return found if found == found and abs(found) < 1e15 else None  # noqa: PLR0124 - NaN


def _day(text: str) -> str | None:
    """An ISO day of what people and programs write for one; None for anything else."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return None


def _both(key: str) -> Texts:
    return in_all(lambda lang: say(key, lang))


def _same_text(text: str) -> Texts:
    """What people wrote stands in both languages: an old translation would say something else."""
    return Texts(dict.fromkeys(languages(), text))
