"""The weeks of an implementation on a small made log: adoption, watches, dates, calls, what moved, the page."""

import hashlib
import json
import re
from base64 import b64encode
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.cycle.milestones import timetable_of
from ltcdiag.cycle.plan import Measure, Milestone, Plan, Sign
from ltcdiag.domain.kpis import load_kpis
from ltcdiag.errors import InputError, OutputError
from ltcdiag.measures.happenings import _harm
from ltcdiag.words import use

CHANGE, REVIEW = "2024-07-01", "2025-01-06"
START = pd.Timestamp("2024-01-01 09:00")
HEADS = ["单号", "环节", "时间", "部门", "负责人", "区域", "类型", "渠道码"]
COLUMNS = {"case": "单号", "activity": "环节", "time": "时间", "department": "部门", "resource": "负责人"}
SILENT = ("D0300", "D0700", "D1100")
NAME = {"zh": "<b>预审</b>", "en": "<b>pre-check</b>"}


def deals():
    """260 days; 1 deal a day before the change, 2 after it. After it every pilot deal (East) has the pre-check and
    three in four are of the kind B (before: one in four); the code is empty; South stays as it was. SILENT ones stand
    after their quote for ever."""
    rng = np.random.default_rng(3)
    rows = []
    change = (pd.Timestamp(CHANGE) - START).days + 1
    for day in range(260):
        for k in range(2 if day >= change else 1):
            late, east = day >= change, bool(rng.random() < 0.6)
            kind = "B" if rng.random() < (0.75 if late and east else 0.25) else "A"
            steps = [("商机创建", 0, "销售部")]
            steps += [("预审", 1, "法务部")] if late and east else []
            steps += [("报价", 3 + int(rng.integers(0, 4)), "销售部"),
                      ("赢单" if rng.random() < 0.6 else "输单", 12 + int(rng.integers(0, 20)), "销售部")]
            for label, after, who in steps:
                at = START + pd.Timedelta(days=day + after, minutes=7 * k)
                silent = f"D{day:03}{k}" in SILENT and label in ("赢单", "输单")
                if (at - START).days < 260 and not silent:
                    rows.append((f"D{day:03}{k}", label, at, who, f"人{day % 7}", "华东" if east else "华南", kind,
                                 "" if late else "x"))
    return pd.DataFrame(rows, columns=HEADS)


PLAN = Plan(
    question="报价为什么慢？<i>", change=CHANGE, review_on=REVIEW, pilot=("区域", ("华东",)),
    control=("区域", ("华南",)),
    measures=(Measure("M1", NAME, sign=Sign("has", "预审"), begins=CHANGE, ends="2024-08-31", owner="SR",
                      status="running"),
              Measure("M2", {"zh": "培训", "en": "training"}, begins="2024-07-15", owner="AR"),
              Measure("M3", {"zh": "旧", "en": "old"}, status="dropped"),
              Measure("M4", {"zh": "新步", "en": "new step"}, sign=Sign("has", "不存在"), status="running")),
    milestones=(Milestone("S1", {"zh": "发布", "en": "published"}, "2024-07-01", "2024-06-28"),
                Milestone("S2", {"zh": "培训完", "en": "all trained"}, "2024-08-01", "2024-08-11"),
                Milestone("S3", {"zh": "检查", "en": "check"}, "2024-09-01"),
                Milestone("S4", {"zh": "评审", "en": "review"}, "2024-12-01")))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    deals().to_csv(folder / "商机.csv", index=False)
    return folder / "商机.csv"


@pytest.fixture(scope="module")
def log(data):
    return ltc.read(data, columns=COLUMNS, ends=["赢单", "输单"])


@pytest.fixture(scope="module")
def cycle(tmp_path_factory, data, log):
    with use("zh"):
        made = ltc.Cycle.create(tmp_path_factory.mktemp("cycle") / "c", question=PLAN.question, today="2024-06-30")
        made = made.save(log=log, data=data, findings={"findings": []}, kpis={}, plan=PLAN, today="2024-06-30")
        goal = ltc.Definition(change=CHANGE, primary=("win_rate",), guards=("days_open", "satisfaction"),
                              pilot=PLAN.pilot, control=PLAN.control, review_on=REVIEW)
        return made.freeze(goal, today="2024-06-30")


@pytest.fixture(scope="module")
def page(cycle, log, tmp_path_factory):
    with use("zh"):
        return ltc.week(cycle, log, tmp_path_factory.mktemp("out"), today="2024-09-20")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_cycle_without_a_plan_says_what_is_missing(tmp_path, log, lang):
    with use(lang):
        early = ltc.Cycle.create(tmp_path / lang).save(log=log, findings={"findings": []})
        for ask in (ltc.adoption, ltc.watch, ltc.besides):
            with pytest.raises(InputError, match={"zh": "改进方案", "en": "the plan"}[lang]):
                ask(early, log)


def test_adoption_is_a_share_of_the_cases_that_came_there_pilot_and_control_apart(cycle, log):
    found, rows = ltc.adoption(cycle, log), deals()
    pilot, control = found["M1"].parts
    east = set(rows.loc[rows["区域"] == "华东", "单号"])
    checked = {case for case in east if ((rows["单号"] == case) & (rows["环节"] == "预审")).any()}
    assert pilot.before.shown == control.before.shown == control.after.shown == 0
    assert pilot.after.shown == len(checked)
    assert pilot.difference > 0.5
    assert pilot.low < pilot.difference < pilot.high
    assert control.difference == 0
    assert sum(week.n for week in pilot.weeks if week.week > 0) <= pilot.after.n
    assert [week.day for week in pilot.weeks if week.week in (0, 1)] == ["2024-06-24", CHANGE]


def test_a_wait_that_began_before_the_change_and_ended_after_it_is_on_neither_side(cycle, log):
    """Every quote takes three days or more: each wait is a refusal two days after the deal began."""
    quick = replace(PLAN, measures=(replace(PLAN.measures[0], sign=Sign("within", "报价", days=2)),))
    found = ltc.adoption(_with(cycle, plan=quick.to_dict()), log)["M1"].parts
    begun = deals().groupby("单号").agg(at=("时间", "min"), region=("区域", "first"))
    days = (begun["at"] - pd.Timestamp(CHANGE)) / pd.Timedelta(days=1)
    for part, region in zip(found, ("华东", "华南"), strict=True):
        mine = days[begun["region"] == region]
        assert part.straddling == int(((mine < 0) & (mine >= -2)).sum())
        assert part.before.n == int((mine < -2).sum())
        assert part.before.n + part.after.n + part.straddling + part.waiting == int(
            (mine < days.max()).sum())      # the deal that begins at the as-of moment has not waited yet
        assert part.before.shown == part.after.shown == 0
    assert sum(part.straddling for part in found) == 2


def test_what_the_log_cannot_show_is_said_and_what_is_dropped_is_gone(cycle, log):
    found = ltc.adoption(cycle, log)
    assert [each.measure for each in found] == ["M1", "M2", "M4"]
    for lang, words in {"zh": ("看不出", "不存在"), "en": ("cannot show", "不存在")}.items():
        with use(lang):
            text = str(found)
            assert all(word in text for word in words)


def test_measures_of_one_sign_are_said_to_be_one(cycle, log):
    assert not list(ltc.adoption(cycle, log).alike("zh"))
    twice = replace(PLAN, measures=(*PLAN.measures, replace(PLAN.measures[0], id="M9")))
    found = ltc.adoption(_with(cycle, plan=twice.to_dict()), log)
    assert [text.split(" ")[0] for text in found.alike("zh")] == ["M1、M9"]


def test_teams_are_departments_or_a_column_and_people_only_with_a_purpose(cycle, log):
    assert ltc.adoption(cycle, log).by == "department"
    kinds = ltc.adoption(cycle, log, by="类型")["M1"].parts[0].teams
    assert {team.name for team in kinds} == {"A", "B"}
    whole = ltc.adoption(cycle, log)["M1"].parts[0]
    assert sum(team.after.n for team in kinds) == whole.after.n
    with pytest.raises(InputError, match="purpose"):
        ltc.adoption(cycle, log, by="负责人")


def test_each_kpi_has_a_watch_and_the_family_is_told(cycle, log):
    found = ltc.watch(cycle, log)
    assert [(each.kpi, each.role) for each in found] == [
        ("win_rate", "primary"), ("days_open", "guard"), ("satisfaction", "guard")]
    assert found.watches[2].status == "unwatched"
    assert (found.each, found.family) == (0.05, 0.1)
    assert found.planned == 27
    assert found.weeks == found.watches[0].weeks == 11
    wins = deals()
    east = (wins["区域"] == "华东") & (wins["环节"] == "赢单")
    assert found.watches[0].observed <= int((east & (wins["时间"] >= CHANGE)).sum())
    assert json.loads(json.dumps(found.to_dict()))["watches"][0]["kpi"] == "win_rate"


@pytest.mark.parametrize(("kpi", "what", "harm"), [
    ("win_rate", "reaching", "fewer"), ("loss_rate", "reaching", "more"), ("days_open", "closings", "fewer"),
    ("days_in_contracting", "leavings", "fewer"), ("rework_days", "rework", "more"), ("rework_rate", "rework", "more"),
    ("requotes_per_case", "steps", "more"), ("approvals_per_case", "steps", ""), ("leads", "starts", "")])
def test_what_is_for_the_worse_follows_the_card(kpi, what, harm):
    assert _harm(load_kpis()[kpi], what) == harm


def test_milestones_and_measures_are_late_soon_or_in_time():
    found = timetable_of(PLAN, "2024-09-20")
    assert {each.id: (each.state, each.days) for each in found.milestones} == {
        "S1": ("done", 0), "S2": ("done_late", 10), "S3": ("late", 19), "S4": ("ahead", 72)}
    assert {each.id: (each.state, each.days) for each in found.measures} == {
        "M1": ("overdue", 20), "M2": ("not_begun", 67), "M3": ("dropped", 0), "M4": ("running", 0)}
    assert [each.id for each in found.late] == ["M2", "M1", "S3"]
    before = timetable_of(PLAN, "2024-08-05")
    assert [each.state for each in before.milestones] == ["done", "late", "ahead", "ahead"]
    assert timetable_of(PLAN, "2024-08-20").milestones[2].state == "soon"


def test_calls_are_the_stuck_cases_with_who_is_new_and_who_is_gone(cycle, log):
    found = ltc.calls(cycle, log)
    listed = {each.case_id: each for each in found}
    assert set(SILENT) <= set(listed)
    assert not {each for each in listed if each >= "D240"}      # the youngest have hardly come anywhere
    assert (listed["D0300"].step, listed["D0300"].with_whom) == ("报价", "销售部")
    quoted = deals().set_index("单号").loc["D0300", "时间"].max()
    assert listed["D0300"].since == quoted.date().isoformat()
    assert not found.new
    kept, old = found.calls[0].case_id, "D0000"
    week = {"as_of": "2024-09-01", "calls": {"cases": [kept, old]}}
    later = ltc.calls(_with(cycle, weeks={"weeks": [week]}), log)
    assert {each.case_id for each in later.new} == {each.case_id for each in found} - {kept}
    assert (later.gone, later.before) == ((old,), "2024-09-01")
    today = {"as_of": found.as_of, "calls": {"cases": []}}
    assert not ltc.calls(_with(cycle, weeks={"weeks": [today]}), log).new      # a week is not compared with itself


def _with(cycle, **parts):
    return replace(cycle, contents={**cycle.contents, **parts})


def test_what_moved_besides_is_what_was_planted_and_nothing_is_called_a_cause(cycle, log):
    found = ltc.besides(cycle, log)
    out = {(each.kind, each.part) for each in found.standing_out}
    assert {("arrivals", "pilot"), ("arrivals", "control"), ("mix", "pilot"), ("filled", "")} <= out
    assert ("mix", "control") not in out
    assert ("labels", "") not in out        # the new step is the change itself: its own plan looks for it
    text = "\n".join(each.text["zh"] for each in found.standing_out)
    assert "100% → 0%" in text
    other = replace(PLAN, measures=PLAN.measures[1:2])
    unasked = ltc.besides(_with(cycle, plan=other.to_dict()), log)
    assert "“预审”" in "\n".join(each.text["zh"] for each in unasked.standing_out)
    with use("en"):
        assert "because" not in str(found)
        assert "not called causes" in str(found)


def test_a_week_is_kept_once_and_the_same_log_changes_nothing(cycle, log, page, tmp_path):
    assert [week["as_of"] for week in page.weeks["weeks"]] == ["2024-09-16"]
    earlier = {"as_of": "2024-09-09", "calls": {"cases": []}}
    kept = _with(cycle, weeks={"weeks": [*page.weeks["weeks"], earlier]})
    with use("zh"):
        again = ltc.week(kept, log, tmp_path / "new" / "folder", today="2024-09-20")
    assert again.weeks["weeks"] == [earlier, *page.weeks["weeks"]]
    assert again.path.parent.name == "folder"


def test_the_page_is_offline_without_script_and_shows_names_as_text(page):
    text = page.path.read_text(encoding="utf-8").replace("&#39;", "'")
    assert page.path.name == "week-2024-09-16.html"
    assert "<script" not in text
    assert not re.search(r"""(?:src|href)=["']?(?!data:)|https?://""", text)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    assert f"style-src 'sha256-{b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in text
    assert "default-src 'none'" in text
    assert "<b>预审" not in text
    assert "&lt;b&gt;预审" in text
    assert "&lt;i&gt;" in text


def test_the_page_speaks_both_languages_and_replaces_only_its_own(cycle, log, page, tmp_path):
    place = tmp_path / "w.html"
    place.write_bytes(page.path.read_bytes())
    assert "这周要打的电话" in place.read_text(encoding="utf-8")
    ltc.week(cycle, log, place, lang="en")
    assert "Calls to make this week" in place.read_text(encoding="utf-8")
    place.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError):
        ltc.week(cycle, log, place)
    assert place.read_text(encoding="utf-8") == "mine"


def test_values_speak_both_languages_and_escape(cycle, log):
    for ask in (ltc.adoption, ltc.watch, ltc.calls, ltc.besides, ltc.timetable):
        found = ask(cycle, log)
        said = {}
        for lang in ("zh", "en"):
            with use(lang):
                said[lang] = str(found)
                html = found._repr_html_()
            assert "<b>" not in html
            assert said[lang]
        assert said["zh"] != said["en"]
        assert not re.search(r"[一-鿿]", re.sub(r"“[^”]*”|[(][^)]*[)]|D\d+.*", "", said["en"]).replace("预审", ""))


def test_a_pilot_that_nobody_belongs_to_is_told(cycle, log):
    wrong = {**cycle.part("definition")}
    wrong["definition"] = {**wrong["definition"], "pilot": {"column": "区域", "values": ["西北"]}}
    with pytest.raises(InputError, match="西北"):
        ltc.watch(_with(cycle, definition=wrong), log)
