"""The plan as Jiandaoyun forms: Excel exports with Chinese captions and local times, a list inside each deal, and the
contract approvals as its interface answers them, in UTC. Forms are drawn by each company: the captions are invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from systems_files import Folder, Row, Subform, Truth, json_list, xlsx_bytes, xlsx_with_subform
from systems_plan import (
    DAY,
    DIRECTOR,
    END,
    FINANCE,
    HEAD,
    LEGAL,
    MARKETING,
    PEOPLE,
    SOURCES,
    WON,
    Deal,
    Lead,
    Plan,
    choose,
    company,
    contact,
    counts,
    dice,
    moment,
    money,
    office_second,
    spread,
    state,
)

STAGES = {"qualify": "初步接洽", "needs": "需求明确", "solution": "方案验证", "proposal": "商务报价",
          "negotiation": "商务谈判", "won": "赢单", "lost": "输单"}
LEAD_STATES = {"new": "新建", "working": "跟进中", "unqualified": "无效", "converted": "已转化"}
LEADS = ("线索编号", "客户名称", "联系人", "线索来源", "线索状态", "负责人", "转化时间", "商机编号", "提交人",
         "提交时间", "更新时间")
DEALS = ("商机编号", "商机名称", "客户名称", "线索编号", "商机阶段", "商机金额", "币种", "预计成交日期", "负责人",
         "提交人", "提交时间", "更新时间")
CHANGES = Subform("阶段变更记录", 9, ("原阶段", "新阶段", "变更时间", "变更人"))
CONTRACTS = ("合同编号", "商机编号", "客户名称", "合同金额", "币种", "签订日期", "合同状态", "负责人", "数据ID",
             "提交人", "提交时间", "更新时间", "流程状态", "当前节点")
PAYMENTS = ("回款编号", "合同编号", "回款日期", "回款金额", "币种", "回款方式", "提交人", "提交时间", "更新时间")

NODES = (("部门负责人审批", DIRECTOR, 0.3), ("法务评审", LEGAL, 2.0), ("总经理审批", HEAD, 0.8))
"""Each node: name, who decides, median days. The last one only sees large contracts."""
LARGE = 300_000
START = "发起人修改"
SENT_BACK, HANDED_ON = 0.22, 0.07
REJECTED = (7, 19)  # places of the contracts that are refused


@dataclass(frozen=True)
class Task:
    """One piece of work of an approval; `ended` is missing while it waits."""

    node: str
    who: int
    began: int  # office seconds
    because: str  # the action that made it
    ended: int | None
    action: str | None


@dataclass(frozen=True)
class Contract:
    """A contract with its approval."""

    number: int
    deal: Deal
    submitted: int
    tasks: tuple[Task, ...]

    @property
    def key(self) -> str:
        """The number people know it by."""
        return f"HT{moment(self.submitted).year}-{self.number:03d}"

    @property
    def ident(self) -> str:
        """The id of its record: the first eight digits are the second in which it was made."""
        made = int(moment(self.submitted).timestamp())
        return f"{made:08x}{int(dice(f'contract {self.deal.number}') * 16 ** 12):012x}{self.number:04x}"

    @property
    def finished(self) -> int | None:
        """When the approval ended."""
        return self.tasks[-1].ended

    @property
    def approved(self) -> bool:
        """Whether it ended well."""
        return self.finished is not None and self.tasks[-1].action == "forward"

    @property
    def signed(self) -> int | None:
        """When an approved contract was signed."""
        after = (self.finished or 0) + int(2 * DAY * spread(dice(f"contract {self.deal.number}/signed")))
        return after if self.approved and after < END else None


@dataclass(frozen=True)
class Payment:
    """Money received for a contract."""

    contract: Contract
    at: int
    amount: int


def folder(plan: Plan) -> Folder:
    """All files of the sample and their truth."""
    contracts = _contracts(plan)
    payments = sorted((one for contract in contracts for one in _payments(contract)), key=lambda one: one.at)
    files = {
        "线索.xlsx": xlsx_bytes("线索", LEADS, [_lead(lead) for lead in plan.leads]),
        "商机.xlsx": xlsx_with_subform("商机", DEALS, ((_deal(deal), _changes(deal)) for deal in plan.deals), CHANGES),
        "合同.xlsx": xlsx_bytes("合同", CONTRACTS, [_contract(one) for one in contracts]),
        "回款.xlsx": xlsx_bytes("回款", PAYMENTS, [_payment(n, one) for n, one in enumerate(payments, start=1)]),
        "合同审批.json": json_list(_instance(one) for one in contracts),
    }
    return Folder("jiandaoyun", files, _truth(plan, contracts, payments))


def _local(at: datetime | int) -> str:
    """A moment as the export shows it: local, without a zone."""
    clock = moment(at) if isinstance(at, int) else at
    return clock.strftime("%Y-%m-%d %H:%M:%S")


def _deal_key(number: int) -> str:
    return f"SJ{number:05d}"


def _lead(lead: Lead) -> Row:
    family, given = contact(lead.number)
    converted = lead.state == "converted"
    return [
        f"XS{lead.number:05d}", company(lead.company).zh, family.zh + given.zh, SOURCES[lead.source][0],
        LEAD_STATES[lead.state], PEOPLE[lead.owner].zh, _local(lead.changed) if converted else "",
        _deal_key(lead.deal) if lead.deal else "", PEOPLE[MARKETING].zh, _local(lead.created), _local(lead.changed),
    ]


def _deal(deal: Deal) -> Row:
    now, first = deal.last, deal.saves[0]
    return [
        _deal_key(deal.number), deal.name.zh, company(deal.company).zh, f"XS{deal.lead:05d}" if deal.lead else "",
        STAGES[now.stage], now.amount, deal.currency, str(now.close), PEOPLE[deal.owner].zh, PEOPLE[first.by].zh,
        _local(first.at), _local(now.at),
    ]


def _changes(deal: Deal) -> list[Row]:
    before = ["", *(STAGES[save.stage] for save in deal.entered)]
    return [[old, STAGES[save.stage], _local(save.at), PEOPLE[save.by].zh]
            for old, save in zip(before, deal.entered, strict=False)]


def _contracts(plan: Plan) -> list[Contract]:
    """One contract for each deal that is won, in the order of their submission."""
    starts = []
    for deal in plan.deals:
        if state(deal) == WON:
            after = int(1.5 * DAY * spread(dice(f"contract {deal.number}/submitted")))
            starts.append((office_second(deal.last.at) + after, deal.number, deal))
    starts = sorted(start for start in starts if start[0] < END)
    return [Contract(n, deal, at, tuple(_tasks(deal, at, rejected=n in REJECTED)))
            for n, (at, _, deal) in enumerate(starts, start=1)]


def _tasks(deal: Deal, start: int, *, rejected: bool) -> Iterator[Task]:
    """The approval from node to node until it ends or the export is taken."""
    nodes = NODES if deal.last.amount >= LARGE else NODES[:-1]
    now, place, because, round_ = start, 0, "forward", 1
    while place < len(nodes) and now < END:
        node, who, median = nodes[place]
        name = f"contract {deal.number}/{node} {round_}"
        if dice(f"{name}/handed on") < HANDED_ON:
            began, now = now, now + _spell(f"{name}/first", median / 2)
            yield _task(node, who, began, because, now, "transfer")
            who, because = MARKETING, "transfer"  # whoever stands in
        action = _decision(name, node, round_, rejected=rejected)
        began, now = now, now + _spell(name, median)
        if began < END:
            yield _task(node, who, began, because, now, action)
        if action == "reject":
            return
        place, because = place + 1, "forward"
        if action == "back":
            began, now = now, now + _spell(f"{name}/mended", 0.6)
            if began < END:
                yield _task(START, deal.owner, began, "back", now, "forward")
            place, round_ = 0, round_ + 1


def _decision(name: str, node: str, round_: int, *, rejected: bool) -> str:
    """What comes of a node: law sends some back once, and refuses a few."""
    if node != NODES[1][0] or round_ > 1:
        return "forward"
    return "reject" if rejected else "back" if dice(f"{name}/sent back") < SENT_BACK else "forward"


def _spell(name: str, median: float) -> int:
    return 60 + int(median * DAY * spread(dice(name)))


def _task(node: str, who: int, began: int, because: str, ended: int, action: str) -> Task:
    done = ended < END
    return Task(node, who, began, because, ended if done else None, action if done else None)


def _contract(one: Contract) -> Row:
    running = one.finished is None
    label = "审批中" if running else "审批不通过" if not one.approved else "已签署" if one.signed else "待签署"
    changed = one.signed or one.finished or one.tasks[-1].began
    return [
        one.key, _deal_key(one.deal.number), company(one.deal.company).zh, one.deal.last.amount, one.deal.currency,
        str(moment(one.signed).date()) if one.signed else "", label, PEOPLE[one.deal.owner].zh, one.ident,
        PEOPLE[one.deal.owner].zh, _local(one.submitted), _local(changed), "流转中" if running else "流转完成",
        one.tasks[-1].node if running else "",
    ]


def _payments(one: Contract) -> Iterator[Payment]:
    """One to three parts of the amount; the last one brings the rest."""
    if one.signed is None:
        return
    name, now, left = f"contract {one.deal.number}/payment", one.signed, one.deal.last.amount
    parts = 1 + choose(f"{name}/parts", 3)
    for part in range(parts):
        now += int(12 * DAY * spread(dice(f"{name} {part}")))
        amount = left if part == parts - 1 else one.deal.last.amount // parts // 100 * 100
        left -= amount
        if now < END:
            yield Payment(one, now, amount)


def _payment(number: int, one: Payment) -> Row:
    entered = _local(min(END - 1, one.at + 1800))  # written down half an hour later
    return [f"HK{number:05d}", one.contract.key, str(moment(one.at).date()), one.amount, one.contract.deal.currency,
            ("银行转账", "承兑汇票")[choose(f"payment {number}", 5) == 0], PEOPLE[FINANCE].zh, entered, entered]


# ---- the approvals as the interface answers ------------------------------------------------------------------------


def _stamp(at: int | None) -> str | None:
    return None if at is None else moment(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _member(person: int) -> dict[str, object]:
    who = PEOPLE[person]
    return {"username": who.en.lower().replace(" ", "."), "name": who.zh}


def _instance(one: Contract) -> dict[str, object]:
    """One workflow instance; its id is that of the record."""
    order = [START, *(node for node, _, _ in NODES)]
    return {
        "instance_id": one.ident, "creator": _member(one.deal.owner), "create_time": _stamp(one.submitted),
        "finish_time": _stamp(one.finished),
        "status": 0 if one.finished is None else 1,
        "result": 1 if one.approved else None if one.finished is None else 2,
        "tasks": [{
            "task_id": f"{one.ident[:20]}{place:04x}", "flow_id": order.index(task.node), "flow_name": task.node,
            "title": f"合同审批 {one.key}", "assignee": _member(task.who), "create_time": _stamp(task.began),
            "create_action": task.because, "finish_time": _stamp(task.ended), "finish_action": task.action,
            "status": 0 if task.ended is None else 1,
        } for place, task in enumerate(one.tasks)],
    }


def _truth(plan: Plan, contracts: list[Contract], payments: list[Payment]) -> Truth:
    times = [save.at for deal in plan.deals for save in deal.entered]
    tasks = [task for one in contracts for task in one.tasks]
    acts = [task.action for task in tasks]
    told = counts(plan)
    return {
        "log": {"system": "jiandaoyun", "synthetic": True, "planted": True,
                "time": "workbooks: local, +08:00; approvals: UTC, Z", **told,
                "first": min(times), "as_of": max(times)},
        "rows": {"线索.xlsx": len(plan.leads), "商机.xlsx": len(plan.deals), "合同.xlsx": len(contracts),
                 "回款.xlsx": len(payments), "合同审批.json": len(contracts)},
        "money": {**money(plan), **_sums("contracts", [(one.deal, one.deal.last.amount) for one in contracts]),
                  **_sums("payments", [(one.contract.deal, one.amount) for one in payments])},
        "subform": {"caption": CHANGES.caption, "rows": told["stages_entered"], "header_rows": 2,
                    "records_with_one_row": sum(len(deal.entered) == 1 for deal in plan.deals)},
        "approvals": {
            "instances": len(contracts), "tasks": len(tasks), "open_tasks": acts.count(None),
            "approved": sum(one.approved for one in contracts), "refused": acts.count("reject"),
            "running": sum(one.finished is None for one in contracts),
            **{f"tasks_{action}": acts.count(action) for action in ("forward", "back", "transfer", "reject")},
            "refused_ids": [one.ident for one in contracts if one.tasks[-1].action == "reject"],
            "signed": sum(one.signed is not None for one in contracts),
        },
        "odd": {"long_loop_ids": [_deal_key(plan.long_loop)], "stages_tied_ids": [_deal_key(n) for n in plan.tied],
                "won_then_lost_ids": [_deal_key(plan.won_then_lost)],
                "imported_ids": [_deal_key(deal.number) for deal in plan.deals if deal.imported]},
    }


def _sums(what: str, amounts: list[tuple[Deal, int]]) -> dict[str, object]:
    return {f"{what}_{currency.lower()}": str(sum(amount for deal, amount in amounts if deal.currency == currency))
            for currency in sorted({deal.currency for deal, _ in amounts})}
