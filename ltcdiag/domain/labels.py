"""From the words of a log to canonical stages: a dictionary, an order of decision, a reason each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ..errors import Fault, InputError
from .stages import load_stages, read_toml

NEEDED_SHARE = 0.5
"""A log is Lead to Cash if at least this share of its labels has a stage, and at least
NEEDED_STAGES different stages are among them."""
NEEDED_STAGES = 2

_CJK = "\u3400-\u9fff"
_PUNCTUATION = re.compile(r"[\W_]+")
_BETWEEN_HAN = re.compile(rf"(?<=[{_CJK}]) (?=[{_CJK}])")
_SCRIPT_CHANGE = re.compile(rf"(?<=[{_CJK}])(?=[a-z0-9])|(?<=[a-z0-9])(?=[{_CJK}])")
_NUMBERING = re.compile(r"^(?:(?:stage|step|阶段|步骤) )?\d+ (?=\S)|(?<=\S) \d+$|^stage entered (?=\S)")
_HAN = re.compile(f"[{_CJK}]")


@dataclass(frozen=True)
class LabelMap:
    """Label → canonical stage key, or None. why: "own", "exact", "keyword '…'", "no stage" (a known
    activity of no single stage, such as a call), "not ltc" (dropped with all others) or "unmapped"."""

    stages: Mapping[str, str | None]
    why: Mapping[str, str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "stages", MappingProxyType(dict(self.stages)))
        object.__setattr__(self, "why", MappingProxyType(dict(self.why)))

    def __getitem__(self, label: str) -> str | None:
        return self.stages[label]

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Labels nobody knows, sorted: the list to show on top of the report."""
        return tuple(sorted(label for label, why in self.why.items() if why == "unmapped"))


@dataclass(frozen=True)
class _Word:
    text: str
    stage: str
    object_type: str

    def fits(self, object_type: str) -> bool:
        return self.object_type in ("", object_type)


@dataclass(frozen=True)
class _Dictionary:
    exact: Mapping[tuple[str, str], str]
    stageless: frozenset[str]
    negatives: tuple[_Word, ...]
    keywords: tuple[_Word, ...]
    negations: tuple[str, ...]
    holds_gates: tuple[str, ...]
    other_process: tuple[str, ...]


def map_labels(
    labels: Iterable[str], *, own: Mapping[str, str] | None = None, object_type: str | None = None
) -> LabelMap:
    """The stage of each label, decided in this order: the user's `own` mapping (label → stage key), exact
    names, words that deny, keywords (longest first), unmapped.

    object_type: lead, opportunity, contract, order, invoice ... where known; it decides words that mean
    different things for different objects (失败 of a lead, of an opportunity).
    Raises InputError naming every entry of `own` whose stage does not exist.
    """
    own_stages = _checked(own or {})
    found = {label: _decide(label, own_stages, object_type or "") for label in dict.fromkeys(labels)}
    return LabelMap({label: stage for label, (stage, _) in found.items()},
                    {label: why for label, (_, why) in found.items()})


def is_ltc(label_map: LabelMap) -> bool:
    """True if the labels are about Lead to Cash: the user mapped some, or at least half of those that
    could have a stage have one, and two different stages are among them."""
    if "own" in label_map.why.values():
        return True
    could = [stage for label, stage in label_map.stages.items() if label_map.why[label] != "no stage"]
    mapped = [stage for stage in could if stage is not None]
    return len(mapped) >= NEEDED_SHARE * len(could) and len(set(mapped)) >= NEEDED_STAGES


def stages_if_ltc(label_map: LabelMap) -> LabelMap:
    """The same map, or one without any stage if the log is not about Lead to Cash: views then run by
    activity, and a stray "Payment" does not pass for a stage."""
    if is_ltc(label_map):
        return label_map
    why = {label: "not ltc" if label_map[label] else reason for label, reason in label_map.why.items()}
    return LabelMap(dict.fromkeys(label_map.stages), why)


def closing_labels(label_map: LabelMap) -> frozenset[str]:
    """Labels that close a case: lost, disqualified, cancelled, paid, written off; and a gate such as won
    or signed where the log shows nothing of the chain behind it."""
    present = frozenset(stage for stage in label_map.stages.values() if stage)
    closing = load_stages().closing(present)
    return frozenset(label for label, stage in label_map.stages.items() if stage in closing)


def normalise(label: str) -> str:
    """The form in which labels and words are compared: NFKC, casefold, simplified characters,
    punctuation as one blank, no blank inside Chinese text."""
    characters, words = _fold()
    text = unicodedata.normalize("NFKC", label).casefold().translate(characters)
    text = _PUNCTUATION.sub(" ", text).strip()
    return _usual_words(_SCRIPT_CHANGE.sub(" ", _BETWEEN_HAN.sub("", text)), words)


def simplified(text: str) -> str:
    """Text with simplified characters and the words usual with them (合約 → 合同)."""
    characters, words = _fold()
    return _usual_words(text.translate(characters), words)


def _usual_words(text: str, words: Mapping[str, str]) -> str:
    if text.isascii():      # they are Chinese
        return text
    for word, usual in words.items():
        text = text.replace(word, usual)
    return text


def _decide(label: str, own: Mapping[str, str], object_type: str) -> tuple[str | None, str]:
    text = normalise(label)
    mine = own.get(label) or own.get(text)
    if mine:
        return mine, "own"
    bare = _without_numbering(text)
    for name in (text, bare):
        stage = _exact(name, object_type)
        if stage:
            return stage, "exact"
        if name in _dictionary().stageless:
            return None, "no stage"
    return _by_keyword(bare, object_type)


def _exact(name: str, object_type: str) -> str | None:
    exact = _dictionary().exact
    return exact.get((object_type, name)) or exact.get(("", name))


def _by_keyword(text: str, object_type: str) -> tuple[str | None, str]:
    words = _dictionary()
    if _holds_any(text, words.other_process):
        return None, "unmapped"
    denied = _longest(text, words.negatives, object_type)
    if denied:
        return denied.stage, f"keyword '{denied.text}'"
    found = _longest(text, words.keywords, object_type)
    if found is None or _holds_any(text, words.negations):
        return None, "unmapped"
    if load_stages()[found.stage].gate != "none" and _holds_any(text, words.holds_gates):
        return None, "unmapped"
    return found.stage, f"keyword '{found.text}'"


def _longest(text: str, words: Iterable[_Word], object_type: str) -> _Word | None:
    """The longest word found in the text; of equally long ones the last in it, where the head noun stands."""
    hits = [word for word in words if word.fits(object_type) and _holds(text, word.text)]
    return max(hits, key=lambda word: (len(word.text), text.rfind(word.text)), default=None)


def _holds(text: str, word: str) -> bool:
    """Chinese anywhere in the text, other scripts as whole words."""
    return word in text if _HAN.search(word) else f" {word} " in f" {text} "


def _holds_any(text: str, words: Iterable[str]) -> bool:
    return any(_holds(text, word) for word in words)


def _without_numbering(text: str) -> str:
    """Without "3.", "Step 3", a trailing "(20 %)" or the prefix of a stage_entered activity."""
    return _NUMBERING.sub("", text)


def _checked(own: Mapping[str, str]) -> dict[str, str]:
    stages = load_stages()
    known = ", ".join(stages.stages)
    faults = [Fault(f"'{stage}' is not a stage (mapping of '{label}')", fix=f"use one of: {known}")
              for label, stage in own.items() if stage not in stages]
    if faults:
        raise InputError(faults)
    return {**{normalise(label): stage for label, stage in own.items()}, **own}


@cache
def _fold() -> tuple[dict[int, int], Mapping[str, str]]:
    fold = read_toml("stage_words.toml")["fold"]
    pairs = "".join(fold["characters"])
    return str.maketrans(pairs[::2], pairs[1::2]), fold["words"]


@cache
def _dictionary() -> _Dictionary:
    data = read_toml("stage_words.toml")
    guard = {name: tuple(normalise(word) for word in words) for name, words in data["guard"].items()}
    exact = {(word.object_type, word.text): word.stage for word in _words(data["exact"])}
    for stage in load_stages().stages.values():
        for name in (stage.key, stage.zh, stage.en, stage.zh_hant):
            exact.setdefault(("", normalise(name)), stage.key)
    return _Dictionary(
        exact=MappingProxyType(exact),
        stageless=frozenset(normalise(word) for word in data["stageless"]["words"]),
        negatives=_words(data["negative"]),
        keywords=_words(data["keyword"]),
        negations=guard["negations"],
        holds_gates=guard["not_yet"] + guard["taken_back"],
        other_process=guard["other_process"],
    )


def _words(entries: Iterable[dict[str, Any]]) -> tuple[_Word, ...]:
    return tuple(_Word(normalise(word), entry["stage"], entry.get("object", ""))
                 for entry in entries for word in entry["words"])
