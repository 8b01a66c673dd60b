"""A page to print: offline, without script, its font cut to the characters it shows."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..charts.fonts import web_face

if TYPE_CHECKING:
    from jinja2 import Environment


def paper(template: str, values: Mapping[str, Any], *, style: str) -> str:
    """The page as text. template, style: files beside each other; the template is given `style` and `policy` beside the
    values, of which `lang` is one."""
    page = _environment().get_template(template)
    look = _look(page.render(**values, style="", policy=""), style, values["lang"])
    return page.render(**values, style=look, policy=_policy(look))


def _look(page: str, style: str, lang: str) -> str:
    """The style with the font cut to the characters of the page."""
    return web_face(page, lang) + _asset(style)


def _policy(style: str) -> str:
    """Nothing may load or run; our own style may, because its hash is named."""
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{allowed}'; font-src data:; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True, keep_trailing_newline=True)


@cache
def _asset(name: str) -> str:
    """A file of the templates, with the same line ends on every system."""
    return (files(__package__) / "templates" / name).read_text("utf-8").replace("\r\n", "\n")
