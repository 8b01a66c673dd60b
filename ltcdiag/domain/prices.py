"""What an hour, a day of capital and a lost deal cost: the user's own rates, each with a range. Nothing is assumed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import Fault, InputError
from ..words import WRITTEN, clauses, current, say, sentences

ALL = "all"
"""The key of what holds where nothing nearer is named."""
TABLES = ("hourly", "minutes")
SHARES = ("cost_of_capital", "margin")
FIELDS = ("currency", *SHARES, *TABLES)
FILE = "prices.toml"


@dataclass(frozen=True)
class Range:
    """A rate and its ends. Law: low <= value <= high; of two ends the value is the middle."""

    value: Decimal
    low: Decimal
    high: Decimal

    def text(self, *, percent: bool = False) -> str:
        """The rate as it stands in a sentence: "150", "120–180", "6%"."""
        ends = [f"{100 * end:f}" if percent else f"{end:f}" for end in (self.low, self.high)]
        plain = [end.rstrip("0").rstrip(".") if "." in end else end for end in ends]
        told = plain[0] if plain[0] == plain[1] else "–".join(plain)
        return f"{told}%" if percent else told


@dataclass(frozen=True)
class Prices:
    """currency: of all rates. cost_of_capital: of a year, as a share. margin: contribution margin, as a share of the
    amount. hourly: department or role (or "all") → cost of an hour. minutes: step or key of a stage (or "all") →
    minutes of work each time it is done, used where starts are not recorded. None and nothing: not given, so not
    priced."""

    currency: str = ""
    cost_of_capital: Range | None = None
    margin: Range | None = None
    hourly: Mapping[str, Range] = field(default_factory=dict)
    minutes: Mapping[str, Range] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.hourly or self.minutes or self.cost_of_capital or self.margin)

    def rate(self, *names: str | None) -> Range | None:
        """What an hour of the first of these that has a rate costs, else of all; None where nobody said."""
        return _nearest(self.hourly, names)

    def minutes_of(self, *names: str | None) -> Range | None:
        """Minutes of the first of these that has some, else of all; None where nobody said."""
        return _nearest(self.minutes, names)

    def told(self, lang: str) -> tuple[str, ...]:
        """The rates, one sentence each."""
        said = []
        for name, table in (("hourly", self.hourly), ("minutes", self.minutes)):
            if table:
                listed = clauses((
                    say("prices.one", lang, key=say("prices.all", lang) if key == ALL else key, value=rate.text())
                    for key, rate in table.items()), lang)
                said.append(say(f"prices.told_{name}", lang, listed=listed, currency=self.currency))
        for name, share in (("cost_of_capital", self.cost_of_capital), ("margin", self.margin)):
            if share is not None:
                said.append(say(f"prices.told_{name}", lang, value=share.text(percent=True)))
        return tuple(said)


def _nearest(table: Mapping[str, Range], names: tuple[str | None, ...]) -> Range | None:
    return next((table[name] for name in (*names, ALL) if name is not None and name in table), None)


def load_prices(path: str | Path) -> Prices:
    """The rates of a TOML file: its table [prices], or its top where it has none. Raises InputError with every
    fault."""
    where = str(path)
    try:
        data = tomllib.loads(Path(path).read_bytes().decode("utf-8-sig"), parse_float=Decimal)
    except FileNotFoundError:
        raise InputError(_fault("not_found", where)) from None
    except OSError as error:
        raise InputError(_fault("cannot_open", where, detail=error.strerror or str(error))) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(_fault("not_toml", where, detail=str(error))) from None
    return prices_of(data.get("prices", data), where=Path(path).name)


def prices_of(table: Any, *, where: str) -> Prices:
    """The rates of a table of TOML. Raises InputError with every fault."""
    faults = price_faults(table, where=where)
    if faults:
        raise InputError(faults)
    capital, margin = (_range(table[name]) if name in table else None for name in SHARES)
    hourly, minutes = (
        MappingProxyType({key: _range(value) for key, value in _entries(table.get(name, {})).items()})
        for name in TABLES)
    return Prices(str(table.get("currency", "")).strip(), capital, margin, hourly, minutes)


def price_faults(table: Any, *, where: str) -> list[Fault]:
    """Everything wrong with a table of rates."""
    if not isinstance(table, Mapping):
        return [_fault("no_table", where, key="prices")]
    return list(_faults(table, where))


def price_tables(prices: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Rates as tables of a TOML file: what holds for all first, then by department and by step."""
    plain = {key: value for key, value in prices.items() if not isinstance(value, Mapping)}
    deeper = [(f"prices.{key}", dict(value)) for key, value in prices.items() if isinstance(value, Mapping)]
    return [*([("prices", plain)] if plain else []), *deeper]


def _faults(table: Mapping[str, Any], where: str) -> Iterator[Fault]:
    for key in table:
        if key not in FIELDS:
            near = get_close_matches(key, FIELDS, n=1)
            yield _fault("unknown", where, key=key, known=", ".join(FIELDS), near=near[0] if near else FIELDS[0])
    currency = table.get("currency", "")
    if not isinstance(currency, str):
        yield _fault("no_text", where, key="currency")
    elif not currency.strip() and any(name in table for name in ("hourly", "minutes")):
        yield _fault("no_currency", where)
    for name in SHARES:
        if name in table and not _sound(table[name], most=1):
            yield _fault("no_share", where, key=name)
    for name in TABLES:
        entries = table.get(name, {})
        if isinstance(entries, Mapping):
            yield from (_fault("no_rate", where, key=f"{name}.{key}")
                        for key, value in entries.items() if not _sound(value))
        elif not _sound(entries):
            yield _fault("no_rate", where, key=name)


def _entries(value: Any) -> Mapping[str, Any]:
    """A table, or one rate for all."""
    return value if isinstance(value, Mapping) else {ALL: value}


def _sound(value: Any, *, most: int | None = None) -> bool:
    """Whether a value is a number above nothing, or two of them, the lower one first."""
    ends = value if isinstance(value, list) else [value]
    numbers = [end for end in ends if isinstance(end, int | float | Decimal) and not isinstance(end, bool)]
    if len(ends) not in (1, 2) or len(numbers) < len(ends):
        return False
    told = [Decimal(str(end)) for end in ends]
    return all(end.is_finite() and end >= 0 and (most is None or end <= most) for end in told) and told == sorted(told)


def _range(value: Any) -> Range:
    ends = [Decimal(str(end)) for end in (value if isinstance(value, list) else [value])]
    return Range((ends[0] + ends[-1]) / 2, ends[0], ends[-1])


def _fault(key: str, where: str, /, **values: object) -> Fault:
    fix = f"{key}_fix"
    mend = say(f"prices.{fix}", current(), **values) if fix in sentences("prices") else ""
    return Fault(say(f"prices.{key}", current(), **values), where=where, fix=mend)


def template() -> str:
    """A file of rates to fill in: every line is a comment until somebody gives a number of their own."""
    head = [f"# {line}".rstrip() for lang in WRITTEN for line in say("prices.template", lang).strip().split("\n")]
    return "\n".join([*head, "", "[prices]", *_BLANK]) + "\n"


_BLANK = (
    '# currency = "CNY"',
    "# cost_of_capital = [0.04, 0.06]",
    "# margin = [0.25, 0.35]",
    "",
    "# [prices.hourly]",
    "# all = 150",
    '# "法务部" = [200, 260]',
    "",
    "# [prices.minutes]",
    "# all = 30",
    "# contract_approval = [45, 90]",
    '# "报价评审" = 40',
)
