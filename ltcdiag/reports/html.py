"""One offline page: everything inside, nothing asked from outside, readable without script."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..charts.drawing import Drawing
from ..charts.fonts import FAMILY, web_face
from ..words import say
from .assessment import Assessment
from .diagnosed import Diagnosed
from .fit import Fit
from .indicators import Indicators
from .openings import FIRST
from .page import Page
from .svg import inline_svg

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_OPTION = re.compile(r"(--[a-z-]+)")



def render(found: Assessment, drawings: Sequence[Drawing], lang: str) -> str:
    """The report as one HTML file. Law: same log and settings, same characters."""
    page, diagnosed = Page(found, drawings, lang), Diagnosed(found, lang)
    pictures = {drawing.name: inline_svg(drawing) for drawing in drawings}
    values = {"page": page, "diagnosed": diagnosed, "fit": Fit(found.log, lang),
              "indicators": Indicators(found, lang), "pictures": pictures,
              "first": FIRST}
    return whole_page("report.html.j2", lang, values, title=f"{page.title} · {page.log.name}",
                      foot=say("reports.page_foot", lang))


def whole_page(template: str, lang: str, values: Mapping[str, Any], *, title: str, foot: str) -> str:
    """The page with its font cut to the characters it shows, and the hashes of its style and script."""
    script = _asset("report.js")
    values = {**values, "lang": lang, "t": lambda key, **places: say(f"reports.{key}", lang, **places)}
    body = _environment().get_template(template).render(values)
    style = web_face(body + foot, lang) + _asset("report.css") + _page_foot(foot)
    return _environment().get_template("page.html.j2").render(
        lang=lang, body=body, style=style, script=script, policy=_policy(style, script),
        title=title,
    )


def _policy(style: str, script: str) -> str:
    """Nothing may load; our own style and script run because their hashes are named."""
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
            "font-src data:; img-src data:; base-uri 'none'; form-action 'none'")


def _page_foot(text: str) -> str:
    """The level of the report and the page number, on every printed page."""
    look = f'font:8pt "{FAMILY}",sans-serif;color:#5b6673'
    return f'@page{{@bottom-left{{content:"{text}";{look}}}@bottom-right{{content:counter(page);{look}}}}}\n'


def _options(text: str) -> Markup:
    """A sentence whose command line options do not break over two lines."""
    from markupsafe import Markup, escape

    return Markup(_OPTION.sub(r'<code class="option">\1</code>', str(escape(text))))  # noqa: S704 - escaped just before


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    made.filters["options"] = _options
    return made


@cache
def _asset(name: str) -> str:
    """A file beside the templates, with the same line ends on every system."""
    return (files(__package__) / "templates" / name).read_text("utf-8").replace("\r\n", "\n")
