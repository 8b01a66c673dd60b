"""A token goes into the header of a question to its own system, and nowhere else."""

from __future__ import annotations

import sys
import types

import pytest
from pulls import accounts
from pulls.serving import TOKEN, Answer, serving

import ltcdiag as ltc
from ltcdiag import cli
from ltcdiag.errors import InputError, LtcdiagError
from ltcdiag.pulls import asking
from ltcdiag.pulls.tokens import Header, Secret
from ltcdiag.words import use


@pytest.fixture
def account(monkeypatch):
    monkeypatch.setattr(asking, "BACKOFF", 0)
    with serving(accounts.hubspot()[0]) as server, use("en"):
        monkeypatch.setenv("LTCDIAG_HUBSPOT_TOKEN", TOKEN)
        monkeypatch.setenv("LTCDIAG_HUBSPOT_URL", server.address)
        yield server


def every_text(folder):
    return "".join(f"{path}\n{path.read_bytes()!r}\n" for path in folder.rglob("*") if path.is_file())


ECHO = {"message": f"no: Bearer {TOKEN}", "category": TOKEN}
REFUSALS = [Answer(ECHO, status) for status in (400, 401, 403, 404, 429, 500)] + [
    Answer(None, 302, {"Location": f"https://elsewhere.invalid/{TOKEN}"}), Answer(cut=True), Answer({"rows": TOKEN})]


@pytest.mark.parametrize("answer", REFUSALS, ids=lambda answer: str(answer.status))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_token_is_in_no_file_no_output_and_no_error(answer, lang, account, tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("LTCDIAG_DEBUG", "")
    for start in (0, 3, 8):
        out = tmp_path / str(start)
        account.asked.clear()
        account.faults = dict.fromkeys(range(start, 400), answer)
        cli.main(["pull", "hubspot", "--out", str(out), "--lang", lang])
        account.faults = {}
        assert cli.main(["pull", "hubspot", "--out", str(out), "--lang", lang, "--json"]) == 0
    said = capfd.readouterr()
    assert TOKEN not in said.out + said.err + every_text(tmp_path)
    assert "Traceback" not in said.err
    assert all(TOKEN not in asked.path + repr(asked.params) + repr(asked.body) for asked in account.asked)
    assert all(asked.headers["Authorization"] == f"Bearer {TOKEN}" for asked in account.asked)


def test_a_secret_does_not_show_itself():
    secret = Secret("NAME", TOKEN)
    assert TOKEN not in f"{secret} {secret!r} {Header('Bearer', secret)!r} {[secret]}"
    assert secret.hidden_in(f"a {TOKEN} b") == "a *** b"


def test_a_question_is_not_followed_to_another_host(account, tmp_path):
    with serving(accounts.hubspot()[0]) as other:
        account.faults[2] = Answer(None, 307, {"Location": f"{other.address}/crm/v3/owners"})
        with pytest.raises(InputError, match="sends the question elsewhere"):
            ltc.pull("hubspot", tmp_path)
        assert other.asked == []


def test_a_next_page_on_another_host_is_not_asked_for(monkeypatch, tmp_path):
    with serving(accounts.hubspot()[0]) as other, serving(accounts.salesforce()[0]) as server, use("en"):
        monkeypatch.setenv("LTCDIAG_SALESFORCE_TOKEN", TOKEN)
        monkeypatch.setenv("LTCDIAG_SALESFORCE_URL", server.address)
        for link in (f"{other.address}/services/data/v60.0/query/01g-2", "//elsewhere.invalid/query/01g-2"):
            server.asked.clear()
            server.faults[1] = Answer({"totalSize": 4, "done": False, "records": [], "nextRecordsUrl": link})
            with pytest.raises(InputError, match="another host"):
                ltc.pull("salesforce", tmp_path)
        assert other.asked == []


def test_a_password_file_of_the_user_does_not_take_the_place_of_the_token(account, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    ltc.pull("hubspot", tmp_path / "out")
    assert {asked.headers["Authorization"] for asked in account.asked} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("address", [
    "http://api.hubapi.com", "ftp://api.hubapi.com", "https://me:pw@api.hubapi.com", "https://api.hubapi.com/?x=1",
    "http://127.0.0.1.elsewhere.invalid", "https://"])
def test_an_address_that_would_give_the_token_away_is_refused(address, monkeypatch, tmp_path):
    monkeypatch.setenv("LTCDIAG_HUBSPOT_TOKEN", TOKEN)
    monkeypatch.setenv("LTCDIAG_HUBSPOT_URL", address)
    with use("en"), pytest.raises(InputError, match="LTCDIAG_HUBSPOT_URL"):
        ltc.pull("hubspot", tmp_path)


def test_without_a_token_it_says_where_to_put_one(monkeypatch, tmp_path, capsys):
    monkeypatch.delenv("LTCDIAG_ZOHO_TOKEN", raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert cli.main(["pull", "zoho", "--out", str(tmp_path), "--lang", "en"]) == 2
    assert "LTCDIAG_ZOHO_TOKEN" in capsys.readouterr().err
    monkeypatch.delenv("LTCDIAG_SALESFORCE_URL", raising=False)
    assert cli.main(["pull", "salesforce", "--out", str(tmp_path), "--lang", "zh"]) == 2
    assert "LTCDIAG_SALESFORCE_URL" in capsys.readouterr().err
    assert cli.main(["pull", "siebel", "--out", str(tmp_path), "--lang", "en"]) == 2
    assert "salesforce, hubspot, zoho, jiandaoyun" in capsys.readouterr().err


def test_the_keyring_is_asked_where_the_variable_is_empty(account, tmp_path, monkeypatch):
    monkeypatch.delenv("LTCDIAG_HUBSPOT_TOKEN")
    ring = types.ModuleType("keyring")
    ring.errors = types.SimpleNamespace(KeyringError=RuntimeError)
    ring.get_password = lambda service, name: TOKEN if (service, name) == ("ltcdiag", "LTCDIAG_HUBSPOT_TOKEN") else None
    monkeypatch.setitem(sys.modules, "keyring", ring)
    assert ltc.pull("hubspot", tmp_path / "out").records["deals.jsonl"] == 3

    def locked(*_):
        raise RuntimeError

    ring.get_password = locked
    with pytest.raises(InputError, match="no access token was found"):
        ltc.pull("hubspot", tmp_path / "other")


def test_without_the_extra_it_says_how_to_get_it(account, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(LtcdiagError, match=r"ltcdiag\[pull\]"):
        ltc.pull("hubspot", tmp_path)


def test_a_stopped_run_says_that_it_goes_on(account, tmp_path, monkeypatch, capsys):
    def stop(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(ltc.api, "pull", stop)
    with pytest.raises(SystemExit, match="130"):
        cli.main(["pull", "hubspot", "--out", str(tmp_path), "--lang", "en"])
    assert "the same command goes on from here" in capsys.readouterr().err


def test_progress_is_on_stderr_and_the_result_on_stdout(account, tmp_path, capsys):
    assert cli.main(["pull", "hubspot", "--out", str(tmp_path / "out"), "--lang", "zh"]) == 0
    said = capsys.readouterr()
    assert "deals.jsonl：" in said.err
    assert "取完：6 条记录" in said.out
    assert "ltcdiag diagnose" in said.out
