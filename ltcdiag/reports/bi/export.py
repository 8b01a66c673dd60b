"""The log for BI tools: a folder of plain tables, a Tableau extract, a Power BI project."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ...errors import InputError
from ...log.event_log import EventLog
from ...words import current, say, use
from ..folder import whole
from ..one_file import Exported, whole_file
from . import dictionary, powerbi
from .star import Star, star_of
from .writing import write_tables

_STAR = frozenset({"csv", "parquet", "README.txt", *dictionary.FILES})
_HYPER = b"Hyper"


def write_star(log: EventLog, out: str | Path, *, lang: str | None = None, force: bool = False) -> Exported:
    """A folder with a star schema: `csv/` for Excel, `parquet/` for machines, a data dictionary, README.txt.

    Raises OutputError. Laws: those of `star_of`; same log, same language, same bytes."""
    said = lang or current()
    with use(said), whole(Path(out), force=force, ours=_STAR, marks=dictionary.FILES) as folder:
        star = star_of(log)
        for name in ("csv", "parquet"):
            (folder / name).mkdir()
        counts = write_tables(star, parquet=folder / "parquet", csv=folder / "csv")
        dictionary.write_dictionary(star, counts, folder)
        notes = _notes(star, said)
        _readme(folder, [say("reports.level_working", said), say("bi.readme_star", said), *notes])
    return Exported(Path(out), "star", counts, notes)


def write_hyper(log: EventLog, out: str | Path, *, force: bool = False) -> Exported:
    """The same tables in one extract for Tableau. Needs the extra "tableau": raises InputError with the line that
    installs it where it is absent. Raises OutputError."""
    try:
        import pantab
    except ImportError:
        raise InputError(say("bi.no_pantab", current()), fix=say("bi.no_pantab_fix", current())) from None
    import pyarrow.parquet as pq

    star = star_of(log)
    with (whole_file(out, same=lambda head: head.startswith(_HYPER), force=force) as working,
          tempfile.TemporaryDirectory(dir=working.parent) as place):
        counts = write_tables(star, parquet=Path(place))
        made = Path(place) / "star.hyper"
        pantab.frames_to_hyper({name: _stream(pq.ParquetFile(Path(place) / f"{name}.parquet")) for name in counts},
                               made, process_params={"log_dir": place})
        made.replace(working)
    return Exported(Path(out), "hyper", counts, _notes(star, current()))


def _stream(file: object) -> object:
    """A file as a stream of its row groups, so that it is never in memory whole."""
    import pyarrow as pa

    return pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches())  # type: ignore[attr-defined]


def write_powerbi(log: EventLog, out: str | Path, *, lang: str | None = None, force: bool = False) -> Exported:
    """A Power BI project (.pbip): the tables as Parquet in `data/`, a semantic model (TMDL), a report of two pages.

    Raises OutputError. Not opened in Power BI Desktop here: README.txt says what was checked and what was not."""
    said = lang or current()
    with use(said), whole(Path(out), force=force, ours=powerbi.FILES, marks=(powerbi.PROJECT,)) as folder:
        star = star_of(log)
        (folder / "data").mkdir()
        counts = write_tables(star, parquet=folder / "data")
        powerbi.write_project(star, folder, said)
        dictionary.write_dictionary(star, counts, folder)
        notes = (*_notes(star, said), say("bi.not_opened", said))
        _readme(folder, [say("reports.level_working", said), say("bi.readme_powerbi", said), *notes])
    return Exported(Path(out), "powerbi", counts, notes)


def _notes(star: Star, lang: str) -> tuple[str, ...]:
    """What a reader of the tables should know."""
    base, said = star.base, []
    if base.diagnosis.why_none:
        said.append(base.diagnosis.why_none[lang])
    people = base.seen[0].hidden
    if base.log.privacy.purpose and people:
        said.append(say("bi.people_hidden", lang, n=people, k=base.log.privacy.k))
    elif "resource" in base.roles and not base.log.privacy.purpose:
        said.append(say("bi.people_off", lang))
    return tuple(said)


def _readme(folder: Path, parts: list[str]) -> None:
    (folder / "README.txt").write_text("\n\n".join(parts) + "\n", encoding="utf-8-sig", errors="replace",
                                       newline="\r\n")


KINDS: Mapping[str, Callable[..., Exported]] = {"star": write_star, "hyper": write_hyper, "powerbi": write_powerbi}
"""Kind of `ltcdiag export` → what writes it."""
