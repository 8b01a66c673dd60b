"""Tests reach nobody: the guard of tests/conftest.py and tests/closed is tried from every side."""

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ABROAD = ("192.0.2.1", 9)      # RFC 5737: kept for documentation, nobody is there
RUN = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {!r}]).returncode)"
TRY = "import socket; s = socket.socket(); s.settimeout(0.2); s.connect(('192.0.2.1', 9))"


def _udp(way):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        way(out)


WAYS = {
    "connect": lambda: socket.create_connection(ABROAD, timeout=0.2),
    "udp connect": lambda: _udp(lambda out: out.connect(ABROAD)),
    "connect_ex": lambda: _udp(lambda out: out.connect_ex(ABROAD)),
    "sendto": lambda: _udp(lambda out: out.sendto(b"x", ABROAD)),
    "sendto with flags": lambda: _udp(lambda out: out.sendto(b"x", 0, ABROAD)),
    "name": lambda: socket.getaddrinfo("example.org", 443),
    "name in bytes": lambda: socket.getaddrinfo(b"example.org", 443),
    "url": lambda: urllib.request.urlopen("http://example.org", timeout=0.2),
}
if hasattr(socket.socket, "sendmsg"):       # not on Windows
    WAYS["sendmsg"] = lambda: _udp(lambda out: out.sendmsg([b"x"], [], 0, ABROAD))


@pytest.mark.parametrize("way", WAYS)
def test_every_way_out_is_closed(way, no_network):
    with pytest.raises(AssertionError, match="was tried"):
        WAYS[way]()
    assert len(no_network) == 1
    no_network.clear()      # it was meant


def test_this_computer_is_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, server.getsockname()[1]), timeout=5).close()


def test_an_attempt_whose_error_was_caught_fails_the_test_all_the_same(pytester):
    pytester.makeconftest("from tests.conftest import no_network")
    pytester.makepyfile("""
        import socket
        def test_quiet():
            try:
                socket.create_connection(("192.0.2.1", 9), timeout=0.2)
            except BaseException:
                pass
    """)
    pytester.syspathinsert(Path(__file__).resolve().parents[2])
    pytester.runpytest("-p", "no:cacheprovider").assert_outcomes(passed=1, errors=1)


@pytest.mark.parametrize("code", [TRY, RUN.format(TRY)], ids=["child", "its child"])
def test_a_process_that_a_test_starts_is_closed_too(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "AbroadError: a connection to ('192.0.2.1', 9) was tried" in done.stderr


def test_the_customisation_of_an_environment_is_kept(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import builtins; builtins.kept = 'kept'\n")
    path = os.pathsep.join([os.environ["PYTHONPATH"], str(tmp_path)])
    done = subprocess.run([sys.executable, "-c", "print(kept)"], capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": path})
    assert done.stdout.strip() == "kept"
