"""Labels in two languages that mean one step: compared by what their words mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

_ALIKE = 0.5        # of what two labels mean together is common to them (Jaccard)
_MARGIN = 0.15      # more than with any other label
_MANY = 2_000       # labels; above this they are texts
_SLIP = 20          # times as common is a label as one that is no rival of it
_STRAY = 0.2        # of the rows: in a language that so few have, any label may have slipped out of the other
_RARER = 2          # times as many rows has the label that stays, where the languages are more even


def translated(counts: Mapping[str, int], concepts: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Labels in the language that fewer rows have → the label of the other language that means the same; only where one
    label does so and no other comes near. concepts: word → what it means."""
    chinese = {label for label in counts if re.search("[一-龥]", label)}
    few, many = sorted((chinese, set(counts) - chinese), key=lambda labels: sum(counts[label] for label in labels))
    if not few or len(counts) > _MANY:
        return {}
    slips = sum(counts[label] for label in few) <= _STRAY * sum(counts.values())
    words = _by_length(concepts)
    meant = {label: _concepts(label, words) for label in counts}
    found: dict[str, tuple[float, str]] = {}
    for label in sorted(few):
        near = sorted(((_common(meant[label], meant[other]), counts[other], other) for other in many), reverse=True)
        if not near or near[0][0] < _ALIKE or (not slips and near[0][1] < _RARER * counts[label]):
            continue
        alike, n, other = near[0]
        second = next((each for each, rows, _ in near[1:] if rows * _SLIP >= n), 0.0)   # a rare one is a slip of it
        if alike - second >= _MARGIN:
            found[label] = (alike, other)
    return {label: (other, "label_language") for label, (alike, other) in found.items()
            if not any(name != label and also == other and more > alike for name, (more, also) in found.items())}


def _common(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _concepts(label: str, words: Sequence[tuple[str, str]]) -> frozenset[str]:
    """What the words of a label mean; a longer word before the shorter ones in it."""
    text = " " + " ".join(map(_stem, re.findall(r"[一-龥]+|[^\W\d_]+", _plain(label)))) + " "
    found = set()
    for word, concept in words:
        if word in text:
            found.add(concept)
            text = text.replace(word, " ")
    return frozenset(found)


def _by_length(concepts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Words as they are looked for: Chinese anywhere, others between blanks and without their endings."""
    words = ((word if re.search("[一-龥]", word) else f" {' '.join(map(_stem, word.split()))} ", concept)
             for word, concept in concepts.items())
    return sorted(words, key=lambda pair: (-len(pair[0].strip()), pair))


def _plain(label: str) -> str:
    text = unicodedata.normalize("NFKC", label).casefold()
    return re.sub(r"([一-龥])([a-z])|([a-z])([一-龥])", r"\1\3 \2\4", text)


def _stem(word: str) -> str:
    """An English word without its ending: approved, approves and approving are one."""
    if not word.isascii() or len(word) < 4:
        return word
    bare = re.sub(r"(ing|ed|es|e|s)$", "", word)
    bare = re.sub(r"(?:i|y)$", "y", bare)
    return re.sub(r"(.)\1$", r"\1", bare)
