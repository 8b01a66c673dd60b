"""The checklist of a programme, and the work of each initiative, are whole."""

import pytest

from ltcdiag.domain.initiatives import load_initiatives
from ltcdiag.domain.risks import load_risks


def test_the_known_obstacles_are_all_there():
    assert set(load_risks()) == {"cross_department", "resistance", "data_quality", "fit", "keep_alive", "drawn_not_run",
                                 "conflicts", "no_organisation"}


@pytest.mark.parametrize("risk", load_risks().values(), ids=str)
def test_a_risk_has_an_answer_and_a_sign_in_both_languages(risk):
    assert all(text.strip() for lang in ("zh", "en") for text in (risk.name(lang), risk.answer(lang), risk.watch(lang)))
    assert risk.answer("zh") != risk.answer("en")
    assert risk.source


def test_a_risk_is_likely_with_its_families_or_with_every_programme():
    risks = load_risks()
    assert risks["cross_department"].is_likely(frozenset({"collaboration"}))
    assert not risks["cross_department"].is_likely(frozenset({"cash"}))
    assert risks["keep_alive"].is_likely(frozenset())


def test_every_initiative_says_how_much_work_it_is():
    efforts = [each.effort for each in load_initiatives().values()]
    assert set(efforts) <= {1, 2, 3, 4, 5}
    assert max(efforts) - min(efforts) == 4
