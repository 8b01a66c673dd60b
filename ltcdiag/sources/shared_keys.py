"""Keys of one system in the tables of another: an ERP order that carries the contract number of the CRM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ..domain.headers import normal_header
from ..domain.labels import simplified
from ..domain.objects import load_objects
from ..log.plan import LinkPlan, TablePlan
from .profiles import GENERAL, load_systems

_SUFFIX = "_id"


def links_by_shared_keys(plan: TablePlan) -> Iterator[LinkPlan]:
    """Links that the profile does not know: columns that the people of a company added, called as every table of theirs
    calls the number of an opportunity, contract, order or invoice. Only what comes earlier in the chain is linked, and
    no column that the profile reads as something else."""
    if plan.system == GENERAL or plan.role != "events" or plan.type_column or plan.kinds:
        return
    objects = load_objects()
    rank = objects[plan.object_type].rank if plan.object_type in objects else None
    if rank is None:
        return
    read = {*plan.fields.values(), *(link.column for link in plan.links)}
    linked = {link.object_type for link in plan.links}
    for column in plan.table.columns:
        kind = _types().get(simplified(normal_header(column)))
        if kind is None or column in read or kind in linked:
            continue
        upstream = objects[kind].rank
        if upstream is not None and upstream < rank:
            yield LinkPlan(column, kind, "names")


@cache
def _types() -> Mapping[str, str]:
    """Header → type of object, for the chain's own documents."""
    shared: Mapping[str, Sequence[str]] = load_systems()[GENERAL].shared
    objects = load_objects()
    return {simplified(normal_header(header)): name.removesuffix(_SUFFIX) for name, headers in shared.items()
            for header in headers if name.removesuffix(_SUFFIX) in objects and not header.startswith("@")}
