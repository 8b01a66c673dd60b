"""A copy of the reference model for the client to edit, and what a copy changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import OutputError
from ..unfinished import beside, put, to_disk
from ..words import WRITTEN, current, say, sentences
from .reference import ReferenceModel, load_model, tables_of
from .reference_file import SECTIONS, toml_value
from .stages import load_stages


@dataclass(frozen=True)
class Difference:
    """One field that two models fill differently.

    where: the entry, such as "stage.won", or "" for the model itself. field: such as "owner",
    "expected.large" or "up_to.CNY". ours, theirs: the two values as text, "" where there is none.
    """

    where: str
    field: str
    ours: str
    theirs: str

    def text(self, lang: str) -> str:
        """The difference as a sentence in "zh" or "en"."""
        name, _, key = self.field.partition(".")
        said = say(f"reference.field_{name}", lang)
        if key:
            said = say("reference.field_of", lang, field=said, key=_entry("tier", key, lang))
        section, _, entry = self.where.partition(".")
        where = say(f"reference.in_{section or 'model'}", lang, name=_entry(section, entry, lang))
        return say("reference.difference", lang, where=where, field=said, ours=_told(self.ours, lang),
                   theirs=_told(self.theirs, lang))


def differences(ours: ReferenceModel, theirs: ReferenceModel) -> tuple[Difference, ...]:
    """Every field that differs, in the order of the file. Law: empty if and only if the models are equal."""
    mine, other = dict(_flat(tables_of(ours))), dict(_flat(tables_of(theirs)))
    return tuple(
        Difference(*place, mine.get(place, ""), other.get(place, ""))
        for place in dict.fromkeys((*mine, *other)) if mine.get(place, "") != other.get(place, "")
    )


def write_copy(path: str | Path, *, model: ReferenceModel | None = None) -> Path:
    """A commented TOML file with every field that may be edited, of `model` or of ours.

    Law: reading it gives the same model. Raises OutputError if the file exists or cannot be written.
    """
    target = Path(path)
    text = _copy(tables_of(model or load_model()))
    try:
        with beside(target) as new:
            new.write_text(text, encoding="utf-8", newline="\n")
            to_disk(new)
            put(new, target)
    except FileExistsError:
        raise OutputError(say("reference.exists", current(), path=target),
                          fix=say("reference.exists_fix", current())) from None
    except OSError as error:
        detail = error.strerror or str(error)
        raise OutputError(say("reference.cannot_write", current(), path=target, detail=detail)) from None
    return target


def _copy(tables: Mapping[str, Any]) -> str:
    top = [f"{key} = {toml_value(value)}" for key, value in tables.items() if not isinstance(value, dict)]
    lines = [*_comment("copy_head"), "", *top, "", *_comment("copy_editing"), *_table("editing", tables["editing"])]
    for section in SECTIONS:
        lines += ["", *_comment(f"copy_{section}")]
        for key, row in tables[section].items():
            lines += [*_main_stage(section, key), *_table(f"{section}.{key}", row)]
    return "\n".join(lines) + "\n"


def _comment(key: str) -> list[str]:
    """A text of several lines as comments, in every language."""
    return [f"# {line}".rstrip() for lang in WRITTEN
            for line in say(f"reference.{key}", lang).strip().split("\n")]


def _main_stage(section: str, key: str) -> list[str]:
    """A line above the first stage of each main stage."""
    chain = load_stages()
    if section != "stage" or chain.main_stages[chain[key].main_stage].order == _before(key):
        return []
    main = chain.main_stages[chain[key].main_stage]
    return ["", f"# ---- {main.order} {main.zh} / {main.en} ----"]


def _before(key: str) -> int:
    """The order of the main stage of the stage before, 0 at the start of the chain."""
    chain = load_stages()
    earlier = [stage for stage in chain.stages.values() if stage.order < chain[key].order]
    return chain.main_stages[earlier[-1].main_stage].order if earlier else 0


def _table(header: str, row: Mapping[str, Any]) -> list[str]:
    return ["", f"[{header}]", *(f"{name} = {toml_value(value)}" for name, value in row.items())]


def _flat(tables: Mapping[str, Any], where: str = "", depth: int = 0) -> Iterator[tuple[tuple[str, str], str]]:
    """((where, field), text) of every value; tables inside an entry are fields with a dot."""
    for key, value in tables.items():
        entry = depth == 0 and key in (*SECTIONS, "editing")
        if isinstance(value, Mapping) and (entry or where in SECTIONS):
            yield from _flat(value, f"{where}.{key}" if where else key, depth + 1)
        elif isinstance(value, Mapping):
            yield from (((where, f"{key}.{name}"), _plain(item)) for name, item in value.items())
        else:
            yield (where, key), _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(value)
    amount = format(value, "f")
    return amount.rstrip("0").rstrip(".") if "." in amount else amount


def _entry(section: str, key: str, lang: str) -> str:
    """The name of an entry in our model, so that a renamed one is still recognised."""
    ours = load_model()
    rows: Mapping[str, Mapping[str, Any]] = {
        "role": ours.roles, "tier": ours.tiers, "gate": ours.gates, "rule": ours.rules,
        "stage": ours.stages}
    return str(rows[section][key].name(lang)) if key in rows.get(section, {}) else key


def _told(value: str, lang: str) -> str:
    """The words of the file (must, any_time, us) as words of the language; another value as it is."""
    word = f"value_{value or 'none'}"
    return say(f"reference.{word}", lang) if word in sentences("reference") else value
