"""Process models from variants and their counts, by pm4py; raw rows never reach it."""

from __future__ import annotations

import contextlib
import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import InputError, OutputError
from ..log.results import Variants
from ..unfinished import write_whole
from ..words import current, say
from .notation import bpmn_text, pnml_text


@dataclass(frozen=True)
class Model:
    """A discovered model in three notations of pm4py.

    tree: process tree. net, initial, final: Petri net with its markings. bpmn: BPMN diagram. n: cases it
    was mined from. method, noise: how.
    """

    tree: Any = field(repr=False)
    net: Any = field(repr=False)
    initial: Any = field(repr=False)
    final: Any = field(repr=False)
    bpmn: Any = field(repr=False)
    n: int
    method: str
    noise: float

    def __str__(self) -> str:
        return str(self.tree)

    def write(self, folder: Path) -> tuple[Path, ...]:
        """model.bpmn, model.pnml and tree.txt in `folder`, which must exist, each whole; same model, same bytes.
        Raises OutputError."""
        texts = {
            "model.bpmn": bpmn_text(self.bpmn),
            "model.pnml": pnml_text(self.net, self.initial, self.final),
            "tree.txt": f"{self.tree}\n",
        }
        try:
            for name, text in texts.items():
                write_whole(folder / name, text.encode())
        except OSError as error:
            raise OutputError(say("exports.cannot_write", current(), path=folder, detail=error.strerror or str(error)),
                              fix=say("exports.cannot_write_fix", current())) from error
        return tuple(folder / name for name in texts)


def discover(variants: Variants, *, method: str = "inductive", noise: float = 0.2) -> Model:
    """The inductive miner on variants and their counts; noise 0 keeps every path, up to 1 drops the rarest.

    The model of noise 0 replays every case (Leemans, Fahland, van der Aalst 2013,
    doi:10.1007/978-3-642-38697-8_17; with noise: doi:10.1007/978-3-319-06257-0_6).
    Raises InputError for another method or a noise outside 0..1.
    """
    if method != "inductive":
        raise InputError(
            say("engine.unknown_choice", current(), value=method),
            fix=say("engine.one_of", current(), values="inductive"),
        )
    if not 0 <= noise <= 1:
        raise InputError(say("engine.unknown_choice", current(), value=f"noise={noise}"), fix="0..1")
    rows = zip(variants.table["activities"], variants.table["cases"], strict=True)
    paths = Counter({path: int(n) for path, n in rows})
    with quietly():
        import pm4py

        tree = _tree(paths, noise)
        net, initial, final = pm4py.convert_to_petri_net(tree)
        bpmn = pm4py.convert_to_bpmn(tree)
    return Model(tree, net, initial, final, bpmn, variants.n, method, noise)


def _tree(paths: Counter[tuple[str, ...]], noise: float) -> Any:
    """The miner's inner entry: the public one refuses counted variants (it tests for a typing alias)."""
    from pm4py.algo.discovery.inductive.dtypes.im_ds import IMDataStructureUVCL
    from pm4py.algo.discovery.inductive.variants.im import IMUVCL
    from pm4py.algo.discovery.inductive.variants.imf import IMFUVCL
    from pm4py.objects.process_tree.utils.generic import fold, tree_sort

    miner = IMFUVCL if noise else IMUVCL
    options: dict[str, Any] = {"noise_threshold": noise, "multiprocessing": False, "disable_fallthroughs": False}
    tree = fold(miner(options).apply(IMDataStructureUVCL(paths), options))
    tree_sort(tree)
    return tree


@contextlib.contextmanager
def quietly() -> Any:
    """pm4py greets with its licence on import; ours is in LICENSE, and a report is no place for it."""
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        yield
