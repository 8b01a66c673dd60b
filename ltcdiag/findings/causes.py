"""Causes under a problem, as a workshop draws them: from findings, from the pain chain, or written down by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..errors import InputError
from ..words import current, say, sentences
from .diagnosis import Diagnosis

Written = Mapping[str, object] | Sequence[object] | str | None
MOST_OF_A_FAMILY = 4


@dataclass(frozen=True)
class Cause:
    """A cause in words, and the causes behind it. id: of the finding that says so, "" for what people say. shows: it is
    no cause of its own but what shows the one before it."""

    text: str
    causes: tuple[Cause, ...] = ()
    id: str = ""
    shows: bool = False

    @property
    def depth(self) -> int:
        """How many levels of causes lie behind it."""
        return 1 + max(each.depth for each in self.causes) if self.causes else 0

    @property
    def leaves(self) -> int:
        """How many lines it takes: the last causes of all of its branches."""
        return sum(each.leaves for each in self.causes) or 1


@dataclass(frozen=True)
class Causes:
    """problem: what is asked about. branches: its causes, each with its own. more: findings of each branch that are not
    shown, by its place."""

    problem: str
    branches: tuple[Cause, ...]
    more: tuple[int, ...] = ()

    @property
    def all(self) -> int:
        """How many causes there are, on all levels."""
        return sum(_all(each) for each in self.branches)


def _all(cause: Cause) -> int:
    return 1 + sum(_all(each) for each in cause.causes)


def causes_of(found: Diagnosis, *, problem: str = "", lang: str = "zh") -> Causes:
    """Families of findings → findings → what shows them; at most four of a family, in the order of their rank, and how
    many more there are."""
    families: dict[str, list[Cause]] = {}
    for finding in found.findings:
        shown = (finding.evidence.get(lang) or "").splitlines()[:1]
        families.setdefault(finding.family, []).append(
            Cause(finding.title[lang], tuple(Cause(line, shows=True) for line in shown), finding.id))
    branches = tuple(Cause(_family(key, lang), tuple(each[:MOST_OF_A_FAMILY])) for key, each in families.items())
    more = tuple(max(0, len(each) - MOST_OF_A_FAMILY) for each in families.values())
    return Causes(problem or say("pictures.problem", lang), branches, more)


def _family(key: str, lang: str) -> str:
    named = f"family_{key}"
    return say(f"findings.{named}", lang) if named in sentences("findings") else key


def causes_written(written: Mapping[str, object], *, problem: str = "", lang: str = "zh") -> Causes:
    """Causes from a nested mapping: {cause: {deeper cause: [...]}}, to any depth; texts, lists and mappings alike.

    >>> causes_written({"合同": {"评审慢": ["法务一周评一次"]}}, problem="为什么慢？").all
    3

    Raises InputError for anything else in it."""
    return Causes(problem or say("pictures.problem", lang), tuple(_read(written)))


def _read(written: object) -> Iterable[Cause]:
    if written is None or written == "":
        return []
    if isinstance(written, Mapping):
        return [Cause(_text(key), tuple(_read(value))) for key, value in written.items()]
    if isinstance(written, str | int | float):
        return [Cause(_text(written))]
    if isinstance(written, Iterable):
        return [each for part in written for each in _read(part)]
    raise InputError(say("pictures.no_cause", current(), kind=type(written).__name__),
                     fix='{"cause": {"deeper cause": ["the root"]}}')


def _text(value: object) -> str:
    return " ".join(str(value).split())


def causes_told(rows: Iterable[Mapping[str, str]], *, problem: str = "", lang: str = "zh") -> Causes:
    """Causes from the rows of the pain chain (person, pain, reason, leads_to): whoever leads to nobody of the rows is a
    branch, those whose problem makes it lie behind it, and its reasons at the end. A chain that leads back into itself
    is cut where it would come again, so that every row is told once."""
    every = [row for row in rows if _text(row.get("pain", ""))]
    names = {_text(row.get("person", "")) for row in every} - {""}
    told: set[int] = set()
    heads = [n for n, row in enumerate(every) if _text(row.get("leads_to", "")) not in names]
    branches = [_chain(every, n, told) for n in heads if n not in told]
    branches += [_chain(every, n, told) for n in range(len(every)) if n not in told]
    return Causes(problem or say("pictures.problem", lang), tuple(branches))


def _chain(rows: Sequence[Mapping[str, str]], n: int, told: set[int]) -> Cause:
    told.add(n)
    person = _text(rows[n].get("person", ""))
    behind = [_chain(rows, k, told) for k, row in enumerate(rows)
              if person and _text(row.get("leads_to", "")) == person and k not in told]
    reason = _text(rows[n].get("reason", ""))
    text = _text(rows[n].get("pain", ""))
    return Cause(f"{person}: {text}" if person else text, (*behind, *([Cause(reason)] if reason else [])))
