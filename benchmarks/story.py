"""What the review says of the worked story, counted on regenerated samples whose truth is known.

    python benchmarks/story.py                     100 samples, into docs/story.md (five minutes on one core)
    python benchmarks/story.py --logs 10           to the screen

The k-th sample is the same on every run and machine. The firm is in `sample_logs/story_world.py`, the definition of
success in `tests/story_logs.py`.
"""

from __future__ import annotations

import argparse
import sys
from multiprocessing import Pool
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from story_logs import CONTROL, KPIS, PILOT, PRIMARY, compared, story, verdicts  # noqa: E402 - on the path only now

DOCUMENT = ROOT / "docs" / "story.md"
BEGINS, ENDS = "<!-- story: begins -->", "<!-- story: ends -->"
LOGS, FIRST = 100, 1000      # seeds from 0 on were looked at while the waits of the firm were set; these were not
UNADJUSTED, LONGEST, OPEN_WORK = {"adjust_for": ()}, {"horizon_days": None}, {"design": "all_open_work"}
LINES = {   # title → effect, region (None = pilot less control), what differs from the frozen definition
    "**pilot**": (2.2, PILOT, {}),
    "**control**": (2.2, CONTROL, {}),
    "**pilot of the A/A twin**": (1.0, PILOT, {}),
    "pilot less control": (2.2, None, {}),
    "the same in the A/A twin": (1.0, None, {}),
    "pilot, horizon left to the log": (2.2, PILOT, LONGEST),
    "control, horizon left to the log": (2.2, CONTROL, LONGEST),
    "A/A twin, horizon left to the log": (1.0, PILOT, LONGEST),
    "pilot, all open work": (2.2, PILOT, OPEN_WORK),
    "control, all open work": (2.2, CONTROL, OPEN_WORK),
    "A/A twin, all open work": (1.0, PILOT, OPEN_WORK),
    "pilot, sizes not held equal": (2.2, PILOT, UNADJUSTED),
    "A/A twin, sizes not held equal": (1.0, PILOT, UNADJUSTED),
}
PROMISED = (("pilot: improved", "**pilot**", 90, True), ("control: improved", "**control**", 5, False),
            ("A/A twin: improved", "**pilot of the A/A twin**", 7, False))


def counted(seed: int) -> dict[str, tuple[dict[str, str], float]]:
    """Title → verdicts, and the difference of the primary KPI, of one sample."""
    logs = {effect: story(seed, effect=effect) for effect in (2.2, 1.0)}
    found = {}
    for title, (effect, region, more) in LINES.items():
        effects = compared(logs[effect], region, **more)
        difference = effects[PRIMARY].difference
        found[title] = verdicts(effects), difference.value if difference else float("nan")
    return found


def table(samples: list[dict[str, tuple[dict[str, str], float]]]) -> str:
    """The promises, and every line: how many samples get which verdict."""
    n = len(samples)
    parts = [f"{n} samples.", "", "| asked of the frozen comparison | bar | of these samples | held |",
             "|---|---|---|---|"]
    for name, title, bar, at_least in PROMISED:
        got = share(samples, title, PRIMARY, "improved")
        held = got * 100 >= bar * n if at_least else got * 100 <= bar * n
        parts.append(f"| {name} | {'≥' if at_least else '≤'} {bar} in 100 | {got} | {'yes' if held else '**no**'} |")
    heads = ["days in contracting: mean difference", "improved", "worsened", "days open", "win rate",
             "pace of closings", "pace of wins"]
    parts += ["", "| line | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for title in LINES:
        mean = sum(sample[title][1] for sample in samples) / n
        both = [" / ".join(str(share(samples, title, name, verdict)) for verdict in ("improved", "worsened"))
                for name in (*KPIS[1:], "pace", "pace_wins")]
        own = [str(share(samples, title, PRIMARY, verdict)) for verdict in ("improved", "worsened")]
        parts.append(f"| {title} | {mean:+.1f} working days | " + " | ".join([*own, *both]) + " |")
    return "\n".join(parts)


def share(samples, title: str, name: str, verdict: str) -> int:
    """How many samples get a verdict."""
    return sum(sample[title][0][name] == verdict for sample in samples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--logs", type=int, default=LOGS)
    parser.add_argument("--first", type=int, default=FIRST, help="the seed of the first sample")
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    with Pool(asked.jobs) as pool:
        samples = pool.map(counted, range(asked.first, asked.first + asked.logs), chunksize=5)
    text = table(samples)
    print(text)
    if (asked.logs, asked.first) == (LOGS, FIRST):
        whole = DOCUMENT.read_text(encoding="utf-8")
        head, tail = whole[: whole.index(BEGINS) + len(BEGINS)], whole[whole.index(ENDS):]
        DOCUMENT.write_text(f"{head}\n{text}\n{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
