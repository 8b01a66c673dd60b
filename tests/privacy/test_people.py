"""Figures by person are off; a written purpose turns them on for pairs of k cases, and ranks nobody."""

import pytest

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.sources.mapping import dump_mapping, load_mapping
from tests.privacy.people import people
from tests.privacy.told import told

PURPOSE = '[people]\npurpose = "培训：交接班表的排定，经工会同意"\n'


def log_of_people(folder, *, sellers=8, cases=300, toml=""):
    """Events with people and neither departments nor roles."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [person.name for person in people()[:sellers]]
    (folder / "log.csv").write_text("案例编号,环节,完成时间,负责人\n" + "".join(
        f"K{n:03},{step},2024-0{1 + n % 9}-{1 + n % 28:02} 1{m}:00,{names[(n + m * (n % 3)) % sellers]}\n"
        for n in range(cases) for m, step in enumerate(["报价", "签约", "回款"])), encoding="utf-8")
    if toml:
        (folder / "ltcdiag.toml").write_text(toml, encoding="utf-8")
    return folder


def test_without_a_purpose_nothing_is_told_person_by_person(tmp_path):
    log = ltc.read(log_of_people(tmp_path / "x"))
    for ask in (lambda: ltc.handovers(log), lambda: ltc.handovers(log, by="resource"),
                lambda: ltc.kpis(log, by="负责人")):
        with pytest.raises(InputError) as raised:
            ask()
        assert "[people]" in str(raised.value)
    ltc.report(log, tmp_path / "out")
    texts = told(tmp_path / "out")
    assert not any("handovers" in name for name in texts)
    assert [(where, name) for where, text in texts.items() for name in [p.name for p in people()[:8]] if name in text
            and "set_aside" not in where] == []


def test_with_a_purpose_pairs_of_k_cases_are_told_in_the_order_of_names(tmp_path):
    log = ltc.read(log_of_people(tmp_path / "x", toml=PURPOSE + "k = 25\n"))
    bare = log.tables.answer("handovers", by="resource")
    found = ltc.handovers(log)
    assert log.privacy.k == 25
    assert (found.table["cases"] >= 25).all()
    assert 0 < len(found.table) < len(bare.table)
    pairs = list(zip(found.table["source"], found.table["target"], strict=True))
    assert pairs == sorted(pairs)
    moves = [int(answer.table["moves"].sum()) + answer.within + answer.unknown for answer in (found, bare)]
    assert moves[0] == moves[1]


def test_few_people_are_no_group(tmp_path):
    log = ltc.read(log_of_people(tmp_path / "x", sellers=4, toml=PURPOSE))
    with pytest.raises(InputError):
        ltc.handovers(log)


@pytest.mark.parametrize("text", [
    '[people]\npurpose = ""\n', '[people]\nk = 5\n', PURPOSE + "k = 4\n", PURPOSE + 'k = "8"\n', PURPOSE + "who = 1\n",
    "people = 3\n", '[people]\npurpose = "短"\n',
])
def test_a_purpose_that_is_none_is_refused(tmp_path, text):
    with pytest.raises(InputError):
        ltc.read(log_of_people(tmp_path / "x", toml=text))


def test_a_mapping_file_keeps_its_purpose(tmp_path):
    (tmp_path / "m.toml").write_text(PURPOSE + "k = 7\n", encoding="utf-8")
    mapping = load_mapping(tmp_path / "m.toml")
    (tmp_path / "again.toml").write_text(dump_mapping(mapping), encoding="utf-8")
    assert load_mapping(tmp_path / "again.toml") == mapping


def test_departments_and_roles_need_no_purpose(tmp_path):
    (tmp_path / "log.csv").write_text("案例编号,环节,完成时间,负责人,部门\n" + "".join(
        f"K{n},{step},2024-01-{n + 1:02} 1{m}:00,王芳,{place}\n" for n in range(25)
        for m, (step, place) in enumerate([("报价", "销售部"), ("签约", "法务部")])), encoding="utf-8")
    assert ltc.handovers(ltc.read(tmp_path / "log.csv")).by == "department"
