"""A pull that is killed anywhere leaves whole files, the next one goes on, and two at once do not mix."""

import shutil
import sys

import pytest
from pulls import accounts
from pulls.serving import TOKEN, serving

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.pulls import asking
from ltcdiag.words import use

WATCH = {"act": None}


def _hook(event, args):
    if WATCH["act"] is not None and event == "os.rename":
        WATCH["act"](str(args[1]))


@pytest.fixture
def account(monkeypatch):
    """An account of Zoho on its first day."""
    monkeypatch.setattr(asking, "BACKOFF", 0)
    with serving(accounts.zoho()[0], date=accounts.FIRST) as server, use("en"):
        monkeypatch.setenv("LTCDIAG_ZOHO_TOKEN", TOKEN)
        monkeypatch.setenv("LTCDIAG_ZOHO_URL", server.address)
        yield server


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def lines(folder):
    return {name: sorted(content.splitlines()) for name, content in files(folder).items()}


def test_a_kill_at_any_rename_leaves_whole_files_and_the_next_run_goes_on(account, tmp_path):
    out, kept = tmp_path / "out", []
    ltc.pull("zoho", out)
    old = files(out)
    account.account, account.date = accounts.zoho()[1], accounts.SECOND

    def keep(target):
        if target.startswith(str(out)):
            WATCH["act"], act = None, WATCH["act"]      # copying is no step of its own
            kept.append(tmp_path / f"{len(kept):03}")
            shutil.copytree(out, kept[-1])
            WATCH["act"] = act

    sys.addaudithook(_hook)
    WATCH["act"] = keep
    try:
        ltc.pull("zoho", out)
    finally:
        WATCH["act"] = None
    new = files(out)
    assert old != new
    assert len(kept) > 10
    for copy in kept:
        for name, content in files(copy).items():
            assert content in (old.get(name), new.get(name)), (copy, name)
    mixed = [copy for copy in kept if files(copy) not in (old, new)]
    for copy in {kept[0], kept[len(kept) // 2], *mixed[:2], kept[-1]}:
        ltc.pull("zoho", copy)
        assert lines(copy) == lines(out), copy
        assert sorted(path.name for path in (copy / ".pull").iterdir()) == ["lock", "state.json"]


def test_a_second_pull_into_the_same_folder_is_refused_and_the_first_ends_well(account, tmp_path):
    said = []

    def second(*_):
        if not said:
            with pytest.raises(InputError) as refused:
                ltc.pull("zoho", tmp_path / "out")
            said.append(str(refused.value))

    ltc.pull("zoho", tmp_path / "out", progress=second)
    assert "another ltcdiag pull" in said[0]
    ltc.pull("zoho", tmp_path / "plain")
    assert lines(tmp_path / "out") == lines(tmp_path / "plain")
