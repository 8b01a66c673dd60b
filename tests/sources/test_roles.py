"""Which column plays which role; nothing is picked in silence when two columns fit alike."""

import tomllib

import pytest

from ltcdiag.errors import InputError, QuestionError
from ltcdiag.log.records import ROLES
from ltcdiag.sources.mapping import Mapping, combine_roles, dump_mapping, load_mapping
from ltcdiag.sources.opening import open_tables
from ltcdiag.sources.reading import tables_for_log
from ltcdiag.sources.roles import guess_roles

N = 40
TIMES = [f"2024-01-{i % 28 + 1:02d} 10:00:00" for i in range(N)]
LATER = [f"2024-02-{i % 28 + 1:02d} 10:00:00" for i in range(N)]
CASES = [f"SJ{i // 4:04d}" for i in range(N)]
STEPS = [("线索", "报价", "合同", "回款")[i % 4] for i in range(N)]
PEOPLE = [f"员工{i % 5}" for i in range(N)]
AMOUNTS = [f"{i * 100}.00" for i in range(N)]


@pytest.mark.parametrize(
    ("headers", "role_columns"),
    [
        (
            ["商机编号", "环节", "完成时间", "开始时间", "经办人"],
            {"case": 0, "activity": 1, "time": 2, "start": 3, "resource": 4},
        ),
        (
            ["單據編號", "節點名稱", "操作時間", "開始時間", "經辦人"],
            {"case": 0, "activity": 1, "time": 2, "start": 3, "resource": 4},
        ),
        (
            ["case:concept:name", "concept:name", "time:timestamp", "start_timestamp", "org:resource"],
            {"case": 0, "activity": 1, "time": 2, "start": 3, "resource": 4},
        ),
        (
            ["_CASE_KEY", "ACTIVITY_EN", "EVENTTIME", "Start Time", "User Name"],
            {"case": 0, "activity": 1, "time": 2, "start": 3, "resource": 4},
        ),
        (
            ["Case ID", "Activity", "Complete Timestamp", "Start Timestamp", "Resource"],
            {"case": 0, "activity": 1, "time": 2, "start": 3, "resource": 4},
        ),
        (
            ["流程编号", "节点名称", "时间", "接收时间", "负责人"],
            {"case": 0, "activity": 1, "time": 2, "start": 3, "resource": 4},
        ),
        (
            ["ＣＡＳＥ＿ＩＤ", "活动", "时间戳", "起始时间", "操作人"],
            {"case": 0, "activity": 1, "time": 2, "start": 3, "resource": 4},
        ),
    ],
)
def test_headers_of_many_systems_are_known(headers, role_columns):
    sample = dict(zip(headers, [CASES, STEPS, LATER, TIMES, PEOPLE], strict=True))
    found = guess_roles(headers, sample)
    assert dict(found.columns) == {role: headers[i] for role, i in role_columns.items()}
    assert {choice.role for choice in found.choices} == set(role_columns)


def test_the_runner_up_is_told():
    found = guess_roles(
        ["case id", "activity", "stage", "time"], {"case id": CASES, "activity": STEPS, "stage": PEOPLE, "time": TIMES}
    )
    choice = next(choice for choice in found.choices if choice.role == "activity")
    assert (choice.column, choice.runner_up) == ("activity", "stage")
    assert choice.score > choice.runner_up_score > 0


def test_two_equal_columns_with_different_values_are_asked_about():
    columns = ["合同编号", "订单编号", "环节", "完成时间"]
    sample = dict(zip(columns, [CASES, CASES[::-1], STEPS, TIMES], strict=True))
    with pytest.raises(QuestionError) as caught:
        guess_roles(columns, sample)
    (fault,) = caught.value.faults
    assert "合同编号" in fault.what
    assert "订单编号" in fault.what
    line = fault.fix.partition(": ")[2].partition("   ")[0]
    assert tomllib.loads(line) == {"columns": {"case": "合同编号"}}


def test_two_equal_columns_with_the_same_values_are_one():
    columns = ["合同编号", "订单编号", "环节", "完成时间"]
    found = guess_roles(columns, dict(zip(columns, [CASES, list(CASES), STEPS, TIMES], strict=True)))
    assert found["case"] == "合同编号"


def test_all_missing_roles_are_told_at_once():
    with pytest.raises(QuestionError) as caught:
        guess_roles(["x", "y"], {"x": PEOPLE, "y": AMOUNTS})
    assert len(caught.value.faults) == 3
    assert all("x, y" in fault.what for fault in caught.value.faults)


def test_the_only_column_of_times_is_the_time():
    found = guess_roles(["case id", "activity", "won"], {"case id": CASES, "activity": STEPS, "won": TIMES})
    assert found["time"] == "won"


def test_starts_alone_are_the_time():
    found = guess_roles(
        ["case id", "activity", "start time"], {"case id": CASES, "activity": STEPS, "start time": TIMES}
    )
    assert (found["time"], found["start"]) == ("start time", None)


def test_a_column_called_time_is_taken_even_if_unreadable():
    found = guess_roles(
        ["case id", "activity", "timestamp"], {"case id": CASES, "activity": STEPS, "timestamp": ["x?"] * N}
    )
    assert found["time"] == "timestamp"


def test_words_are_no_amount_and_codes_are_currencies():
    columns = ["case id", "activity", "time", "金额", "币种"]
    base = dict(zip(columns[:3], [CASES, STEPS, TIMES], strict=True))
    assert guess_roles(columns, {**base, "金额": STEPS, "币种": PEOPLE})["amount"] is None
    found = guess_roles(columns, {**base, "金额": AMOUNTS, "币种": ["CNY", "USD"] * (N // 2)})
    assert (found["amount"], found["currency"]) == ("金额", "币种")


def test_an_optional_role_in_doubt_stays_empty_and_says_so():
    columns = ["case id", "activity", "time", "经办人", "操作人"]
    found = guess_roles(columns, dict(zip(columns, [CASES, STEPS, TIMES, PEOPLE, PEOPLE[::-1]], strict=True)))
    assert found["resource"] is None
    assert any(choice.role == "resource" and choice.runner_up == "操作人" for choice in found.choices)


def test_a_repeated_header_with_different_values_is_a_fault():
    columns = ["case id", "activity", "activity (2)", "time"]
    with pytest.raises(QuestionError, match="more than once"):
        guess_roles(columns, dict(zip(columns, [CASES, STEPS, PEOPLE, TIMES], strict=True)))
    guess_roles(columns, dict(zip(columns, [CASES, STEPS, STEPS, TIMES], strict=True)))


def test_the_mapping_stands_above_the_guess():
    columns = ["case id", "activity", "stage", "time"]
    sample = dict(zip(columns, [CASES, STEPS, PEOPLE, TIMES], strict=True))
    found = combine_roles(columns, sample, Mapping(columns={"activity": "stage"}))
    assert found["activity"] == "stage"
    assert found["case"] == "case id"


def test_a_mapping_survives_writing_and_reading(tmp_path):
    mapping = Mapping(
        columns={"case": 'a "b" \\ 编号\n', "time": "t"},
        labels={"我们的·标签": "won", "x\x7f": "lost"},
        ends=("结束", "End"),
        timezone="Asia/Shanghai",
        day_order="dmy",
        encoding="gb18030",
        currency="CNY",
    )
    path = tmp_path / "m.toml"
    path.write_text(dump_mapping(mapping), encoding="utf-8")
    assert load_mapping(path) == mapping
    path.write_text(dump_mapping(Mapping()), encoding="utf-8-sig")
    assert load_mapping(path) == Mapping()


def test_all_faults_of_a_mapping_are_told_at_once(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text(
        'day_order = "xyz"\nzone = "x"\nends = "End"\n[columns]\ncase = "a"\ntime = "a"\nhero = "b"\n[labels]\nx = 1\n'
    )
    with pytest.raises(InputError) as caught:
        load_mapping(path)
    told = str(caught.value)
    assert all(f"'{key}'" in told for key in ("day_order", "zone", "ends", "columns.hero", "labels", "a"))
    assert len(caught.value.faults) == 6


@pytest.mark.parametrize("text", ["case = ", b"\xff\xfe\x00"])
def test_a_mapping_that_is_no_toml_is_refused(tmp_path, text):
    path = tmp_path / "m.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(InputError, match="TOML"):
        load_mapping(path)
    with pytest.raises(InputError, match="no such file"):
        load_mapping(tmp_path / "none.toml")


LOG = "case,activity,time\n" + "".join(map("{},{},{}\n".format, CASES, STEPS, TIMES))


def test_tables_without_the_three_roles_are_not_used_and_say_why(tmp_path):
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "users.csv").write_text("name,team\nA,x\nB,y\n")
    used, unused = tables_for_log(open_tables([tmp_path]))
    assert [table.file.rpartition("/")[2] for table, _ in used] == ["log.csv"]
    ((table, reason),) = unused
    assert table.file.endswith("users.csv")
    assert "activity" in reason


def test_a_mapped_column_that_is_nowhere_is_a_fault(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    with pytest.raises(InputError, match="nowhere") as caught:
        tables_for_log(open_tables([path]), Mapping(columns={"case": "nowhere", "role": "neither"}))
    assert len(caught.value.faults) == 2


def test_no_log_at_all_asks_with_the_columns(tmp_path):
    (tmp_path / "a.csv").write_text("name,team\nA,x\nB,y\n")
    (tmp_path / "b.csv").write_text("product,price\nA,1\nB,2\n")
    with pytest.raises(QuestionError) as caught:
        tables_for_log(open_tables([tmp_path]))
    assert len(caught.value.faults) == 1 + 6
    assert any("product, price" in fault.what for fault in caught.value.faults)


def test_every_role_has_names_in_the_data():
    from ltcdiag.domain.headers import names_of, role_of

    for role in ROLES:
        assert names_of(role)
        assert all(role_of(name) == role for name in names_of(role)), role
