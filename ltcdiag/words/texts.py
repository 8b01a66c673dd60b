"""How a text of the data is shown inside a sentence or a cell."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120


def tidy(text: object, longest: int = LONGEST) -> str:
    """A text of the data on one line, without control and direction marks, cut where it is endless."""
    shown = "".join(c for c in " ".join(str(text).split()) if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


_OUTLINED = 60
_NO_TIME_IN = re.compile(r"[A-Za-z\u4e00-\u9fff]+")
_TIME_WORDS = re.compile(r"年|月|日|时|分|秒|上午|下午|星期.|周.|T|Z|[AaPp][Mm]|UTC|GMT|"
                         r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*")
_LIKE_TIME = re.compile(r"(19|20)\d{2}|\d{1,2}:\d{2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")


def outline(text: str) -> str:
    """The form of a text without what it says, for messages that others may see: 字 for a Chinese character, a for
    another letter, 9 for a digit; signs and blanks stay."""
    shown = tidy(text, _OUTLINED)
    return "".join(_form(letter) for letter in shown)


def _form(letter: str) -> str:
    if "\u3400" <= letter <= "\u9fff":
        return "字"
    return "9" if letter.isdigit() else "a" if letter.isalpha() else letter


def outline_of_time(text: str) -> str:
    """A text where a time should be: as it stands where it is like one, but for words; its form where it is not."""
    if not _LIKE_TIME.search(text) or len(text) > _OUTLINED:
        return outline(text)
    return _NO_TIME_IN.sub(lambda found: found[0] if not _TIME_WORDS.sub("", found[0]) else outline(found[0]), text)
