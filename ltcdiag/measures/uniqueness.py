"""How far the cases of a log can be told apart, and what its columns hold: for whoever answers for the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..domain.column_words import CLASSES
from ..log.event_log import EventLog
from ..log.look import html_facts
from ..log.privacy import ColumnFacts, Privacy
from ..words import current, listed, say
from ..words.numbers import count, percent

if TYPE_CHECKING:
    import pandas as pd

_REGIONS = ("区域", "地区", "大区", "region", "area", "territory")


@dataclass(frozen=True)
class Uniqueness:
    """Cases grouped by what somebody may know of them. by: keys of the words (variant, month, owner, region, day).
    groups: how many there are; smallest: cases of the smallest; alone: cases that are their own group; small: cases in
    groups of fewer than k."""

    by: tuple[str, ...]
    cases: int
    groups: int
    smallest: int
    alone: int
    small: int


@dataclass(frozen=True)
class PrivacyReport:
    """columns: class → its columns. left_out: columns that were not read. uniqueness: one entry a combination.
    pseudonyms: how many names were replaced, None where none were. k: the size that groups are held against."""

    columns: Mapping[str, tuple[str, ...]]
    left_out: tuple[ColumnFacts, ...]
    uniqueness: tuple[Uniqueness, ...]
    pseudonyms: int | None
    k: int
    privacy: Privacy = field(repr=False)

    def facts(self, lang: str) -> list[tuple[str, str]]:
        """Name and text, line by line."""
        rows = [(say(f"privacy.class_{kind}", lang), listed(names, lang)) for kind, names in self.columns.items()]
        gone = listed(dict.fromkeys(fact.column for fact in self.left_out), lang) or say("privacy.none", lang)
        rows.append((say("privacy.not_read", lang), gone))
        names = say("privacy.names_plain" if self.pseudonyms is None else "privacy.names_hidden", lang,
                    n=self.pseudonyms or 0)
        rows.append((say("privacy.names", lang), names))
        rows += [(listed((say(f"privacy.by_{part}", lang) for part in each.by), lang), say(
            "privacy.unique", lang, groups=count(each.groups), alone=count(each.alone),
            share=percent(each.alone / max(1, each.cases)), small=count(each.small), k=self.k,
            smallest=count(each.smallest))) for each in self.uniqueness]
        return [*rows, (say("privacy.note", lang), say("privacy.not_anonymous", lang))]

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "schema": "ltcdiag.privacy/1", "level": "working", "k": self.k, "pseudonyms": self.pseudonyms,
            "columns": {kind: list(names) for kind, names in self.columns.items()},
            "left_out": [{"file": fact.file, "column": fact.column, "class": fact.kind} for fact in self.left_out],
            "uniqueness": [{"by": list(each.by), "cases": each.cases, "groups": each.groups,
                            "smallest": each.smallest, "alone": each.alone, "below_k": each.small}
                           for each in self.uniqueness],
        }

    def __str__(self) -> str:
        lang = current()
        return "\n".join(f"{name}{say('log.colon', lang)}{text}" for name, text in self.facts(lang))

    def _repr_html_(self) -> str:
        return html_facts(self.facts(current()))


def privacy_report(log: EventLog, *, k: int | None = None) -> PrivacyReport:
    """What the columns of a log hold of people, what was left out, and how many cases stand alone by their variant, by
    variant and month, and by owner, region and day of their beginning. k: by default that of the log."""
    k = k or log.privacy.k
    read = [fact for fact in log.privacy.columns if fact.loaded]
    kinds = {kind: tuple(dict.fromkeys(fact.column for fact in read if fact.kind == kind))
             for kind in (*CLASSES, "other")}
    known = _known(log)
    asked = (("variant",), ("variant", "month"), tuple(c for c in ("owner", "region", "day") if c in known.columns))
    found = tuple(_uniqueness(known, by, k) for by in asked)
    return PrivacyReport({kind: names for kind, names in kinds.items() if names}, log.privacy.left_out, found,
                         log.privacy.pseudonyms, k, log.privacy)


def _known(log: EventLog) -> pd.DataFrame:
    """case_id, variant, month, day, and owner and region where the log has them: of the first event of each case."""
    table = log.tables.answer("cases").table
    started = table["started"]
    months, days = (started.dt.strftime(form) for form in ("%Y-%m", "%Y-%m-%d"))
    known = table[["case_id", "variant"]].assign(month=months, day=days)
    owners = _owners(log)
    if owners:
        known["owner"] = known["case_id"].map(owners)
    columns = (fact.column for fact in log.privacy.columns if fact.loaded)
    region = next((column for column in columns if column.casefold() in _REGIONS), "")
    if region:
        rows = log.tables.answer("segments", column=region).table
        first = rows.drop_duplicates(rows.columns[0]).set_index(rows.columns[0])[rows.columns[1]]
        known["region"] = known.index.map(first)
    return known


def _owners(log: EventLog) -> dict[str, str]:
    found: dict[str, str] = {}
    for batch in log.tables.batches():
        if "resource" not in batch.columns:
            return {}
        named = batch.dropna(subset=["resource"]).drop_duplicates("case_id")
        for case, owner in zip(named["case_id"], named["resource"], strict=True):
            found.setdefault(str(case), str(owner))
    return found


def _uniqueness(known: pd.DataFrame, by: tuple[str, ...], k: int) -> Uniqueness:
    sizes = known.groupby(list(by), dropna=False, observed=True).size()
    return Uniqueness(by, len(known), len(sizes), int(sizes.min()) if len(sizes) else 0, int((sizes == 1).sum()),
                      int(sizes[sizes < k].sum()))
