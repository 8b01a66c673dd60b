"""Names become pseudonyms before anything is counted: figures stay, names go, the key decides."""

import csv
import hashlib
import hmac
import stat
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.engine.pseudonyms import normal, pseudonyms
from ltcdiag.errors import InputError, OutputError
from ltcdiag.keys import key_file, project_key, project_of, write_names
from tests.privacy.people import needles, people
from tests.privacy.planted import company, plain_log

KEY = b"0123456789abcdef0123456789abcdef"
NAMES = [person.name for person in people()]


def key_at(tmp_path, key=KEY, name="a.key"):
    (tmp_path / name).write_bytes(key)
    return tmp_path / name


def handovers(log):
    return sorted(log.tables.answer("handovers", by="resource").table.drop(columns=["source", "target"]).round(
        9).astype(str).itertuples(index=False, name=None))


def listed(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {row["name"]: row["pseudonym"] for row in csv.DictReader(stream) if row["kind"] == "person"}


def test_pseudonymise_then_ask_is_ask_then_pseudonymise(tmp_path):
    path = plain_log(tmp_path / "log.csv")
    bare = ltc.read(path)
    hidden = ltc.read(path, pseudonymise=key_at(tmp_path), names_to=tmp_path / "names.csv")
    said = listed(tmp_path / "names.csv")
    for name in ("cases", "variants", "directly_follows", "gaps", "rework"):
        assert bare.tables.answer(name).table.equals(hidden.tables.answer(name).table)
    before, after = (log.tables.answer("handovers", by="resource").table for log in (bare, hidden))
    renamed = before.assign(source=before["source"].map(said), target=before["target"].map(said))
    columns = ["source", "target"]
    assert sorted(renamed.astype(str).itertuples(index=False)) == sorted(
        after.astype(dict.fromkeys(columns, str)).astype(str).itertuples(index=False))
    assert dict(bare.ledger.totals) == dict(hidden.ledger.totals)


@pytest.mark.parametrize("made", ["plain", "company"])
def test_two_keys_give_equal_figures_and_no_equal_pseudonym(tmp_path, made):
    source = plain_log(tmp_path / "log.csv") if made == "plain" else company(tmp_path / "company")
    one, two = (ltc.read(source, pseudonymise=key_at(tmp_path, key, name)) for key, name in (
        (KEY, "a.key"), (KEY[::-1], "b.key")))
    assert handovers(one) == handovers(two)
    names = [{name for column in ("source", "target") for name in log.tables.answer(
        "handovers", by="resource").table[column]} for log in (one, two)]
    assert names[0]
    assert not names[0] & names[1]


def test_the_same_key_gives_the_same_pseudonyms_also_where_other_people_are_there():
    some, _ = pseudonyms(KEY, "person", NAMES[:50])
    every, longer = pseudonyms(KEY, "person", NAMES)
    assert longer == 0
    assert {name: every[name] for name in some} == some
    assert len(set(every.values())) == 200


def test_a_dictionary_of_all_names_recovers_nobody_without_the_key():
    said, _ = pseudonyms(KEY, "person", NAMES)
    signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    def code(digest):
        number = int.from_bytes(digest[:8], "big")
        return "".join(signs[number >> shift & 31] for shift in (59, 54, 49, 44))

    def guesses(name):
        for text in (normal(name), name, f"person\0{normal(name)}"):
            yield code(hashlib.sha256(text.encode()).digest())
            for key in (b"", b"ltcdiag", KEY[:-1]):
                yield code(hmac.new(key, text.encode(), hashlib.sha256).digest())

    assert [name for name in NAMES if said[name].split("-")[1][:4] in guesses(name)] == []
    mine = code(hmac.new(KEY, f"person\0{normal(NAMES[0])}".encode(), hashlib.sha256).digest())
    assert said[NAMES[0]] == f"P-{mine}"        # the attack is the right one: with the key it works


def test_the_order_of_pseudonyms_tells_nothing_of_the_order_of_names():
    said, _ = pseudonyms(KEY, "person", NAMES)
    ranks = {name: n for n, name in enumerate(sorted(NAMES, key=said.get))}
    moved = sum(abs(ranks[name] - n) for n, name in enumerate(sorted(NAMES)))
    assert moved > 200 * 200 / 3 * 0.8      # a third of n squared is what chance gives


@pytest.mark.parametrize(("one", "other"), [
    ("Anna Lee", "ANNA  LEE "), ("王 翊珩", "王翊珩"), ("Ａｎｎａ Lee", "Anna Lee"), ("Anna\u00a0Lee", "Anna Lee"),
])
def test_spellings_of_one_name_are_one_person(one, other):
    said, _ = pseudonyms(KEY, "person", [one, other])
    assert said[one] == said[other]


@given(st.lists(st.text(min_size=1, max_size=12), max_size=40))
def test_different_names_have_different_pseudonyms_and_equal_ones_the_same(texts):
    said, _ = pseudonyms(KEY, "person", texts)
    assert len(set(said.values())) == len({normal(text) for text in texts})


def test_a_clash_makes_both_pseudonyms_longer_and_is_counted():
    names = [f"name {n}" for n in range(9000)]
    said, longer = pseudonyms(KEY, "person", names)
    assert len(set(said.values())) == 9000
    assert longer == sum(len(name) > len("P-0000") for name in said.values())
    assert longer % 2 == 0
    assert longer > 0


def test_a_short_role_stands_before_the_pseudonym(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("案例编号,环节,完成时间,负责人,角色\n" + "".join(
        f"K{n},{step},2024-01-{n + 1:02} 1{m}:00,{name},{role}\n" for n in range(25)
        for m, (step, name, role) in enumerate([("报价", "王翊珩", "AR"), ("签约", "李沐宸", "法务经理")])),
        encoding="utf-8")
    log = ltc.read(path, pseudonymise=key_at(tmp_path))
    people_shown = set(next(iter(log.tables.batches()))["resource"])
    assert {name.split("-")[0] for name in people_shown} == {"AR", "P"}


def everything_told(log):
    """All that a log lets out: events, objects, rows that were set aside, notes."""
    frames = [batch.to_csv() for batch in log.tables.batches()]
    objects = log.tables.objects()
    if objects is not None:
        frames += [getattr(objects, part).to_csv() for part in ("events", "objects", "relations", "links", "changes")]
    columns = [fact.column for fact in log.privacy.columns if fact.loaded]
    for column in dict.fromkeys(columns):
        frames.append(log.tables.answer("segments", column=column).table.to_csv())
    frames += [repr(log.defects), log.changes.to_csv()]
    return " ".join([*frames, *log.notes, *(row.text for row in log.ledger.set_aside_rows), repr(log)])


def test_no_name_is_left_in_a_plain_log(tmp_path):
    log = ltc.read(plain_log(tmp_path / "log.csv"), pseudonymise=key_at(tmp_path))
    told = everything_told(log)
    assert sum(log.ledger.set_aside.values()) == 11
    assert [text for text in needles() if text in told] == []


def test_no_name_is_left_in_the_objects_of_systems(tmp_path):
    for case in ("opportunity", "account"):
        log = ltc.read(company(tmp_path / "company"), case=case, pseudonymise=key_at(tmp_path))
        bare = ltc.read(tmp_path / "company", case=case)
        assert (log.cases, log.events) == (bare.cases, bare.events)
        told = everything_told(log)
        assert [text for text in needles() if text in told] == []


def test_data_frames_are_hidden_as_well(tmp_path):
    import pandas as pd

    frame = pd.read_csv(plain_log(tmp_path / "log.csv", dirty=False), dtype=str)
    frame.to_parquet(tmp_path / "log.parquet")
    for source in (frame, tmp_path / "log.parquet"):
        told = everything_told(ltc.read(source, pseudonymise=key_at(tmp_path)))
        assert [text for text in needles() if text in told] == []


def test_the_key_stands_outside_the_data_and_is_readable_by_its_owner_only(tmp_path, keys):
    path = plain_log(tmp_path / "data.csv", cases=30)
    log = ltc.read(path, pseudonymise=True)
    file = key_file(project_of([path]))
    assert file.is_file()
    assert keys in file.parents
    assert [each.name for each in tmp_path.iterdir()] == ["data.csv"]
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = file.read_bytes()
    assert key.hex() not in everything_told(log)
    again = ltc.read(path, pseudonymise=True)
    assert handovers(again) == handovers(log)
    assert file.read_bytes() == key


def test_two_projects_have_two_keys(tmp_path):
    from ltcdiag.project import new_project

    one, two = (new_project(tmp_path / name, "zh") for name in ("one", "two"))
    assert project_of([one / "data" / "x.csv"]) != project_of([two / "x.csv"])
    assert project_key(project_of([one])) != project_key(project_of([two]))


@pytest.mark.parametrize("wrong", ["missing", "short"])
def test_a_key_that_is_none_is_refused(tmp_path, wrong):
    path = plain_log(tmp_path / "log.csv", cases=5)
    key = tmp_path / "missing.key" if wrong == "missing" else key_at(tmp_path, b"short")
    with pytest.raises(InputError):
        ltc.read(path, pseudonymise=key)


def test_the_list_of_names_is_made_only_where_it_is_asked_for_and_never_over_another_file(tmp_path):
    path = plain_log(tmp_path / "log.csv", cases=30)
    ltc.read(path, pseudonymise=key_at(tmp_path), names_to=tmp_path / "names.csv")
    assert set(listed(tmp_path / "names.csv")) <= set(NAMES)
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "names.csv").stat().st_mode) == 0o600
    with pytest.raises(OutputError):
        write_names(tmp_path / "names.csv", [])
    with pytest.raises(InputError):
        ltc.read(path, names_to=tmp_path / "other.csv")
