"""The pictures of a comparison, each with the reason where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import isfinite

from ..charts import chart
from ..charts.drawing import Drawing
from ..charts.mix_waterfall import MixShift
from ..domain.reference import ReferenceModel, load_model
from ..errors import InputError
from ..measures.comparison import Comparison
from ..stats.effects import Effect
from ..words import say
from .pictures import picture

VIEWS = ("pace", "pace_wins", "incidence", "mix_waterfall", "stage_ledgers", "funnel", "difference_map",
         "variant_changes")


def drawings(found: Comparison, reference: ReferenceModel, lang: str) -> tuple[list[Drawing], dict[str, str]]:
    """Every picture that the cases carry, and name → why there is none."""
    drawn, missing = list(_of_effects(found, lang)), {}
    makers: dict[str, Callable[[], Drawing]] = {
        "stage_ledgers": lambda: picture(found.stage_ledgers(reference), lang),
        "funnel": lambda: picture(found.funnel(), lang),
        "incidence": lambda: _incidence(found, lang),
        "difference_map": lambda: picture(found.difference_map(), lang),
        "variant_changes": lambda: picture(found.variant_changes(), lang),
    }
    for name, make in makers.items():
        try:
            drawn.append(make())
        except InputError as error:
            missing[name] = " ".join(fault.what for fault in error.faults)
        except ValueError:
            missing[name] = ""
    return drawn, missing


def view(found: Comparison, lang: str, *, view: str = "pace", model: ReferenceModel | None = None) -> Drawing:
    """One picture of a comparison. Raises InputError where there is no such view, or the cases do not carry it."""
    drawn, missing = drawings(found, model or load_model("ltc"), lang)
    named = {drawing.name: drawing for drawing in drawn}
    if view in named:
        return named[view]
    if view not in VIEWS:
        raise InputError(say("engine.unknown_choice", lang, value=view), fix=say("engine.one_of", lang,
                                                                                values=", ".join(VIEWS)))
    raise InputError(missing.get(view) or say("review.no_view", lang))


def _of_effects(found: Comparison, lang: str) -> Iterator[Drawing]:
    for name, pace in (("pace", found.effects.pace), ("pace_wins", found.effects.pace_wins)):
        if pace is not None and pace.months and isfinite(pace.p):
            yield replace(chart("pace")(pace, lang=lang, counted=pace.what), name=name)
    for effect in found:
        shift = _shift(effect, found, lang)
        if shift is not None:
            yield chart("mix_waterfall")(shift, lang=lang)
            return


def _shift(effect: Effect, found: Comparison, lang: str) -> MixShift | None:
    """What the mix explains of the first primary effect; None where no mix was held equal."""
    d, before, after = effect.difference, effect.before, effect.after
    if d is None or before is None or after is None or not effect.adjusted_for or effect.exploratory:
        return None
    if before.low is None or before.high is None or after.low is None or after.high is None or effect.control:
        return None
    names = found.effects.kpi_names[effect.kpi]
    unit = say("review.unit_working_days", lang) if effect.unit == "working_days" else effect.unit
    return MixShift(
        names.get(lang, effect.kpi), "" if unit == "money" else unit, (before.value, before.low, before.high),
        (after.value, after.low, after.high), (d.value, d.low, d.high), effect.adjusted_for, before.n + after.n)


def _incidence(found: Comparison, lang: str) -> Drawing:
    before, after = found.incidence()
    names = found.effects.names
    return chart("incidence")(before, after, lang=lang, names=None if names == ("before", "after") else names)
