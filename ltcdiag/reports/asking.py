"""What to ask a client for: the exports of one system, as a value, as text, and as a letter to print and tick off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

from ..domain.exports import LEVELS, Export, Question, System, load_exports
from ..errors import InputError
from ..log.look import html_table
from ..words import SPOKEN, WRITTEN, canonical, current, say
from .letter import GENERATOR, TERMS, how, letter, listed, unchecked, unlocked
from .one_file import whole_file


@dataclass(frozen=True)
class AskFor:
    """What to ask for from one system. lang: the language it speaks by itself ("zh" or "en").

    `.text(lang)` for a terminal, `.write(path)` for the letter, `.to_dict()` for a program. Nothing here depends on
    data of a client.
    """

    system: System
    lang: str

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str | None = None) -> str:
        """Every export with its path, its columns and what it answers, as lines. Raises InputError for a language that
        is not there."""
        return "\n".join(self._lines(_language(lang or self.lang)))

    def _lines(self, lang: str) -> Iterator[str]:
        yield say("asking.title", lang, system=self.system.name.said(lang))
        yield say("asking.tested", lang, text=self.system.tested.said(lang))
        yield say("asking.stops_at", lang, text=self.system.stops_at.said(lang))
        for level in LEVELS:
            yield ""
            yield say(f"asking.level_{level}", lang)
            for export in self.system.at(level):
                yield from _lines_of(export, lang)
        yield ""
        yield say("asking.pitfalls", lang)
        yield from (f"  - {pitfall.text.said(lang)}" for pitfall in self.system.pitfalls)
        if self.elsewhere:
            yield ""
            yield say("asking.elsewhere", lang, text=listed((question.name for question in self.elsewhere), lang))
        if unchecked(self.system):
            yield say("asking.unchecked", lang)

    @property
    def elsewhere(self) -> tuple[Question, ...]:
        """Questions that no export of this system answers."""
        here = {key for export in self.system.exports for key in export.unlocks}
        return tuple(question for key, question in load_exports().questions.items() if key not in here)

    def _repr_html_(self) -> str:
        lang = self.lang
        head = [say(f"asking.head_{name}", lang) for name in ("how", "columns", "answers")]
        tables = [html_table([say(f"asking.level_{level}", lang), *head], [_row(export, lang) for export in
                             self.system.at(level)], numeric=[False] * 4) for level in LEVELS]
        notes = [self.system.tested.said(lang), *(pitfall.text.said(lang) for pitfall in self.system.pitfalls)]
        title = escape(say("asking.title", lang, system=self.system.name.said(lang)))
        told = "".join(f"<li>{escape(note)}</li>" for note in notes)
        return f"<h4>{title}</h4>{''.join(tables)}<ul>{told}</ul>"

    def to_dict(self) -> dict[str, Any]:
        """Everything in both languages; `unlocks` with their words."""
        questions = load_exports().questions
        exports = [{**asdict(export), "columns": [asdict(column) for column in export.columns],
                    "unlocks": [{"key": key, **asdict(questions[key].name)} for key in export.unlocks]}
                   for export in self.system.exports]
        system = self.system
        return {
            "schema": "ltcdiag.ask/1", "system": system.key, "name": asdict(system.name),
            "material": list(system.material), "tested": asdict(system.tested), "stops_at": asdict(system.stops_at),
            "exports": exports, "pitfalls": [asdict(pitfall) for pitfall in system.pitfalls],
            "elsewhere": [{"key": question.key, **asdict(question.name)} for question in self.elsewhere],
            "terms": [{"key": key, **{lang: say(f"asking.term_{key}", lang) for lang in WRITTEN}}
                      for key in TERMS],
        }

    def write(self, path: str | Path, lang: str | None = None, *, force: bool = False) -> Path:
        """The letter: one page of A4 with boxes to tick, one file, offline, without script. Returns its path.

        lang: "zh" or "en", by default that of the value. force: an earlier letter at `path` is replaced.
        Raises OutputError where the file exists or cannot be written, InputError for a language that is not there.
        Law: same version, same language, same bytes.
        """
        page = letter(self.system, _language(lang or self.lang)).encode()
        with whole_file(path, same=lambda head: GENERATOR.encode() in head, force=force) as working:
            working.write_bytes(page)
        return Path(path)


def exports_to_ask_for(system: str, lang: str | None = None) -> AskFor:
    """What to ask a client for who uses a system: `exports_to_ask_for("salesforce").write("request.html")`.

    system: its key, its name in Chinese or English ("简道云", "SAP"), or the beginning of one ("金蝶"); "general" for
    any other. lang: "zh" or "en", by default the language spoken now. Raises InputError that lists the systems.
    """
    speaks = _language(lang or current())
    wanted = system.strip().casefold()
    called = {key: _names(found) for key, found in load_exports().systems.items()}
    exact = [key for key, names in called.items() if wanted in names]
    begun = [key for key, names in called.items() if len(wanted) > 1 and any(name.startswith(wanted) for name in names)]
    if len(exact or begun) == 1:
        return AskFor(load_exports().systems[(exact or begun)[0]], speaks)
    known = ", ".join(_called(found, speaks) for found in load_exports().systems.values())
    raise InputError(say("asking.unknown_system", speaks, system=system),
                     fix=say("asking.unknown_system_fix", speaks, systems=known))


def _language(lang: str) -> str:
    """The name here: "zh-TW" is zh-Hant, "en-GB" is en. Raises InputError for any other."""
    base = canonical(lang)
    if base not in SPOKEN:
        raise InputError(say("asking.unknown_language", current(), lang=lang),
                         fix=say("asking.unknown_language_fix", current(), languages=", ".join(SPOKEN)))
    return base


def _lines_of(export: Export, lang: str) -> Iterator[str]:
    yield "  [ ] " + say("asking.named", lang, name=export.name.said(lang), object=export.object.said(lang))
    told = {"how": how(export, lang), "columns": listed(export.columns, lang), "unlocks": unlocked(export, lang),
            "without": export.without.said(lang)}
    yield from ("      " + say(f"asking.{key}", lang, text=text) for key, text in told.items())


def _row(export: Export, lang: str) -> list[str]:
    name = say("asking.named", lang, name=export.name.said(lang), object=export.object.said(lang))
    return [name, how(export, lang), listed(export.columns, lang), unlocked(export, lang)]


def _names(system: System) -> set[str]:
    """What a system may be called: its key, its names, and these without what stands in brackets."""
    full = [system.key, system.name.zh, system.name.en]
    short = [name.partition(sign)[0] for name in full for sign in ("（", " (")]
    return {name.strip().casefold() for name in [*full, *short]}


def _called(system: System, lang: str) -> str:
    return say("asking.named", lang, name=system.key, object=system.name.said(lang))
