"""Links that only the user knows: the field of an approval form that holds the number of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..domain.headers import normal_header
from ..domain.objects import load_objects
from ..errors import Fault, InputError
from ..log.plan import Hint, LinkPlan, TablePlan
from ..log.records import TextTable
from .reasons import fault

Links = Mapping[str, Mapping[str, str]]
APPROVAL = "approval"
UNLINKED = "hint_approvals_unlinked"
_SHOWN = 30


def with_user_links(plans: Sequence[TablePlan], links: Links) -> list[TablePlan]:
    """The plans with the links of the mapping: object type of a table → column → type that its texts name.

    A column is called by its name, or by the last part of it (`form.合同编号` is 合同编号 too). Raises InputError for
    each column that no table of the type has.
    """
    faults = [_missing(plans, kind, column) for kind, columns in links.items() for column in columns
              if not any(_column(plan, column) for plan in _of(plans, kind))]
    if faults:
        raise InputError(faults)
    chain = any(plan.holds and plan.object_type and load_objects()[plan.object_type].rank is not None
                for plan in plans if plan.role == "events")
    return [_told(_linked(plan, links), chain=chain) for plan in plans]


def _told(plan: TablePlan, *, chain: bool) -> TablePlan:
    """Approvals that nothing links to the objects beside them: their user is told how to."""
    if chain and plan.object_type == APPROVAL and plan.holds and plan.role == "events" and not plan.links:
        return replace(plan, hints=(*plan.hints, Hint(UNLINKED.removeprefix("hint_"))))
    return plan


def _of(plans: Sequence[TablePlan], kind: str) -> list[TablePlan]:
    return [plan for plan in plans if plan.role == "events" and kind in (plan.object_type, *plan.types.values())]


def _column(plan: TablePlan, wanted: str) -> str | None:
    """The column of that name; of several with this last part the first."""
    target = normal_header(wanted)
    exact = (column for column in plan.table.columns if normal_header(column) == target)
    last = (column for column in plan.table.columns if normal_header(column.rpartition(".")[2]) == target)
    return next(exact, None) or next(last, None)


def _linked(plan: TablePlan, links: Links) -> TablePlan:
    satellite = load_objects()[plan.object_type].satellite if plan.object_type else False
    found = [
        (column, LinkPlan(column=column, object_type=target, qualifier="about" if satellite else "from", only=kind))
        for kind, columns in links.items() if plan in _of([plan], kind)
        for wanted, target in columns.items() if (column := _column(plan, wanted))
    ]
    if not found:
        return plan
    fields = {**plan.fields, **{f"link {column}": column for column, _ in found}}
    return replace(plan, fields=fields, links=(*plan.links, *(link for _, link in found)))


def _missing(plans: Sequence[TablePlan], kind: str, column: str) -> Fault:
    tables = _of(plans, kind)
    known = dict.fromkeys(name for plan in tables if not (isinstance(plan.table, TextTable) and plan.table.nested)
                          for name in plan.table.columns)
    if not tables:
        types = dict.fromkeys(plan.object_type for plan in plans if plan.role == "events" and plan.object_type)
        return fault("link_no_table", kind=kind, known=", ".join(types))
    return fault("link_no_column", kind=kind, column=column, columns=", ".join(list(known)[:_SHOWN]))
