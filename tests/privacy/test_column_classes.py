"""What columns hold of people: told by header and content, left out unless asked for, counted in any case."""

import random
import time

import pytest

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.sources.column_classes import _LOOKED_AT, _shown, column_class, is_id_card
from ltcdiag.words import use
from tests.privacy.people import chinese_names, english_names, id_card, people

PEOPLE = people()


@pytest.mark.parametrize(("header", "values", "kind"), [
    ("手机", ["13800138000"], "contact"),
    ("联系电话", ["021-62345678"], "contact"),
    ("Mobile Phone", ["+49 170 1234567"], "contact"),
    ("BillingStreet", ["Main Street 1"], "contact"),
    ("E-Mail", ["a@b.cn"], "contact"),
    ("身份证号", ["310104196001011234"], "contact"),
    ("微信号", ["wx_abc"], "contact"),
    ("联系人", ["王芳"], "contact"),
    ("联系人编号", ["C-001"], "identifier"),
    ("Contact ID", ["003xx0000001"], "identifier"),
    ("首次联系时间", ["2024-01-02 10:00:00"], "other"),
    ("Email Opt Out", ["TRUE", "FALSE"], "other"),
    ("电话次数", ["1", "2", "13"], "other"),
    ("备注", ["客户要求月底前交付"], "free_text"),
    ("Description", ["Wants a demo"], "free_text"),
    ("API Key", ["abc"], "secret"),
    ("负责人", ["王芳"], "person"),
    ("Owner ID", ["005xx0001"], "person"),
    ("User Type", ["Standard"], "other"),
    ("客户经理", ["王芳"], "person"),
    ("客户名称", ["某某科技"], "customer"),
    ("Account Name", ["Acme"], "customer"),
    ("客户编号", ["K-1"], "identifier"),
    ("合同金额", ["1000"], "money"),
    ("区域", ["华东", "华南"], "other"),
    ("阶段", ["报价"], "other"),
])
def test_a_column_is_known_by_its_header_unless_its_cells_cannot_be_that(header, values, kind):
    assert column_class(header, values).kind == kind


@pytest.mark.parametrize("field", ["mobile", "phone", "mail", "card"])
def test_contacts_are_known_by_their_cells_under_a_header_that_says_nothing(field):
    assert column_class("自定义字段7", [getattr(person, field) for person in PEOPLE]) == ("contact", "content")


def test_numbers_of_eleven_digits_under_a_header_of_numbers_are_no_phones():
    assert column_class("Deal ID", ["13245678901", "18273645546"]).kind == "identifier"


def test_identity_numbers_count_under_any_header():
    assert column_class("编号", [person.card for person in PEOPLE]) == ("contact", "content")


def test_a_check_digit_that_is_wrong_is_no_identity_number():
    card = id_card(5)
    assert is_id_card(card)
    assert not is_id_card(card[:-1] + ("0" if card[-1] != "0" else "1"))


def test_names_need_a_hint_in_the_header():
    names = chinese_names() + english_names()
    assert column_class("名称", names) == ("person", "content")
    assert column_class("自定义字段7", names).kind == "other"
    assert column_class("名称", ["标准合同", "框架协议", "补充条款"]).kind == "other"


def test_long_texts_and_texts_with_addresses_in_them_are_free_text():
    said = "客户表示还要再等等，{n} 号之前请不要联系采购部门，他们正在整理今年的全部预算和供应商名单，请先等通知"
    assert column_class("x1", [said.format(n=n) for n in range(30)]).kind == "free_text"
    assert column_class("x1", [*("短词" + chr(0x4e00 + n) for n in range(20)), "请打 13800138000"]).kind == "free_text"


def test_a_cell_of_a_hundred_thousand_characters_takes_no_time():
    begun = time.process_time()
    assert column_class("x1", ["a" * 100_000, "." * 100_000 + "@", "1" * 100_000]).kind == "free_text"
    assert time.process_time() - begun < 3


def table(tmp_path, rows=60):
    draw = random.Random(3)
    lines = ["案例编号,环节,完成时间,负责人,区域,手机,备注,字段9"]
    for n in range(rows):
        person = draw.choice(PEOPLE)
        lines.append(f"K{n // 3:03},{['报价', '签约', '回款'][n % 3]},2024-01-{1 + n % 28:02} 10:00,{person.name},华东,"
                     f"{person.mobile},请联系 {person.mail},{person.card}")
    lines.append(f"K999,报价,不是时间,{PEOPLE[0].name},华东,{PEOPLE[0].mobile},{PEOPLE[0].mail},{PEOPLE[0].card}")
    path = tmp_path / "log.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def shown(log):
    return " ".join([*log.notes, *(row.text for row in log.ledger.set_aside_rows)])


@pytest.mark.parametrize(("asked", "gone"), [
    ("all", {"手机", "备注", "字段9"}), ("everything", set()), (["手机"], {"备注", "字段9", "区域"}), ((), {
        "手机", "备注", "字段9", "区域"}),
])
def test_contacts_and_free_text_are_read_only_where_they_are_asked_for(tmp_path, asked, gone):
    log = ltc.read(table(tmp_path), attributes=asked)
    assert {each.column for each in log.privacy.left_out} == gone
    assert log.ledger.balanced
    assert log.ledger.totals["lines"] == 62
    assert sum(log.ledger.set_aside.values()) == 1
    for column in ("手机", "备注", "字段9", "区域"):
        if column in gone:
            with pytest.raises(InputError):
                log.tables.answer("segments", column=column)
        else:
            assert len(log.tables.answer("segments", column=column).table)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_left_out_is_said_and_a_row_that_is_set_aside_does_not_show_it(tmp_path, lang):
    with use(lang):
        log = ltc.read(table(tmp_path))
    assert any("手机" in note and 'attributes="everything"' in note for note in log.notes)
    for text in (PEOPLE[0].mobile, PEOPLE[0].mail, PEOPLE[0].card):
        assert text not in shown(log)


def test_a_column_that_plays_a_role_is_read_whatever_it_looks_like(tmp_path):
    log = ltc.read(table(tmp_path), columns={"resource": "手机"})
    assert log.columns["resource"] == "手机"
    assert "手机" not in {each.column for each in log.privacy.left_out}


def test_a_link_is_read_whatever_it_looks_like(tmp_path):
    (tmp_path / "商机.csv").write_text("商机编号,商机名称,销售阶段,创建时间,负责人,电话\n" + "".join(
        f"O{n},项目{n},赢单,2024-01-{n + 1:02} 09:00,王芳,1380013{n:04}\n" for n in range(9)), encoding="utf-8")
    (tmp_path / "合同.csv").write_text("合同编号,商机编号,签订日期,合同金额,联系人\n" + "".join(
        f"H{n},O{n},2024-02-{n + 1:02},100{n},李雷\n" for n in range(9)), encoding="utf-8")
    log = ltc.read(tmp_path, case="opportunity")
    assert {each.column for each in log.privacy.left_out} == {"电话", "联系人"}
    assert log.cases == 9
    assert log.events >= 18


def test_data_frames_and_parquet_leave_them_out_as_well(tmp_path):
    import pandas as pd

    frame = pd.read_csv(table(tmp_path)).iloc[:60]
    frame.to_parquet(tmp_path / "log.parquet")
    for source in (frame, tmp_path / "log.parquet"):
        assert {each.column for each in ltc.read(source).privacy.left_out} == {"手机", "备注", "字段9"}


def test_a_column_is_judged_by_its_first_different_texts():
    assert _shown(["a", None, " a ", "b\n c", "", "b c", "a"]) == ["a", "b c"]
    many = [str(n // 3) for n in range(9 * _LOOKED_AT)]
    assert _shown(many) == [str(n) for n in range(_LOOKED_AT)]
