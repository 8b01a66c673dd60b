"""A log packed for a browser: variants, and of each case its start, its gaps, its state and the values of columns.

Whole numbers of seven bits a byte, column by column, deflated, in base64; `assets/unpack.js` reads them. Times are
counted in the longest tick that divides them all, so nothing is rounded.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..log.event_log import EventLog
from ..words import current, say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

SCHEMA = "ltcdiag.packed/1"
STATES = ("closed", "open", "unknown")
MOST_EVENTS = 300_000
"""More make a page slow on a laptop: the caller narrows the log first."""


@dataclass(frozen=True)
class Column:
    """A column to filter by. values: its texts, sorted. sets: each mixture of values that some case has, as places in
    `values` (none: no value). of_case: the place in `sets`, case by case."""

    name: str
    values: tuple[str, ...]
    sets: tuple[tuple[int, ...], ...]
    of_case: tuple[int, ...]


def pack(
    log: EventLog, activities: Sequence[str], *, columns: Sequence[Column] = (), people: bool = False,
    findings: Sequence[tuple[str, Sequence[str]]] = (),
) -> dict[str, Any]:
    """The log as plain values for JSON. activities: every label, in the order of the map. findings: (id, case ids, the
    worst first), kept as places of cases.

    Raises InputError for more than MOST_EVENTS events. Law: no case and no event is left out."""
    refuse_large(log)
    import numpy as np

    points, cases = log.tables.answer("points").table, log.tables.answer("cases").table
    labels = list(activities)
    stages = {str(label): stage for label, stage in zip(points["activity"], points["stage"], strict=True)}
    times = points["time"].to_numpy("datetime64[us]").astype(np.int64)
    sizes = cases["events"].to_numpy(np.int64)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    started = cases["started"].to_numpy("datetime64[us]").astype(np.int64)
    gaps = np.diff(times, prepend=times[:1])
    gaps[first] = 0
    base = int(started.min())
    tick = int(np.gcd.reduce(np.concatenate([gaps, started - base, times[first] - started]))) or 1
    lists, of_case = _variants(log, points, sizes, labels)
    ids = [str(case) for case in cases["case_id"]]
    parts = {
        "variants": _numbers(np.array([n for ids_ in lists for n in (len(ids_), *ids_)], dtype=np.int64)),
        "case_variant": _numbers(of_case),
        "case_start": _numbers(_zigzag(np.diff((started - base) // tick, prepend=0))),
        "case_first": _numbers((times[first] - started) // tick),
        "gaps": _numbers(gaps // tick),
        "state": bytes(STATES.index(str(state)) for state in cases["state"]),
        **{f"attribute_{i}": _numbers(np.array(column.of_case, dtype=np.int64)) for i, column in enumerate(columns)},
        "ids": json.dumps(ids, ensure_ascii=False).encode("utf-8", "replace"),
    }
    place = {case: n for n, case in enumerate(ids)}
    found = [(key, [place[case] for case in behind if case in place]) for key, behind in findings]
    parts |= {f"finding_{key}": _numbers(np.array(places, dtype=np.int64)) for key, places in found}
    names: list[str] = []
    if people:
        names, codes = _people(log, len(times))
        parts["people"] = _numbers(codes)
    return {
        "schema": SCHEMA, "cases": len(ids), "variants": len(lists), "tick_us": tick, "base_us": base,
        "as_of_us": int(np.datetime64(log.as_of.replace(tzinfo=None), "us").astype(np.int64)),
        "activities": labels, "stages": [_text_or_none(stages.get(label)) for label in labels],
        "attributes": [{"name": each.name, "values": list(each.values), "sets": [list(s) for s in each.sets]}
                       for each in columns],
        "findings": [[key, len(places)] for key, places in found], "people_names": names,
        "parts": [[name, len(part)] for name, part in parts.items()],
        "data": b64encode(zlib.compress(b"".join(parts.values()), 9)).decode("ascii"),
    }


def refuse_large(log: EventLog) -> None:
    """Raises InputError for more than MOST_EVENTS events."""
    if log.events > MOST_EVENTS:
        lang = current()
        raise InputError(say("workshop.too_large", lang, events=f"{log.events:,}", most=f"{MOST_EVENTS:,}"),
                         fix=say("workshop.too_large_fix", lang))


def _variants(
    log: EventLog, points: pd.DataFrame, sizes: Ints, labels: list[str],
) -> tuple[list[tuple[int, ...]], Ints]:
    """The sequences, most common first, and for each case its place among them."""
    import numpy as np

    code = {label: n for n, label in enumerate(labels)}
    lists = [tuple(code[str(each)] for each in row) for row in log.tables.answer("variants").table["activities"]]
    place = {ids: n for n, ids in enumerate(lists)}
    acts = points["activity"].map(code).tolist()
    ends = np.cumsum(sizes).tolist()
    starts = [0, *ends[:-1]]
    return lists, np.array([place[tuple(acts[a:b])] for a, b in zip(starts, ends, strict=True)], dtype=np.int64)


def _people(log: EventLog, events: int) -> tuple[list[str], Ints]:
    """Names, and for each event 0 or the place of its name plus one."""
    import numpy as np
    import pandas as pd

    found = pd.concat([batch["resource"] if "resource" in batch else pd.Series([None] * len(batch), dtype=object)
                       for batch in log.tables.batches()], ignore_index=True)
    names = sorted({str(name) for name in found if isinstance(name, str) and name})
    code = {name: n + 1 for n, name in enumerate(names)}
    codes = np.array([code.get(name, 0) if isinstance(name, str) else 0 for name in found], dtype=np.int64)
    return names, codes if len(codes) == events else np.zeros(events, dtype=np.int64)


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _zigzag(steps: Ints) -> Ints:
    import numpy as np

    return np.where(steps > 0, 2 * steps - 1, -2 * steps)


def _numbers(values: Ints) -> bytes:
    """Whole numbers from 0, seven bits a byte, the lowest first; the high bit says that more follow."""
    import numpy as np

    if not len(values):
        return b""
    rest = values.astype(np.uint64)
    columns, more = [], []
    while True:
        low, rest = rest & np.uint64(127), rest >> np.uint64(7)
        columns.append((low | np.where(rest > 0, np.uint64(128), np.uint64(0))).astype(np.uint8))
        more.append(rest > 0)
        if not more[-1].any():
            break
    kept = np.ones((len(values), len(columns)), dtype=bool)
    for n in range(1, len(columns)):
        kept[:, n] = more[n - 1]
    return bytes(np.stack(columns, axis=1)[kept].tobytes())
