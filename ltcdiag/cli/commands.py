"""What each command does: reads, asks the front door, prints the result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, LtcdiagError
from ..words import chinese, say
from .telling import STOPPED, rows_read, stop, tell

if TYPE_CHECKING:
    from argparse import Namespace

_NAMED_FILES = 20       # that a deletion lists


def _pseudonyms(asked: Namespace) -> dict[str, Any]:
    """Whose key is used. Raises InputError where the names would be written among what is handed on."""
    if asked.names_to and asked.out.absolute() in (asked.names_to.absolute(), *asked.names_to.absolute().parents):
        raise InputError(say("privacy.names_in_report", asked.lang, path=asked.names_to))
    return {"pseudonymise": asked.key or asked.pseudonymise, "names_to": asked.names_to}


def diagnose(asked: Namespace) -> None:
    """Exports to a report. Raises InputError where the case column cannot be one."""
    from .. import api, intake

    model = api.load_model(asked.model or "ltc")     # its faults are told before anything is read
    prices = api.load_prices(asked.prices) if asked.prices else None
    beside = api.side_tables(asked.beside) if asked.beside else None
    voices = api.read_voices(asked.voices) if asked.voices else None
    filtered = _filtered(asked, asked.paths)
    with _red_faults_told(asked):
        log = intake.read(asked.paths, calendar=asked.calendar, **_reading(asked), **_pseudonyms(asked))
    if log.cases == 1 and "case" in log.columns:    # a column that is no case id; objects of a system are what they are
        raise InputError(say("cli.one_case", asked.lang, events=log.events, column=log.columns["case"]),
                         where=log.name, fix=say("cli.one_case_fix", asked.lang))
    log = filtered(log)
    _write(asked, log, asked.out, force=asked.force, model=model, level=asked.level, k=asked.k,
           clock=asked.clock, beside=beside, prices=prices, voices=voices, also=asked.also)


def compare(asked: Namespace) -> None:
    """Two sides of a log, or two logs, to a review."""
    from .. import api, comparing
    from .comparison import compared

    model = api.load_model(asked.model or "ltc")
    with _red_faults_told(asked):
        found = compared(asked, lambda paths: _read(asked, paths))
    if isinstance(found, dict):
        written = comparing.review_waves(found, asked.out, lang=asked.lang, force=asked.force, progress=tell)
    else:
        written = comparing.review(found, asked.out, lang=asked.lang, force=asked.force, model=model, progress=tell)
    if asked.json:
        print(json.dumps(written.to_dict(), ensure_ascii=False, indent=1))
        return
    print("\n".join(written.lines))
    print(say("cli.next", asked.lang, report=written.report))


def _read(asked: Namespace, paths: Sequence[str]) -> Any:
    from .. import intake

    filtered = _filtered(asked, paths)
    return filtered(intake.read(paths, calendar=asked.calendar, pseudonymise=asked.key or asked.pseudonymise,
                                **_reading(asked)))


def _filtered(asked: Namespace, paths: Sequence[str]) -> Callable[[Any], Any]:
    """The log of the cases that the filters of `--filter` keep; their faults are told before anything is read. Raises
    InputError where they keep no case."""
    from ..cycle.filter_file import chosen_filter

    if not asked.filter:
        return lambda log: log
    beside = [Path(path) if Path(path).is_dir() else Path(path).parent for path in paths]
    keeps = [chosen_filter(name, [*beside, Path()]) for name in asked.filter]

    def narrowed(log: Any) -> Any:
        for keep in keeps:
            log = log.where(keep)
        if not log.cases:
            raise InputError(say("filters.nothing_left", asked.lang), fix=say("filters.nothing_left_fix", asked.lang))
        return log

    return narrowed


@contextmanager
def _red_faults_told(asked: Namespace) -> Iterator[None]:
    """A question that stops the reading leaves a page that says it, where the report would be."""
    try:
        yield
    except LtcdiagError as error:
        from ..reports.refusal import is_red, write_refusal

        if is_red(error):
            page = write_refusal(error, asked.out, lang=asked.lang, force=asked.force, level=asked.level, k=asked.k)
            tell(say("cli.no_report", asked.lang, page=page))
        raise


def _read_options(asked: Namespace) -> dict[str, Any]:
    return {
        "case": asked.case, "mapping": asked.mapping, "encoding": asked.encoding, "timezone": asked.timezone,
        "day_order": asked.day_order, "as_of": asked.as_of, "ends": tuple(asked.end),
        "system": asked.source, "changes": asked.changes,
    }


def _reading(asked: Namespace) -> dict[str, Any]:
    """What says how exports are read whole."""
    return {**_read_options(asked), "checks": asked.checks, "progress": rows_read(asked.lang)}


def _write(asked: Namespace, log: Any, out: Path, *, force: bool, model: Any = "ltc", **sharing: Any) -> None:
    from .. import showing

    written = showing.report(log, out, lang=asked.lang, force=force, model=model, progress=tell, **sharing)
    if asked.json:
        print(json.dumps(written.to_dict(), ensure_ascii=False, indent=1))
        return
    totals = log.ledger.totals
    aside = sum(log.ledger.set_aside.values())
    print(say("cli.done", asked.lang, cases=f"{totals['cases']:,}", events=f"{totals['events']:,}", aside=f"{aside:,}"))
    print("\n".join(written.told(asked.lang)))
    print(say("cli.next", asked.lang, report=written.report))


def sniff(asked: Namespace) -> None:
    """How files would be read, without reading them whole."""
    from .. import intake

    seen = intake.sniff(asked.paths, **_read_options(asked))
    print(json.dumps(seen.to_dict(), ensure_ascii=False, indent=1) if asked.json else seen.text(asked.lang))


def export(asked: Namespace) -> None:
    """The log as a file of another tool."""
    from .. import intake, showing

    filtered = _filtered(asked, asked.paths)
    log = filtered(intake.read(asked.paths, calendar=asked.calendar, **_reading(asked), **_pseudonyms(asked)))
    done = showing.export(log, asked.out, to=asked.to, force=asked.force)
    if asked.json:
        print(json.dumps(done.to_dict(), ensure_ascii=False, indent=1))
        return
    counts = ", ".join(f"{name} {n:,}" for name, n in done.counts.items())
    print("\n".join([say("cli.exported", asked.lang, file=asked.out, counts=counts), *done.notes]))


def workshop(asked: Namespace) -> None:
    """The log as one page to explore together."""
    from .. import intake, workshops
    from ..log.filters import Between
    from ..log.period import Period

    period = Period.parse(asked.between) if asked.between else None     # its fault is told before anything is read
    filtered = _filtered(asked, asked.paths)
    log = filtered(intake.read(asked.paths, **_reading(asked), **_pseudonyms(asked)))
    done = workshops.workshop(log.where(Between(period)) if period else log, asked.out, lang=asked.lang,
                              title=asked.title, by=asked.by, people=asked.people, force=asked.force, progress=tell)
    print(json.dumps(done.to_dict(), ensure_ascii=False, indent=1) if asked.json else "\n".join(done.notes))


def ask(asked: Namespace) -> None:
    """Which exports to ask a client for."""
    from .. import showing

    found = showing.exports_to_ask_for(asked.system, asked.lang)
    if asked.out:
        found.write(asked.out, asked.lang, force=asked.force)
    print(json.dumps(found.to_dict(), ensure_ascii=False, indent=1) if asked.json else
          say("cli.asked", asked.lang, file=asked.out) if asked.out else found.text(asked.lang))


def templates(asked: Namespace) -> None:
    """Blank forms for voices and working papers."""
    from .. import showing

    files = [str(file) for file in showing.templates(asked.out, asked.lang, force=asked.force)]
    print(json.dumps({"files": files}, ensure_ascii=False, indent=1) if asked.json else
          say("voices.templates_written", asked.lang, files=say("log.comma", asked.lang).join(files)))


def backlog(asked: Namespace) -> None:
    """The plan of a cycle as task lists of other tools."""
    from .. import improving
    from ..cycle.folder import Cycle

    done = improving.backlog(Cycle.open(asked.cycle), asked.out, to=asked.to, lang=asked.lang, force=asked.force)
    print(json.dumps(done.to_dict(), ensure_ascii=False, indent=1) if asked.json else done)


def pull(asked: Namespace) -> None:
    """The records of a system by its interface; a run that is stopped goes on from where it was."""
    from .. import api

    shown: dict[str, int] = {}

    def count(name: str, records: int) -> None:
        if name not in shown or records // 1000 > shown[name] // 1000:
            shown[name] = records
            tell(say("pulls.progress", asked.lang, name=name, n=f"{records:,}"))

    try:
        pulled = api.pull(asked.system, asked.out, since=asked.since, table=asked.table, columns=asked.columns,
                          query=asked.query, progress=count)
    except KeyboardInterrupt:
        of_tables = asked.table or asked.query
        said = say("databases.interrupted" if of_tables else "pulls.stopped", asked.lang)
        raise SystemExit(stop(said, STOPPED)) from None
    print(json.dumps(pulled.to_dict(), ensure_ascii=False, indent=1) if asked.json else pulled.text(asked.lang))


def demo(asked: Namespace) -> None:
    """The report of the sample that comes with it."""
    from .. import intake
    from ..bundled import sample

    log = intake.read(sample("ltc_zh" if chinese(asked.lang) else "ltc_en"), case="opportunity",
                   progress=rows_read(asked.lang))
    _write(asked, log, asked.out, force=True)


def new(asked: Namespace) -> None:
    """A project folder with the notebooks."""
    from ..project import MODEL, new_project

    made = new_project(asked.folder, asked.lang)
    print(say("cli.new", asked.lang, folder=made, model=MODEL))


def delete(asked: Namespace) -> None:
    """A project folder and its key; says what would go unless `--yes`."""
    from ..project import contents, delete_project

    found = contents(asked.folder)
    print("\n".join([say("privacy.would_delete", asked.lang, folder=asked.folder, n=len(found)),
                     *(f"  {path}" for path in found[:_NAMED_FILES]),
                     *(["  …"] if len(found) > _NAMED_FILES else [])]))
    if not asked.yes:
        raise InputError(say("privacy.say_yes", asked.lang), fix=f"ltcdiag delete {asked.folder} --yes")
    print(say("privacy.deleted", asked.lang, n=delete_project(asked.folder)))


def lab(asked: Namespace) -> None:
    """The notebooks of a folder, made where it is not there."""
    from ..project import new_project, open_lab

    folder = asked.folder if asked.folder.exists() else new_project(asked.folder, asked.lang)
    open_lab(folder, asked.lang)
