"""The interactive map in a notebook; where no widget can be shown, its picture and its words."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from functools import cached_property
from typing import Any

import anywidget
import traitlets

from ..charts.drawing import Drawing
from ..charts.fonts import web_face
from ..errors import LtcdiagError
from ..log.event_log import EventLog
from ..log.filters import Contains, EndsWith, Filter, Follows, StartsWith
from ..words import say
from .assets import MAP_SCRIPTS, MAP_STYLES, MAP_WORDS, browser_words, script, style
from .frames import frame, frame_key, grid_of, kinds_of_lanes
from .map_model import map_model, map_values
from .replay import tokens_of

_MODULE = script(*MAP_SCRIPTS, "map_widget.js") + "\nexport default { render: renderMap };\n"


class MapWidget(anywidget.AnyWidget):
    """A process map that can be asked. picked: what was clicked, as plain values, or None. filter: the same as a filter
    of the log, so that `log.where(widget.filter)` is the cases behind it.

    asked: a log, its directly-follows graph, or a difference map. picture: makes the drawing of so many
    activities and paths that stands where no widget can be shown. on_pick: called with the filter (None where nothing
    is picked) after each click.
    Raises InputError for anything else."""

    _esm = _MODULE
    _css = style(*MAP_STYLES)
    drawn = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    face = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(640).tag(sync=True)
    replays = traitlets.Bool(default_value=False).tag(sync=True)
    picked = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    news = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)

    def __init__(self, asked: object, *, lang: str, picture: Callable[[int, int], Drawing], height: int = 640,
                 on_pick: Callable[[Filter | None], object] | None = None) -> None:
        model = map_model(asked, lang=lang)
        grid = grid_of(model)
        model["grid"] = grid.plain()
        if model["activities"]:
            model["frames"] = {frame_key(*grid.usual): frame(model, *grid.usual)}
        words = browser_words(lang, *MAP_WORDS)
        shown = json.dumps([model["activities"], model["stages"], words], ensure_ascii=False)
        self._log = asked if isinstance(asked, EventLog) else None
        self._leveled = getattr(asked, "level", "activity") != "activity"
        self._picture, self._on_pick, self._lang = picture, on_pick, lang
        super().__init__(drawn=model, words=words, height=height, replays=self._log is not None,
                         face=web_face(shown, lang))
        self.on_msg(self._answer)
        self.observe(self._told, "picked")

    @property
    def filter(self) -> Filter | None:
        """The cases behind what is picked: those that have the activity, take the path, start or end so."""
        what = self.picked
        if not what or self._leveled:
            return None
        if what["kind"] == "path":
            return Follows(what["source"], what["target"])
        return {"activity": Contains, "start": StartsWith, "end": EndsWith}[what["kind"]]((what["name"],))

    def show(self, log: EventLog) -> None:
        """Other numbers on the same layout: those of a filtered log; what is gone from it turns pale."""
        model = self.drawn
        names = [activity["name"] for activity in model["activities"]]
        self.news = map_values(log, names, [(path["source"], path["target"]) for path in model["paths"]])
        self._log = log

    @traitlets.validate("picked")
    def _known(self, proposal: Any) -> dict[str, str] | None:
        """Only what is on the map can be picked, whoever sends it."""
        what = proposal["value"]
        names = {activity["name"] for activity in self.drawn.get("activities", ())}
        wanted = {"path": ("source", "target")}.get((what or {}).get("kind", ""), ("name",))
        if not what or what.get("kind") not in ("activity", "path", "start", "end"):
            return None
        return {"kind": what["kind"], **{key: what[key] for key in wanted}} if {
            what.get(key) for key in wanted} <= names else None

    def _told(self, _: Any) -> None:
        if self._on_pick is not None:
            self._on_pick(self.filter)

    def _answer(self, _: Any, content: Any, buffers: Any) -> None:  # noqa: ARG002 - the signature of a message
        """Answer a question of the browser; a fault is told in words, never as a traceback."""
        told: dict[str, Any] = {"answers": content.get("number")}
        try:
            told["value"] = self._found(content)
        except (LtcdiagError, KeyError, IndexError, TypeError, ValueError) as problem:
            told["problem"] = str(problem) if isinstance(problem, LtcdiagError) else say("map.no_answer", self._lang)
        self.send(told)

    def _found(self, content: dict[str, Any]) -> Any:
        if content["ask"] == "tokens" and self._log is not None:
            return tokens_of(self._log, self.drawn)
        a, p, lanes = int(content["a"]), int(content["p"]), str(content["lanes"])
        if min(a, p) < 0 or lanes not in kinds_of_lanes(self.drawn):
            raise IndexError
        return frame(self.drawn, a, p, lanes)

    @cached_property
    def _stead(self) -> dict[str, Any]:
        """What stands in the notebook where no widget can be shown."""
        a, p = self.drawn["grid"]["usual"]
        drawing = self._picture(max(1, self.drawn["grid"]["activities"][a]), max(1, self.drawn["grid"]["paths"][p]))
        return {"image/png": b64encode(drawing._repr_png_()).decode("ascii"), "text/plain": drawing.words}

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, about = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, **self._stead}, about
