"""Ids of cases as a spreadsheet or a hand has left them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from .found import Fix

NAMES = ("id_padded", "id_float_suffix", "id_scientific", "id_precision_lost", "id_zeros_lost", "id_case_folded",
         "id_cut_to_15")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_FEW = 3        # so many ids of a form show that the column has that form
_ROUND_SHARE = 0.004    # one id of a thousand ends in three zeros by chance


def fixes(ids: Mapping[str, int]) -> Iterator[Fix]:
    """What is wrong with the ids of a column: text → rows. Only what is certain has an `after`."""
    known = {text for text in ids if _PLAIN.fullmatch(text)}
    salesforce = sum(_tail(text[:15]) == text[15:] for text in known if _is_salesforce(text)) >= _FEW
    padded = {text: bare(text) for text in ids}
    zeros = _lost_zeros(padded.values())
    rounded = _rounded(known)
    for text in ids:
        after, defect = padded[text], "id_padded" if padded[text] != text else ""
        if re.fullmatch(r"[0-9]+\.0", after):
            after, defect = after[:-2], defect or "id_float_suffix"
        if re.fullmatch(r"[0-9][.,][0-9]+[eE]\+?[0-9]+", after):
            yield Fix(text, None, "id_scientific")
        elif after in rounded:
            yield Fix(text, None, "id_precision_lost")
        elif after in zeros:
            yield Fix(text, zeros[after], "id_zeros_lost")
        elif salesforce and (mended := _salesforce(after)) is not None and mended[0] != after:
            yield Fix(text, *mended)
        elif defect and after:
            yield Fix(text, after, defect)


def bare(text: str) -> str:
    """An id without what does not belong to it: other widths, blanks around it, marks that nobody sees, the
    apostrophe by which a spreadsheet keeps text."""
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE).strip().lstrip("'").strip()


def _lost_zeros(texts: Iterable[str]) -> dict[str, str]:
    """Ids that have lost the zeros before them: filled up they are an id of the column."""
    digits = {text for text in texts if re.fullmatch("[0-9]+", text)}
    lengths = [len(text) for text in digits]
    if len(digits) < _FEW:
        return {}
    usual = max(set(lengths), key=lengths.count)
    whole = {text for text in digits if len(text) == usual}
    if len(whole) < 0.5 * len(digits) or not any(text[0] == "0" for text in whole):
        return {}
    return {text: text.zfill(usual) for text in digits if len(text) < usual and text[0] != "0"
            and text.zfill(usual) in whole}


def _rounded(ids: Iterable[str]) -> frozenset[str]:
    """Long ids whose digits behind the fifteenth are all zeros, where chance makes fewer of them."""
    long = {text for text in ids if re.fullmatch("[0-9]{16,}", text)}
    cut = {text for text in long if re.fullmatch("[0-9]{15}0+|[0-9]{13,}000", text)}
    sure = {text for text in cut if text.endswith("000")}
    return frozenset(sure) if len(sure) >= _FEW and len(sure) > _ROUND_SHARE * len(long) else frozenset()


def _is_salesforce(text: str) -> bool:
    return bool(re.fullmatch("[0-9A-Za-z]{15}[A-Z0-5]{3}", text)) and any(letter.isdigit() for letter in text)


def _salesforce(text: str) -> tuple[str | None, str] | None:
    """An id of 18 characters whose capitals were lost, or of 15; None where the text is none of them."""
    if re.fullmatch("[0-9A-Za-z]{15}", text):
        return text + _tail(text), "id_cut_to_15"
    if not re.fullmatch("[0-9A-Za-z]{18}", text):
        return None
    tail = text[15:].upper()
    if any(letter not in _LETTERS for letter in tail):
        return None
    right = _with_capitals(text[:15], tail)
    return (None, "id_case_folded") if right is None else (right + tail, "id_case_folded")


def _tail(text: str) -> str:
    """The three letters that say which of fifteen characters are capitals, five bits each, the first the lowest."""
    return "".join(_LETTERS[sum(text[start + i].isupper() << i for i in range(5))] for start in (0, 5, 10))


def _with_capitals(text: str, tail: str) -> str | None:
    """The fifteen characters as their tail says; None where it calls a digit a capital."""
    letters = []
    for place, letter in enumerate(text):
        capital = _LETTERS.index(tail[place // 5]) >> (place % 5) & 1
        if capital and not letter.isalpha():
            return None
        letters.append(letter.upper() if capital else letter.lower())
    return "".join(letters)
