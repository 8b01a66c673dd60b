"""What ltcdiag writes, each as a job that can be stopped: how its folder looks before, how it is called, its target."""

import contextlib
import io
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

STEPS = ("线索录入", "报价", "签约", "开票", "回款")


@dataclass(frozen=True)
class Job:
    """call: writes into a folder and returns exit code and what was said. target: what it writes there, by name. old:
    file → bytes of the target before. every: at which steps inside the unfinished output an error is tried
    or a copy is taken (1: all). half: a size of files, in
    bytes, that stops the job in the middle. random: the new content is another each time."""

    call: Callable[[Path], tuple[int, str]]
    target: str
    old: dict[str, bytes]
    every: int = 1
    half: int = 2000
    random: bool = False

    def prepare(self, folder):
        """The folder as it was before."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "diary.txt").write_bytes(b"not ours")
        foreign = folder / ".diary-unfinished-abcdefgh"     # looks like ours, holds what is not
        foreign.mkdir()
        (foreign / "diary.txt").write_bytes(b"not ours either")
        (folder / "ltcdiag-projects").mkdir()
        for name, content in self.old.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)

    def run(self, folder):
        """Exit code and what was said."""
        os.environ["LTCDIAG_CONFIG"] = str(folder / "settings")
        return self.call(folder)


def log_file():
    """A small log with amounts, under the temporary folder of this run."""
    path = Path(os.environ["TRUST_LOG"])
    if not path.exists():
        day, rows = date(2024, 1, 1), ["case_id,activity,time,owner,amount"]
        for case in range(24):
            for place, step in enumerate(STEPS[: 2 + case % 4]):
                when = day + timedelta(days=case + place)
                rows.append(f"K{case},{step},{when} 09:00,张{case % 5},{case * 100}")
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


def command(*arguments):
    """A command of the command line."""
    from ltcdiag import cli

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main([str(part) for part in arguments])
    return code, err.getvalue()


def called(work):
    """A function of the library, its errors told as the command line tells them."""
    from ltcdiag.errors import LtcdiagError

    try:
        work()
    except LtcdiagError as error:
        return 2, str(error)
    except KeyboardInterrupt:
        return 130, "stopped"
    return 0, ""


def _export(kind, *more):
    return lambda folder: command("export", log_file(), "--to", kind, "--out", folder / f"log.{kind}", "--force",
                                  "--timezone", "Asia/Shanghai", *more)


def _model(folder):
    import ltcdiag as ltc

    return called(lambda: ltc.discover(ltc.read(log_file())).write(folder / "model"))


def _copy(folder):
    from ltcdiag.domain.reference_copy import write_copy

    return called(lambda: write_copy(folder / "model.toml"))


def _key(folder):
    from ltcdiag.keys import project_key

    return called(lambda: project_key("0123456789abcdef"))


def _names(folder):
    from ltcdiag.keys import write_names

    return called(lambda: write_names(folder / "names.csv", [("person", f"张{n}", f"AR-{n:04}") for n in range(9)]))


REPORT = {"out/report.html": b"old page", "out/ledger.json": b"{}", "out/figures/x.svg": b"<svg/>"}
XES = b'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849-2016"></log>\n'
JOBS = {
    "report": Job(lambda folder: command("diagnose", log_file(), "--out", folder / "out", "--force"),
                  "out", REPORT, every=120, half=30_000),
    "shareable": Job(lambda folder: command("diagnose", log_file(), "--out", folder / "out", "--level", "shareable"),
                     "out", {}, every=80, half=9000),
    "csv": Job(_export("csv"), "log.csv", {"log.csv": b"\xef\xbb\xbfold"}),
    "xes": Job(_export("xes"), "log.xes", {"log.xes": XES}),
    "parquet": Job(_export("parquet"), "log.parquet", {"log.parquet": b"PAR1old"}, half=1000),
    "ocel": Job(_export("ocel"), "log.ocel", {}, half=9000),
    "ocel-json": Job(_export("ocel-json"), "log.ocel-json", {"log.ocel-json": b"{}"}),
    "names": Job(_names, "names.csv", {}, half=20),
    "ask": Job(lambda folder: command("ask", "salesforce", "--out", folder / "letter.html"), "letter.html", {}),
    "new": Job(lambda folder: command("new", folder / "project"), "project", {}, every=2, random=True),
    "model": Job(_model, "model", {"model/tree.txt": b"old"}, every=3, half=1000),
    "copy": Job(_copy, "model.toml", {}),
    "key": Job(_key, "settings/keys/0123456789abcdef.key", {}, half=16, random=True),
}
