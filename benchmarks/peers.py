"""What each tool does in bench_peers.py: a job returns its answer, to be compared between tools, and the seconds after
the log had been read.

Every tool gets the same file and gives the same numbers; where the times of two steps tie, the order of the rows is the
order of the steps. By hand means: as somebody who knows the engine would write it, and no more."""

import hashlib
import time
from importlib import import_module

COLUMNS = ["case_id", "activity", "timestamp"]
NAMES = {"case_id": "case:concept:name", "activity": "concept:name", "timestamp": "time:timestamp"}


def timed(work, *arguments):
    began = time.perf_counter()
    found = work(*arguments)
    return found, time.perf_counter() - began


def digest(rows):
    """Of many rows one text; their order makes no difference."""
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()[:16]


def as_variants(pairs):
    """Of (steps, cases) pairs: how many there are, and their digest."""
    rows = [f"{'|'.join(steps)} {int(n)}" for steps, n in pairs]
    return {"variants": len(rows), "digest": digest(rows)}


def as_edges(rows):
    return {f"{source} > {target}": float(value) for source, target, value in rows}


def imported(*names):
    """The job of loading modules, and nothing else."""
    def load(path):
        del path
        for name in names:
            import_module(name)
        return {}, 0.0
    return load


# --- ltcdiag ---

def ltcdiag_log(path, attributes=()):
    """Rows as they are, which is what the others read."""
    import ltcdiag as ltc

    return ltc.read(path, attributes=attributes, checks=False)


def ltcdiag_read(path):
    log, seconds = timed(ltcdiag_log, path)
    return {"events": log.events, "cases": log.cases}, seconds


def ltcdiag_map(path):
    import ltcdiag as ltc

    table, seconds = timed(lambda log: ltc.directly_follows(log).table, ltcdiag_log(path))
    return as_edges(table[["source", "target", "moves"]].itertuples(index=False)), seconds


def ltcdiag_variants(path):
    import ltcdiag as ltc

    table, seconds = timed(lambda log: ltc.variants(log).table, ltcdiag_log(path))
    return as_variants(zip(table["activities"], table["cases"], strict=True)), seconds


def ltcdiag_gaps(path):
    import ltcdiag as ltc

    table, seconds = timed(lambda log: ltc.gaps(log).table, ltcdiag_log(path))
    return as_edges(zip(table["source"], table["target"], table["gap_days_total"] / table["moves"] * 86_400,
                        strict=True)), seconds


def ltcdiag_rework(path):
    import ltcdiag as ltc

    table, seconds = timed(lambda log: ltc.rework(log).table, ltcdiag_log(path))
    pairs = zip(table["activity"], table["cases_repeating"], strict=True)
    return {activity: int(n) for activity, n in pairs if n}, seconds


def ltcdiag_checked(path):
    """With a look at every defect, which no other tool has."""
    import ltcdiag as ltc

    log, seconds = timed(ltc.read, path)
    return {"events": log.events, "cases": log.cases}, seconds


def ltcdiag_diagnosis(path):
    import ltcdiag as ltc

    found, seconds = timed(ltc.diagnose, ltcdiag_log(path, "all"))
    return {"findings": len(found)}, seconds


def ltcdiag_compare(path):
    import ltcdiag as ltc

    log = ltcdiag_log(path, "all")
    found, seconds = timed(lambda: ltc.compare_periods(log, before="2023-01-01..2023-06-30",
                                                       after="2024-01-01..2024-06-30"))
    return {"kpis": len(found.effects)}, seconds


# --- pm4py ---

def pm4py_log(path):
    import pandas as pd
    import pm4py

    frame = pd.read_csv(path, usecols=COLUMNS) if path.suffix == ".csv" else pd.read_parquet(path, columns=COLUMNS)
    frame = pm4py.format_dataframe(frame, case_id="case_id", activity_key="activity", timestamp_key="timestamp")
    for name in ("case:concept:name", "concept:name"):      # pm4py 2.7 is fastest with plain objects
        frame[name] = frame[name].astype(object)
    return frame


def lazy_log(path):
    """A LazyFrame of Polars, as pm4py takes it."""
    import polars as pl

    scan = pl.scan_csv(path, try_parse_dates=True) if path.suffix == ".csv" else pl.scan_parquet(path)
    return scan.select(COLUMNS).rename(NAMES).with_row_index("@@index").with_columns(
        pl.col("time:timestamp").dt.replace_time_zone("UTC")).sort("case:concept:name", "time:timestamp", "@@index")


def pm4py_jobs(opened, rows_of):
    """The jobs of pm4py on a log that `opened` opens; rows_of: events and cases of it."""
    def read(path):
        log, seconds = timed(opened, path)
        found, more = timed(rows_of, log)
        return found, seconds + more

    def edges(path):
        import pm4py

        (graph, _, _), seconds = timed(pm4py.discover_dfg, opened(path))
        return as_edges((*pair, n) for pair, n in graph.items()), seconds

    def variants(path):
        import pm4py

        found, seconds = timed(pm4py.get_variants, opened(path))
        return as_variants(found.items()), seconds

    def gaps(path):
        import pm4py

        (graph, _, _), seconds = timed(pm4py.discover_performance_dfg, opened(path))
        return as_edges((*pair, value["mean"]) for pair, value in graph.items()), seconds

    def rework(path):
        import pm4py

        found, seconds = timed(pm4py.get_rework_cases_per_activity, opened(path))
        return {activity: int(n) for activity, n in found.items() if n}, seconds

    return {"import": imported("pm4py"), "csv": read, "parquet": read, "map": edges, "variants": variants, "gaps": gaps,
            "rework": rework}


def pandas_rows(log):
    return {"events": len(log), "cases": int(log["case:concept:name"].nunique())}


def lazy_rows(log):
    import polars as pl

    found = log.select(pl.len().alias("events"), pl.col("case:concept:name").n_unique().alias("cases")).collect()
    return {name: int(found[name][0]) for name in ("events", "cases")}


# --- r4pm ---

def r4pm_log(path):
    import polars as pl
    import r4pm

    frame = (pl.read_csv(path, columns=COLUMNS, try_parse_dates=True) if path.suffix == ".csv"
             else pl.read_parquet(path, columns=COLUMNS))
    return r4pm.import_item_from_df("EventLog", frame.rename(NAMES).with_columns(
        pl.col("time:timestamp").dt.replace_time_zone("UTC")))


def r4pm_read(path):
    import r4pm

    log, seconds = timed(r4pm_log, path)
    graph = r4pm.bindings.discover_dfg(log)
    return {"events": sum(graph["activities"].values()),
            "cases": sum(row["count"] for row in r4pm.bindings.get_variants(log))}, seconds


def r4pm_map(path):
    import r4pm

    graph, seconds = timed(r4pm.bindings.discover_dfg, r4pm_log(path))
    return as_edges((*pair, n) for pair, n in graph["directly_follows_relations"]), seconds


def r4pm_variants(path):
    import r4pm

    found, seconds = timed(r4pm.bindings.get_variants, r4pm_log(path))
    return as_variants((row["activities"], row["count"]) for row in found), seconds


# --- DuckDB by hand ---

MOVES = """select *, lead(a) over w a2, lead(t) over w t2 from (
  select case_id, activity a, timestamp t, file_row_number n from read_parquet('{path}', file_row_number = true))
  window w as (partition by case_id order by t, n)"""
DUCKDB = {
    "map": "select a, a2, count(*) from ({moves}) where a2 is not null group by all",
    "gaps": "select a, a2, sum(epoch_us(t2) - epoch_us(t)) / count(*) / 1e6 from ({moves}) where a2 is not null "
            "group by all",
    "variants": "select v, count(*) from (select list(activity order by timestamp, file_row_number) v "
                "from read_parquet('{path}', file_row_number = true) group by case_id) group by v",
    "rework": "select activity, count(*) from (select case_id, activity from read_parquet('{path}') group by all "
              "having count(*) > 1) group by 1",
    "csv": "select count(*), count(distinct case_id) from (select case_id, activity, timestamp from "
           "read_csv('{path}'))",
    "parquet": "select count(*), count(distinct case_id) from read_parquet('{path}')",
}


def duckdb_rows(job, path):
    import duckdb

    sql = DUCKDB[job].format(path=path, moves=MOVES.format(path=path))
    return timed(lambda: duckdb.connect().sql(sql).fetchall())


# --- Polars by hand ---

def polars_rows(job, path):
    return timed(lambda: polars_query(job, path).collect(engine="streaming").rows())


def polars_query(job, path):
    import polars as pl

    scan = pl.scan_csv(path, try_parse_dates=True) if path.suffix == ".csv" else pl.scan_parquet(path)
    if job in ("csv", "parquet"):
        return scan.select(pl.len(), pl.col("case_id").n_unique(), pl.col("activity").count(),
                           pl.col("timestamp").max()).select(pl.nth(0, 1))
    if job == "rework":
        return (scan.group_by("case_id", "activity").len().filter(pl.col("len") > 1).group_by("activity").len())
    ordered = scan.select(COLUMNS).with_row_index("n").sort("case_id", "timestamp", "n")
    if job == "variants":
        return ordered.group_by("case_id", maintain_order=True).agg("activity").group_by("activity").len()
    moves = ordered.with_columns(
        pl.col("activity").shift(-1).over("case_id").alias("a2"),
        (pl.col("timestamp").shift(-1).over("case_id") - pl.col("timestamp")).alias("gap")).filter(
            pl.col("a2").is_not_null()).group_by("activity", "a2")
    return moves.len() if job == "map" else moves.agg(pl.col("gap").dt.total_microseconds().mean() / 1e6)


def by_hand(rows_of, module):
    """The jobs of an engine whose `rows_of` gives the rows of each."""
    def shaped(job):
        def done(path):
            rows, seconds = rows_of(job, path)
            if job in ("csv", "parquet"):
                return {"events": int(rows[0][0]), "cases": int(rows[0][1])}, seconds
            if job == "variants":
                return as_variants(rows), seconds
            return ({activity: int(n) for activity, n in rows} if job == "rework" else as_edges(rows)), seconds
        return done

    jobs = ("csv", "parquet", "map", "variants", "gaps", "rework")
    return {"import": imported(module), **{job: shaped(job) for job in jobs}}


TOOLS = {
    "ltcdiag": {"import": imported("ltcdiag.intake", "ltcdiag.api"), "csv": ltcdiag_read, "parquet": ltcdiag_read,
                "map": ltcdiag_map, "variants": ltcdiag_variants, "gaps": ltcdiag_gaps, "rework": ltcdiag_rework,
                "checked": ltcdiag_checked, "diagnosis": ltcdiag_diagnosis, "compare": ltcdiag_compare},
    "pm4py": pm4py_jobs(pm4py_log, pandas_rows),
    "pm4py_polars": pm4py_jobs(lazy_log, lazy_rows),
    "r4pm": {"import": imported("r4pm"), "csv": r4pm_read, "parquet": r4pm_read, "map": r4pm_map,
             "variants": r4pm_variants},
    "duckdb": by_hand(duckdb_rows, "duckdb"),
    "polars": by_hand(polars_rows, "polars"),
}
NEEDS = {"pm4py_polars": "polars", "r4pm": "r4pm", "polars": "polars"}
