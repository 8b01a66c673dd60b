"""The reference model: complete, restrained, editable by hand, and every fault of a copy said with its line."""

from __future__ import annotations

import dataclasses
import tomllib
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcdiag.domain.reference import _model, load_model, tables_of
from ltcdiag.domain.reference_copy import Difference, differences, write_copy
from ltcdiag.domain.reference_file import toml_value
from ltcdiag.domain.stages import GATES, OWNERS, load_stages
from ltcdiag.errors import InputError, OutputError
from ltcdiag.words import languages, say, sentences, use

OURS = load_model()
SECTIONS = ("role", "tier", "gate", "rule", "stage")


def shipped() -> dict:
    return tomllib.loads(files("ltcdiag.domain").joinpath("reference.toml").read_text(encoding="utf-8"))


def read(folder, text: str):
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return load_model(path)


def faults(folder, text: str):
    with use("en"), pytest.raises(InputError) as caught:
        read(folder, text)
    return [(fault.where, fault.what, fault.fix) for fault in caught.value.faults]


# ---- our model ---------------------------------------------------------------------------------------


def test_every_entry_has_names_in_three_scripts_and_a_source():
    entries = [*OURS.stages.values(), *OURS.roles.values(), *OURS.tiers.values(), *OURS.gates.values(),
               *OURS.rules.values()]
    for entry in entries:
        assert all((entry.key, entry.zh, entry.en, entry.zh_hant, entry.source)), entry
        assert entry.en.isascii()
        assert not entry.zh.isascii()
    for role in OURS.roles.values():
        assert role.duties("zh") != role.duties("en")
    for gate in OURS.gates.values():
        assert gate.must_be_true("zh") != gate.must_be_true("en")
    assert OURS.title("zh") != OURS.title("en")
    assert OURS.editing("zh") != OURS.editing("en")
    assert OURS.version
    assert OURS.based_on


def test_it_holds_each_canonical_stage_in_order_as_the_chain_has_it():
    chain = load_stages()
    assert list(OURS.stages) == list(chain.stages)
    for key, stage in OURS.stages.items():
        same = ("zh", "en", "zh_hant", "order", "main_stage", "owner", "gate")
        assert [getattr(stage, name) for name in same] == [getattr(chain[key], name) for name in same]
        assert (stage.place == "exit") == chain[key].side
        assert OURS.owner(key) == chain[key].owner
        assert OURS.name_of(key, "zh-Hant") == chain[key].zh_hant


def test_the_file_does_not_repeat_what_stands_in_the_chain():
    for row in shipped()["stage"].values():
        assert not {"zh", "en", "zh_hant", "owner", "order", "gate", "main_stage"} & set(row)


def test_the_triangle_is_on_duty_at_each_stage_as_at_its_main_stage():
    chain = load_stages()
    assert list(OURS.roles) == ["AR", "SR", "FR"]
    for stage in OURS.stages.values():
        assert set(stage.roles) <= set(OURS.roles)
        assert len(set(stage.roles)) == len(stage.roles)
        assert stage.responsible in chain.main_stages[stage.main_stage].roles
    reviewed = OURS.stages["contract_approval"].roles
    assert set(reviewed) == {"AR", "SR", "FR"}  # the review before signature needs the whole triangle


def test_the_sub_flow_of_a_stage_is_one_of_its_main_stage():
    chain = load_stages()
    for stage in OURS.stages.values():
        known = [flow.key for flow in chain.main_stages[stage.main_stage].flows]
        assert stage.flow in (known or [""])


def test_every_gate_that_counts_has_its_condition():
    assert set(OURS.gates) == set(GATES) - {"none"}


def test_a_must_is_restrained_and_never_lighter_for_a_larger_deal():
    tiers = ["small", "standard", "large"]
    assert list(OURS.tiers) == tiers
    assert OURS.default_tier == "standard"
    musts = [{key for key, stage in OURS.stages.items() if stage.is_must(tier)} for tier in tiers]
    assert musts[0] < musts[1] < musts[2]
    assert musts[1] == {"contract_signed", "invoiced", "paid"}
    for stage in OURS.stages.values():
        assert set(stage.expected) == (set() if stage.place == "exit" else set(tiers))
        assert set(stage.expected.values()) <= {"must", "may"}


def test_exits_are_allowed_somewhere_before_the_gate_that_closes_them():
    order = {key: stage.order for key, stage in OURS.stages.items()}
    for stage in OURS.stages.values():
        if stage.exit_after and stage.exit_before:
            assert order[stage.exit_after] < order[stage.exit_before]
    assert OURS.stages["lost"].exit_before == "won"


def test_the_model_cannot_be_changed_and_is_read_once():
    assert load_model() is OURS
    with pytest.raises(dataclasses.FrozenInstanceError):
        OURS.version = "2"  # type: ignore[misc]
    with pytest.raises(TypeError):
        OURS.stages["won"] = None  # type: ignore[index]
    with pytest.raises(TypeError):
        OURS.stages["won"].expected["large"] = "must"  # type: ignore[index]


def test_an_unknown_label_is_its_own_name_and_has_no_owner():
    assert OURS.name_of("内部会议", "en") == "内部会议"
    with pytest.raises(KeyError):
        OURS.owner("内部会议")


# ---- tiers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [None, float("nan"), 0, 5, Decimal("1e12")])
def test_without_thresholds_every_deal_is_of_the_default_tier(amount):
    assert OURS.tier_of(amount, "CNY") == "standard"
    assert OURS.tier_of(amount, None) == "standard"


@pytest.mark.parametrize(("amount", "currency", "tier"), [
    (100000, "CNY", "small"), (100000.01, "CNY", "standard"), (Decimal(2000000), "CNY", "standard"),
    (2000001, "CNY", "large"), (1, "cny ", "small"), (1, "EUR", "standard"), (1, None, "standard"),
    (float("nan"), "CNY", "standard"), (None, "CNY", "standard"),
    (5000, "USD", "small"), (5001, "USD", "standard"),  # only the lower threshold is set: nothing is large
    (7, "GBP", "standard"), (9, "GBP", "large"),        # only the upper one: nothing is small
])
def test_a_threshold_belongs_to_the_tier_below_it(tmp_path, amount, currency, tier):
    model = read(tmp_path, "[tier.small]\nup_to = { CNY = 100000, USD = 5e3 }\n"
                           "[tier.standard]\nup_to = { CNY = 2000000, GBP = 7.50 }\n")
    assert model.tier_of(amount, currency) == tier


# ---- a client's copy ---------------------------------------------------------------------------------


def test_a_partial_copy_changes_what_it_names_and_nothing_else(tmp_path):
    theirs = read(tmp_path, '\ufeffversion = "2"\n[stage.accepted]\nowner = "shared"\nen = "Signed off"\n'
                            'expected = { standard = "must" }\n[role.FR]\nzh = "项目经理"\n')
    assert theirs.stages["accepted"] == dataclasses.replace(
        OURS.stages["accepted"], owner="shared", en="Signed off",
        expected={"small": "may", "standard": "must", "large": "must"})
    assert theirs.name_of("accepted", "en") == "Signed off"
    assert theirs.roles["FR"].zh == "项目经理"
    same = {key for key in OURS.stages if theirs.stages[key] == OURS.stages[key]}
    assert same == set(OURS.stages) - {"accepted"}
    assert [(d.where, d.field, d.ours, d.theirs) for d in differences(OURS, theirs)] == [
        ("", "version", "1", "2"), ("role.FR", "zh", "交付", "项目经理"),
        ("stage.accepted", "en", "Customer accepted", "Signed off"),
        ("stage.accepted", "owner", "customer", "shared"), ("stage.accepted", "expected.standard", "may", "must"),
    ]


def test_an_empty_copy_is_our_model(tmp_path):
    assert read(tmp_path, "# nothing\n") == OURS


MANY_FAULTS = """version = 3
colour = 'red'
[stage.won]
owner = "them"
ownr = "us"
expected = { huge = "must" }
zh = " "
[stage.wonn]
zh = "x"
[stage.lost]
expected = { large = "must" }
exit_after = "paid"
[tier.small]
up_to = { CNY = -1 }
[tier.large]
up_to = { CNY = 5 }
[stage.solution]
supports = ["SR"]
[stage.paid]
responsible = "CFO"
supports = "AR"
"""


def test_all_faults_are_said_at_once_each_with_its_line(tmp_path):
    found = faults(tmp_path, MANY_FAULTS)
    lines = [int(where.rpartition(" ")[2]) for where, _, _ in found]
    assert sorted(lines) == [1, 2, 4, 5, 6, 7, 8, 11, 12, 14, 16, 18, 20, 21]
    assert all(where.startswith("own.toml, line ") and fix for where, _, fix in found)
    by_line = {line: (what, fix) for line, (_, what, fix) in zip(lines, found, strict=True)}
    assert "us, customer, shared" in by_line[4][0]
    assert 'owner = "customer"' in by_line[4][1]  # the line to put in its place
    assert "stage.won.owner" in by_line[5][1]
    assert "stage.won" in by_line[8][1]


@pytest.mark.parametrize("limit", ["0", "-5", "true", "nan", "inf", '"100"', "[1]"])
def test_a_threshold_is_a_number_above_zero(tmp_path, limit):
    assert len(faults(tmp_path, f"[tier.small]\nup_to = {{ CNY = {limit} }}\n")) == 1


def test_a_currency_is_written_in_capitals(tmp_path):
    assert len(faults(tmp_path, "[tier.small]\nup_to = { cny = 5 }\n")) == 1


@pytest.mark.parametrize("high", [100, 99.5])
def test_thresholds_that_cross_are_refused_in_their_currency_only(tmp_path, high):
    low = "[tier.small]\nup_to = { CNY = 100, USD = 7 }\n"
    found = faults(tmp_path, f"{low}[tier.standard]\nup_to = {{ CNY = {high}, USD = 8 }}\n")
    assert [("CNY" in what, where) for where, what, _ in found] == [(True, "own.toml, line 2")]


@pytest.mark.parametrize("text", [
    "stage = 3", "[[stage]]\nkey = 'won'", "[stage]\nwon = 'us'", "role = 'AR'", "editing = 'me'",
    "[editing]\nfr = 'x'", "[editing]\nzh = 5", "default_tier = 'huge'", "[stage.won]\nflow = 'unknown'",
    "[stage.won]\nplace = 'exit'", "[stage.won]\norder = 5", "[stage.won]\ngate = 'none'",
    "[stage.won]\nsupports = ['SR', 'SR']", "[stage.lost]\nexit_before = 'cancelled'", "[stage.won]\nexpected = 'must'",
])
def test_what_the_model_does_not_have_is_refused(tmp_path, text):
    assert len(faults(tmp_path, text)) == 1


def test_a_file_that_cannot_be_read_is_a_plain_error(tmp_path):
    (tmp_path / "ansi.toml").write_bytes("# 副本\n".encode("gb18030"))
    (tmp_path / "quotes.toml").write_text("version = “2”\n", encoding="utf-8")
    for path in (tmp_path / "none.toml", tmp_path, tmp_path / "ansi.toml", tmp_path / "quotes.toml"):
        for lang in languages():
            with use(lang), pytest.raises(InputError) as caught:
                load_model(path)
            assert len(caught.value.faults) == 1


# ---- writing a copy ------------------------------------------------------------------------------------


def test_a_fresh_copy_is_our_model_with_notes_in_both_languages(tmp_path):
    path = write_copy(tmp_path / "copy.toml")
    assert load_model(path) == OURS
    assert differences(OURS, load_model(path)) == ()
    text = path.read_text(encoding="utf-8")
    notes = [line for line in text.splitlines() if line.startswith("#")]
    assert any(not line.isascii() for line in notes)
    assert any(line.isascii() for line in notes)
    fields = {line.partition(" =")[0] for line in text.splitlines() if " = " in line and not line.startswith("#")}
    rows = [tables_of(OURS), *(row for section in SECTIONS for row in tables_of(OURS)[section].values())]
    assert fields == {name for row in rows for name in row} - set(SECTIONS) - {"editing"} | {"zh", "en"}
    for main in load_stages().main_stages.values():
        assert text.count(f"{main.zh} / {main.en}") == 1


def test_a_file_that_exists_is_never_overwritten(tmp_path):
    (tmp_path / "copy.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError):
        write_copy(tmp_path / "copy.toml")
    assert (tmp_path / "copy.toml").read_text(encoding="utf-8") == "mine"
    with pytest.raises(OutputError):
        write_copy(tmp_path / "nowhere" / "copy.toml")


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAME = TEXT.filter(lambda text: text.strip())
TIERS = list(OURS.tiers)
STEPS = [key for key, stage in OURS.stages.items() if stage.place != "exit"]
AMOUNTS = st.decimals("0.01", "999999999999", places=2)


def edit(place: tuple[str, ...], values) -> st.SearchStrategy:
    return st.tuples(st.just(place), values)


def _edits() -> list[st.SearchStrategy]:
    """One strategy for each field of the file that can be changed alone."""
    found = [edit(("default_tier",), st.sampled_from(TIERS)), edit(("version",), NAME), edit(("based_on",), TEXT),
             edit(("title_zh",), NAME), edit(("editing", "en"), NAME), edit(("tier", "large", "source"), TEXT)]
    for section in SECTIONS:
        for key in tables_of(OURS)[section]:
            found += [edit((section, key, name), NAME) for name in ("zh", "en", "zh_hant")]
    for key in OURS.stages:
        found += [edit(("stage", key, "owner"), st.sampled_from(OWNERS)),
                  edit(("stage", key, "flow"), st.sampled_from(["", "bidding"]))]
    for key in STEPS:
        found += [edit(("stage", key, "place"), st.sampled_from(["in_order", "any_time"])),
                  edit(("stage", key, "expected"), st.fixed_dictionaries(
                      {tier: st.sampled_from(["must", "may"]) for tier in TIERS}))]
    found += [edit(("role", key, "duties_zh"), TEXT) for key in OURS.roles]
    found += [edit(("gate", key, "must_be_true_en"), TEXT) for key in OURS.gates]
    found.append(edit(("tier", "small", "up_to"), st.dictionaries(NAME.map(lambda c: c.strip().upper()).filter(
        lambda c: c and c == c.strip().upper()), AMOUNTS, max_size=2)))
    return found


EDITS = st.lists(st.one_of(_edits()), max_size=6, unique_by=lambda item: item[0])


def put(tables: dict, place: tuple[str, ...], value) -> None:
    for part in place[:-1]:
        tables = tables.setdefault(part, {})
    tables[place[-1]] = value


@settings(max_examples=40)
@given(EDITS)
def test_any_model_survives_its_copy_and_a_partial_file_of_its_changes(tmp_path_factory, edits):
    folder = tmp_path_factory.mktemp("models")
    whole, partial = tables_of(OURS), {}
    for place, value in edits:
        put(whole, place, value)
        put(partial, place, value)
    theirs = _model(whole)
    assert load_model(write_copy(folder / "copy.toml", model=theirs)) == theirs
    lines = [f"{name} = {toml_value(value)}" for name, value in partial.items() if not isinstance(value, dict)]
    lines += [f"editing.{name} = {toml_value(value)}" for name, value in partial.get("editing", {}).items()]
    for section in SECTIONS:
        for key, row in partial.get(section, {}).items():
            lines += [f"[{section}.{key}]", *(f"{name} = {toml_value(value)}" for name, value in row.items())]
    assert read(folder, "\n".join(lines)) == theirs


@given(EDITS)
def test_there_is_one_difference_a_changed_field_and_none_between_equal_models(edits):
    whole = tables_of(OURS)
    expected = set()
    for place, value in edits:
        before = tables_of(OURS)
        for part in place:
            before = before[part]
        put(whole, place, value)
        where = ".".join(place[:-1])
        if isinstance(value, dict):
            expected |= {(where, f"{place[-1]}.{key}") for key in value if before.get(key) != value[key]}
        elif before != value:
            expected.add((where, place[-1]))
    theirs = _model(whole)
    found = differences(OURS, theirs)
    assert {(d.where, d.field) for d in found} == expected
    assert len(found) == len(expected)
    assert (found == ()) == (theirs == OURS)
    assert differences(theirs, theirs) == ()
    back = {(d.where, d.field, d.theirs, d.ours) for d in differences(theirs, OURS)}
    assert back == {(d.where, d.field, d.ours, d.theirs) for d in found}
    for lang in languages():
        assert all(d.text(lang) for d in found)


def test_a_difference_speaks_the_language_of_its_reader():
    owner = Difference("stage.won", "expected.large", "may", "must")
    assert owner.text("zh") == "阶段“赢单”：要求（大项目）由“可略”改为“必经”"
    assert owner.text("en") == "Stage 'Won': expectation (Large project) is 'must' instead of 'may'"


def test_every_field_and_every_kind_of_entry_has_a_word():
    said = sentences("reference")
    tables = tables_of(OURS)
    names = {*tables, *tables["editing"], *(n for s in SECTIONS for row in tables[s].values() for n in row)}
    assert {f"field_{name}" for name in names - set(SECTIONS) - {"editing"}} <= set(said)
    assert {f"in_{section}" for section in (*SECTIONS, "model", "editing")} <= set(said)
    assert all(say(f"reference.value_{value}", "zh") for value in (*OWNERS, "must", "may", "in_order", "any_time"))
