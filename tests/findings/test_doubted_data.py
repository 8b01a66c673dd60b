"""What makes data doubtful stands in the caveat of each finding that rests on it, and nobody is sure of that one."""

from __future__ import annotations

from dataclasses import replace

import pytest

import ltcdiag as ltc
from ltcdiag.bundled import sample
from ltcdiag.log.defects import Defect


@pytest.fixture(scope="module")
def log():
    return ltc.read(sample("ltc_en"))


def doubted(log, defect, deed, n):
    return ltc.diagnose(replace(log, defects=(Defect(defect, deed, "row", "x.csv", "", n),)))


def test_without_defects_that_matter_nothing_is_said(log):
    sound = ltc.diagnose(replace(log, defects=()))
    for diagnosis in (sound, doubted(log, "id_padded", "repair", 4000), doubted(log, "ts_form_snap", "warn", 3)):
        assert not [finding for finding in diagnosis if "Doubtful data" in finding.caveat["en"]]
    assert "high" in {finding.confidence for finding in sound}


@pytest.mark.parametrize(("defect", "n"), [("ts_backdated", 1), ("ts_date_only", 900)])
def test_a_heavy_defect_or_many_light_ones_are_said_and_take_the_high_confidence(log, defect, n):
    found = [finding for finding in doubted(log, defect, "warn", n) if finding.kind == "bottleneck"]
    assert found
    assert all(finding.caveat["en"].startswith("Doubtful data: ") for finding in found)
    assert all(finding.caveat["zh"].startswith("数据存疑：") for finding in found)
    assert "high" not in {finding.confidence for finding in found}
