"""A judged cycle in words: the stamps, the answers with their control, what may have suffered, every case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape

from ..domain.kpis import load_kpis
from ..domain.levels import name_of
from ..log.look import html_table
from ..stats.effects import Effect, Effects
from ..stats.telling import difference_text, effect_line, in_unit, kpi_name, level_text, number, signed
from ..words import in_language, say
from .judged import Answer, Elsewhere, Judged, StageHarm, Target


def told(found: Judged, lang: str) -> str:
    """What was agreed first, then the doubts."""
    doubts = [f"- {line}" for line in doubts_of(found, lang)]
    return "\n".join([*opening(found, lang), *answers(found, lang), *harm(found, lang), *targets(found, lang),
                      counts(found, lang), *doubts])


def as_html(found: Judged, lang: str) -> str:
    """The stamps, a table of the answers with their control, what may have suffered, every case."""
    top = "".join(f"<p>{escape(line)}</p>" for line in opening(found, lang))
    table = html_table(heads(lang), list(rows(found, lang)), numeric=[False] * 6)
    moved = [line for answer in found.answers for line in control_lines(answer, found, lang)]
    below = [*moved, *harm(found, lang), *targets(found, lang), counts(found, lang), *doubts_of(found, lang)]
    return top + table + "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in below) + "</ul>"


def opening(found: Judged, lang: str) -> Iterator[str]:
    """Whether this is the judgement that was agreed, and why it is not."""
    facts = {"day": found.definition.frozen_on or "–", "mark": found.definition.sha256[:12]}
    yield say("judging.as_agreed" if found.as_agreed else "judging.not_as_agreed", lang, **facts)
    for stamp in found.stamps:
        yield in_language(stamp.texts, lang) or ""
    if found.definition.calendar:
        yield say("judging.clock", lang, calendar=found.definition.calendar)


def doubts_of(found: Judged, lang: str) -> list[str]:
    """Every caution of the comparisons that were agreed, once."""
    return list(dict.fromkeys(caution.text(lang) for part in found.parts for caution in part.own.effects.cautions))


# ---- answers -------------------------------------------------------------------------------------------------


def answers(found: Judged, lang: str) -> Iterator[str]:
    """Each question: the answer, the placebo line, the check."""
    for answer in found.answers:
        yield answer_line(answer, found, lang)
        yield from control_lines(answer, found, lang)


def answer_line(answer: Answer, found: Judged, lang: str) -> str:
    """One question: both levels, the difference, the verdict."""
    line = effect_line(replace(answer.effect, verdict=answer.verdict), effects_of(found, answer.part), lang)
    return in_part(answer.part, line, lang)


def control_lines(answer: Answer, found: Judged, lang: str) -> Iterator[str]:
    """What the control did meanwhile, whether the change may be credited, and the difference of both."""
    control, both = answer.control, answer.both
    if control is None:
        return
    name = kpi_name(answer.effect.kpi, effects_of(found, answer.part), lang)
    key = "before" if found.definition.kind == "groups" else "control"
    if control.difference is None:
        yield in_part(answer.part, say(f"judging.{key}_unknown", lang, kpi=name), lang)
    else:
        yield in_part(answer.part, say(f"judging.{key}_line", lang, kpi=name, difference=_difference(control, lang),
                                       days=f"{control.horizon_days:,}",
                                       verdict=say(f"compare.{control.verdict}", lang)), lang)
    if answer.control_moved:
        yield in_part(answer.part, say(f"judging.{key}_moved", lang, kpi=name,
                                       verdict=say(f"compare.{control.verdict}", lang)), lang)
    elif control.verdict in ("improved", "worsened"):
        yield in_part(answer.part, say(f"judging.{key}_otherwise", lang, kpi=name,
                                       verdict=say(f"compare.{control.verdict}", lang)), lang)
    if both is not None and both.difference is not None:
        yield in_part(answer.part, say("judging.both_line", lang, kpi=name, difference=_difference(both, lang),
                                       days=f"{both.horizon_days:,}"), lang)


def heads(lang: str) -> list[str]:
    """Heads of the table of answers."""
    return [say(f"judging.head_{key}", lang) for key in ("kpi", "levels", "difference", "verdict", "control", "both")]


def rows(found: Judged, lang: str) -> Iterator[list[str]]:
    """One a question."""
    for answer in found.answers:
        effect = answer.effect
        levels = [level_text(each, effect.unit, lang) for each in (effect.before, effect.after) if each]
        name = kpi_name(effect.kpi, effects_of(found, answer.part), lang)
        control = "–" if answer.control is None else say(
            "judging.cell", lang, difference=_difference(answer.control, lang, short=True),
            verdict=say(f"compare.{answer.control.verdict}", lang))
        verdict = say(f"compare.{answer.verdict}", lang)
        yield [in_part(answer.part, name, lang), " → ".join(levels) or "–", _difference(effect, lang, short=True),
               say("judging.not_credited", lang, verdict=verdict) if answer.control_moved else verdict, control,
               "–" if answer.both is None else _difference(answer.both, lang, short=True)]


# ---- harm and hopes ------------------------------------------------------------------------------------------


def harm(found: Judged, lang: str) -> Iterator[str]:
    """What may have suffered: guards, stages, others. Says so where nothing clearly did."""
    for part, effect in found.guards:
        yield in_part(part, guard_line(effect, effects_of(found, part), lang), lang)
    for stage in found.stages:
        yield in_part(stage.part, stage_line(stage, lang), lang)
    for each in found.elsewhere:
        if each.segment.effect.verdict == "worsened":
            yield in_part(each.part, elsewhere_line(each, effects_of(found, each.part), lang), lang)
    if not found.harmed:
        unsure = sum(effect.verdict == "cannot_tell" for _, effect in found.guards)
        yield say("judging.harm_open" if unsure else "judging.harm_none", lang, n=unsure)


def guard_line(effect: Effect, effects: Effects, lang: str) -> str:
    """A KPI watched for harm, with the worst that the data still allow."""
    name, d = kpi_name(effect.kpi, effects, lang), effect.difference
    if d is None:
        return say("judging.guard_without", lang, kpi=name, why=in_language(effect.lacking, lang) or "").rstrip()
    line = say("judging.guard", lang, kpi=name, difference=_difference(effect, lang),
               verdict=say(f"compare.{effect.verdict}", lang))
    worst = d.high if effect.direction == "lower_is_better" else d.low
    if effect.verdict != "cannot_tell" or effect.direction == "none":
        return line
    unit = "points" if effect.unit == "share" else effect.unit
    return line + say("judging.guard_worst", lang, worst=in_unit(signed(worst, effect.unit), unit, lang))


def stage_line(stage: StageHarm, lang: str) -> str:
    """A stage that takes more days."""
    return say("judging.stage", lang, stage=name_of(stage.stage, lang),
               difference=difference_text(stage.value, stage.low, stage.high, "days", lang))


def elsewhere_line(each: Elsewhere, effects: Effects, lang: str) -> str:
    """A question among others."""
    effect = each.segment.effect
    who = say("judging.segment", lang, column=each.column, value=each.segment.value) if each.column \
        else say("judging.others", lang)
    return say("judging.elsewhere", lang, who=who, kpi=kpi_name(effect.kpi, effects, lang),
               difference=_difference(effect, lang), verdict=say(f"compare.{effect.verdict}", lang))


def targets(found: Judged, lang: str) -> Iterator[str]:
    """Each target with the level after."""
    for target in found.targets:
        yield in_part(target.part, target_line(target, effects_of(found, target.part), lang), lang)


def target_line(target: Target, effects: Effects, lang: str) -> str:
    """A target, the level that was reached, and whether that is enough."""
    better = load_kpis()[target.kpi].direction
    sign = {"lower_is_better": "≤", "higher_is_better": "≥"}.get(better, "=")
    level = effects[target.kpi].after
    shown = level_text(level, target.unit, lang) if level else "–"
    return say("judging.target", lang, kpi=kpi_name(target.kpi, effects, lang), sign=sign,
               target=number(target.target, target.unit, lang), level=shown,
               state=say(f"judging.target_{target.state}", lang))


def counts(found: Judged, lang: str) -> str:
    """What became of every case."""
    parts = {key: f"{n:,}" for key, n in found.counts.items()}
    key = "counts_control" if found.counts.get("control") else "counts" if found.horizon_days else "counts_open"
    return say(f"judging.{key}", lang, horizon=f"{found.horizon_days:,}", **parts)


def effects_of(found: Judged, part: str) -> Effects:
    """The comparison of a part."""
    return next(each for each in found.parts if each.name == part).own.effects


def in_part(part: str, line: str, lang: str) -> str:
    """A line with the wave it is of."""
    return say("judging.of_wave", lang, wave=part, line=line) if part else line


def _difference(effect: Effect, lang: str, *, short: bool = False) -> str:
    d = effect.difference
    return "–" if d is None else difference_text(d.value, d.low, d.high, effect.unit, lang, short=short)
