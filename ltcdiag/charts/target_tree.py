"""From the question to what is done: goals with their levels now and then, and the measures that serve them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..cycle.parties import party_name
from ..cycle.plan import Goal, Measure, Plan
from ..cycle.plan_told import baseline_text, level_text, target_text
from ..domain.kpis import load_kpis
from ..words import say
from .drawing import ACCENT, HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, rounded, style
from .folding import folded, height, write_lines
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _SIZE, _SMALL, _GAP, _LINK, _PAD = 30.0, 13.0, 11.0, 12.0, 54.0, 9.0
_WIDE = (190.0, 290.0, 350.0)
_PALE = "#eef3f9"


@dataclass(frozen=True)
class _Leaf:
    """A box: its lines in large and in small letters."""

    large: tuple[str, ...]
    small: tuple[str, ...] = ()

    @property
    def tall(self) -> float:
        return height(self.large, _SIZE) + (height(self.small, _SMALL) + 3 if self.small else 0) + 2 * _PAD


def target_tree_chart(plan: Plan, *, lang: str = "zh") -> Drawing:
    """The question, its goals (now → target) and the measures of each goal, from left to right."""
    title = say("plan_pictures.targets_title", lang)
    if not plan.goals and not plan.measures:
        return nothing("target_tree", title, lang, said=True)
    branches = _branches(plan)
    with style():
        figure = _draw(plan, branches, lang)
    lines = [title]
    for goal, measures in branches:
        name = load_kpis()[goal.kpi].name(lang) if goal else say("plan_pictures.other_measures", lang)
        levels = say("plan_pictures.from_to", lang, now=baseline_text(goal, lang), then=target_text(goal, lang),
                     due=goal.due) if goal else ""
        names = say("log.comma", lang).join(f"{each.id} {each.name[lang]}" for each in measures)
        lines.append(f"{goal.id + ' ' if goal else ''}{name} {levels}{say('log.colon', lang)}{names}")
    return Drawing(figure, "\n".join(lines), "target_tree")


def _branches(plan: Plan) -> list[tuple[Goal | None, list[Measure]]]:
    """Each goal with its measures, then those of none."""
    found: list[tuple[Goal | None, list[Measure]]] = [
        (goal, [each for each in plan.measures if each.goal == goal.id]) for goal in plan.goals]
    ids = {goal.id for goal in plan.goals}
    rest = [each for each in plan.measures if each.goal not in ids]
    return [*found, (None, rest)] if rest else found


def _draw(plan: Plan, branches: list[tuple[Goal | None, list[Measure]]], lang: str) -> Figure:
    question = _Leaf(folded(plan.question or say("plan_pictures.no_question", lang), lang, size=_SIZE,
                            width=_WIDE[0] - 20, most=6))
    goals = [_goal_leaf(goal, lang) for goal, _ in branches]
    leaves = [[_measure_leaf(each, lang) for each in measures] for _, measures in branches]
    tall = [max(goal.tall, sum(leaf.tall + _GAP for leaf in mine) - _GAP) for goal, mine in
            zip(goals, leaves, strict=True)]
    top, total = 104.0, max(sum(tall) + 2 * _GAP * (len(tall) - 1), question.tall)
    width = 2 * _MARGIN + sum(_WIDE) + 2 * _LINK
    figure, axes = page(width, top + total + 26)
    heading(axes, width, say("plan_pictures.targets_title", lang), say("plan_pictures.targets_subtitle", lang))
    x = [_MARGIN, _MARGIN + _WIDE[0] + _LINK, _MARGIN + _WIDE[0] + _WIDE[1] + 2 * _LINK]
    _box(axes, question, x[0], _WIDE[0], top + total / 2, ACCENT)
    y = top
    for goal, mine, high in zip(goals, leaves, tall, strict=True):
        middle = y + high / 2
        _link(axes, x[0] + _WIDE[0], top + total / 2, x[1], middle)
        _box(axes, goal, x[1], _WIDE[1], middle, INK)
        at = middle - (sum(leaf.tall + _GAP for leaf in mine) - _GAP) / 2
        for leaf in mine:
            _link(axes, x[1] + _WIDE[1], middle, x[2], at + leaf.tall / 2)
            _box(axes, leaf, x[2], _WIDE[2], at + leaf.tall / 2, HAIRLINE)
            at += leaf.tall + _GAP
        y += high + 2 * _GAP
    return figure


def _goal_leaf(goal: Goal | None, lang: str) -> _Leaf:
    if goal is None:
        return _Leaf(folded(say("plan_pictures.other_measures", lang), lang, size=_SIZE, width=_WIDE[1] - 20))
    base = goal.baseline
    now = level_text(base.value, base.unit, lang) if base else "–"
    text = say("plan_pictures.now_then", lang, now=now, then=target_text(goal, lang), due=goal.due)
    name = f"{goal.id} {load_kpis()[goal.kpi].name(lang)}"
    who = say("plan_pictures.answers", lang, who=party_name(goal.accountable, lang))
    return _Leaf(folded(name, lang, size=_SIZE, width=_WIDE[1] - 20),
                 (*folded(text, lang, size=_SMALL, width=_WIDE[1] - 20, most=2),
                  *folded(who, lang, size=_SMALL, width=_WIDE[1] - 20, most=1)))


def _measure_leaf(each: Measure, lang: str) -> _Leaf:
    who = say("plan_pictures.answers", lang, who=party_name(each.accountable, lang))
    return _Leaf(folded(f"{each.id} {each.name[lang]}", lang, size=_SIZE, width=_WIDE[2] - 20, most=2),
                 folded(who, lang, size=_SMALL, width=_WIDE[2] - 20, most=1))


def _box(axes: Axes, leaf: _Leaf, x: float, width: float, middle: float, line: str) -> None:
    rounded(axes, Box(x, middle - leaf.tall / 2, x + width, middle + leaf.tall / 2), _PALE, line=line, radius=5)
    top = middle - leaf.tall / 2 + _PAD
    write_lines(axes, x + 10, top + height(leaf.large, _SIZE) / 2, leaf.large, size=_SIZE)
    if leaf.small:
        below = top + height(leaf.large, _SIZE) + 3 + height(leaf.small, _SMALL) / 2
        write_lines(axes, x + 10, below, leaf.small, size=_SMALL, colour=MUTED)


def _link(axes: Axes, x: float, y: float, to_x: float, to_y: float) -> None:
    middle = (x + to_x) / 2
    axes.plot([x, middle, middle, to_x], [y, y, to_y, to_y], color=MUTED, linewidth=1.1, zorder=1)
