"""What the report derives from the answers, against plain counting."""

from collections import Counter
from itertools import pairwise

import pandas as pd
import pytest
from report_logs import frame_of, log_of, other_log, plain

from ltcdiag.charts.drawing import Drawing
from ltcdiag.errors import InputError
from ltcdiag.log.results import Answer
from ltcdiag.reports.assessment import assess
from ltcdiag.reports.openings import Openings
from ltcdiag.reports.pictures import picture


def test_states_add_up_to_the_cases(found):
    assert found.states == {"closed": 7, "open": 2, "unknown": 0}
    assert assess(other_log(), mined=False).states == {"closed": 0, "open": 0, "unknown": 3}


def test_the_median_counts_closed_cases_only(found):
    assert found.median_days == (7.0, 7)        # four won of 7 days, three lost of 4
    assert assess(other_log(), mined=False).median_days == (2.0, 3)


def test_opened_moves_lead_to_all_their_cases(found):
    openings = Openings(found)
    plain_count = Counter()
    for path, cases in zip(found.variants.table["activities"], found.variants.table["cases"], strict=True):
        for move in set(pairwise(path)):
            plain_count[move] += cases
    assert {move: openings.move(*move).n for move in plain_count} == plain_count


def test_the_line_of_python_keeps_exactly_the_listed_cases(found):
    from ltcdiag.log.filters import Follows, VariantIs

    opening = Openings(found).move("报价", "报价")
    assert opening.python == "log.where(ltc.Follows('报价', '报价'))"
    assert found.log.where(Follows("报价", "报价")).cases == opening.n == 3
    opening = Openings(found).variant(2)
    assert '.table["activities"][1]' in opening.python
    assert found.log.where(VariantIs((found.variants.table["activities"][1],))).cases == opening.n == 3


def test_a_log_without_parties_has_no_handovers():
    assert assess(log_of(frame_of([("a", "b")]), plain), mined=False).handovers is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_answer_with_a_picture_is_drawn_in_the_readers_language(found, lang):
    name = {"zh": "转化机会", "en": "Convert opportunities"}[lang]
    for answer in (found.dfg, found.main_map, found.variants, found.main_variants, found.gaps, found.handovers,
                   found.points):
        drawn = picture(answer, lang)
        assert isinstance(drawn, Drawing)
        assert drawn.words
    assert name in picture(found.main_map, lang).words
    assert name in picture(found.points, lang).words
    assert "convert_opportunities" not in picture(found.main_map, lang).svg()


def test_an_answer_without_a_picture_says_so(found):
    with pytest.raises(InputError):
        picture(found.rework, "en")
    with pytest.raises(InputError):
        picture(Answer(pd.DataFrame({"x": [1]}), 1, ""), "en")
