"""Labels that are spelled in several ways, garbled, or carry a number that does not belong to them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from types import MappingProxyType

from .found import Fix
from .meaning import translated

NAMES = ("label_garbled", "label_spaces", "label_case", "label_full_width", "label_polluted", "label_language",
         "label_typo")
_MANY = 2_000       # labels; above this they are texts, and comparing each with each says nothing
_COMMON = 20        # times as common as a slip of the pen
_FAMILY = 3         # so many labels that differ by a number alone are one label
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_CUT = re.compile(r"\s*[\[【(（#＃<{][^\])】）>}]*[\])】）>}]?\s*$|^\s*[\[【(（][^\])】）]*[\])】）]\s*|"
                  r"\s*[-–_:：/|]?\s*(?:no\.?|nr\.?|编号|单号)?\s*[#＃]?[A-Za-z]{0,4}[-_]?\d[\d\-/.: ]*\s*$",
                  re.IGNORECASE)
_CLOSERS = " )）>]】\u3000"
_OPENERS = " (（<[【_-–:：/|#\u3000"
_NOT_A_SLIP = frozenset("不未非无反再复初终一二三四五六七八九十上下大小前后内外新旧总分已0123456789")


def fixes(
    labels: Mapping[str, int], same: Mapping[str, str], people: AbstractSet[str] = frozenset(),
    concepts: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Fix]:
    """What is wrong with the labels of a column: label → rows. same: folded name of an activity → its key, in all
    languages: two labels of one key are one activity. people: who does something in the log. concepts: word of a step,
    in any language → what it means."""
    told: dict[str, Fix] = {}
    now = {label: label for label in labels}
    steps = (ungarbled, _one_spelling, partial(_without_name, people=people), _without_number,
             partial(_one_language, same=same), partial(translated, concepts=concepts))
    for step in steps:
        counts: dict[str, int] = defaultdict(int)
        for label, n in labels.items():
            counts[now[label]] += n
        found = step(counts)
        for label, text in now.items():
            if text in found:
                after, defect = found[text]
                now[label] = after
                told[label] = Fix(label, after, told[label].defect if label in told else defect)
    yield from told.values()
    left: dict[str, int] = defaultdict(int)
    for label, n in labels.items():
        left[now[label]] += n
    slips = _slips(left)
    yield from (Fix(label, slips[text], "label_typo") for label, text in now.items()
                if text in slips and label not in told)


def folded(label: str) -> str:
    """The form in which spellings of one label are equal."""
    return " ".join(unicodedata.normalize("NFKC", label).translate(_INVISIBLE).casefold().split())


def ungarbled(counts: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """Text that was UTF-8 and was read as something else: written back it is UTF-8 again."""
    found = {}
    for label in counts:
        for coding in ("cp1252", "gb18030"):
            try:
                right = _bytes(label, coding).decode("utf-8")
            except UnicodeError:
                continue
            if right != label and len(right) < len(label) and not re.search("[\x00-\x1f\x80-\x9f\ufffd]", right):
                found[label] = (right, "label_garbled")
                break
    return found


def _bytes(text: str, coding: str) -> bytes:
    """The bytes behind a text. Bytes that Western Windows has no letter for stand as they are, as it writes them; so
    Latin-1 is among its readings."""
    if coding != "cp1252":
        return text.encode(coding)
    return b"".join(bytes([ord(letter)]) if "\x80" <= letter <= "\x9f" else letter.encode(coding)
                    for letter in text)


def _one_spelling(counts: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """Labels that differ by blanks, capitals or width take the spelling that most rows have."""
    groups: dict[str, list[str]] = defaultdict(list)
    for label in counts:
        groups[folded(label)].append(label)
    found = {}
    for key, spellings in groups.items():
        if not key or len(spellings) == 1:      # a spelling without another is how the system writes it
            continue
        usual = min(spellings, key=lambda label: (_spaced(label) != label, -counts[label], label))
        usual = _spaced(usual)
        found.update({label: (usual, _difference(label, usual)) for label in spellings if label != usual})
    return found


def _spaced(label: str) -> str:
    return " ".join(label.translate(_INVISIBLE).split())


def _difference(label: str, usual: str) -> str:
    if _spaced(label) == usual:
        return "label_spaces"
    if _spaced(label).casefold() == usual.casefold():
        return "label_case"
    return "label_full_width"


def _without_name(counts: Mapping[str, int], people: AbstractSet[str]) -> dict[str, tuple[str, str]]:
    """Labels that end with the name of somebody who works here: without it they are a label of the log."""
    plain = {folded(label): label for label in counts}
    found = {}
    for label in counts:
        bare = label.rstrip(_CLOSERS)
        for at in range(2, len(bare) - 1):
            base = bare[:at].rstrip(_OPENERS)
            if bare[at:] in people and folded(base) in plain and base != label:
                found[label] = (plain[folded(base)], "label_polluted")
                break
    return found


def _without_number(counts: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """Labels that carry a number, a date or a name in brackets: without it they are a label of the log, or many rare
    ones are one. Levels (Approval 1, Approval 2) are few and common, and stay."""
    if len(counts) > 50 * _MANY:
        return {}
    bases: dict[str, list[str]] = defaultdict(list)
    for label in counts:
        base = _CUT.sub("", label).strip()
        if base and base != label and len(base) >= 2:
            bases[folded(base)].append(label)
    plain = {folded(label): label for label in counts}
    found = {}
    for key, dirty in bases.items():
        target = plain.get(key)
        rare = [label for label in dirty if target is None or counts[label] * _COMMON <= counts[target]
                or re.search(r"\d{4,}", label)]
        if target is not None:
            found.update(dict.fromkeys(rare, (target, "label_polluted")))
        elif len(dirty) >= 5 * _FAMILY and max(counts[label] for label in dirty) <= _FAMILY:
            base = _CUT.sub("", dirty[0]).strip()
            found.update(dict.fromkeys(dirty, (base, "label_polluted")))
    return found


def _one_language(counts: Mapping[str, int], same: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Names of one activity in two languages take the one that most rows have."""
    groups: dict[str, list[str]] = defaultdict(list)
    for label in counts:
        if folded(label) in same:
            groups[same[folded(label)]].append(label)
    found = {}
    for names in groups.values():
        usual = max(names, key=lambda label: (counts[label], label))
        found.update({label: (usual, "label_language") for label in names if label != usual})
    return found


def _slips(counts: Mapping[str, int]) -> dict[str, str]:
    """Rare labels that are one slip away from a label that is twenty times as common."""
    if len(counts) > _MANY:
        return {}
    found = {}
    for label, n in counts.items():
        near = [other for other, m in counts.items() if m >= _COMMON * n and _is_slip(label, other)]
        if len(near) == 1:
            found[label] = near[0]
    return found


def _is_slip(one: str, other: str) -> bool:
    """Whether one text is the other with a letter changed, dropped, doubled, or two neighbours swapped; a letter that
    turns the meaning (不, a digit) is no slip."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 4:
        return False
    head = 0
    while head < min(len(one), len(other)) and one[head] == other[head]:
        head += 1
    tail = 0
    while tail < min(len(one), len(other)) - head and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    a, b = one[head:len(one) - tail], other[head:len(other) - tail]
    if _NOT_A_SLIP & {*a, *b}:
        return False
    if len(one) == len(other):
        return len(a) == 1 or (len(a) == 2 and a == b[::-1])
    more, text = (a, one) if a else (b, other)
    if len(more) != 1:
        return False
    return more.isascii() or more in text[max(0, head - 1):head] + text[head + 1:head + 2]    # 验验收 for 验收
