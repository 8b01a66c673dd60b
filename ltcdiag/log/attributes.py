"""What the value of an attribute can be, and how a column of values is told apart, written and read back.

The kinds are those of OCEL 2.0 (string, time, integer, float, boolean) and `decimal` for money, which a float would
round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("string", "time", "integer", "float", "boolean", "decimal")
TRUTH = {True: "true", False: "false"}
_DTYPES = {"string": "str", "integer": "int64", "float": "float64", "boolean": "bool", "time": "datetime64[us]"}
_WITH_GAPS = {"integer": "Int64", "boolean": "boolean"}     # pandas' types that know a missing value
_FIT = 2**63


def kind_of(*columns: pd.Series) -> str:
    """The one kind of the values of some columns, "" where there is no value.

    Whole numbers among floats are floats, numbers among decimals decimals; any other mixture is text.
    """
    kinds = set().union(*(_kinds(column) for column in columns))
    if len(kinds) < 2:
        return next(iter(kinds), "")
    if "decimal" in kinds and kinds <= {"decimal", "integer", "float"}:
        return "decimal"
    return "float" if kinds == {"integer", "float"} else "string"


def _kinds(column: pd.Series) -> set[str]:
    import pandas as pd

    values = column.dropna()
    if values.empty:
        return set()
    tests = {"boolean": pd.api.types.is_bool_dtype, "integer": pd.api.types.is_integer_dtype,
             "float": pd.api.types.is_float_dtype, "time": pd.api.types.is_datetime64_any_dtype}
    if values.dtype != object:
        return {next((kind for kind, test in tests.items() if test(values.dtype)), "string")}
    return {_kind_of_type(found) for found in set(map(type, values))}


def _kind_of_type(found: type) -> str:
    import numpy as np

    families: dict[str, tuple[type, ...]] = {
        "boolean": (bool, np.bool_), "integer": (int, np.integer), "float": (float, np.floating),
        "decimal": (Decimal,), "time": (datetime, np.datetime64)}
    return next((kind for kind, types in families.items() if issubclass(found, types)), "string")


def plain_values(column: pd.Series, kind: str) -> list[Any]:
    """The values as plain Python of that kind, None where one is missing; moments as `moment_text` writes them.

    Law: text is text that every file can hold (what is no character is written as its escape).
    """
    if kind == "time":
        return moment_texts(column)
    values = column.astype(object).where(column.notna(), None).tolist()     # plain objects: arrow's are slow to draw
    if kind == "string":
        return _only_characters([v if v is None or type(v) is str else _text(v) for v in values])
    makers: dict[str, Callable[[Any], Any]] = {"integer": int, "float": float, "boolean": bool, "decimal": _decimal}
    make = makers[kind]
    return [None if value is None else make(value) for value in values]


def texts(column: pd.Series) -> list[str]:
    """Identifiers and labels as text, "" where one is missing."""
    return [value or "" for value in plain_values(column, "string")]


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value.item() if hasattr(value, "item") else value))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return TRUTH[value]
    if isinstance(value, date):                 # a moment is a date as well
        return value.isoformat()
    return str(value)


def _only_characters(values: list[str | None]) -> list[str | None]:
    try:
        "".join(filter(None, values)).encode()
    except UnicodeEncodeError:
        return [None if value is None else only_characters(value) for value in values]
    return values


def only_characters(text: str) -> str:
    """Text with half characters (surrogates), which no encoding holds, as their escape."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def moment_texts(column: pd.Series) -> list[str | None]:
    """2024-01-02T03:04:05.678901 for each moment (UTC or wall clock, without its zone), None where it is missing."""
    import numpy as np
    import pandas as pd

    moments = pd.to_datetime(column)
    if getattr(moments.dtype, "tz", None) is not None:
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    written = np.datetime_as_string(moments.to_numpy().astype("datetime64[us]"), unit="us")
    return [None if text == "NaT" else str(text) for text in written]


def read_moment(text: Any) -> tuple[datetime | None, bool]:
    """A moment of ISO 8601 as UTC (or as it stands, where it has no offset), and whether it had an offset.

    (None, False) where it is none. Digits below a microsecond are dropped.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return moment, False
        return moment.astimezone(UTC).replace(tzinfo=None), True
    except (TypeError, ValueError, OverflowError):
        return None, False


def read_values(values: Sequence[Any], kind: str) -> list[Any]:
    """Values of a file as Python values of a kind; as they stand where even one is not of that kind."""
    readers: dict[str, Callable[[Any], Any]] = {
        "time": _read_time, "integer": _read_integer, "float": _read_float, "boolean": _read_truth,
        "decimal": _decimal_of}
    reader = readers.get(kind)
    if reader is None:
        return list(values)
    try:
        return [None if value is None else reader(value) for value in values]
    except (TypeError, ValueError, ArithmeticError):
        return list(values)


def _read_time(value: Any) -> datetime:
    moment, _ = read_moment(value)
    if moment is None:
        raise ValueError(value)
    return moment


def _read_integer(value: Any) -> int:
    if isinstance(value, float) or (isinstance(value, str) and str(int(value)) != value):
        raise ValueError(value)
    return int(value)


def _read_float(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError(value)
    return float(value)


def _read_truth(value: Any) -> bool:
    known = {"true": True, "false": False, "1": True, "0": False}
    return known[_checked(str(value).lower(), known)]


def _checked(value: str, known: Iterable[str]) -> str:
    if value not in known:
        raise ValueError(value)
    return value


def _decimal_of(value: Any) -> Decimal:
    try:
        return Decimal(value) if isinstance(value, str) else Decimal(repr(value))
    except InvalidOperation as error:
        raise ValueError(value) from error


def typed_column(values: Sequence[Any]) -> pd.Series:
    """A column of Python values in the type that fits them all; objects where no single type does."""
    import pandas as pd

    plain = pd.Series(list(values), dtype=object)
    kind = kind_of(plain)
    whole = kind == "integer" and all(-_FIT <= value < _FIT for value in plain.dropna())
    if kind in ("", "decimal") or (kind == "integer" and not whole) or len(_kinds(plain)) > 1:
        return plain
    gaps = bool(plain.isna().any())
    return plain.astype(_WITH_GAPS.get(kind, _DTYPES[kind]) if gaps else _DTYPES[kind])
