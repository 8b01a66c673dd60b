"""Filters saved under names: what was saved comes back, nobody's is lost, and a file that is wrong is told whole."""

from __future__ import annotations

import json

import pytest

import ltcdiag as ltc
from ltcdiag.cli import main
from ltcdiag.cycle.filter_file import chosen_filter
from ltcdiag.errors import InputError, OutputError

EAST = ltc.Attribute("region", ("East", None)) & ~ltc.Contains("取消")
OPEN = ltc.StateIs("open")


def test_what_is_saved_comes_back_and_the_others_stay(tmp_path):
    ltc.save_filter("East, large", EAST, tmp_path)
    ltc.save_filter("未结", OPEN, tmp_path)
    before = (tmp_path / "filters.json").read_bytes()
    ltc.save_filter("未结", OPEN, tmp_path)
    assert (tmp_path / "filters.json").read_bytes() == before
    assert dict(ltc.read_filters(tmp_path)) == {"East, large": EAST, "未结": OPEN}
    assert [path.name for path in tmp_path.iterdir()] == ["filters.json"]
    assert "已结" not in str(ltc.read_filters(tmp_path))
    assert "East, large" in ltc.read_filters(tmp_path)._repr_html_()


def test_another_filter_of_the_name_is_not_lost_unseen(tmp_path):
    ltc.save_filter("a", EAST, tmp_path)
    with pytest.raises(OutputError, match="East"):
        ltc.save_filter("a", OPEN, tmp_path)
    assert ltc.save_filter("a", OPEN, tmp_path, force=True)["a"] == OPEN


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb"])
def test_a_name_that_is_none_is_refused(name, tmp_path):
    with pytest.raises(InputError, match="名称"):
        ltc.save_filter(name, OPEN, tmp_path)


@pytest.mark.parametrize(("text", "said"), [
    ("{", "JSON"), ("[" * 100_000, "JSON"), ("{}", "schema"), ('{"schema": "ltcdiag.filters/1", "sets": []}', "schema"),
    (b"\xff\xfe\x00", "JSON"),
])
def test_a_file_that_is_none_is_told(text, said, tmp_path):
    file = tmp_path / "filters.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=said):
        ltc.read_filters(file)


def test_all_that_is_wrong_in_a_file_is_told_at_once_and_it_is_not_written_over(tmp_path):
    sets = {"good": [], "bad": [{"kind": "x"}], "worse": [{"kind": "contains", "activities": [1]}, 3]}
    file = tmp_path / "filters.json"
    file.write_text(json.dumps({"schema": "ltcdiag.filters/1", "sets": sets}), encoding="utf-8")
    with pytest.raises(InputError) as told:
        ltc.save_filter("new", OPEN, tmp_path)
    assert len(told.value.faults) == 3
    assert json.loads(file.read_text(encoding="utf-8"))["sets"] == sets


def test_an_option_names_a_set_of_a_folder_or_of_a_file(tmp_path):
    ltc.save_filter("east", EAST, tmp_path)
    file = tmp_path / "mine.json"
    ltc.save_filter("open", OPEN, file)
    assert chosen_filter("east", [tmp_path]) == EAST
    assert chosen_filter(str(file), [tmp_path]) == OPEN
    ltc.save_filter("both", EAST & OPEN, file)
    assert chosen_filter(f"{file}#both", []) == EAST & OPEN
    for asked, said in ((str(file), "both"), (f"{file}#west", "open"), ("west", "east")):
        with pytest.raises(InputError, match=said):
            chosen_filter(asked, [tmp_path])
    with pytest.raises(InputError, match="west"):
        chosen_filter("west", [])


def test_the_command_line_narrows_what_it_reads(tmp_path, capsys):
    data = tmp_path / "log.csv"
    data.write_text("case,activity,time\n1,a,2024-01-01\n1,b,2024-01-02\n2,a,2024-01-03\n", encoding="utf-8")
    ltc.save_filter("twice", ltc.EventCount(2), tmp_path)
    ltc.save_filter("never", ltc.EventCount(9), tmp_path)
    out = tmp_path / "out.csv"
    assert main(["export", str(data), "--to", "csv", "--out", str(out), "--filter", "twice", "--lang", "en"]) == 0
    assert out.read_text(encoding="utf-8-sig").count("\n1,") == 2
    assert "\n2," not in out.read_text(encoding="utf-8-sig")
    for name, said in (("never", "keeps no case"), ("nowhere", "twice")):
        assert main(["export", str(data), "--to", "csv", "--out", str(out), "--filter", name, "--lang", "en"]) == 2
        assert said in capsys.readouterr().err
