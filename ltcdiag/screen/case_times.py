"""How long the cases took and how many were in hand week by week, in bins that the whole log fixes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

_EPOCH = datetime.fromisoformat("1970-01-01")
_DAY = 86_400_000_000
_BARS = 30
_MOST_BINS = 5000
_WEEKS_UP_TO = 400      # days; what is longer is told by month


@dataclass(frozen=True, eq=False)
class CaseTimes:
    """Of every case: started, ended (µs), days, state; and the moment at which open cases are cut."""

    started: Ints
    ended: Ints
    days: Floats
    state: NDArray[np.str_]
    as_of: datetime

    @property
    def span(self) -> tuple[str | None, str | None]:
        """The first start and the last event, as ISO moments."""
        if not len(self.started):
            return None, None
        return _moment(int(self.started.min())).isoformat(), _moment(int(self.ended.max())).isoformat()

    @cached_property
    def edges(self) -> list[float]:
        """Of durations: a step of 1, 2 or 5 times a power of ten, at most 30 bars."""
        top = float(self.days.max()) if len(self.days) else 0.0
        for power in range(-4, 16):
            for m in (1, 2, 5):
                step = m * 10.0 ** power if power >= 0 else m / 10.0 ** -power
                if top / step < _BARS:
                    return _edges(top, m, power)
        return [0.0, top]

    def durations(self, kept: Any) -> dict[str, Any]:
        """How many cases took from one edge up to the next."""
        import numpy as np

        place = np.searchsorted(self.edges, self.days[kept], side="right") - 1
        return {"edges": self.edges, "counts": np.bincount(place, minlength=len(self.edges) - 1).tolist()}

    @cached_property
    def _bins(self) -> tuple[str, Ints]:
        """week (from Monday) or month, and the edges (µs): from the first start to the last event or the as-of
        moment."""
        import numpy as np

        if not len(self.started):
            return "week", np.array([0, 7 * _DAY], dtype=np.int64)
        first, last = int(self.started.min()), int(self.ended.max())
        unit = "week" if last - first <= _WEEKS_UP_TO * _DAY else "month"
        until, day = max(last, self._as_of), _moment(first).replace(hour=0, minute=0, second=0, microsecond=0)
        at = day - timedelta(days=day.weekday()) if unit == "week" else day.replace(day=1)
        edges = [_microseconds(at)]
        while edges[-1] <= until and len(edges) < _MOST_BINS:
            at = at + timedelta(days=7) if unit == "week" else (at + timedelta(days=32)).replace(day=1)
            edges.append(_microseconds(at))
        return unit, np.array(edges, dtype=np.int64)

    @cached_property
    def _as_of(self) -> int:
        return _microseconds(self.as_of)

    def over_time(self, kept: Any) -> dict[str, Any]:
        """By week or month: cases started, closed, and in hand at some time. An open case is in hand until the as-of
        moment, another one until its last event."""
        import numpy as np

        unit, edges = self._bins
        many = len(edges) - 1
        state = self.state[kept]
        until = np.where(state == "open", np.maximum(self.ended[kept], self._as_of), self.ended[kept])
        first, last, end = (np.clip(np.searchsorted(edges, values, side="right") - 1, 0, many - 1)
                            for values in (self.started[kept], until, self.ended[kept]))
        started = np.bincount(first, minlength=many)
        gone = np.bincount(last + 1, minlength=many + 1)[:many]
        return {"unit": unit, "starts": [_moment(int(edge)).date().isoformat() for edge in edges[:-1]],
                "started": started.tolist(),
                "closed": np.bincount(end[state == "closed"], minlength=many).tolist(),
                "active": np.cumsum(started - gone).tolist()}


def _edges(top: float, m: int, power: int) -> list[float]:
    edges = [0.0]
    while edges[-1] <= top:
        n = len(edges)
        edges.append(n * (m * 10.0 ** power) if power >= 0 else n * m / 10.0 ** -power)
    return edges


def _moment(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
