"""A shareable report holds nobody: 200 planted people in every text column, 0 of them in what it lets out."""

import json
import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.cli import main
from ltcdiag.errors import InputError, LtcdiagError
from ltcdiag.reports.sharing import rounded_days
from ltcdiag.stats.suppression import hidden_cells, rounded
from tests.privacy.people import needles, people
from tests.privacy.planted import company, plain_log
from tests.privacy.told import hits, told

LEVEL = {"zh": "汇总版", "en": "Shareable"}
NEEDLES = needles()


def planted(tmp_path, kind):
    return plain_log(tmp_path / "K_planted_export.csv") if kind == "plain" else company(tmp_path / "K_planted_export")


@pytest.mark.parametrize(("kind", "lang", "more"), [
    ("plain", "zh", []), ("plain", "en", ["--pseudonymise"]), ("company", "en", []),
    ("company", "zh", ["--case", "account"]),
])
def test_no_planted_person_case_or_file_is_in_any_output(tmp_path, capsys, kind, lang, more):
    source, out = planted(tmp_path, kind), tmp_path / "out"
    assert main(["diagnose", str(source), "--out", str(out), "--level", "shareable", "--lang", lang, *more]) == 0
    printed = capsys.readouterr()
    texts = {**told(out), "stdout": printed.out, "stderr": printed.err}
    assert hits(texts, NEEDLES) == []
    files = {name: text for name, text in texts.items() if not name.startswith("std")}
    assert hits(files, ["planted_export", "商贸行", str(tmp_path)]) == []
    ids = re.compile(r"\bK\d{5}\b|\b[OHF]\d{3}\b")
    assert [name for name, text in files.items() if not name.endswith(".png") and ids.search(text)] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_sheet_figure_and_file_says_its_level(tmp_path, lang):
    import openpyxl

    log = ltc.read(plain_log(tmp_path / "log.csv"))
    for level, said in (("shareable", LEVEL[lang]), ("working", {"zh": "工作版", "en": "Working copy"}[lang])):
        out = tmp_path / level
        ltc.report(log, out, lang=lang, level=level)
        page = (out / "report.html").read_text("utf-8")
        assert page.count(said) >= 2        # on the screen, and at the foot of each printed page
        assert f'@bottom-left{{content:"{said}' in page
        sheets = openpyxl.load_workbook(out / "report.xlsx").worksheets
        assert sheets
        assert all(said in sheet.oddFooter.left.text for sheet in sheets)
        pictures = list((out / "figures").glob("*.svg"))
        assert pictures
        assert all(said in path.read_text("utf-8") for path in pictures)
        for path in out.glob("*.json"):
            assert json.loads(path.read_text("utf-8"))["level"] == level, path


def test_a_shareable_folder_holds_no_file_of_cases(tmp_path):
    log = ltc.read(plain_log(tmp_path / "log.csv"))
    ltc.report(log, tmp_path / "out", level="shareable")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "README.txt", "figures", "findings.json", "kpis.json", "ledger.json", "report.html", "report.xlsx",
        "set_aside.csv"]
    assert "dotted.svg" not in {path.name for path in (tmp_path / "out" / "figures").iterdir()}


def numbers(out):
    """Counts of the tables of a shareable workbook: sheet → column of counts."""
    import openpyxl

    book = openpyxl.load_workbook(out / "report.xlsx")
    found = {}
    for sheet in book.worksheets:
        rows = list(sheet.iter_rows(values_only=True))
        heads = ("Cases", "Moves", "Cases repeating", "Events", "Cases behind it")
        counted = [n for n, head in enumerate(rows[0]) if head in heads]
        found[sheet.title] = [row[n] for row in rows[1:] for n in counted if row[n] is not None]
    return found


@pytest.mark.parametrize("k", [5, 10, 40])
def test_no_count_below_k_is_shown_and_a_stricter_k_shows_no_more(tmp_path, k):
    log = ltc.read(plain_log(tmp_path / "log.csv"))
    sizes = []
    for each in (k, k + 7):
        ltc.report(log, tmp_path / str(each), level="shareable", lang="en", k=each)
        found = numbers(tmp_path / str(each))
        assert all(n >= each for counts in found.values() for n in counts)
        sizes.append(sum(map(len, found.values())))
    assert sizes[1] <= sizes[0]
    assert sizes[0] > 0


def test_variants_and_their_rest_add_up_to_the_cases(tmp_path):
    log = ltc.read(plain_log(tmp_path / "log.csv"))
    ltc.report(log, tmp_path / "out", level="shareable", lang="en")
    assert sum(numbers(tmp_path / "out")["paths"]) == log.cases


def test_a_small_k_and_another_level_are_refused(tmp_path):
    log = ltc.read(plain_log(tmp_path / "log.csv", cases=20))
    with pytest.raises(InputError):
        ltc.report(log, tmp_path / "out", level="shareable", k=4)
    with pytest.raises(InputError):
        ltc.report(log, tmp_path / "out", level="public")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_error_messages_hold_nobody(tmp_path, lang, capsys):
    path = plain_log(tmp_path / "log.csv", cases=20)
    prose = tmp_path / "prose.txt"
    prose.write_text("\n".join(f"{p.name} {p.mobile} {p.mail}" for p in people()), encoding="utf-8")
    (tmp_path / "names.toml").write_text('[columns]\ntime = "联系人"\n', encoding="utf-8")
    (tmp_path / "phones.toml").write_text('[columns]\ntime = "手机"\n', encoding="utf-8")
    twice = tmp_path / "twice.csv"
    pairs = enumerate(zip(people(), people()[1:], strict=False))
    twice.write_text("案例编号,环节,完成时间,经办人,操作人\n" + "".join(
        f"K{n},报价,2024-01-02,{p.name},{q.name}\n" for n, (p, q) in pairs), encoding="utf-8")
    for arguments in ([prose], [path, "--mapping", tmp_path / "names.toml"],
                      [path, "--mapping", tmp_path / "phones.toml"],
                      [twice], [path, "--case", "opportunity"], [path, "--as-of", "2001-01-01"]):
        main(["diagnose", *map(str, arguments), "--out", str(tmp_path / "out"), "--lang", lang, "--level", "shareable",
              "--force"])
        printed = capsys.readouterr()
        assert hits({"out": printed.out, "err": printed.err}, NEEDLES) == [], arguments


def test_errors_of_notebooks_hold_nobody(tmp_path):
    path = plain_log(tmp_path / "log.csv", cases=20)
    for options in ({"columns": {"time": "联系人"}}, {"columns": {"time": "手机"}}, {"columns": {"start": "备注"}},
                    {"ends": ["没有"]}):
        with pytest.raises(LtcdiagError) as raised:
            ltc.read(path, **options)
        assert hits({"error": str(raised.value)}, NEEDLES) == []


# ---- the rule behind the counts ---------------------------------------------------------------------


def published(table, k):
    """What is shown of a table: the cells that are not hidden, and the total where it is large enough."""
    there = [place for place, n in enumerate(table) if n]
    hidden = {there[n] for n in hidden_cells([table[place] for place in there], k)}
    shown = tuple(n if n and place not in hidden else None for place, n in enumerate(table))
    return shown, sum(table) if sum(table) >= k else None


@pytest.mark.parametrize(("cells", "most", "k"), [(2, 18, 5), (3, 13, 5), (3, 13, 7), (4, 9, 5), (4, 9, 6)])
def test_no_small_cell_follows_from_what_is_shown(cells, most, k):
    """By trying every table: whoever knows the rule finds at least two that look the same outside."""
    alike = {}
    for table in product(range(most + 1), repeat=cells):
        alike.setdefault(published(table, k), []).append(table)
    for (shown, _), tables in alike.items():
        for place, cell in enumerate(shown):
            if cell is None:
                values = {table[place] for table in tables}
                assert len(values) > 1 or values == {0} or min(values) >= k


@settings(max_examples=300)
@given(st.lists(st.integers(1, 60), max_size=30), st.integers(5, 20))
def test_what_is_hidden_is_small_or_hides_the_small(counts, k):
    hidden = hidden_cells(counts, k)
    shown = [n for place, n in enumerate(counts) if place not in hidden]
    assert all(n >= k for n in shown)
    assert len(hidden) != 1 or len(counts) == 1
    if hidden and shown:
        assert sum(counts[place] for place in hidden) >= k
        assert max(counts[place] for place in hidden) <= min(shown)
    assert hidden <= hidden_cells(counts, k + 1)


@given(st.integers(0, 10_000), st.integers(5, 30))
def test_rounded_counts_are_multiples_and_never_small(n, k):
    told_as = rounded(n, k)
    assert told_as % k == 0
    assert abs(told_as - n) <= k / 2 or n < k
    assert (told_as == 0) == (n < k)


@pytest.mark.parametrize(("days", "said"), [(0.04, 0.0), (0.26, 0.3), (3.3, 3.5), (12.4, 12.0), (-12.4, -12.0)])
def test_days_are_told_in_round_numbers(days, said):
    assert rounded_days(days) == said
