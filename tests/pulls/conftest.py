"""A PostgreSQL of the tests' own: in a folder that goes, on a socket that no network reaches."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

PASSWORD = 'p ä:/@%"\\'     # noqa: S105 - as hard for an address as a password can be


def programs():
    """The folder of the server's programs: LTCDIAG_POSTGRES, else where the path or a Linux system has them."""
    named = [Path(os.environ["LTCDIAG_POSTGRES"])] if os.environ.get("LTCDIAG_POSTGRES") else []
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in [*named, *on_path, *debian] if (folder / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgres():
    """Its address for the user "ltc", who has a password."""
    found = programs()
    if found is None or os.name == "nt":
        pytest.skip("no PostgreSQL server on this machine")
    other = {}      # the server refuses to be root
    if os.geteuid() == 0:
        import pwd

        owner = next(user for user in pwd.getpwall() if user.pw_name in ("postgres", "nobody"))
        other = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    folder = Path(tempfile.mkdtemp(prefix="ltc-"))      # the path of a socket must be short
    password = folder / "password"
    password.write_text(PASSWORD, "utf-8")
    if other:
        for path in (folder, password):
            os.chown(path, other["user"], other["group"])

    def run(program, *words):
        subprocess.run([found / program, *words], check=True, cwd=folder, stdout=subprocess.DEVNULL, **other)

    data = folder / "data"
    try:
        run("initdb", "-D", data, "-U", "ltc", "-E", "UTF8", "--locale=C", "--no-sync", "--auth=scram-sha-256",
            f"--pwfile={password}")
        run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-k {folder} -c listen_addresses='' -c fsync=off",
            "start")
        yield f"postgresql:///postgres?host={folder}&user=ltc"
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(postgres, monkeypatch):
    """Statements for it, each at once; address and password stand in the variables."""
    import adbc_driver_postgresql.dbapi as driver

    from ltcdiag.pulls.databases import POSTGRESQL

    monkeypatch.setenv("LTCDIAG_POSTGRESQL_URL", postgres)
    monkeypatch.setenv("LTCDIAG_POSTGRESQL_PASSWORD", PASSWORD)
    with driver.connect(**POSTGRESQL.opened(postgres, PASSWORD), autocommit=True) as connection:
        def carry_out(*statements):
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.executescript(statement)

        carry_out("drop schema public cascade; create schema public")
        yield carry_out
