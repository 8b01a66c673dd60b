"""Rules on cells: what is certain is mended, what is not is left; examples written by hand."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.engine.defects import amounts, ids, labels

SALESFORCE = ["0065g00000D1abCAAV", "0065g00000D1abDAAV", "0065g00000XyZzEAAV"]


def mended(fixes):
    return {fix.before: (fix.after, fix.defect) for fix in fixes}


def salesforce(text):
    """An id of 18 characters, the tail written as the vendor explains it: from the right, a bit for each capital."""
    tail = ""
    for chunk in (text[:5], text[5:10], text[10:15]):
        bits = "".join("1" if letter in string.ascii_uppercase else "0" for letter in reversed(chunk))
        tail += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[int(bits, 2)]
    return text + tail


def ids_of_salesforce(n=8, seed=1):
    draw = random.Random(seed)
    letters = string.ascii_letters + string.digits
    return [salesforce("0065g0000" + "".join(draw.choices(letters, k=6))) for _ in range(n)]


def counts(texts, n=1):
    return dict.fromkeys(texts, n)


@pytest.mark.parametrize("dirty", [" A-17", "A-17 ", "'A-17", "\u200bA-17", "A-17\u00a0", "Ａ-17", "\ufeffA-17"])
def test_what_stands_around_an_id_goes(dirty):
    assert mended(ids.fixes(counts([dirty, "A-18", "A-19"]))) == {dirty: ("A-17", "id_padded")}


def test_plain_ids_of_any_form_stay():
    assert mended(ids.fixes(counts(["A-17", "SJ 0001", "1.2.3", "合同-2024-001", "12", "007", "x" * 15]))) == {}


def test_decimal_and_scientific_numbers():
    found = mended(ids.fixes(counts(["1001.0", "1002", "1003", "4.15087E+18"])))
    assert found == {"1001.0": ("1001", "id_float_suffix"), "4.15087E+18": (None, "id_scientific")}


def test_lost_zeros_are_filled_up_where_that_id_is_known():
    found = mended(ids.fixes(counts(["0000012345", "0000012346", "0000099999", "12345", "777"])))
    assert found == {"12345": ("0000012345", "id_zeros_lost")}


def test_ids_of_several_lengths_have_lost_nothing():
    assert mended(ids.fixes(counts(["1", "2", "10", "11", "100", "101"]))) == {}


def test_rounded_ids_are_not_guessed():
    long = [f"41508680000004{n:05}" for n in range(1001, 1021)]
    rounded = ["4150868000000410000", "4150868000000420000", "4150868000000430000"]
    assert mended(ids.fixes(counts(long + rounded))) == dict.fromkeys(rounded, (None, "id_precision_lost"))


def test_an_id_in_a_thousand_may_end_in_zeros():
    long = [f"41508680000{n:08}" for n in range(10_000_001, 10_003_001)]
    assert mended(ids.fixes(counts(long))) == {}


@pytest.mark.parametrize("change", [str.lower, str.upper, str.swapcase])
def test_capitals_come_back_from_the_tail(change):
    whole = ids_of_salesforce()
    dirty = change(whole[0])
    if change is str.swapcase:
        dirty = whole[0][:15].swapcase() + whole[0][15:]
    assert mended(ids.fixes(counts([dirty, *whole[1:]]))) == {dirty: (whole[0], "id_case_folded")}


def test_an_id_of_fifteen_characters_gets_its_tail():
    whole = ids_of_salesforce()
    assert mended(ids.fixes(counts([whole[0][:15], *whole]))) == {whole[0][:15]: (whole[0], "id_cut_to_15")}


def test_eighteen_letters_of_another_system_are_left_alone():
    codes = [f"abcDEF{n:012}" for n in range(10)]
    assert mended(ids.fixes(counts(codes))) == {}


@given(st.lists(st.text(string.ascii_letters + string.digits, min_size=15, max_size=15), min_size=4, unique=True))
def test_a_tail_is_what_the_vendor_says(heads):
    for head in heads:
        assert ids._tail(head) == salesforce(head)[15:]


# ---- labels ---------------------------------------------------------------------------------------------------------

def relabelled(counts, same=None):
    return mended(labels.fixes(counts, same or {}))


def test_spellings_of_one_label_take_the_usual_one():
    found = relabelled({"Send quote": 40, "send quote": 3, "Send  quote ": 2, "Ｓend quote": 1, "Win": 20})
    assert found == {"send quote": ("Send quote", "label_case"), "Send  quote ": ("Send quote", "label_spaces"),
                     "Ｓend quote": ("Send quote", "label_full_width")}


def test_a_label_without_another_spelling_stays_as_the_system_writes_it():
    assert relabelled({"SETUP     Turning": 4, "（审批）": 9, "win": 3}) == {}


def test_garbled_text_is_written_back():
    right = "客户验收"
    for coding in ("latin-1", "gb18030"):
        try:
            dirty = right.encode().decode(coding)
        except UnicodeDecodeError:
            continue
        assert relabelled({dirty: 2, "签订合同": 50})[dirty] == (right, "label_garbled")


def test_numbers_in_brackets_are_no_part_of_a_label():
    found = relabelled({"Invoice sent": 90, "Invoice sent (INV-20931)": 1, "Invoice sent #4711": 1,
                        "Invoice sent 2024-03-05": 1, "发票": 30, "发票（客户A）": 1})
    assert set(found) == {"Invoice sent (INV-20931)", "Invoice sent #4711", "Invoice sent 2024-03-05",
                                          "发票（客户A）"}
    assert set(found.values()) == {("Invoice sent", "label_polluted"), ("发票", "label_polluted")}


def test_levels_stay():
    levels = {"Approval 1": 40, "Approval 2": 35, "Approval 3": 12, "审批（一级）": 30, "审批（二级）": 25}
    assert relabelled(levels) == {}


def test_two_languages_of_one_activity():
    same = {"send quote": "quote_sent", "发送报价": "quote_sent"}
    assert relabelled({"发送报价": 40, "Send quote": 5, "Win": 9}, same) == {
        "Send quote": ("发送报价", "label_language")}


@pytest.mark.parametrize(("slip", "right"), [
    ("Snd quote", "Send quote"), ("Sendd quote", "Send quote"), ("Sned quote", "Send quote"),
    ("Senf quote", "Send quote"), ("客户验攻", "客户验收"), ("客户客验收", "客户验收")])
def test_a_slip_of_the_pen_is_asked_about(slip, right):
    found = relabelled({right: 100, slip: 2, "Win": 40})
    if slip == "客户客验收":     # a character that does not stand beside itself is no doubled one
        assert found == {}
    else:
        assert found == {slip: (right, "label_typo")}


def test_what_turns_the_meaning_is_no_slip():
    pairs = {"审批通过": 100, "审批不通过": 2, "Level 1": 90, "Level 2": 1, "初审完成": 80, "复审完成": 2}
    assert relabelled(pairs) == {}


# ---- amounts --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "number"), [
    ("¥1,200.50", "1200.5"), ("1,200,000", "1200000"), ("12万", "120000"), ("１２００", "1200"), ("(300)", "-300"),
    ("300-", "-300"), ("USD 45", "45"), ("45.10 元", "45.1"), ("1 200,75", "1200.75"), ("3.5k", "3500"),
    ("-¥20", "-20"), ("€ 1.200,50", "1200.5"), ("abc", None), ("", None)])
def test_amounts_as_people_write_them(text, number):
    found = mended(amounts.fixes({text: 1, "1,5": 1} if text == "€ 1.200,50" else {text: 1}))
    assert found[text] == (number, "amt_separators")


def test_a_point_before_three_digits_is_read_as_the_column_shows_it():
    assert mended(amounts.fixes(counts(["€1.234", "1.200,50"])))["€1.234"] == ("1234", "amt_separators")
    assert mended(amounts.fixes(counts(["€1.234", "1,200.50"])))["€1.234"] == ("1.234", "amt_separators")
    assert mended(amounts.fixes(counts(["€1.234"])))["€1.234"] == (None, "amt_separators")


def test_plain_numbers_are_left_alone():
    assert mended(amounts.fixes(counts(["12", "-3.50", "1e5", "+7", " 8 "]))) == {}
