"""The arrays of steps are plain: a quantile of a masked one would look past its mask."""

import numpy as np
import pandas as pd

import ltcdiag as ltc


def test_steps_of_a_log_with_states_hold_no_masked_array():
    log = ltc.read(ltc.sample("salesforce"))
    steps = log.tables.steps()
    masked = [name for name, value in vars(steps).items() if isinstance(value, np.ma.MaskedArray)]
    assert masked == []


def test_a_table_with_missing_whole_numbers_shows_blanks():
    from ltcdiag.log.look import Look

    assert Look().cell("cases", pd.array([1, None], dtype="Int64")[1], "en") == ""
