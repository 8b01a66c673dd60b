"""What a log holds of people, counted again the slow way."""

from collections import Counter

import pytest

import ltcdiag as ltc
from ltcdiag.words import use
from tests.privacy.planted import company, plain_log


def slow(rows, by):
    """cases, groups, smallest, alone, below five: from one dictionary a case."""
    sizes = Counter(tuple(row[part] for part in by) for row in rows)
    return (len(rows), len(sizes), min(sizes.values()), sum(n == 1 for n in sizes.values()),
            sum(n for n in sizes.values() if n < 5))


def by_hand(path):
    import csv

    cases = {}
    with path.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["案例编号"] and row["完成时间"][:2] == "20" and None not in row:
                cases.setdefault(row["案例编号"], []).append(row)
    found = []
    for rows in cases.values():
        rows.sort(key=lambda row: row["完成时间"])
        first = min(row["开始时间"] for row in rows)
        found.append({"variant": tuple(row["环节"] for row in rows), "month": first[:7], "day": first[:10],
                      "owner": rows[0]["负责人"], "region": rows[0]["区域"]})
    return found


def test_uniqueness_is_what_counting_by_hand_gives(tmp_path):
    path = plain_log(tmp_path / "log.csv", dirty=False)
    log, rows = ltc.read(path), by_hand(path)
    found = ltc.privacy_report(log, k=5).uniqueness
    assert [each.by for each in found] == [("variant",), ("variant", "month"), ("owner", "region", "day")]
    for each in found[:2]:
        assert (each.cases, each.groups, each.smallest, each.alone, each.small) == slow(rows, each.by)
    assert found[2].cases == len(rows)
    assert found[2].alone > 0.9 * len(rows)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_names_the_columns_and_promises_nothing(tmp_path, lang):
    log = ltc.read(plain_log(tmp_path / "log.csv"), pseudonymise=True)
    with use(lang):
        said = str(ltc.privacy_report(log))
    for column in ("手机", "备注", "负责人", "客户名称"):
        assert column in said
    assert ("不是匿名" if lang == "zh" else "no anonymity") in said
    told = ltc.privacy_report(log).to_dict()
    assert {each["column"] for each in told["left_out"]} == {"联系人", "手机", "备注", "字段9", "令牌"}
    assert told["pseudonyms"] > 0
    assert told["level"] == "working"


def test_systems_have_one_as_well(tmp_path):
    found = ltc.privacy_report(ltc.read(company(tmp_path / "company"), case="opportunity"))
    assert found.uniqueness[2].by == ("owner", "day")
    assert found.pseudonyms is None
