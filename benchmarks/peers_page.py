"""The results of bench_peers.py as pages and pictures: docs/benchmarks.zh.md, docs/benchmarks.en.md, docs/pictures.

    python benchmarks/peers_page.py                      from benchmarks/results/peers.json
    python benchmarks/peers_page.py --results FILE.json
"""

import argparse
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
sys.path.insert(0, str(HERE.parent))
JOBS = ("import", "csv", "parquet", "map", "variants", "gaps", "rework", "checked", "diagnosis", "compare")
TOOLS = ("ltcdiag", "pm4py", "pm4py_polars", "r4pm", "duckdb", "polars")
DRAWN = ("csv", "map", "variants", "gaps")
COLOURS = {"ltcdiag": "#0b5cad", "pm4py": "#c2410c", "pm4py_polars": "#e08b57", "r4pm": "#6d28d9", "duckdb": "#a38600",
           "polars": "#0f8a6a"}
MARKERS = dict(zip(TOOLS, "osD^vX", strict=True))
SAID = {
    "title": ("和别的工具比速度、比内存", "Speed and memory beside other tools"),
    "tool": ("工具", "tool"), "events": ("事件", "events"), "growth": ("增长指数", "growth exponent"),
    "time": ("整个进程的秒数", "seconds of the whole process"), "memory": ("内存峰值，MB", "peak memory, MB"),
    "pm4py_polars": ("pm4py（Polars LazyFrame）", "pm4py, Polars LazyFrame"),
    "pm4py": ("pm4py（pandas）", "pm4py, pandas"),
    "duckdb": ("DuckDB 手写 SQL", "DuckDB by hand"), "polars": ("Polars 手写", "Polars by hand"),
    "import": ("载入程序", "Loading the program"), "csv": ("读 CSV", "Reading CSV"),
    "parquet": ("读 Parquet", "Reading Parquet"), "map": ("流程图（直接后继）", "The map (directly-follows)"),
    "variants": ("路径", "Variants"), "gaps": ("每一步的平均间隔", "Mean gap of each move"),
    "rework": ("返工", "Rework"),
    "checked": ("读 Parquet，并检查数据问题", "Reading Parquet, with a look at every defect"),
    "diagnosis": ("完整诊断", "The whole diagnosis"),
    "compare": ("两个时期的对比", "Two periods compared"),
    "cannot": ("没有这项", "has none"), "other answer": ("结果不同", "other answer"), "failed": ("出错", "failed"),
    "out of time": ("超时", "out of time"), "out of memory": ("超内存", "out of memory"),
    "not installed": ("未安装", "not installed"),
}
LEAD = ("""\
{title_line}

每一项都是一个全新的进程，从启动 Python 到得出结果；所有工具读同一个文件，结果先和 ltcdiag 的核对，
不一样的写“结果不同”和最大相差的比例，不计时间。
一格里是**整个进程的秒数**（其中读完之后的秒数）和内存峰值。取 {repeat} 次里最好的一次；
上限 {limit} 秒、{memory} GB。增长指数：数据量变大时时间怎样变，1 是成正比；取能跑完的最大两档。

- **读的内容一样**：都按原样读三列（`ltc.read(..., checks=False)`）；ltcdiag 另外给每一行记账。平时 ltcdiag 读的时候还查
  60 种数据问题，这一项单独列出，别的工具没有。
- 手写的一栏是熟悉该引擎的人会写的最短查询，没有账目，也没有检查。
- 换一台机器，秒数会变，比例大致不变。自己量：`uv pip install r4pm polars`，再运行 `python benchmarks/bench_peers.py`。

机器：{cpu}，{cores} 核，{ram} GB，{system}。版本：{versions}。{day}。
""", """\
{title_line}

Each job is a process of its own, from the start of Python to the answer. All tools read the same file; answers are
compared with those of ltcdiag one by one before any time counts, and where they differ "other answer" is written
instead, with the largest difference as a share. A cell holds the **seconds of the whole process** (of these, after
the log had been read) and the peak of memory: best of {repeat}, with a limit of {limit} s and {memory} GB. Growth
exponent: how time grows with size, 1 is in proportion; between the two largest sizes that came to an end.

- **Reading is the same work**: three columns, as they are (`ltc.read(..., checks=False)`); ltcdiag also accounts for
  every row. Usually it looks for 60 kinds of defects while it reads; that is a table of its own, no other tool does it.
- By hand means the shortest query that somebody who knows the engine would write, without accounts and checks.
- On another machine seconds change and ratios hardly do. To measure yourself: `uv pip install r4pm polars`, then
  `python benchmarks/bench_peers.py`.

Machine: {cpu}, {cores} cores, {ram} GB, {system}. Versions: {versions}. {day}.
""")


def said(key, lang):
    return SAID.get(key, (key, key))[lang == "en"]


def cell(row, lang):
    """One measurement: seconds, those after reading, memory; or why there is none."""
    if row["outcome"] != "ok":
        far = f" ({row['apart']:.1g})" if row.get("apart") else ""
        return said(row["outcome"], lang) + far
    after = f" ({row['call_s']:.2f})" if row["call_s"] else ""
    return f"**{row['wall_s']:.2f}**{after}, {row['peak_mb']:,} MB"


def table(found, job, lang):
    """The rows of a job that any tool can do; tools that have no such thing at all are named below it."""
    runs = found["runs"]
    sizes = list(runs) if job != "import" else list(runs)[-1:]
    grows = job != "import"
    heads = [said("tool", lang), *(f"{int(size):,}" for size in sizes), *([said("growth", lang)] if grows else ())]
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    none = []
    for tool in TOOLS:
        rows = [runs[size][job][tool] for size in sizes]
        if all(row["outcome"] == "cannot" for row in rows):
            none.append(said(tool, lang))
            continue
        growth = found["exponents"].get(job, {}).get(tool)
        cells = [said(tool, lang), *(cell(row, lang) for row in rows),
                 *(["–" if growth is None else f"{growth:.2f}"] if grows else ())]
        lines.append(f"| {' | '.join(cells)} |")
    if none:
        comma, stop, colon = ("、", "。", "：") if lang == "zh" else (", ", ".", ": ")
        lines += ["", f"{said('cannot', lang)}{colon}{comma.join(none)}{stop}"]
    return "\n".join(lines)


def page(found, lang):
    machine = found["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items() if number)
    title = f"# {said('title', lang)}"
    other = "[English](benchmarks.en.md)" if lang == "zh" else "[中文](benchmarks.zh.md)"
    lead = LEAD[lang == "en"].format(
        title_line=f"{title}\n\n{other}", repeat=found["repeat"], limit=f"{found['limit_s']:g}",
        memory=f"{found['memory_gb']:g}", cpu=machine["cpu"], cores=machine["cores"], ram=machine["memory_gb"] or "?",
        system=machine["system"], versions=versions, day=machine["day"])
    pictures = "\n".join(f"![{said(what, lang)}](pictures/benchmarks_{what}.{lang}.png)\n"
                         for what in ("time", "memory"))
    parts = [f"## {said(job, lang)}\n\n{table(found, job, lang)}\n" for job in JOBS]
    return "\n".join([lead, pictures, *parts]).rstrip() + "\n"


def picture(found, what, lang, path):
    """Four jobs side by side, a line a tool, both axes in powers of ten."""
    import matplotlib as mpl

    from ltcdiag.charts.fonts import font_family

    mpl.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib.ticker import LogLocator

    key = {"time": "wall_s", "memory": "peak_mb"}[what]
    with plt.rc_context({"font.family": font_family(), "font.size": 9}):
        figure, axes = plt.subplots(1, len(DRAWN), figsize=(11, 3.4), sharey=True, layout="constrained")
        for axis, job in zip(axes, DRAWN, strict=True):
            for tool in TOOLS:
                points = [(int(size), rows[job][tool][key]) for size, rows in found["runs"].items()
                          if rows[job][tool]["outcome"] == "ok"]
                if points:
                    axis.plot(*zip(*points, strict=True), color=COLOURS[tool], marker=MARKERS[tool], markersize=5,
                              linewidth=2.4 if tool == "ltcdiag" else 1.3, label=said(tool, lang))
            axis.set(title=said(job, lang), xscale="log", yscale="log", xlabel=said("events", lang))
            axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
            axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
            axis.tick_params(axis="x", labelrotation=30)
            axis.minorticks_off()
            axis.spines[["top", "right"]].set_visible(False)
            axis.grid(visible=True, color="#e5e7eb", linewidth=0.6)
        axes[0].set_ylabel(said(what, lang))
        handles = {label: handle for axis in axes
                   for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)}
        figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=len(handles), frameon=False)
        figure.savefig(path, dpi=110, metadata={"Software": None})
        plt.close(figure)
    smaller(path)


def smaller(path):
    """Few colours take little room."""
    from PIL import Image

    with Image.open(path) as image:
        image.convert("RGB").quantize(48).save(path, optimize=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=HERE / "results" / "peers.json")
    parser.add_argument("--docs", type=Path, default=DOCS)
    asked = parser.parse_args()
    found = json.loads(asked.results.read_text("utf-8"))
    (asked.docs / "pictures").mkdir(parents=True, exist_ok=True)
    for lang in ("zh", "en"):
        (asked.docs / f"benchmarks.{lang}.md").write_text(page(found, lang), encoding="utf-8")
        for what in ("time", "memory"):
            picture(found, what, lang, asked.docs / "pictures" / f"benchmarks_{what}.{lang}.png")


if __name__ == "__main__":
    main()
