"""The end of a cycle: voices again, the decision, lessons, the page, the next cycle."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

import ltcdiag as ltc
from ltcdiag.cycle.adoption import Adopted, Adoption, Part, Shown
from ltcdiag.cycle.deciding import Lesson, Lessons, decide, lessons, proposal
from ltcdiag.cycle.plan import Gain, Measure, Plan
from ltcdiag.cycle.voices_again import voices_again
from ltcdiag.errors import InputError, OutputError
from ltcdiag.log.voices import Voice, Voices
from ltcdiag.reports import review_cycle
from ltcdiag.words import use
from tests.cycle import changed_logs as made

PLAN = Plan(measures=(
    Measure("M1", {"zh": "法务预审", "en": "Legal pre-check"}, kpi="days_open", status="done",
            gain=Gain(12.0, 5.0, 20.0, "days")),
    Measure("M2", {"zh": "标准合同", "en": "Standard contract"}, kpi="days_open", status="planned"),
    Measure("M3", {"zh": "培训", "en": "Training"}, status="running"),
    Measure("M4", {"zh": "机器人", "en": "Robot"}, status="dropped")))


@pytest.fixture(autouse=True)
def in_chinese():
    with use("zh"):
        yield


# ---- voices again ------------------------------------------------------------------------------------------


def voices(side, people, named, category="waiting", stage="contract_review", scores=()):
    """So many people of a side, of whom some name a problem; a score each, in turn."""
    def one(number, kind):
        score = float(scores[number]) if number < len(scores) else None
        return Voice(side, f"P{number:03}", "", "", stage, "", kind, None, "", score, "", "", "")

    return Voices(tuple(one(n, category if n < named else "smooth") for n in range(people)))


def test_fewer_people_who_say_so_are_told_with_an_interval_where_many_were_heard():
    found = voices_again(voices("staff", 30, 24), voices("staff", 28, 6))
    (said,) = found.said
    assert (said.before, said.of_before, said.after, said.of_after, said.state) == (24, 30, 6, 28, "fewer")
    assert said.difference.value == pytest.approx(6 / 28 - 24 / 30)
    assert said.difference.low < said.difference.value < said.difference.high < 0
    more = voices_again(voices("staff", 28, 6), voices("staff", 30, 24)).said[0]
    assert more.state == "more"
    assert voices_again(voices("staff", 30, 12), voices("staff", 28, 11)).said[0].state == "unclear"


def test_of_four_people_nobody_makes_a_percentage():
    for before, after in ((4, 30), (30, 4), (19, 20)):
        found = voices_again(voices("staff", before, 3), voices("staff", after, 1))
        assert found.said[0].state == "counts"
        for lang in ("zh", "en"):
            with use(lang):
                assert not {"%", "点", "point"} & set(str(found).split()), str(found)
                assert "%" not in str(found) + found._repr_html_().replace("100%", "")
    assert voices_again(voices("staff", 20, 3), voices("staff", 20, 1)).said[0].difference is not None


def test_one_person_counts_once_and_who_sees_no_problem_names_none():
    twice = voices("staff", 3, 2).voices
    harmless = replace(twice[0], speaker="P009", severity=0)
    found = voices_again(Voices((*twice, twice[0], harmless)), voices("staff", 2, 0))
    (said,) = found.said
    assert (said.before, said.of_before, said.after, said.of_after) == (2, 4, 0, 2)


def test_a_side_that_was_not_asked_again_is_no_improvement():
    both = Voices((*voices("staff", 5, 4).voices, *voices("customer", 5, 4).voices))
    assert {said.side for said in voices_again(both, voices("staff", 5, 1)).said} == {"staff"}
    nobody = voices_again(both, Voices())
    assert nobody.said == ()
    assert "还没有再问过" in str(nobody)
    assert str(ltc.voices_again(None, None)) == str(voices_again(Voices(), Voices()))


def test_many_kinds_of_problems_are_corrected_together():
    """One of thirty kinds that is found at 4 % alone is not found."""
    kinds = [f"步骤{number}" for number in range(30)]
    one = [Voice("staff", f"P{n:03}", "", "", None, kinds[0], "waiting", None, "", None, "", "", "") for n in range(40)]
    same = [replace(one[n], step=kind) for kind in kinds[1:] for n in range(20)]
    heard = [replace(voice, category="smooth") for voice in one]
    before, after = Voices((*one[:20], *same, *heard)), Voices((*one[:10], *same, *heard))
    alone = voices_again(Voices((*one[:20], *heard)), Voices((*one[:10], *heard))).said[0]
    assert alone.state == "fewer"
    assert {said.state for said in voices_again(before, after).said} == {"unclear"}


def test_satisfaction_is_compared_one_number_a_customer_and_only_where_many_scored():
    first = voices("customer", 24, 0, scores=[3, 4] * 12)
    better = voices("customer", 24, 0, scores=[4, 5] * 12)
    score = voices_again(first, better).score
    assert (score.before, score.after, score.state) == (3.5, 4.5, "higher")
    assert voices_again(better, first).score.state == "lower"
    assert voices_again(first, first).score.state == "unclear"
    few = voices_again(voices("customer", 3, 0, scores=[1, 5, 2]), better).score
    assert (few.before, few.state, few.difference) == (2, "counts", None)
    again = Voices((*first.voices, *(replace(voice, satisfaction=1.0) for voice in first.voices[:1])))
    assert voices_again(again, better).score.n_before == 24


# ---- the decision ------------------------------------------------------------------------------------------


def verdicts(*words, guard="cannot_tell", moved=False, early=None, agreed=True):
    answers = [SimpleNamespace(credited=word, control_moved=moved) for word in words]
    guards = [("", SimpleNamespace(verdict=guard))]
    return SimpleNamespace(answers=answers, guards=guards, early=early, as_agreed=agreed)


@pytest.mark.parametrize(("judged", "proposed", "reason"), [
    (verdicts("improved", "cannot_tell"), "keep", "better"),
    (verdicts("improved", agreed=False), "adjust", "better_not_agreed"),
    (verdicts("improved", "worsened"), "adjust", "better_and_worse"),
    (verdicts("improved", guard="worsened"), "adjust", "better_and_harm"),
    (verdicts("worsened", "cannot_tell"), "stop", "worse"),
    (verdicts("cannot_tell", guard="worsened"), "stop", "harm"),
    (verdicts("cannot_tell", moved=True), "adjust", "control_moved"),
    (verdicts("no_change_that_matters", "no_change_that_matters"), "stop", "no_change"),
    (verdicts("no_change_that_matters", "cannot_tell"), "adjust", "cannot_tell"),
    (verdicts("improved", early=True, agreed=False), "keep", "early"),
    (verdicts("worsened", early=True, agreed=False), "stop", "worse")])
def test_the_proposal_follows_from_the_verdicts(judged, proposed, reason):
    assert proposal(judged) == (proposed, reason)
    made_up = decide(judged)
    assert made_up.decision == proposed
    assert all(made_up.texts[lang].strip() for lang in ("zh", "en"))
    assert "还没有决定" in str(made_up)


def test_the_decision_of_the_team_holds_and_carries_a_name_and_a_day():
    found = decide(verdicts("improved"), "停止", by="李工", why="<b>太贵</b>", today="2025-01-10")
    assert (found.proposed, found.decision, found.by, found.day) == ("keep", "stop", "李工", "2025-01-10")
    assert "团队的决定与建议不同" in str(found)
    assert "李工" in str(found)
    assert "<b>" not in found._repr_html_()
    assert decide(verdicts("improved"), " keep ", today="2025-01-10").chosen == "keep"
    with pytest.raises(InputError, match="maybe"):
        decide(verdicts("improved"), "maybe")


# ---- a whole cycle -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """A judged cycle with its decision and lessons, and its log."""
    with use("zh"):
        log = made.log(made.rows(regions=("华东", "华南")))
        definition = ltc.Definition(
            change="2024-07-01", primary=("days_open",), pilot=("区域", ("华东",)), control=("区域", ("华南",)),
            review_on=made.REVIEW, baseline="before", baseline_as_of="2024-05-31")
        cycle = ltc.Cycle.create(tmp_path_factory.mktemp("closed") / "cycle", question="<b>为什么慢？</b>",
                                 today="2024-06-01")
        cycle = cycle.save(log=log, findings={"findings": []}, plan=PLAN, data=["exports"], options={"ends": ["回款"]},
                           today="2024-06-01").freeze(definition, today="2024-06-01")
        judged = ltc.judge(cycle, log, today=made.REVIEW)
        decision = ltc.decide(judged, "keep", by="李工", today="2025-01-02")
        learnt = ltc.lessons(cycle, judged, "先培训，再上线", today="2025-01-02")
        return cycle.save(effects=judged, decision=decision, lessons=learnt, today="2025-01-02"), judged, log


def test_lessons_tell_planned_against_seen_and_what_was_not_done(closed):
    cycle, judged, _ = closed
    found = Lessons.from_dict(cycle.part("lessons"))
    assert [(each.kind, each.measure) for each in found] == [
        ("gain", "M1"), ("undone", "M2"), ("undone", "M4"), ("own", "")]
    seen = judged["days_open"].effect.difference.value
    assert "12.0（5.0～20.0）天" in found.lessons[0].text["zh"]
    assert f"{seen:.1f}".replace("-", "−") in found.lessons[0].text["zh"]
    assert "improved" in found.lessons[0].text["en"]


def test_what_the_team_wrote_is_kept_when_the_review_runs_again(closed):
    cycle, judged, _ = closed
    again = ltc.lessons(cycle, judged, ["先培训，再上线", "早点问客户"], today="2025-02-02")
    own = [(each.text["zh"], each.day) for each in again if each.kind == "own"]
    assert own == [("先培训，再上线", "2025-01-02"), ("早点问客户", "2025-02-02")]
    assert ltc.lessons(cycle, judged, today="2025-02-02").to_dict() == cycle.part("lessons")


def test_how_far_a_measure_was_adopted_is_a_lesson(closed):
    after = Shown(50, 32, 0.64, 0.5, 0.76)
    shown = Adoption((Adopted("M3", {}, {}, (Part("pilot", {}, Shown(0, 0), after, after),)), Adopted("M1", {}, {})),
                     "2024-07-01", "2024-12-29", 26, "")
    found = lessons(closed[1], PLAN, adoption=shown, today="2025-01-02")
    (told,) = [each for each in found if each.kind == "adoption"]
    assert told.measure == "M3"
    assert told.text["zh"] == f"培训：变更之后按新做法走的：{after.text('zh')}。"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_holds_the_agreed_answer_first_and_exploration_apart(closed, tmp_path, lang, monkeypatch):
    """Without the pictures: they are those of any comparison."""
    monkeypatch.setattr(review_cycle, "drawings", lambda *_: ([], {}))
    _, judged, _ = closed
    decision = ltc.decide(judged, "keep", by="李工", today=made.REVIEW)
    told = ltc.review(judged, tmp_path / "out", lang=lang, decision=decision,
                      lessons=Lessons((Lesson("L1", {"zh": "<i>一</i>", "en": "<i>one</i>"}),)))
    page = told.report.read_text(encoding="utf-8")
    places = [page.index(f'<section id="{key}"') for key in (
        "agreed", "harm", "voices", "decision", "lessons", "doubts", "pace", "explore", "cases", "method")]
    assert places == sorted(places)
    agreed, explored = page[places[0]:places[1]], page[places[7]:places[8]]
    warning = {"zh": "下面的指标没有人事先问过", "en": "Nobody asked about these beforehand"}[lang]
    assert warning in explored
    assert judged.definition.sha256[:12] in agreed
    assert {"zh": "变好", "en": "improved"}[lang] in agreed
    assert {"zh": "对照（变更没有触及的案例）", "en": "Control (cases the change did not reach)"}[lang] in agreed
    assert "<b>为什么慢" not in page
    assert "<i>一" not in page
    assert "<i>one" not in page
    assert "李工" in page
    check_files(told, closed)


def check_files(told, closed):
    """The files beside the page hold every case that was compared."""
    _, judged, log = closed
    rows = (told.folder / "cases.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    sides = [row.split(",")[2] for row in rows]
    assert len(rows) == judged.counts["judged"] + judged.counts["too_young"]
    assert sides.count("control") == judged.counts["control"] > 0
    assert json.loads((told.folder / "effects.json").read_text(encoding="utf-8"))["verdict"] == judged.verdict
    assert log.cases == judged.counts["cases"]
    front, answers, effects, *_, sides = openpyxl.load_workbook(told.folder / "report.xlsx").worksheets
    assert judged.question in front["B1"].value
    asked = [answer.effect for answer in judged.answers]
    assert answers.max_row == 1 + len(asked)
    with (told.folder / "effects.csv").open(encoding="utf-8-sig", newline="") as source:
        rows = [row[1:] for row in csv.reader(source)][1:]
    shown = list(effects.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in shown] == [row[0] for row in rows]
    at = [row[0] for row in rows].index(asked[0].kpi)
    assert shown[at][5] == pytest.approx(asked[0].before.value)
    assert shown[at][13] == pytest.approx(asked[0].difference.value)
    assert sides.max_row - 1 == len(sides_of(told))


def sides_of(told):
    return (told.folder / "cases.csv").read_text(encoding="utf-8-sig").splitlines()[1:]


def test_the_next_cycle_begins_with_the_time_after(closed, tmp_path):
    cycle, judged, log = closed
    begun = ltc.next_cycle(cycle, tmp_path / "next", judged, new_data="later", question="怎样更快？",
                           today="2025-01-03")
    told = ltc.Cycle.open(begun.folder)
    table = made.seen(made.rows(regions=("华东", "华南")), made.CHANGE + made.timedelta(days=made.HALF))
    after = table.groupby("商机编号")["完成时间"].min() >= made.CHANGE
    assert told.part("log")["cases"] == int(after.sum()) < log.cases
    assert told.question == "怎样更快？"
    assert told.part("kpis")["kpis"]
    left = told.part("carried")
    assert left["since"] == "2024-07-01"
    assert [each["id"] for each in left["measures"]] == ["M2", "M3"]
    assert [each["cycle"] for each in left["lessons"]] == ["cycle"] * 4
    assert (left["from"]["verdict"], left["from"]["decision"]) == (judged.verdict, "keep")
    assert left["from"]["effects"] == cycle.about["saved"]["effects"]["sha256"]
    assert told.options == {"ends": ["回款"]}
    assert told.data == cycle.data
    assert [Path(path).name for path in told.appended] == ["later"]      # appended: what overlaps is never read as one
    told.needs("plan")
    noted = told.save(guesses={"g": 1}, today="2025-01-05")
    again = ltc.next_cycle(cycle, noted.folder, judged)
    assert again.part("guesses") == {"g": 1}       # begun before: what was done in it stays
    assert again.part("carried") == left
    stranger = ltc.Cycle.create(tmp_path / "other", today="2025-01-03")
    with pytest.raises(OutputError):
        ltc.next_cycle(cycle, stranger.folder, judged)
    with pytest.raises(InputError):
        ltc.next_cycle(cycle, cycle.folder, judged)


def test_no_next_cycle_before_the_review(tmp_path, closed):
    early = ltc.Cycle.create(tmp_path / "early", today="2024-06-01")
    with pytest.raises(InputError) as error:
        ltc.next_cycle(early, tmp_path / "next", closed[1])
    assert "04_review" in str(error.value)
