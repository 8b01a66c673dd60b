"""Two assessments of one cycle side by side: what is new, gone, or clearly another, and what else changed meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from ..log.kpi_table import estimate_text
from ..log.look import heading, html_table
from ..words import current, in_all, in_language, say
from .folder import Run
from .log_seen import lacks_cases

if TYPE_CHECKING:
    import pandas as pd

FINDING, KPI = "finding", "kpi"
CHANGES = ("new", "gone", "stronger", "weaker", "better", "worse", "higher", "lower", "not_comparable", "counted",
           "about_the_same")
"""In the order of their weight. stronger, weaker: findings; better, worse, higher, lower (of what is neither good nor
bad): indicators. counted: added up and not estimated, so told and not judged."""
_MEASURES = ("days", "share", "days_per_passage", "contrast")
_UNITS = {"days": "days", "share": "share", "days_per_passage": "days", "contrast": "count"}
_SETTINGS = ("notion", "timezone", "calendar", "closedness", "columns", "stages")
_SHOWN, _NAMED = 20, 3


@dataclass(frozen=True)
class Shift:
    """One finding or indicator in both runs. key: what it was matched by. name: language → text. before, after: value,
    low, high, unit (missing where the run does not have it, or has no number of it)."""

    kind: str
    key: str
    name: Mapping[str, str] = field(repr=False)
    change: str
    before: Mapping[str, Any] | None = field(default=None, repr=False)
    after: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Reason:
    """Something besides the process that is another in the newer run. key: more_data, fewer_cases, same_data,
    corrected, reopened, settings, model, horizon, version. values: for its sentence."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def said(self, lang: str) -> str:
        """The reason as a sentence."""
        values = {name: say("log.comma", lang).join(_setting(each, lang) for each in value)
                  if isinstance(value, tuple) else value for name, value in self.values.items()}
        return say(f"runs.why_{self.key}", lang, **values)


def _setting(name: str, lang: str) -> str:
    return say(f"runs.setting_{name}", lang)


@dataclass(frozen=True)
class WhatChanged:
    """Laws: every finding and every indicator of either run stands in `shifts` once; "stronger", "weaker", "better",
    "worse", "higher" and "lower" are said only where the two intervals are clear of each other."""

    old: str
    new: str
    shifts: tuple[Shift, ...] = field(repr=False)
    reasons: tuple[Reason, ...] = field(repr=False)

    def of(self, change: str, kind: str | None = None) -> tuple[Shift, ...]:
        """The shifts of one change, of findings, of indicators, or of both."""
        return tuple(each for each in self.shifts if each.change == change and kind in (None, each.kind))

    @property
    def moved(self) -> tuple[Shift, ...]:
        """All that is new, gone or clearly another."""
        return tuple(each for each in self.shifts
                     if each.change not in ("not_comparable", "about_the_same", "counted"))

    @property
    def table(self) -> pd.DataFrame:
        """kind, key, change, before, before_low, before_high, after, after_low, after_high, unit."""
        import pandas as pd

        rows = [{"kind": each.kind, "key": each.key, "change": each.change,
                 **_numbers("before", each.before), **_numbers("after", each.after),
                 "unit": (each.after or each.before or {}).get("unit", "")} for each in self.shifts]
        columns = ["kind", "key", "change", *(f"{when}{end}" for when in ("before", "after")
                                              for end in ("", "_low", "_high")), "unit"]
        return pd.DataFrame(rows, columns=columns)

    def sentences(self, lang: str) -> Iterator[str]:
        """The headline, then why."""
        counts = {change: len(self.of(change, FINDING)) for change in ("new", "gone", "stronger", "weaker")}
        moved = sum(len(self.of(change, KPI)) for change in ("better", "worse", "higher", "lower"))
        yield say("runs.headline", lang, **counts, moved=moved, same=len(self.of("about_the_same")))
        if apart := self.of("not_comparable"):
            names = [*(_in(each.name, lang) for each in apart[:_NAMED]), *(["…"] if len(apart) > _NAMED else [])]
            yield say("runs.apart", lang, n=len(apart), names=say("log.comma", lang).join(names))
        for reason in self.reasons:
            yield reason.said(lang)

    def _rows(self, lang: str) -> list[list[str]]:
        return [[say(f"runs.kind_{each.kind}", lang), _in(each.name, lang), say(f"runs.change_{each.change}", lang),
                 _estimate(each.before, lang), _estimate(each.after, lang)] for each in self.moved]

    def __str__(self) -> str:
        lang = current()
        colon = say("log.colon", lang)
        rows = [f"{change}{colon}{name} ({before} → {after})" for _, name, change, before, after in self._rows(lang)]
        return "\n".join([*self.sentences(lang), *rows])

    def _repr_html_(self) -> str:
        lang = current()
        above = "".join(f"<p>{escape(text)}</p>" for text in self.sentences(lang))
        rows = self._rows(lang)
        if not rows:
            return above
        head = [heading(name, lang) for name in ("kind_of_row", "subject", "what_changed", "before", "after")]
        caption = say("runs.caption", lang, shown=min(len(rows), _SHOWN), n=len(rows))
        return above + html_table(head, rows[:_SHOWN], numeric=(False,) * len(head), caption=caption)

    def to_dict(self) -> dict[str, Any]:
        """Schema ltcdiag.changed/1."""
        return {"schema": "ltcdiag.changed/1", "old": self.old, "new": self.new,
                "shifts": [asdict(each) for each in self.shifts],
                "reasons": [{"key": each.key, "values": dict(each.values),
                             "text": in_all(each.said)} for each in self.reasons]}


def what_changed(
    old: Run | Mapping[str, Any], new: Run | Mapping[str, Any], *, appended: Sequence[Mapping[str, Any]] = (),
) -> WhatChanged:
    """What an assessment says that the one before did not, and what besides the process may be why.

    old, new: runs of a cycle (`cycle.runs()`), or mappings with their parts log, kpis, findings. appended: what came
    between them, as `Appended.to_dict()` gives it: corrections and reopened cases are told from there.
    Findings are matched by their kind and place, indicators by their key and segment."""
    before, after = _parts(old), _parts(new)
    shifts = [*_findings(before["findings"], after["findings"]), *_kpis(before["kpis"], after["kpis"])]
    shifts.sort(key=lambda each: (CHANGES.index(each.change), each.kind, each.key))
    return WhatChanged(_name(old, before), _name(new, after), tuple(shifts), tuple(_reasons(before, after, appended)))


def _parts(run: Run | Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    if isinstance(run, Run):
        return {"log": run.log, "kpis": run.kpis, "findings": run.findings}
    return {name: run.get(name) or {} for name in ("log", "kpis", "findings")}


def _name(run: Run | Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]]) -> str:
    return run.name if isinstance(run, Run) else str(parts["log"].get("as_of", ""))[:10]


def _findings(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Shift]:
    before, after = (_keyed(each.get("findings", ()), _finding_key) for each in (old, new))
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key), after.get(key)
        title = dict((now or was or {}).get("title", {}))
        if was is None or now is None:
            found = now or was or {}
            number = _measure(found, found)
            yield Shift(FINDING, key, title, "new" if was is None else "gone",
                        None if was is None else number, None if now is None else number)
            continue
        ends = _measure(was, now), _measure(now, was)
        yield Shift(FINDING, key, title, _direction(*ends, up="stronger", down="weaker"), *ends)


def _finding_key(finding: Mapping[str, Any]) -> str:
    """A finding is the same one where its kind and its place are; who acts there may change."""
    where = {name: value for name, value in finding.get("where", {}).items() if name not in ("department", "role")}
    return f"{finding.get('kind', '')} {json.dumps(where, ensure_ascii=False, sort_keys=True)}"


def _keyed(rows: Sequence[Mapping[str, Any]], key: Any) -> dict[str, Mapping[str, Any]]:
    """By key; a second one of the same key gets a number."""
    found: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        name, n = key(row), 2
        while name in found:
            name, n = f"{key(row)} #{n}", n + 1
        found[name] = row
    return found


def _measure(finding: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first number that both findings have with an interval."""
    for name in _MEASURES:
        number = finding.get(name) or {}
        if _has_ends(number) and _has_ends(other.get(name)):
            return {**{end: number[end] for end in ("value", "low", "high")}, "unit": _UNITS[name],
                    "method": name, "horizon_days": finding.get("horizon_days")}
    return None


def _has_ends(number: Any) -> bool:
    return isinstance(number, Mapping) and all(number.get(end) is not None for end in ("value", "low", "high"))


def _direction(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, *, up: str, down: str
) -> str:
    """What is said of two numbers: only intervals that are clear of each other are a change."""
    if before is None or after is None or not (_has_ends(before) and _has_ends(after)):
        return "about_the_same" if before is None and after is None else "not_comparable"
    if any(before.get(name) != after.get(name) for name in ("unit", "method", "horizon_days", "currency")):
        return "not_comparable"
    if after["low"] > before["high"]:
        return up
    return down if after["high"] < before["low"] else "about_the_same"


def _kpis(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Shift]:
    before, after = (_keyed(each.get("kpis", ()), _kpi_key) for each in (old, new))
    clocks = [each.get("clock", {}).get("days") for each in (old, new)]
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key), after.get(key)
        name = dict((now or was or {}).get("name", {}))
        if was is None or now is None:
            yield Shift(KPI, key, name, "new" if was is None else "gone", _number(was), _number(now))
        else:
            yield Shift(KPI, key, name, _kpi_change(was, now, same_days=clocks[0] == clocks[1]), _number(was),
                        _number(now))


def _kpi_key(row: Mapping[str, Any]) -> str:
    place = {name: row[name] for name in ("by", "segment") if row.get(name) is not None}
    return f"{row['kpi']} {json.dumps(place, ensure_ascii=False, sort_keys=True)}" if place else str(row["kpi"])


def _kpi_change(was: Mapping[str, Any], now: Mapping[str, Any], *, same_days: bool) -> str:
    if was.get("value") is None and now.get("value") is None:
        return "about_the_same"
    if (was.get("value") is None) != (now.get("value") is None):
        return "new" if was.get("value") is None else "gone"
    if not (_has_ends(was) and _has_ends(now)):
        return "counted"
    if not same_days:
        return "not_comparable"
    words = {"higher_is_better": ("better", "worse"), "lower_is_better": ("worse", "better")}
    up, down = words.get(str(now.get("direction")), ("higher", "lower"))
    return _direction(was, now, up=up, down=down)


def _number(row: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if row is None or row.get("value") is None:
        return None
    return {name: row.get(name) for name in ("value", "low", "high", "unit", "method", "horizon_days", "currency")
            if row.get(name) is not None}


def _reasons(
    old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]], appended: Sequence[Mapping[str, Any]]
) -> Iterator[Reason]:
    before, after = old["log"], new["log"]
    yield from _data(before, after)
    sums = {name: sum(int(each.get(name, 0)) for each in appended)
            for name in ("rows_corrected", "rows_withdrawn", "cases_reopened")}
    if sums["rows_corrected"] or sums["rows_withdrawn"]:
        yield Reason("corrected", {"n": f"{sums['rows_corrected']:,}", "withdrawn": f"{sums['rows_withdrawn']:,}"})
    if sums["cases_reopened"]:
        yield Reason("reopened", {"n": f"{sums['cases_reopened']:,}"})
    settings = tuple(name for name in _SETTINGS if _settled(before, name, after) != _settled(after, name, before))
    if settings:
        yield Reason("settings", {"names": settings})
    if old["findings"].get("model") != new["findings"].get("model"):
        yield Reason("model", {})
    horizons = [each["findings"].get("horizon_days") for each in (old, new)]
    if horizons[0] != horizons[1]:
        yield Reason("horizon", {"before": horizons[0] or "–", "now": horizons[1] or "–"})
    versions = [str(each.get("version", "")) for each in (before, after)]
    if versions[0] != versions[1]:
        yield Reason("version", {"before": versions[0] or "–", "now": versions[1] or "–"})


def _data(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Reason]:
    if before.get("fingerprint") == after.get("fingerprint"):
        yield Reason("same_data", {})
        return
    known = {file["sha256"] for file in before.get("files", ())}
    fresh = sum(file["sha256"] not in known for file in after.get("files", ()))
    cases, events = (int(after.get(name, 0)) - int(before.get(name, 0)) for name in ("cases", "events"))
    yield Reason("more_data", {"files": fresh, "cases": f"{cases:+,}", "events": f"{events:+,}",
                               "before": str(before.get("as_of", "–"))[:10], "now": str(after.get("as_of", "–"))[:10]})
    if lacks_cases(before, after):
        yield Reason("fewer_cases")


def _settled(log: Mapping[str, Any], name: str, other: Mapping[str, Any]) -> Any:
    """A setting; of the stages only those of activities that both logs have: a new one is no other setting."""
    value = log.get(name)
    if name != "stages" or not isinstance(value, Mapping):
        return value
    return {label: stage for label, stage in value.items() if label in (other.get(name) or {})}


def _numbers(when: str, number: Mapping[str, Any] | None) -> dict[str, Any]:
    found = number or {}
    return {when: found.get("value"), f"{when}_low": found.get("low"), f"{when}_high": found.get("high")}


def _estimate(number: Mapping[str, Any] | None, lang: str) -> str:
    if number is None:
        return "–"
    return estimate_text({"low": None, "high": None, "currency": "", "method": "", **number}, lang)


def _in(texts: Mapping[str, str], lang: str) -> str:
    return in_language(texts, lang) or next(iter(texts.values()), "")
