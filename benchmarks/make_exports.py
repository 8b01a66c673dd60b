"""Invent a folder of Salesforce exports of any size, the same for the same seed.

    python benchmarks/make_exports.py 2048 exports/     about 2048 MB of CSV

Opportunity.csv and OpportunityHistory_n.csv, in the dialect of the interface.

One opportunity has about eight rows of history, half of which leave the stage as it was, as in a real org. Files of
history hold at most 500 MB each.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

STAGES = np.array(["Prospecting", "Qualification", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review",
                   "Closed Won", "Closed Lost"])
BYTES_A_DEAL = 1_890          # measured: its row and its history
PART = 250_000              # deals of one file of history: about 400 MB
LETTERS = np.array(list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def ids(prefix, numbers):
    """18-character ids: prefix, instance, nine digits to base 62, and the three letters that say which are capitals."""
    text = np.full(len(numbers), prefix + "5g0")
    for place in range(8, -1, -1):
        text = np.char.add(text, LETTERS[(numbers // 62**place) % 62])
    tails = []
    for start in (0, 5, 10):
        bits = sum(np.char.isupper(np.array([t[start + i] for t in text])).astype(int) << i for i in range(5))
        tails.append(np.array(list(SUFFIX))[bits])
    return np.char.add(np.char.add(np.char.add(text, tails[0]), tails[1]), tails[2])


def times(seconds):
    """2024-07-11T21:22:07.000+0000"""
    moments = (np.datetime64("2022-01-01") + seconds.astype("timedelta64[s]")).astype(str)
    return np.char.add(moments, ".000+0000")


def history_of(rng, first, n):
    """Rows of n deals: deal, second, stage; each begins at its creation and mostly stays where it is."""
    rows = rng.integers(3, 14, n)
    deal = np.repeat(np.arange(n), rows)
    place = np.arange(rows.sum()) - np.repeat(np.cumsum(rows) - rows, rows)
    moves = rng.random(rows.sum()) < 0.5
    moves[place == 0] = False
    level = np.cumsum(moves) - np.repeat(np.cumsum(moves)[np.cumsum(rows) - rows], rows)
    won = np.repeat(rng.random(n) < 0.4, rows)
    stage = np.where(level > 4, np.where(won, 5, 6), level)
    born = rng.integers(0, 86_400 * 700, n)
    second = np.repeat(born, rows) + np.cumsum(rng.integers(60, 86_400 * 20, rows.sum()) * (place > 0))
    base = np.repeat(second[np.cumsum(rows) - rows] - born, rows)
    return first + deal, second - base, np.minimum(stage, 6), born, rows


def write(folder, megabytes, seed=7):
    folder.mkdir(parents=True, exist_ok=True)
    deals = int(megabytes * 1024**2 / BYTES_A_DEAL)
    rng = np.random.default_rng(seed)
    people = ids("005", np.arange(300))
    with (folder / "Opportunity.csv").open("wb") as out:
        for part, first in enumerate(range(0, deals, PART)):
            n = min(PART, deals - first)
            deal, second, stage, born, rows = history_of(rng, first, n)
            amount = rng.integers(1, 900, n) * 500
            owner = people[rng.integers(0, 300, n)]
            last = stage[np.cumsum(rows) - 1]
            numbers = np.arange(first, first + n)
            table = pa.table({
                "Id": ids("006", numbers), "IsDeleted": np.full(n, "false"),
                "Name": np.char.add("Deal ", numbers.astype(str)),
                "StageName": STAGES[last], "Amount": amount, "CloseDate": times(born + 86_400 * 90).astype("U10"),
                "IsClosed": np.where(last > 4, "true", "false"), "IsWon": np.where(last == 5, "true", "false"),
                "OwnerId": owner, "CreatedDate": times(born), "LastModifiedDate": times(second[np.cumsum(rows) - 1]),
            })
            pyarrow.csv.write_csv(table, out, pyarrow.csv.WriteOptions(include_header=part == 0))
            close = times(np.repeat(born, rows) + 86_400 * rng.integers(30, 200, len(deal))).astype("U10")
            history = pa.table({
                "Id": ids("008", deal * 20 + np.arange(len(deal)) % 20), "OpportunityId": np.repeat(table["Id"], rows),
                "CreatedById": np.repeat(owner, rows), "CreatedDate": times(second), "StageName": STAGES[stage],
                "Amount": np.repeat(amount, rows), "ExpectedRevenue": np.repeat(amount // 2, rows), "CloseDate": close,
                "Probability": stage * 15, "ForecastCategory": np.full(len(deal), "Pipeline"),
                "SystemModstamp": times(second + 5), "IsDeleted": np.full(len(deal), "false"),
            })
            pyarrow.csv.write_csv(history, folder / f"OpportunityHistory_{part + 1}.csv")


if __name__ == "__main__":
    write(Path(sys.argv[2]), float(sys.argv[1]))
