"""Plants the defects of event logs, one function a defect under its name, and says exactly what was damaged.

    inject(rows, "ts_future", 0.05, seed)   one defect
    mixed(rows, 0.004, seed)                all that one log can have, no two on one unit
    write(injected.rows, path)              as a file; the first row is line 2

UNITS says what counts as one unit of a defect. Each seed draws other values, places and spellings. Nothing here
knows a detector.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from statistics import median

from quality import pools
from quality.draft import ISO, Draft, Injected, Line, Mark, epoch, serial, written
from quality.sound import COLUMNS, LANGUAGES, PEOPLE, STEPS, TEAMS, WRITTEN, Row, later, month_end


@dataclass(frozen=True)
class Unit:
    """What one unit of a defect is: cell, row, case, label (its lines), column or file; and where it stands.

    deed: what the guide wants done. ids, languages: logs that can have the defect; empty = all.
    """

    unit: str
    column: str
    deed: str
    ids: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


UNITS = {
    "id_case_folded": Unit("cell", "case_id", "repair", ids=("salesforce",)),
    "id_cut_to_15": Unit("cell", "case_id", "repair", ids=("salesforce",)),
    "id_padded": Unit("cell", "case_id", "repair"),
    "id_zeros_lost": Unit("cell", "case_id", "repair", ids=("digits",)),
    "id_float_suffix": Unit("cell", "case_id", "repair", ids=("numbers",)),
    "id_scientific": Unit("cell", "case_id", "set_aside", ids=("long",)),
    "id_precision_lost": Unit("column", "case_id", "set_aside", ids=("long",)),
    "id_missing": Unit("row", "case_id", "set_aside"),
    "ts_missing": Unit("row", "timestamp", "set_aside"),
    "ts_future": Unit("row", "timestamp", "set_aside"),
    "ts_year_typo": Unit("cell", "timestamp", "ask"),
    "ts_default_date": Unit("row", "timestamp", "set_aside"),
    "ts_excel_serial": Unit("cell", "timestamp", "repair"),
    "ts_epoch_ms": Unit("cell", "timestamp", "repair"),
    "ts_local_text": Unit("cell", "timestamp", "repair"),
    "ts_day_first": Unit("column", "timestamp", "ask"),
    "ts_zone_suffix": Unit("cell", "timestamp", "repair"),
    "ts_zone_shift": Unit("column", "timestamp", "ask"),
    "ts_dst_gap": Unit("cell", "timestamp", "warn"),
    "ts_date_only": Unit("cell", "timestamp", "warn"),
    "ts_midnight": Unit("cell", "timestamp", "warn"),
    "ts_minute_grain": Unit("label", "timestamp", "warn"),
    "ts_backdated": Unit("row", "timestamp", "warn"),
    "ts_friday_bulk": Unit("row", "timestamp", "warn"),
    "ts_same_second": Unit("row", "timestamp", "warn"),
    "ts_form_snap": Unit("case", "timestamp", "warn"),
    "ts_swapped": Unit("case", "timestamp", "warn"),
    "label_spaces": Unit("label", "activity", "repair"),
    "label_case": Unit("label", "activity", "repair", languages=("en",)),
    "label_full_width": Unit("label", "activity", "repair"),
    "label_garbled": Unit("label", "activity", "repair", languages=("zh",)),
    "label_language": Unit("label", "activity", "repair"),
    "label_typo": Unit("label", "activity", "ask"),
    "label_polluted": Unit("label", "activity", "repair"),
    "label_homonym": Unit("label", "activity", "ask"),
    "label_missing": Unit("row", "activity", "set_aside"),
    "dup_exact": Unit("row", "", "merge"),
    "dup_near": Unit("row", "", "merge"),
    "dup_case": Unit("case", "customer", "ask"),
    "collateral": Unit("label", "activity", "merge"),
    "stage_skipped": Unit("case", "activity", "warn"),
    "case_head_cut": Unit("case", "", "warn"),
    "link_lost": Unit("case", "lead_id", "ask"),
    "orphan_payment": Unit("row", "parent_id", "set_aside"),
    "event_in_attribute": Unit("cell", "note", "ask"),
    "test_records": Unit("case", "customer", "set_aside"),
    "amt_separators": Unit("cell", "amount", "repair"),
    "amt_in_wan": Unit("cell", "amount", "ask"),
    "amt_cents": Unit("cell", "amount", "ask"),
    "amt_sign": Unit("cell", "amount", "ask"),
    "cur_missing": Unit("cell", "currency", "ask"),
    "cur_mixed": Unit("case", "currency", "ask"),
    "res_missing": Unit("cell", "resource", "warn"),
    "null_words": Unit("cell", "", "repair"),
    "res_alias": Unit("cell", "resource", "ask"),
    "owner_overwritten": Unit("case", "resource", "warn"),
    "row_shifted": Unit("row", "", "set_aside"),
    "cell_formula": Unit("cell", "", "warn"),
    "cell_markup": Unit("cell", "", "warn"),
    "footer_rows": Unit("row", "", "set_aside"),
    "total_rows": Unit("row", "", "set_aside"),
    "broken_keys": Unit("row", "parent_id", "set_aside"),
    "merged_accounts": Unit("case", "customer", "ask"),
    "wrong_separator": Unit("file", "", "repair"),
    "wrong_encoding": Unit("file", "", "repair", languages=("zh",)),
    "ts_day_month_swapped": Unit("column", "timestamp", "ask"),
    "ts_clock_offset": Unit("column", "timestamp", "ask"),
    "artificial_rows": Unit("row", "activity", "set_aside"),
}
"""Defect → its unit. Row, cell and label are judged by lines, case by case ids, column and file by names."""

ALONE = ("ts_day_month_swapped", "ts_clock_offset", "wrong_separator", "wrong_encoding")
"""Defects of a whole file or of most cases: no other fits beside them."""
WIDE = ("case_head_cut", "ts_zone_shift", "label_homonym", "ts_minute_grain", "collateral")
"""Defects that want all lines of something: they choose first."""
INTERFACE = TEAMS["systems"][0]
TIGHT = ("lead_created", "lead_assigned", "order_created", "order_synced", "payment_received", "payment_matched")
"""Steps that stand within seconds of another."""
MOJIBAKE = ("latin-1", "gbk", "cp1252")
"""What UTF-8 is mistaken for."""
LEGAL_FORMS = (("有限公司", "有限责任公司"), (" Ltd", " Limited"), (" Inc", ", Inc."), (" GmbH", " gmbh"),
               (" S.A.", " SA"), (" Corp", " Corporation"))
OTHER_CODES = ("GBP", "JPY", "CHF", "HKD", "SGD", "KRW")
SHIFTED_FROM = ("customer", "activity", "resource", "role", "department", "region")
SWAPPED_SHARE = 0.27
MIXED = 0.02
"""Below this rate a defect shares its log with others and keeps to what is rare."""


def human(line: Line) -> bool:
    return line.was is not None and line.was["department"] not in INTERFACE


def people(draft: Draft) -> list[str]:
    """Everybody who does something in the sound log."""
    return sorted({line.was["resource"] for line in draft.lines if human(line)})


def some_steps(draft: Draft, least: int) -> list[str]:
    """Steps to damage in all their lines: such as hardly another defect has touched, rare ones where others share
    the log."""
    counted = Counter(line.step for line in draft.free())
    taken = Counter(line.step for line in draft.lines if line.taken and not line.gone)
    fits = [step for step in STEPS if step not in TIGHT and counted[step] >= least]
    fits.sort(key=lambda step: 20 * taken[step] + counted[step])
    fits = fits if draft.rate >= MIXED else fits[:3]
    return draft.rng.sample(fits, max(1, round(draft.rate * len(STEPS))))


def change(draft: Draft, lines: Sequence[Line], column: str, value: Callable[[Line], str]) -> None:
    """Write a new value into a column of some lines."""
    for line in lines:
        draft.put(line, column, value(line))


# ---- ids -------------------------------------------------------------------------------------------------

def id_case_folded(draft: Draft) -> None:
    fold = draft.rng.choice((str.upper, str.lower))
    lines = draft.pick(draft.free(lambda line: fold(line.now["case_id"]) != line.now["case_id"]))
    change(draft, lines, "case_id", lambda line: fold(line.now["case_id"]))


def id_cut_to_15(draft: Draft) -> None:
    change(draft, draft.pick(draft.free()), "case_id", lambda line: line.now["case_id"][:15])


def full_width(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else "\u3000" if letter == " " else letter
                   for letter in text)


def id_padded(draft: Draft) -> None:
    pads = draft.rng.sample(pools.PADS, 4)

    def padded(line: Line) -> str:
        if draft.rng.random() < pools.WIDE:
            return full_width(line.now["case_id"])
        return draft.rng.choice(pads).format(line.now["case_id"])

    change(draft, draft.pick(draft.free()), "case_id", padded)


def id_zeros_lost(draft: Draft) -> None:
    """The first line of a case keeps its zeros, so that the padded id is known."""
    lines = draft.pick(draft.free(lambda line: line.now["case_id"][0] == "0" and not draft.first(line)))
    change(draft, lines, "case_id", lambda line: line.now["case_id"].lstrip("0"))


def id_float_suffix(draft: Draft) -> None:
    change(draft, draft.pick(draft.free()), "case_id", lambda line: pools.FLOAT.format(line.now["case_id"]))


def id_scientific(draft: Draft) -> None:
    pattern = draft.rng.choice(pools.SCIENTIFIC)
    change(draft, draft.pick(draft.free()), "case_id", lambda line: pattern.format(int(line.now["case_id"])))


def id_precision_lost(draft: Draft) -> None:
    change(draft, draft.pick(draft.free()), "case_id", lambda line: line.now["case_id"][:15] + "0000")


def id_missing(draft: Draft) -> None:
    change(draft, draft.pick(draft.free()), "case_id", lambda line: "")


# ---- times: what stands in the cell ----------------------------------------------------------------------

def ts_missing(draft: Draft) -> None:
    change(draft, draft.pick(draft.free()), "timestamp", lambda line: "")


def in_year(when: datetime, year: int) -> str:
    return when.replace(year=year, day=min(when.day, 28)).strftime(WRITTEN)


def ts_future(draft: Draft) -> None:
    years = draft.rng.sample(pools.FAR_YEARS, 4)
    change(draft, draft.pick(draft.free()), "timestamp", lambda line: in_year(line.when, draft.rng.choice(years)))


def one_digit_away(year: int) -> list[int]:
    """Past years that one wrong digit makes of a year, three years away or more."""
    return [other for other in range(1950, year - 2)
            if sum(one != two for one, two in zip(str(other), str(year), strict=True)) == 1]


def ts_year_typo(draft: Draft) -> None:
    lines = draft.pick_apart(draft.free(lambda line: len(draft.place[id(line)][0]) > 3))
    change(draft, lines, "timestamp", lambda line: in_year(line.when, draft.rng.choice(one_digit_away(line.when.year))))


def default_date(parts: tuple[int, ...]) -> str:
    year, month, day, hour = parts
    return f"{year:04d}-{month:02d}-{day:02d} {hour:02d}:00:00"


def ts_default_date(draft: Draft) -> None:
    common = draft.rate >= MIXED and draft.rng.random() < 0.3
    values = (draft.rng.choice(pools.ONE_DATE),) if common else draft.rng.sample(pools.DEFAULT_DATES, 3)
    change(draft, draft.pick(draft.free()), "timestamp", lambda line: default_date(draft.rng.choice(values)))


def ts_excel_serial(draft: Draft) -> None:
    decimals = draft.rng.randrange(6, 11)
    change(draft, draft.pick(draft.free()), "timestamp", lambda line: f"{serial(line.when):.{decimals}f}")


def ts_epoch_ms(draft: Draft) -> None:
    ends = draft.rng.choice((("",), ("000",), ("", "000")))
    change(draft, draft.pick(draft.free()), "timestamp", lambda line: f"{epoch(line.when)}{draft.rng.choice(ends)}")


def ts_local_text(draft: Draft) -> None:
    patterns = draft.rng.sample(pools.LOCAL_TEXTS[draft.language], 3)
    change(draft, draft.pick(draft.free()), "timestamp",
           lambda line: written(draft.rng.choice(patterns), line.when, draft.language))


def ts_day_first(draft: Draft) -> None:
    """Some rows day first; in every other log only such days as could be months too."""
    pattern, highest = draft.rng.choice(pools.DAY_FIRST), draft.rng.choice((12, 31))
    lines = draft.pick(draft.free(lambda line: line.when.day <= highest))
    change(draft, lines, "timestamp", lambda line: written(pattern, line.when))


def ts_zone_suffix(draft: Draft) -> None:
    patterns = draft.rng.sample(pools.ZONED, 2)
    change(draft, draft.pick(draft.free()), "timestamp", lambda line: written(draft.rng.choice(patterns), line.when))


def ts_date_only(draft: Draft) -> None:
    pattern = draft.rng.choice(pools.DAY_ONLY)
    change(draft, draft.pick(draft.free()), "timestamp", lambda line: written(pattern, line.when))


def ts_midnight(draft: Draft) -> None:
    change(draft, draft.pick(draft.free()), "timestamp", lambda line: line.when.strftime("%Y-%m-%d 00:00:00"))


# ---- times: what they say --------------------------------------------------------------------------------

def ts_zone_shift(draft: Draft) -> None:
    """All rows of one department, some hours off."""
    team = draft.rng.choice(("finance", "operations", "presales", "legal")) if draft.rate >= MIXED else "service"
    hours = timedelta(hours=draft.rng.choice(pools.ZONE_HOURS))
    for line in draft.free(lambda line: line.now["department"] in TEAMS[team][0]):
        draft.move(line, line.when + hours)


def ts_clock_offset(draft: Draft) -> None:
    """The clock of the interfaces is some minutes slow."""
    minutes = timedelta(minutes=draft.rng.choice(pools.CLOCK_MINUTES))
    for line in draft.free(lambda line: not human(line)):
        draft.move(line, line.when + minutes)


def ts_dst_gap(draft: Draft) -> None:
    """Into the hour that the clocks skip in spring, or the one they tell twice in autumn."""
    nights = (datetime(2024, 3, 31), datetime(2024, 10, 27), datetime(2025, 3, 30))
    wanted = draft.share(len(draft.free()), 3)
    chances = [(line, night) for night in nights for line in draft.free()
               if (draft.before(line) or night) <= night and night + timedelta(days=1) < draft.after(line)
               and not draft.first(line) and line.step not in TIGHT]
    met: set[int] = set()
    for line, night in draft.rng.sample(chances, len(chances)):
        case = id(draft.place[id(line)][0])
        if case not in met and len(met) < wanted:
            met.add(case)
            draft.move(line, night + timedelta(hours=2, seconds=draft.rng.randrange(3600)))


def ts_minute_grain(draft: Draft) -> None:
    for step in some_steps(draft, least=40):
        for line in draft.free(lambda line, step=step: line.step == step):
            draft.put(line, "timestamp", line.when.strftime("%Y-%m-%d %H:%M:00"))


def ts_backdated(draft: Draft) -> None:
    """Said to have happened before the event before it, and recorded days later."""
    for line in draft.pick_apart(draft.free(lambda line: not draft.first(line) and line.step not in TIGHT)):
        back = timedelta(seconds=draft.rng.randrange(3600, 3 * 86400))
        line.when = min(draft.before(line) - back, line.when - timedelta(days=3) - back)
        draft.put(line, "timestamp", line.when.strftime(WRITTEN))


def ts_friday_bulk(draft: Draft) -> None:
    """The events of a person's week or two, typed one after the other on a Friday afternoon."""
    sessions: dict[tuple[str, date], list[Line]] = defaultdict(list)
    for line in draft.free(lambda line: human(line) and line.step not in TIGHT):
        friday = line.when.date() + timedelta(days=(4 - line.when.weekday()) % 7)
        for day in (friday, friday + timedelta(days=7)):
            start = datetime.combine(day, time(15))
            if line.when < start and start + timedelta(hours=4) < draft.after(line) and day != month_end(day):
                sessions[line.now["resource"], day].append(line)
    _gather(draft, sessions)


def _gather(draft: Draft, sessions: Mapping[tuple[str, date], list[Line]]) -> None:
    left = draft.share(len(draft.free()), 4)
    for (_, day), lines in draft.rng.sample(sorted(sessions.items(), key=lambda pair: pair[0]), len(sessions)):
        still = [line for line in lines if not line.taken]
        if left <= 0 or len(still) < 4:
            continue
        now = datetime.combine(day, time(15, 10)) + timedelta(seconds=draft.rng.randrange(7200))
        for line in draft.rng.sample(still, min(len(still), draft.rng.randrange(4, 9))):
            draft.move(line, now)
            now += timedelta(seconds=draft.rng.randrange(15, 75))
            left -= 1


def ts_same_second(draft: Draft) -> None:
    """One person saves events of five cases or more at one second."""
    left = draft.share(len(draft.free()), 5)
    lines = draft.free(lambda line: human(line) and line.step not in TIGHT)
    for seed in draft.rng.sample(lines, len(lines)):
        moment = seed.when + timedelta(seconds=7)
        fits = {id(draft.place[id(line)][0]): line for line in lines
                if not line.taken and line.now["resource"] == seed.now["resource"]
                and abs(line.when - moment) < timedelta(days=30)
                and (draft.before(line) or moment - timedelta(1)) < moment < draft.after(line)}
        if left <= 0:
            return
        if len(fits) < 5:
            continue
        for line in draft.rng.sample(sorted(fits.values(), key=lambda line: line.now["event_id"]),
                                     min(len(fits), draft.rng.randrange(5, 9))):
            draft.move(line, moment)
            left -= 1


def ts_form_snap(draft: Draft) -> None:
    for lines in draft.pick_cases(draft.free_cases(lambda lines: len(lines) >= 6)):
        length = draft.rng.randrange(3, 6)
        start = draft.rng.randrange(len(lines) - length + 1)
        moment = lines[start + length - 1].when + timedelta(seconds=draft.rng.randrange(1, 20))
        for line in lines[start:start + length]:
            draft.move(line, moment)


PAIRS = (("invoice_issued", "payment_received"), ("contract_approved", "contract_signed"),
         ("quote_approved", "quote_sent"), ("order_approved", "goods_shipped"), ("contract_drafted", "contract_signed"),
         ("lead_created", "lead_converted"), ("goods_shipped", "customer_accepted"))
"""Steps whose order is fixed."""


def ts_swapped(draft: Draft) -> None:
    """Two steps of a fixed order have changed their times."""
    def pairs(lines: list[Line]) -> list[tuple[Line, Line]]:
        once = {step: [line for line in lines if line.step == step] for pair in PAIRS for step in pair}
        return [(once[one][0], once[two][0]) for one, two in PAIRS if len(once[one]) == len(once[two]) == 1]

    for lines in draft.pick_cases(draft.free_cases(pairs)):
        one, two = draft.rng.choice(pairs(lines))
        first, second = one.when, two.when
        draft.move(one, second)
        draft.move(two, first)


# ---- labels ----------------------------------------------------------------------------------------------

def relabel(draft: Draft, value: Callable[[str], str]) -> None:
    """Another spelling of the label in some lines, where there is one."""
    spellings = {line.now["activity"]: value(line.now["activity"]) for line in draft.free()}
    lines = draft.pick(draft.free(lambda line: spellings[line.now["activity"]] != line.now["activity"]))
    change(draft, lines, "activity", lambda line: value(line.now["activity"]))


def label_spaces(draft: Draft) -> None:
    patterns = draft.rng.sample(pools.SPACED, 3)

    def spaced(label: str) -> str:
        if " " in label and draft.rng.random() < 0.4:
            return label.replace(" ", draft.rng.choice(pools.INNER_SPACES))
        return draft.rng.choice(patterns).format(label)

    relabel(draft, spaced)


def label_case(draft: Draft) -> None:
    folds = draft.rng.sample((str.upper, str.lower, str.title, str.swapcase), 2)
    relabel(draft, lambda label: draft.rng.choice([fold(label) for fold in folds if fold(label) != label] or [label]))


def label_full_width(draft: Draft) -> None:
    relabel(draft, full_width)


def mojibake(text: str, codec: str) -> str:
    """UTF-8 read as something else; bytes that cp1252 lacks stay as they are, as Windows does it."""
    if codec != "cp1252":
        return text.encode().decode(codec)
    return "".join(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in text.encode())


def label_garbled(draft: Draft) -> None:
    codec = draft.rng.choice(MOJIBAKE)

    def garbled(label: str) -> str:
        try:
            return mojibake(label, codec)
        except UnicodeDecodeError:
            return label

    relabel(draft, garbled)


def label_language(draft: Draft) -> None:
    here = LANGUAGES.index(draft.language)
    other = {pair[here]: pair[1 - here] for pair in STEPS.values()}
    relabel(draft, other.__getitem__)


def mistyped(draft: Draft, label: str) -> str:
    """One slip of the fingers: a letter doubled, dropped, swapped or hit beside; in Chinese one that sounds alike."""
    if draft.language == "zh":
        places = [at for at, letter in enumerate(label) if letter in pools.HOMOPHONES]
        at = draft.rng.choice(places)
        return label[:at] + pools.HOMOPHONES[label[at]] + label[at + 1:]
    at = draft.rng.choice([at for at in range(1, len(label) - 1) if label[at].islower() and label[at + 1].islower()])
    beside = draft.rng.choice(pools.NEIGHBOURS[label[at]])
    return draft.rng.choice((label[:at] + label[at] + label[at:], label[:at] + label[at + 1:],
                             label[:at] + label[at + 1] + label[at] + label[at + 2:],
                             label[:at] + beside + label[at + 1:]))


def label_typo(draft: Draft) -> None:
    """Each wrong spelling is at least 25 times as rare as the right one."""
    counted, used = Counter(line.now["activity"] for line in draft.lines), Counter()
    lines = draft.free(lambda line: counted[line.now["activity"]] >= 50)
    for line in draft.pick(lines, scattered=True):
        label = line.now["activity"]
        typo = mistyped(draft, label)
        if typo not in counted and (used[typo] + 1) * 25 <= counted[label]:
            used[typo] += 1
            draft.put(line, "activity", typo)


def label_polluted(draft: Draft) -> None:
    patterns = draft.rng.sample(pools.POLLUTED[draft.language], 3)
    names = people(draft)
    relabel(draft, lambda label: draft.rng.choice(patterns).format(
        label, person=draft.rng.choice(names), number=draft.rng.randrange(10000, 99999),
        small=draft.rng.randrange(2, 9),
        day=f"2025-{draft.rng.randrange(1, 13):02d}-{draft.rng.randrange(1, 29):02d}"))


MEANINGS = (("turned_down", "quote_rejected", "contract_returned"), ("agreed", "quote_approved", "contract_approved"),
            ("followed_up", "trial_done", "payment_reminded"))


def label_homonym(draft: Draft) -> None:
    """Two steps of two departments under one name."""
    rare = [each for each in MEANINGS if each[0] != "agreed"]
    for meaning, *steps in draft.rng.sample(MEANINGS if draft.rate >= MIXED else rare, 1):
        label = draft.rng.choice(pools.HOMONYMS[meaning][draft.language])
        change(draft, draft.free(lambda line, steps=steps: line.step in steps), "activity",
               lambda line, label=label: label)


def label_missing(draft: Draft) -> None:
    change(draft, draft.pick(draft.free()), "activity", lambda line: "")


# ---- rows and cases that come twice ----------------------------------------------------------------------

def dup_exact(draft: Draft) -> None:
    manner = draft.rng.choice(("beside", "end"))
    for line in draft.pick(draft.free()):
        line.taken = True
        at = draft.beside(line) if manner == "beside" else len(draft.lines)
        draft.mark.stands.append((line, draft.add(dict(line.now), line.step, line.when, at)))


def dup_near(draft: Draft) -> None:
    for line in draft.pick(draft.free(human), scattered=True):
        line.taken = True
        seconds = timedelta(seconds=draft.rng.randrange(1, 20))
        recorded = datetime.fromisoformat(line.now["recorded_at"]) + seconds
        row = line.now | {"event_id": draft.new_event(), "timestamp": (line.when + seconds).strftime(WRITTEN),
                          "recorded_at": recorded.strftime(WRITTEN)}
        draft.mark.stands.append((line, draft.add(row, line.step, line.when + seconds, draft.beside(line))))


def respelled(draft: Draft, name: str) -> str:
    """The same customer as another clerk writes it."""
    forms = [name.replace(one, two) for one, two in LEGAL_FORMS if name.endswith(one) and two not in name]
    return draft.rng.choice([name, name + " ", name.upper(), full_width(name), *forms])


def dup_case(draft: Draft) -> None:
    """A second lead of the same customer within days, which soon dies."""
    for lines in draft.pick_cases(draft.free_cases(lambda lines: len(lines) >= 12)):
        ids = {"case_id": draft.new_id("006"), "lead_id": draft.new_id("00Q"),
               "customer": respelled(draft, lines[0].now["customer"])}
        when = later(draft.rng, lines[0].when + timedelta(days=draft.rng.randrange(-4, 5)), 0.5)
        for at in (0, *draft.rng.choice(pools.SHORT_LIVES)):
            copied(draft, lines[at], when, ids)
            when = later(draft.rng, when, 1)
        draft.mark.cases.remove(lines[0].now["case_id"])
        draft.mark.cases.add(ids["case_id"])
        draft.mark.case_stands[lines[0].now["case_id"]] = ids["case_id"]


def copied(draft: Draft, line: Line, when: datetime, other: Mapping[str, str]) -> Line:
    """A line like another, at another time and with other values."""
    recorded = when + timedelta(seconds=draft.rng.randrange(1, 200))
    row = line.was | {"event_id": draft.new_event(), "timestamp": when.strftime(WRITTEN), "note": "",
                      "recorded_at": recorded.strftime(WRITTEN), **other}
    return draft.add(row, line.step, when)


def collateral(draft: Draft) -> None:
    """A step of a machine that always stands at the second of a real one."""
    for step in some_steps(draft, least=15):
        label = draft.rng.choice(pools.COLLATERAL[draft.language])
        for line in draft.free(lambda line, step=step: line.step == step):
            line.taken = True
            row = line.now | {"event_id": draft.new_event(), "activity": label, "amount": "", "currency": "",
                              "parent_id": "", "note": ""}
            draft.add(row, "", line.when, draft.beside(line))


# ---- cases that lack something ---------------------------------------------------------------------------

SKIPPED = {"contract_signed": "order_created", "goods_shipped": "customer_accepted", "quote_created": "quote_sent",
           "lead_converted": "needs_confirmed", "quote_approved": "contract_signed"}
"""Step that every sound case has → one that cannot come without it."""


def stage_skipped(draft: Draft) -> None:
    def missing(lines: list[Line]) -> list[str]:
        met = {line.step for line in lines}
        return [step for step, successor in SKIPPED.items() if {step, successor} <= met]

    for lines in draft.pick_cases(draft.free_cases(missing)):
        step = draft.rng.choice(missing(lines))
        for line in lines:
            if line.step == step:
                draft.drop(line)


def case_head_cut(draft: Draft) -> None:
    """The export begins some days later than the log: what was open then has lost its beginning."""
    wanted = round(draft.share(len(draft.cases), 2) * draft.rng.uniform(0.8, 1.3))
    for start in sorted(line.when for line in draft.lines):
        open_then = [lines for lines in draft.cases.values() if lines[0].when < start <= lines[-1].when]
        if len(open_then) >= wanted:
            break
    for lines in draft.cases.values():
        for line in lines:
            if line.when < start:
                draft.drop(line)
    for lines in open_then:
        draft.claim(lines)


def link_lost(draft: Draft) -> None:
    """Lead and opportunity no longer know each other: two cases of one customer."""
    def linked(lines: list[Line]) -> bool:
        return any(line.step == "needs_confirmed" for line in lines)

    for lines in draft.pick_cases(draft.free_cases(linked)):
        split = next(at for at, line in enumerate(lines) if line.step == "lead_converted")
        draft.drop(lines[split])
        lead = lines[0].now["lead_id"]
        change(draft, lines[:split], "case_id", lambda line, lead=lead: lead)
        change(draft, lines[split + 1:], "lead_id", lambda line: "")
        draft.mark.case_stands[lead] = lines[0].was["case_id"]


def unknown(draft: Draft, patterns: Sequence[str]) -> Callable[[Line], str]:
    pattern = draft.rng.choice(patterns)
    return lambda line: pattern.format(draft.rng.randrange(1000, 9999))


def orphan_payment(draft: Draft) -> None:
    lines = draft.pick(draft.free(lambda line: line.step == "payment_received"))
    change(draft, lines, "parent_id", unknown(draft, pools.UNKNOWN_PARENTS))


def broken_keys(draft: Draft) -> None:
    lines = draft.pick(draft.free(lambda line: line.step == "invoice_issued"))
    change(draft, lines, "parent_id", unknown(draft, pools.UNKNOWN_ORDERS))


def event_in_attribute(draft: Draft) -> None:
    """A note that knows of something later than the last event of its case."""
    patterns, days = pools.LATER_NOTES[draft.language], draft.rng.sample(pools.LATER_DAYS, 2)
    end = draft.end - timedelta(days=20)
    for line in draft.pick_apart(draft.free(lambda line: draft.place[id(line)][0][-1].when < end)):
        when = draft.place[id(line)][0][-1].when + timedelta(days=draft.rng.randrange(2, 18))
        draft.put(line, "note", draft.rng.choice(patterns).format(day=written(draft.rng.choice(days), when)))


def test_records(draft: Draft) -> None:
    """Cases that somebody made to try the system: a name, a pace and often an owner that no customer has."""
    donors = [lines for lines in draft.cases.values() if len(lines) >= 6]
    for lines in draft.rng.sample(donors, draft.share(len(draft.cases), 2)):
        ids = {"case_id": draft.new_id("006"), "lead_id": draft.new_id("00Q")}
        name = draft.rng.choice(pools.TEST_CUSTOMERS[draft.language]).format(small=draft.rng.randrange(1, 10))
        owner = {"resource": draft.rng.choice(pools.TEST_OWNERS[draft.language])} if draft.rng.random() < 0.5 else {}
        when = lines[0].when + timedelta(hours=draft.rng.randrange(1, 4))
        plain = [line for line in lines if not line.now["parent_id"] and line.step not in TIGHT[2:]]
        for line in (lines[0], *plain[1:draft.rng.randrange(4, 13)]):
            amount = {"amount": draft.rng.choice(pools.TEST_AMOUNTS)} if line.now["amount"] else {}
            copied(draft, line, when, {**ids, "customer": name, **owner, **amount})
            when += timedelta(seconds=draft.rng.randrange(8, 100))
        draft.mark.cases.add(ids["case_id"])


def merged_accounts(draft: Draft) -> None:
    """The history of an account that was merged into another: the customer of a case changes on the way."""
    names = sorted({line.was["customer"] for line in draft.lines if line.was})
    for lines in draft.pick_cases(draft.free_cases(lambda lines: len(lines) >= 4)):
        other = draft.rng.choice([name for name in names if name != lines[0].now["customer"]])
        change(draft, lines[:draft.rng.randrange(1, len(lines))], "customer", lambda line, other=other: other)


# ---- money -----------------------------------------------------------------------------------------------

def positive(line: Line) -> bool:
    return line.now["amount"] != "" and not line.now["amount"].startswith("-")


def amt_separators(draft: Draft) -> None:
    styles = draft.rng.sample(("sign", "groups", "ten thousands", "wide"), 2)
    digits, thousands, cents = draft.rng.choice(pools.GROUPS)

    def grouped(amount: str) -> str:
        return digits.format(float(amount)).replace(",", "_").replace(".", cents).replace("_", thousands)

    def dressed(line: Line) -> str:
        amount, style = line.now["amount"], draft.rng.choice(styles)
        if style == "sign":
            pattern = draft.rng.choice(pools.SIGNS[line.now["currency"]])
            return pattern.format(draft.rng.choice((amount, grouped(amount))))
        if style == "groups":
            return grouped(amount)
        if style == "wide":
            return full_width(amount)
        number = f"{int(amount.replace('.', '')) / 1_000_000:.6f}".rstrip("0")
        return draft.rng.choice(pools.TEN_THOUSANDS).format(number)

    change(draft, draft.pick(draft.free(positive)), "amount", dressed)


def usual_amount(draft: Draft, line: Line) -> bool:
    """Whether the case has four amounts of about this size."""
    amounts = [float(each.was["amount"]) for each in draft.place[id(line)][0] if positive(each)]
    return positive(line) and len(amounts) > 3 and 0.33 < float(line.now["amount"]) / median(amounts) < 3


def amt_in_wan(draft: Draft) -> None:
    lines = draft.pick_apart(draft.free(lambda line: usual_amount(draft, line)))
    change(draft, lines, "amount", lambda line: f"{float(line.now['amount']) / 10_000:.4f}")


def amt_cents(draft: Draft) -> None:
    end = draft.rng.choice(("", ".00"))
    lines = draft.pick_apart(draft.free(lambda line: usual_amount(draft, line)))
    change(draft, lines, "amount", lambda line: line.now["amount"].replace(".", "").lstrip("0") + end)


def amt_sign(draft: Draft) -> None:
    pattern = draft.rng.choice(pools.NEGATIVES)
    lines = draft.pick(draft.free(lambda line: line.step == "payment_received"), scattered=True)
    change(draft, lines, "amount", lambda line: pattern.format(line.now["amount"]))


def cur_missing(draft: Draft) -> None:
    change(draft, draft.pick(draft.free(lambda line: line.now["currency"])), "currency", lambda line: "")


def cur_mixed(draft: Draft) -> None:
    def priced(lines: list[Line]) -> list[Line]:
        return [line for line in lines if line.now["currency"]]

    for lines in draft.pick_cases(draft.free_cases(lambda lines: len(priced(lines)) >= 3)):
        code = draft.rng.choice(OTHER_CODES)
        change(draft, draft.rng.sample(priced(lines), draft.rng.choice((1, 1, 2))), "currency",
               lambda line, code=code: code)


# ---- people and gaps -------------------------------------------------------------------------------------

def res_missing(draft: Draft) -> None:
    change(draft, draft.pick(draft.free()), "resource", lambda line: "")


def null_words(draft: Draft) -> None:
    """Words for nothing: where nothing stood, and where a person or a department did. Right is a blank."""
    words = draft.rng.sample(pools.NULL_WORDS, 4)
    for line in draft.pick(draft.free(), scattered=True):
        blank = [column for column in ("parent_id", "amount", "currency", "note") if not line.now[column]]
        column = draft.rng.choice((*blank, "resource", "department"))
        draft.put(line, column, draft.rng.choice(words), right="")


def aliases(draft: Draft, name: str) -> list[str]:
    """Other ways to write a person."""
    person = next(each for team in PEOPLE.values() for each in team if name in (each.zh, each.en))
    first, last = person.en.split(" ", 1) if draft.language == "en" else (person.given, person.family)
    return [pattern.format(
        zh=person.zh, zh0=person.zh[0], zh1=person.zh[1:], first=first, family=last if draft.language == "en" else
        last.lower(), given=first.lower(), Given=first, Family=last, First=first, FIRST=first.upper(),
        FAMILY=last.upper(), f=first[0].lower()) for pattern in pools.ALIASES[draft.language]]


def res_alias(draft: Draft) -> None:
    chosen = {name: draft.rng.choice(aliases(draft, name)) for name in draft.rng.sample(people(draft), 5)}
    lines = draft.pick(draft.free(lambda line: line.now["resource"] in chosen), scattered=True)
    change(draft, lines, "resource", lambda line: chosen[line.now["resource"]])


def owner_overwritten(draft: Draft) -> None:
    """The export shows the present owner beside every step, those of machines included."""
    also = draft.rng.choice(((), ("role", "department")))

    def sold(lines: list[Line]) -> Line | None:
        return next((line for line in lines if len(lines) >= 6 and line.now["department"] in TEAMS["sales"][0]), None)

    for lines in draft.pick_cases(draft.free_cases(lambda lines: sold(lines) and not all(map(human, lines)))):
        owner = dict(sold(lines).now)
        for column in ("resource", *also):
            change(draft, lines, column, lambda line, column=column, owner=owner: owner[column])


# ---- rows and cells --------------------------------------------------------------------------------------

def row_shifted(draft: Draft) -> None:
    """From one column on, all cells stand one to the right or one to the left."""
    start = COLUMNS.index(draft.rng.choice(SHIFTED_FROM))
    step = draft.rng.choice((1, -1))
    fits = draft.free(lambda line: step > 0 or any(line.now[column] for column in COLUMNS[start + 1:]))
    for line in draft.pick(fits):
        values = [line.now[column] for column in COLUMNS[start:]]
        values = ["", *values[:-1]] if step > 0 else [*values[1:], ""]
        for column, value in zip(COLUMNS[start:], values, strict=True):
            draft.put(line, column, value)


def plant(draft: Draft, whole: Sequence[str], marks: Sequence[str]) -> None:
    """Dangerous texts: whole ones in customers and notes, marks around labels and people."""
    whole, marks = draft.rng.sample(whole, 4), draft.rng.sample(marks, 2)
    for line in draft.pick(draft.free()):
        column = draft.rng.choice(("activity", "resource", "customer", "note"))
        value = draft.rng.choice(whole)
        if column in ("activity", "resource"):
            value = draft.rng.choice(marks).format(line.now[column])
        draft.put(line, column, value)


def cell_formula(draft: Draft) -> None:
    plant(draft, pools.FORMULAS, pools.FORMULA_MARKS)


def cell_markup(draft: Draft) -> None:
    plant(draft, pools.MARKUPS, pools.MARKUP_MARKS)


def blank_row(**cells: str) -> Row:
    return dict.fromkeys(COLUMNS, "") | cells


def footer_rows(draft: Draft) -> None:
    """What a report says below its rows."""
    lines = draft.rng.sample(pools.FOOTERS[draft.language], draft.rng.randrange(2, 5))
    names = people(draft)
    for text in lines:
        said = text.format(n=f"{len(draft.lines):,}", person=draft.rng.choice(names), day="2025-10-01")
        draft.add(blank_row(event_id=said), "", datetime.max, len(draft.lines))


def total_rows(draft: Draft) -> None:
    """Sums below the rows and, in some exports, between them."""
    column = draft.rng.choice(("event_id", "case_id", "customer", "activity"))
    total, *parts = draft.rng.sample(pools.TOTALS[draft.language], draft.rng.randrange(1, 4))
    groups = sorted({line.was["region"] for line in draft.lines if line.was})

    def sums(text: str, lines: Sequence[Line]) -> Row:
        summed = sum(float(line.was["amount"] or 0) for line in lines if line.was)
        return blank_row(**{column: text.format(group=draft.rng.choice(groups)), "amount": f"{summed:.2f}"})

    for text in parts:
        at = draft.rng.randrange(200, len(draft.lines) - 200)
        draft.add(sums(text, draft.lines[:at]), "", draft.lines[at].when, at)
    draft.add(sums(total, draft.lines), "", datetime.max, len(draft.lines))


def artificial_rows(draft: Draft) -> None:
    """A first and a last step that a program put around cases."""
    labels = draft.rng.choice(pools.ARTIFICIAL[draft.language])
    apart = timedelta(seconds=draft.rng.choice((0, 0, 1)))
    for lines in draft.pick_cases(draft.free_cases()):
        for label, line, when in ((labels[0], lines[0], lines[0].when - apart),
                                  (labels[1], lines[-1], lines[-1].when + apart)):
            row = blank_row(**{column: line.was[column] for column in ("case_id", "lead_id", "customer", "region")},
                            event_id=draft.new_event(), activity=label, timestamp=when.strftime(WRITTEN),
                            recorded_at=when.strftime(WRITTEN))
            draft.add(row, "", when, draft.beside(line) - (label == labels[0]))


# ---- whole files -----------------------------------------------------------------------------------------

def ts_day_month_swapped(draft: Draft) -> None:
    """Day and month have changed places in 27 % of the rows: two orders in one column, or dates that look sound."""
    wanted = int(SWAPPED_SHARE * len(draft.lines))
    if draft.rng.random() < 0.5:
        style = draft.rng.randrange(len(pools.DAY_FIRST))
        patterns = draft.rng.sample((pools.DAY_FIRST[style], pools.MONTH_FIRST[style]), 2)
        swapped = {id(line) for line in draft.rng.sample(draft.lines, wanted)}
        change(draft, draft.free(), "timestamp", lambda line: written(patterns[id(line) in swapped], line.when))
    else:
        ambiguous = draft.free(lambda line: line.when.day <= 12 and line.when.day != line.when.month)
        change(draft, draft.rng.sample(ambiguous, min(len(ambiguous), wanted)), "timestamp", lambda line: written(
            ISO, line.when.replace(month=line.when.day, day=line.when.month)))


def wrong_separator(draft: Draft) -> None:
    """Another separator, one that the header does not have, or each line in quotes as one cell."""
    separator = draft.rng.choice(pools.SEPARATORS)
    draft.mark.writing = draft.rng.choice((
        {"separator": separator}, {"separator": separator, "header_separator": ","}, {"one_cell": True}))


def wrong_encoding(draft: Draft) -> None:
    """UTF-8 that somebody opened as Western text and saved again."""
    codec = draft.rng.choice(MOJIBAKE[::2])
    for line in draft.free():
        for column, value in line.now.items():
            if not value.isascii():
                draft.put(line, column, mojibake(value, codec))


# ---- all together ----------------------------------------------------------------------------------------

def suits(name: str, ids: str, language: str) -> bool:
    """Whether a log of this dialect and language can have a defect."""
    unit = UNITS[name]
    return ids in (unit.ids or (ids,)) and language in (unit.languages or (language,))


def inject(rows: Sequence[Row], name: str, rate: float, seed: int) -> Injected:
    """One defect in a share of its units: of the lines or cases that can have it, of the labels, or of the whole."""
    draft = Draft(rows, rate, f"{name} {seed}")
    if not suits(name, draft.ids, draft.language):
        message = f"{name} cannot stand in a log with {draft.ids} ids in {draft.language}"
        raise ValueError(message)
    globals()[name](draft)
    return draft.told(draft.mark, by_case=UNITS[name].unit == "case")


def mixed(rows: Sequence[Row], rate: float = 0.004, seed: int = 1) -> dict[str, Injected]:
    """All defects that this log can have, each on lines and cases of its own. All values share the same rows."""
    draft = Draft(rows, rate, f"mixed {seed}")
    fits = [name for name in UNITS if name not in ALONE and suits(name, draft.ids, draft.language)]
    by_case = [name for name in fits if (UNITS[name].unit == "case" or name == "artificial_rows") and name not in WIDE]
    marks: dict[str, Mark] = {}
    for name in (*WIDE, *by_case, *(name for name in fits if name not in WIDE and name not in by_case)):
        draft.mark = marks[name] = Mark()
        globals()[name](draft)
    return {name: draft.told(marks[name], by_case=UNITS[name].unit == "case") for name in fits}


def write(
    rows: Sequence[Row], path: Path, encoding: str = "utf-8-sig", separator: str = ",", *,
    headers: Mapping[str, str] | None = None, header_separator: str = "", one_cell: bool = False,
) -> Path:
    """The rows as a file with one header line. headers: other names of columns; one_cell: quotes around each line."""
    named = [(headers or {}).get(column, column) for column in COLUMNS]
    lines = [_line(named, header_separator or separator)]
    lines += [_line([row[column] for column in COLUMNS], separator) for row in rows]
    if one_cell:
        lines = ['"' + line.replace('"', '""') + '"' for line in lines]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


def _line(cells: Sequence[str], separator: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator="").writerow(cells)
    return buffer.getvalue()
