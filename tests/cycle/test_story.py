"""The story that ships: it opens where each step begins, and it is what its own exports give."""

import json

import pytest

import ltcdiag as ltc
from ltcdiag.cycle.parts import PARTS, STEPS
from ltcdiag.errors import InputError


@pytest.mark.parametrize("step", ["plan", "implement", "review"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_story_opens_where_a_step_begins(step, lang):
    cycle = ltc.Cycle.open(ltc.story(step, lang))
    assert cycle.notes == ()
    assert {PARTS[part] for part in cycle.contents} == set(STEPS[:STEPS.index(step)])
    cycle.needs(step)
    assert len(cycle.appended) == (step == "review")
    assert cycle.about["lang"] == lang
    if step != "plan":
        assert cycle.definition.stamps("zh") == ()


def test_two_readers_do_not_share_a_story():
    one, other = ltc.story("plan", "zh"), ltc.story("plan", "zh")
    ltc.Cycle.open(one).save(lessons={"a": 1})
    assert ltc.Cycle.open(other).part("lessons") is None


def test_another_step_has_no_story():
    with pytest.raises(InputError, match="review"):
        ltc.story("harvest")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_shipped_story_is_what_its_export_gives_and_the_review_says_what_was_planted(lang):
    sample = ltc.sample(f"story_{lang}")
    shipped = ltc.Cycle.open(sample / "cycle")
    assert shipped.part("log")["fingerprint"] == ltc.read(sample / "1_assess").fingerprint
    assert shipped.findings[0]["kind"] == "bottleneck"
    verdicts = {each["kpi"]: each["verdict"] for each in shipped.part("effects")["effects"] if not each["exploratory"]}
    assert verdicts == {"days_in_contracting": "improved"}
    assert shipped.part("effects")["schema"] == "ltcdiag.effects/1"
    (answer,) = shipped.part("effects")["answers"]
    assert (answer["credited"], answer["control"]["verdict"]) == ("improved", "cannot_tell")
    assert shipped.part("decision")["chosen"] == "keep"
    told = json.dumps(dict(shipped.contents), ensure_ascii=False)
    assert not any(name in told for name in ("/tmp", "/home", "C:\\"))
