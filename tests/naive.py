"""Slow, obvious twins of the engine's answers: plain Python over lists of rows, one idea a line."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

DAY = timedelta(days=1)


def in_order(frame):
    """case → its events, each a dict, by time, start, row."""
    cases = defaultdict(list)
    for row, event in enumerate(frame.to_dict("records")):
        cases[event["case"]].append({**event, "row": row})
    for events in cases.values():
        events.sort(key=lambda e: (e["time"], e.get("start") or datetime.min, e["row"]))
    return dict(sorted(cases.items()))


def pairs(frame):
    return [(case, a, b) for case, events in in_order(frame).items() for a, b in pairwise(events)]


def directly_follows(frame):
    gaps = defaultdict(list)
    for _, a, b in pairs(frame):
        gaps[a["activity"], b["activity"]].append(b["time"] - a["time"])
    return {edge: (len(found), median(found) / DAY) for edge, found in gaps.items()}


def starts_and_ends(frame):
    cases = in_order(frame).values()
    return Counter(c[0]["activity"] for c in cases), Counter(c[-1]["activity"] for c in cases)


def gaps(frame):
    found = defaultdict(list)
    for case, a, b in pairs(frame):
        found[a["activity"], b["activity"]].append((case, (b["time"] - a["time"]) / DAY))
    return {edge: {"moves": len(rows), "cases": len({case for case, _ in rows}),
                   "total": sum(d for _, d in rows), "min": min(d for _, d in rows), "max": max(d for _, d in rows),
                   "median": median(d for _, d in rows), "p90": quantile([d for _, d in rows], 0.9)}
            for edge, rows in found.items()}


def quantile(values, q):
    """Linear between the two neighbours (type 7)."""
    values = sorted(values)
    place = q * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def variants(frame):
    return Counter(tuple(e["activity"] for e in events) for events in in_order(frame).values())


def visited(frame, label):
    """Variants above the activities: a stay on one label is one step."""
    paths = Counter()
    for events in in_order(frame).values():
        labels = [label[e["activity"]] for e in events]
        paths[tuple(b for a, b in zip([None, *labels], labels, strict=False) if a != b)] += 1
    return paths


def instances(frame):
    """case → pieces of work in order: rows, or starts joined with completions, first in first out."""
    out = {}
    for case, events in in_order(frame).items():
        kinds = {str(e.get("lifecycle")).lower() for e in frame.to_dict("records")}
        if not {"start", "complete"} <= kinds:
            out[case] = [{**e, "done": e["time"], "begun": e.get("start")} for e in events]
            continue
        waiting, work = defaultdict(list), []
        for place, e in enumerate(events):
            kind = e["lifecycle"].lower()
            if kind == "start":
                waiting[e["activity"]].append((place, e))
            elif kind == "complete":
                begun = waiting[e["activity"]].pop(0)[1] if waiting[e["activity"]] else None
                work.append((place, {**e, "done": e["time"], "begun": begun["time"] if begun else None}))
        open_ones = [(place, {**e, "done": None, "begun": e["time"]}) for q in waiting.values() for place, e in q]
        out[case] = [e for _, e in sorted(work + open_ones, key=lambda pair: pair[0])]
    return {case: work for case, work in out.items() if work}


def rework(frame):
    total, cases, repeating, loops = Counter(), Counter(), Counter(), Counter()
    for work in instances(frame).values():
        counts = Counter(w["activity"] for w in work)
        total.update(counts)
        cases.update(counts.keys())
        repeating.update(a for a, n in counts.items() if n > 1)
        loops.update(b["activity"] for a, b in pairwise(work) if a["activity"] == b["activity"])
    return {a: (total[a], cases[a], repeating[a], total[a] - cases[a], loops[a]) for a in total}


def handovers(frame, by="resource"):
    moves, within, unknown = Counter(), 0, 0
    for work in instances(frame).values():
        for a, b in pairwise(work):
            if not a[by] or not b[by]:
                unknown += 1
            elif a[by] == b[by]:
                within += 1
            else:
                moves[a[by], b[by]] += 1
    return moves, within, unknown


def visits(frame, label):
    """(case, label, entered, left or None) for each stay on one label."""
    rows = []
    for case, events in in_order(frame).items():
        stays = []
        for e in events:
            if not stays or stays[-1][0] != label[e["activity"]]:
                stays.append((label[e["activity"]], e["time"]))
        for i, (name, entered) in enumerate(stays):
            rows.append((case, name, entered, stays[i + 1][1] if i + 1 < len(stays) else None))
    return rows
