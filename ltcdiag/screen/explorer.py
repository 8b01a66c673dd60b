"""The explorer in a notebook: map, variants, cases and findings of the cases that one list of filters keeps; where no
widget can be shown, the picture of the map and its words."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..charts.drawing import Drawing
from ..charts.fonts import web_face
from ..cycle.filter_file import SavedFilters, read_filters, save_filter
from ..errors import LtcdiagError
from ..findings.finding import Finding
from ..log.event_log import EventLog
from ..log.filter_plain import from_plain, to_plain
from ..log.filter_words import filter_words
from ..log.filters import Filter
from ..words import say, use
from .assets import MAP_SCRIPTS, MAP_STYLES, browser_words, script, style
from .frames import frame, frame_key, grid_of, kinds_of_lanes
from .map_model import map_model
from .provider import Provider
from .replay import tokens_of
from .workshop import APP_SCRIPTS, APP_WORDS, plain_finding

_MODULE = script(*MAP_SCRIPTS, *APP_SCRIPTS, "map_widget.js", "explorer_widget.js")


class Explorer(anywidget.AnyWidget):
    """A log that can be asked by clicking. `filter`, `log` and `code` say what is chosen: the filter, the log of its
    cases, and the line that makes that log again.

    whole: the log that is explored. findings: listed beside the map, each with its cases. keep: the filter to begin
    with. picture: makes the drawing that stands where no widget can be shown. by: columns to filter by. place: folder
    or file of saved filters. height: of the map and the lists, in points of the screen. Raises InputError where a
    filter or a column cannot be used, or the file of saved filters is wrong."""

    _esm = _MODULE + "\nexport default { render: renderExplorer };\n"
    _css = style(*MAP_STYLES, "app.css", "explorer.css")
    drawn = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    face = traitlets.Unicode().tag(sync=True)
    lang = traitlets.Unicode().tag(sync=True)
    findings: traitlets.List[Any] = traitlets.List().tag(sync=True)
    height = traitlets.Int(520).tag(sync=True)
    saved = traitlets.Dict().tag(sync=True)
    filters: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(self, whole: EventLog, *, lang: str, picture: Callable[[EventLog], Drawing],
                 findings: Sequence[Finding] = (), keep: Filter | None = None, by: Sequence[str] | None = None,
                 place: str | Path = ".", height: int = 520) -> None:
        if keep is not None:
            whole.where(keep)       # its faults are told here, and not by a picture
        there = read_filters(place)
        model = map_model(whole, lang=lang)
        grid = grid_of(model)
        model["grid"] = grid.plain()
        if model["activities"]:
            model["frames"] = {frame_key(*grid.usual): frame(model, *grid.usual)}
        words = browser_words(lang, *APP_WORDS)
        self._whole, self._picture, self._place = whole, picture, place
        self._provider = Provider(whole, model, None if by is None else tuple(by))
        told = [{**plain_finding(each, lang), "case_ids": list(each.case_ids)} for each in findings]
        shown = [model["activities"], model["stages"], words, told, [
            (column.name, column.values) for column in self._provider.columns]]
        super().__init__(drawn=model, words=words, lang=lang, height=height, findings=told, saved=_plain_sets(there),
                         filters=to_plain(keep), face=web_face(json.dumps(shown, ensure_ascii=False), lang))
        self.on_msg(self._answer)

    @property
    def filter(self) -> Filter:
        """What keeps the cases that are shown; all of them where nothing is filtered."""
        return from_plain(self.filters)

    @property
    def log(self) -> EventLog:
        """The log of the cases that are shown."""
        return self._provider.narrowed(self.filters)

    @property
    def code(self) -> str:
        """One line that makes `log` again, where the log that is explored is called `log`."""
        return f"log.where({self.filter!r})" if self.filters else "log"

    def set(self, keep: Filter | None) -> None:
        """Show the cases of another filter; None: all. Raises InputError where it cannot be used."""
        if keep is not None:
            self._whole.where(keep)
        self.filters = to_plain(keep)

    def save(self, name: str, *, force: bool = False) -> SavedFilters:
        """Save what is filtered under a name. Raises as `ltc.save_filter`."""
        there = save_filter(name, self.filter, self._place, force=force)
        self.saved = _plain_sets(there)
        return there

    def _answer(self, _: Any, content: Any, buffers: Any) -> None:  # noqa: ARG002 - the signature of a message
        """Answer a question of the browser; a fault is told in words, never as a traceback."""
        told: dict[str, Any] = {"answers": content.get("number")}
        try:
            with use(self.lang):
                told["value"] = self._found(content)
        except Exception as problem:  # noqa: BLE001 - the browser waits: it is told, and the notebook stays whole
            what = str(problem) if isinstance(problem, LtcdiagError) else type(problem).__name__
            told["problem"] = say("filters.explorer_failed", self.lang, what=what)
        self.send(told)

    def _found(self, content: dict[str, Any]) -> Any:
        match content["ask"]:
            case "view":
                return self._provider.ask(content["filters"], content.get("how"))
            case "case":
                return self._provider.case(str(content["id"]))
            case "tokens":
                return tokens_of(self.log, self.drawn)
            case "save":
                there = save_filter(str(content["name"]), from_plain(content["filters"]), self._place)
                self.saved = _plain_sets(there)
                return say("filters.explorer_saved", self.lang, name=content["name"], file=there.file)
        a, p, lanes = int(content["a"]), int(content["p"]), str(content["lanes"])
        if min(a, p) < 0 or lanes not in kinds_of_lanes(self.drawn):
            raise IndexError
        return frame(self.drawn, a, p, lanes)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, about = super()._repr_mimebundle_(**kwargs) or ({}, {})
        drawing = self._picture(self.log)
        kept = "" if not self.filters else filter_words(self.filter, self.lang)
        words = "\n".join(text for text in (say("filters.explorer_static", self.lang), kept, drawing.words) if text)
        return {**data, "image/png": b64encode(drawing._repr_png_()).decode("ascii"), "text/plain": words}, about


def _plain_sets(there: SavedFilters) -> dict[str, list[dict[str, Any]]]:
    return {name: to_plain(keep) for name, keep in there.items()}
