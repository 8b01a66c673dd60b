"""People and tokens that were planted: none in a pseudonymised notebook with its metadata, none in what is said of
broken files, nothing in the temporary folder."""

import gzip
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from privacy.people import needles, people
from privacy.planted import company, plain_log
from privacy.told import hits, told
from workbooks import plain_sheet

from ltcdiag.errors import veiled

ROOT = Path(__file__).resolve().parents[2]
NEEDLES = needles()
TOKENS = [person.token for person in people()]
CONTACTS = [text for person in people() for text in (person.mobile, person.phone, person.mail, person.card)]
NAMED = ("names as header", "no header", "sheet name", "names.toml")
"""Columns, sheets and settings that are called by a name are named: the user must find them."""


def environment(place, **more):
    for name in ("temporary", "settings"):
        (place / name).mkdir(exist_ok=True)
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "TMPDIR": str(place / "temporary"),
            "LTCDIAG_CONFIG": str(place / "settings"), **more}


def test_a_pseudonymised_notebook_holds_nobody_in_outputs_or_metadata(tmp_path):
    source = plain_log(tmp_path / "log.csv", cases=60)
    book = nbformat.read(ROOT / "notebooks" / "zh" / "01_assess.ipynb", as_version=4)
    chosen = next(cell for cell in book.cells if "parameters" in cell.metadata.get("tags", []))
    chosen.source = chosen.source.replace("options, model = {}", 'options, model = {"pseudonymise": True}', 1)
    assert "pseudonymise" in chosen.source
    client = NotebookClient(book, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env=environment(tmp_path, LTCDIAG_DATA=str(source)))
    nbformat.write(book, tmp_path / "run.ipynb")
    shown = (tmp_path / "run.ipynb").read_text("utf-8")
    assert shown.count('"output_type"') > 20
    source.unlink()
    texts = {name: text for name, text in told(tmp_path).items() if "settings" not in name}
    assert hits({"cells": shown, "metadata": json.dumps([book.metadata, *(cell.metadata for cell in book.cells)]),
                 **texts}, NEEDLES) == []
    assert re.search(r"\b(?:[A-Z]{2,3}|P|C)-[0-9A-Z]{4}\b", shown), "rows with people were shown, under pseudonyms"
    assert list((tmp_path / "temporary").iterdir()) == []


def broken(folder):
    """Files full of people and tokens that cannot be read, each for another reason."""
    folder.mkdir()
    rows = [f"{p.name},{p.mobile},{p.mail},{p.token}" for p in people()[:40]]
    prose = "\n".join(row.replace(",", " ") for row in rows)
    logs = [f"K{n},报价 {row.replace(',', ' ')},没有时间" for n, row in enumerate(rows)]
    header, numbers = "案例编号,环节,完成时间", ["1,2,3,4,5,6,7,8,9"] * 5
    made = {
        "prose.txt": prose.encode(),
        "no times.csv": "\n".join([header, *logs]).encode(),
        "no header.csv": "\n".join(rows).encode(),
        "names as header.csv": "\n".join([",".join(p.name for p in people()[:9]), *numbers]).encode(),
        "tokens as header.csv": "\n".join([",".join(TOKENS[:9]), *numbers]).encode(),
        "contacts as header.csv": "\n".join([",".join(CONTACTS[:9]), *numbers]).encode(),
        "broken.json": ('[{"name": "' + prose.replace("\n", " ") + '", "x": ').encode(),
        "answer.json": json.dumps({"Result": {"ResponseStatus": {"IsSuccess": False, "Errors": [
            {"Message": f"bad token {TOKENS[0]}"}]}}}).encode(),
        "scalars.json": json.dumps([p.token for p in people()]).encode(),
        "broken.xes": f'<log><trace><string key="{TOKENS[0]}" value="{rows[0]}"/>'.encode(),
        "other.xml": f"<{TOKENS[0]}>{prose}</{TOKENS[0]}>".encode(),
        "cut.csv.gz": gzip.compress(prose.encode() * 50)[:900],
        "one column.xlsx": plain_sheet([[row] for row in rows]),
        "sheet name.xlsx": plain_sheet([["x"], ["y"]], name=people()[0].name),
        "damaged.parquet": b"PAR1" + prose.encode() + b"PAR1",
        "days.csv": "\n".join(["案例编号,环节,完成时间,负责人,令牌", *(
            f"K{n},报价,0{n % 9 + 1}/0{n % 8 + 1}/2024,{row.split(',')[0]},{row.split(',')[3]}"
            for n, row in enumerate(rows))]).encode(),
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    with zipfile.ZipFile(folder / "members.zip", "w") as archive:
        archive.writestr(f"{TOKENS[0]}.csv", prose)
    (folder / "names.toml").write_text(f'[columns]\ncase = "{people()[0].name}"\n{TOKENS[0]} = "x"\n', encoding="utf-8")
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the command line says of each broken file, at the level that may be shared: name → texts."""
    place = tmp_path_factory.mktemp("broken")
    names = broken(place / "files")
    code = """
import contextlib, io, json, sys
from ltcdiag import cli
found = {}
for name in sys.argv[2:]:
    for lang in ("zh", "en"):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            file = [sys.argv[1] + "/" + name] if not name.endswith(".toml") else [
                sys.argv[1] + "/no times.csv", "--mapping", sys.argv[1] + "/" + name]
            code = cli.main(["diagnose", *file, "--out", sys.argv[1] + "/../out", "--level", "shareable",
                             "--lang", lang])
        found[name + " " + lang] = (code, out.getvalue(), err.getvalue())
print(json.dumps(found))
"""
    done = subprocess.run([sys.executable, "-W", "default", "-c", code, str(place / "files"), *names],
                          capture_output=True, text=True, check=False, env=environment(place), encoding="utf-8")
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout), done.stderr, place


def test_what_is_said_of_broken_files_holds_no_token_and_nobody(said):
    found, err, _ = said
    assert {name for name, (code, _, _) in found.items() if code != 2} == set()
    texts = {name: out + err for name, (_, out, err) in found.items()}
    assert hits({**texts, "stderr": err}, TOKENS + CONTACTS) == []
    assert hits({name: text for name, text in texts.items() if not name.startswith(NAMED)}, NEEDLES) == []
    assert not any("Traceback" in text for text in texts.values())


def test_nothing_of_broken_files_stays_anywhere(said):
    _, _, place = said
    assert sorted(path.name for path in place.iterdir()) == ["files", "out", "settings", "temporary"]
    assert (place / "out" / "ledger.json").exists()     # of the last file of which a person must say something
    assert hits(told(place / "out"), [*TOKENS, *CONTACTS]) == []
    assert list((place / "temporary").iterdir()) == []
    assert told(place / "settings") == {}


def test_a_report_leaves_nothing_in_the_temporary_folder_and_nothing_on_stderr(tmp_path):
    source = company(tmp_path / "exports")
    command = [sys.executable, "-W", "default", "-m", "ltcdiag", "diagnose", str(source), "--out",
               str(tmp_path / "out"), "--pseudonymise"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment(tmp_path),
                          encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "temporary").iterdir()) == []
    assert hits({**told(tmp_path / "out"), "stdout": done.stdout, "stderr": done.stderr}, NEEDLES) == []


@pytest.mark.parametrize(("text", "shown"), [
    ("sk_live_c85659d22e9aede7afd35cf4", "sk***"), ("a planted000@example-mail.cn b", "a pl*** b"),
    ("订单 006A000001BcDeFIAV", "订单 006A000001BcDeFIAV"), ("SO-2024-000000012345678", "SO-2024-000000012345678"),
    ("f47ac10b-58cc-4372-a567-0e02b2c3d479", "f47ac10b-58cc-4372-a567-0e02b2c3d479"),
    ("2024-06-30 14:05", "2024-06-30 14:05"), ("电话 021-61234567", "电话 02***")])
def test_ids_of_records_and_times_stay_and_contacts_and_tokens_go(text, shown):
    assert veiled(text) == shown


@pytest.mark.parametrize("text", ["a", "a_", "1", "a1_", "a.b@", "13", "a@b.", "x@y."])
def test_a_long_text_is_veiled_in_no_time(text):
    begun = time.perf_counter()
    veiled(text * 200_000)
    assert time.perf_counter() - begun < 5
