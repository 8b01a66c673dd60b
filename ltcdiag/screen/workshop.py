"""The workshop page: one offline file in which a log is explored, discussed and voted on, without a server."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from ..charts.fonts import web_face
from ..errors import InputError
from ..findings.finding import Finding
from ..log.event_log import EventLog
from ..log.telling import filter_lines, reason_name
from ..words import say
from ..words.numbers import count, days_interval
from ..words.texts import tidy
from .assets import MAP_SCRIPTS, MAP_STYLES, browser_words, script, style
from .filter_columns import filter_columns
from .frames import frames, grid_of
from .map_model import map_model
from .packing import pack, refuse_large

SCHEMA = "ltcdiag.workshop/1"
GENERATOR = '<meta name="generator" content="ltcdiag workshop">'
"""By this a file is known as a page of ours, which a later one may replace."""
APP_SCRIPTS = ("dom.js", "filter_text.js", "app_bar.js", "app_dialogs.js", "app_charts.js", "app_panels.js", "app.js")
LOCAL_SCRIPTS = ("unpack.js", "counting.js", "provider.js")
PAGE_SCRIPTS = (*MAP_SCRIPTS, *LOCAL_SCRIPTS, *APP_SCRIPTS, "votes.js", "workshop.js")
PAGE_STYLES = (*MAP_STYLES, "app.css", "page.css")
APP_WORDS = ("map", "numbers", "filters", "workshop")
_LONGEST = 2_000    # characters of a text of a finding
_TOLD = ("evidence", "caveat", "ask", "next_step")


@dataclass(frozen=True)
class PageOptions:
    """lang: of every sentence. by: columns to filter by, None for a sensible few. people: whether the people who did
    the work are in it. effort: about the seconds that may be spent on laying out the positions of the sliders."""

    lang: str
    title: str | None = None
    by: Sequence[str] | None = None
    people: bool = False
    effort: float = 5.0


def workshop_page(
    log: EventLog, findings: Sequence[Finding], options: PageOptions, progress: Callable[[str], None] | None = None,
) -> str:
    """The page as text. Raises InputError where the log is empty or too large, a column is unknown, or people are asked
    for and `ltcdiag.toml` names no purpose. Law: same log, findings and options, same characters."""
    tell = progress or (lambda _: None)
    refuse(log, options)
    lang = options.lang
    title = tidy(options.title or say("workshop.title", lang, name=log.name))
    tell(say("workshop.step_map", lang))
    model = map_model(log, lang=lang)
    model["frames"], model["grid"] = dict(frames(model, options.effort)), grid_of(model).plain()
    tell(say("workshop.step_pack", lang, cases=f"{log.cases:,}"))
    packed = pack(log, [each["name"] for each in model["activities"]], columns=filter_columns(log, options.by),
                  people=options.people, findings=[(each.id, each.case_ids) for each in findings])
    data = {"schema": SCHEMA, "lang": lang, "title": title, "fingerprint": log.fingerprint, "model": model,
            "log": packed, "words": browser_words(lang, *APP_WORDS),
            "findings": [plain_finding(each, lang) for each in findings], "truth": {"slowest": _slowest(model)}}
    return _filled(title, data, list(head_lines(log, options)), lang)


def head_lines(log: EventLog, options: PageOptions) -> Iterator[tuple[str, str]]:
    """Class and text of what stands on top: who may see it, until when the data run, what was read and set aside."""
    lang, sep = options.lang, " · "
    inside = [say("workshop.internal", lang), say(f"workshop.people_{'in' if options.people else 'out'}", lang)]
    if log.privacy.pseudonyms is not None:
        inside.append(say("workshop.pseudonyms", lang))
    yield "inside", sep.join(inside)
    zone = log.timezone or say("workshop.no_zone", lang)
    aside = {reason: n for reason, n in log.ledger.set_aside.items() if n and not reason.startswith("filtered_")}
    lines = [say("workshop.as_of", lang, moment=f"{log.as_of:%Y-%m-%d %H:%M}", zone=zone),
             say("workshop.counted", lang, cases=f"{log.cases:,}", events=f"{log.events:,}")]
    reasons = say("log.comma", lang).join(f"{reason_name(reason, lang)} {n:,}" for reason, n in aside.items())
    lines.append(say("workshop.set_aside", lang, n=f"{sum(aside.values()):,}", reasons=reasons) if aside
                 else say("workshop.set_aside_none", lang))
    yield "", sep.join([*lines, say("workshop.gaps_not_waiting", lang)])
    for line in filter_lines(log, lang):
        yield "", say("workshop.filtered", lang, words=line)


def refuse(log: EventLog, options: PageOptions) -> None:
    """Raises InputError where no page can be made of a log, before any long work."""
    if not log.cases:
        raise InputError(say("workshop.empty", options.lang), fix=say("workshop.empty_fix", options.lang))
    refuse_large(log)
    if not options.people:
        return
    if "resource" not in log.columns:
        raise InputError(say("workshop.no_people", options.lang))
    if not log.privacy.purpose:
        raise InputError(say("privacy.people_off", options.lang),
                         fix=say("privacy.people_off_fix", options.lang, k=log.privacy.k))


def plain_finding(found: Finding, lang: str) -> dict[str, Any]:
    """A finding for the browser; its cases are packed with the log."""
    texts = {name: _said(getattr(found, name), lang) for name in _TOLD}
    lines = [{"head": say(f"workshop.head_{name}", lang), "text": text} for name, text in texts.items() if text]
    return {"id": found.id, "title": tidy(found.title[lang], _LONGEST), "kind": found.kind, "where": dict(found.where),
            "objects": bool(found.objects), "told": _numbers(found, lang), "lines": lines}


def _numbers(found: Finding, lang: str) -> str:
    """What a finding rests on, in a line: cases, days with their interval, how sure it is."""
    told = [] if found.objects else [say("numbers.cases", lang, n=count(len(found.case_ids)))]
    if found.days is not None:
        each = found.days
        told.append(say("workshop.days_per_case", lang, days=days_interval(each.value, each.low, each.high, lang)))
    return " · ".join([*told, say(f"findings.confidence_{found.confidence}", lang)])


def _said(texts: Mapping[str, str], lang: str) -> str:
    return tidy(texts.get(lang, ""), _LONGEST)


def _slowest(model: Mapping[str, Any]) -> str | None:
    """The activity before which most days go by, all cases together."""
    totals = model["values"]["activities"]["total"]
    best = max(range(len(totals)), key=lambda i: (totals[i] or 0.0, -i), default=None)
    return None if best is None or not totals[best] else str(model["activities"][best]["name"])


def _filled(title: str, data: Mapping[str, Any], head: Sequence[tuple[str, str]], lang: str) -> str:
    foot = say("workshop.foot", lang, fingerprint=data["fingerprint"])
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    plain = plain.encode("utf-8", "replace").decode("utf-8")
    shown = [f'<p class="{name}">{escape(text)}</p>' for name, text in head]
    code = script(*PAGE_SCRIPTS) + "\nopenWorkshop();\n"
    look = web_face(_drawn(title, data, head), lang) + style(*PAGE_STYLES)
    return Template(_template()).substitute(
        lang=lang, generator=GENERATOR, policy=page_policy(look, code), title=escape(title), style=look,
        head="\n".join(shown), no_script=escape(say("workshop.no_script", lang)),
        foot=escape(foot), data=plain, script=code)


def _drawn(title: str, data: Mapping[str, Any], head: Sequence[tuple[str, str]]) -> str:
    """Every character that may be seen, without what is packed: case ids in another script fall back to a font of the
    system."""
    told = {name: value for name, value in data.items() if name != "log"}
    values = [value for column in data["log"]["attributes"] for value in (column["name"], *column["values"])]
    return "".join([title, *(text for _, text in head), *values, *data["log"]["people_names"],
                    json.dumps(told, ensure_ascii=False)])


def page_policy(look: str, code: str) -> str:
    """Nothing may load or be sent; our own style and script run because their hashes are named."""
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (look, code)]
    return (f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
            "font-src data:; img-src data:; base-uri 'none'; form-action 'none'")


def _template() -> str:
    return (files(__package__) / "assets" / "page.html").read_text("utf-8").replace("\r\n", "\n")
