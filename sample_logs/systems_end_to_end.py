"""The company as its systems export it: a Chinese CRM and service desk (UTF-8 with BOM), and an ERP and a finance
system (GB18030), all with local times and without a zone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from systems_company import (
    AS_OF,
    DEAD,
    LINKS,
    OLD,
    Company,
    Deal,
    Doc,
    Lead,
    Link,
    days_between,
    delays,
    draw,
    waiting_since,
    without_next,
)
from systems_files import Folder, Row, Truth, csv_bytes
from systems_plan import ENDS, LOST, SOURCES, WON, Plan, choose, company, contact, dice

STAGES = {"qualify": "初步接洽", "needs": "需求明确", "solution": "方案验证", "proposal": "商务报价",
          "negotiation": "商务谈判", "won": "赢单", "lost": "输单"}
LEAD_STATES = {"new": "新建", "working": "跟进中", "unqualified": "无效", "converted": "已转化"}
REASONS = ("价格", "选择竞争对手", "预算取消", "项目搁置")
SELLERS = ("顾向晚", "谢临川", "阮知夏", "尤嘉言", "穆青", "柯以宁")
LAWYER, PLANNER, STOREKEEPER, CLERK, CASHIER, AGENT = (
    "骆静书", "简一诺", "覃大川", "裘曼", "窦小满", "晏秋")
SUPPLIERS = ("远岑电子有限公司", "百穗包装有限公司", "明楹机电有限公司")
PURCHASES = 14
CURRENCIES = {"CNY": "人民币", "USD": "美元"}
CODES = {label: code for code, label in CURRENCIES.items()}

HEADERS = {
    "线索.csv": ("线索编号", "客户名称", "联系人", "线索来源", "线索状态", "负责人", "创建时间", "更新时间",
               "商机编号"),
    "商机.csv": ("商机编号", "商机名称", "客户名称", "线索编号", "商机阶段", "商机金额", "币种", "预计成交日期",
               "负责人", "创建时间", "输单原因"),
    "商机阶段变更.csv": ("商机编号", "原阶段", "新阶段", "变更时间", "变更人"),
    "合同.csv": ("合同编号", "商机编号", "客户名称", "合同金额", "币种", "合同状态", "创建时间", "审批通过时间",
               "签订日期", "到期日期", "作废日期", "负责人"),
    "销售订单.csv": ("单据编号", "日期", "客户", "销售员", "合同编号", "结算币别", "价税合计", "单据状态", "作废状态",
                 "创建人", "创建日期", "审核人", "审核日期", "变更日期", "作废日期"),
    "销售出库单.csv": ("单据编号", "日期", "客户", "源单类型", "源单编号", "结算币别", "价税合计", "单据状态", "创建人",
                  "创建日期", "审核日期"),
    "验收单.csv": ("单据编号", "日期", "客户", "源单类型", "源单编号", "订单编号", "验收结果", "单据状态",
                "创建日期", "审核日期"),
    "发票.csv": ("发票号", "单据类型", "单据状态", "开票日期", "到期日", "往来单位", "订单编号", "合同编号", "币别",
               "价税合计", "原发票号", "作废日期", "制单人", "制单日期"),
    "收款单.csv": ("收款单号", "行号", "收款日期", "往来单位", "发票号", "币别", "收款金额", "结算方式", "单据状态",
                "制单人", "制单日期"),
    "收入确认.csv": ("凭证号", "会计期间", "确认日期", "合同编号", "订单编号", "币别", "确认金额", "制单日期"),
    "客户服务工单.csv": ("工单编号", "客户名称", "合同编号", "订单编号", "工单类型", "状态", "创建时间", "解决时间",
                   "处理人"),
    "满意度回访.csv": ("回访编号", "客户名称", "合同编号", "订单编号", "回访时间", "满意度", "是否愿意推荐", "回访人"),
    "续约.csv": ("续约编号", "原合同编号", "客户名称", "合同到期日期", "续约状态", "创建时间", "完成时间", "续约金额",
               "币种"),
}
ERP = {"销售订单.csv", "销售出库单.csv", "验收单.csv", "发票.csv", "收款单.csv", "收入确认.csv"}
NUMBERED: dict[str, Callable[[Doc, int], str]] = {  # from a document and its place among those of its kind
    "contract": lambda doc, n: f"HT{doc.at:%Y}-{n:04d}", "order": lambda _, n: f"XSDD{n:06d}",
    "delivery": lambda _, n: f"XSCKD{n:06d}", "acceptance": lambda _, n: f"YSD{n:06d}",
    "invoice": lambda doc, n: f"{doc.at:%y}312000000{30417 + 7 * n:09d}", "payment": lambda _, n: f"SKD{n:06d}",
    "revenue": lambda doc, n: f"SR-{doc.at:%Y%m}-{n:04d}", "ticket": lambda doc, n: f"GD{doc.at:%y%m%d}{n:03d}",
    "survey": lambda _, n: f"HF{n:05d}", "renewal": lambda _, n: f"XY{n:05d}",
}


def _stamp(at: datetime | None) -> str:
    return at.isoformat(sep=" ") if at else ""


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""


def customer(number: int) -> str:
    """The short name of a customer, as this company writes it everywhere."""
    return company(number).zh.removesuffix("有限公司")


def deal_key(number: int) -> str:
    """The number of a deal; those that stand in no list have one of the old kind."""
    return f"SJ{number:05d}" if number < 900 else f"SJ2023-{417 + 31 * (number - 900):04d}"


class Book:
    """The company with the numbers that stand in the files."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.deals: Mapping[int, Deal] = {deal.number: deal for deal in (*company.deals, *company.orphans)}
        self.keys: dict[str, str] = {f"deal {number}": deal_key(number) for number in self.deals}
        for kind, number in NUMBERED.items():
            seen: dict[str, int] = {}
            for doc in self.kind(kind):
                place = seen.setdefault(doc.group or doc.name, len(seen) + 1)
                self.keys[doc.name] = number(doc, place)

    def kind(self, kind: str) -> list[Doc]:
        """The documents of a kind in the order of their making."""
        mine = (doc for doc in self.company.docs.values() if doc.kind == kind)
        return sorted(mine, key=lambda doc: (doc.at, doc.name))

    def customer(self, doc: Doc) -> str:
        """The name of a document's customer."""
        return customer(self.deals[doc.deal].customer)

    def currency(self, doc: Doc) -> str:
        """The currency of a document's deal."""
        return self.deals[doc.deal].currency

    def order(self, doc: Doc) -> str:
        """The number of the order that a document belongs to."""
        return self.keys[self._up(doc, "order")]

    def contract(self, doc: Doc) -> str:
        """The number of the contract that a document belongs to."""
        return self.keys[self._up(doc, "contract")]

    def _up(self, doc: Doc, kind: str) -> str:
        while doc.kind != kind:
            doc = self.company.docs[doc.before]
        return doc.name


def folder(_: Plan) -> Folder:
    """All files of the sample and their truth. The company has a plan of its own."""
    book = Book(draw())
    strays = _stray_payments(book)
    tables: dict[str, list[Row]] = {
        "线索.csv": [_lead(lead) for lead in book.company.leads],
        "商机.csv": [_deal(deal) for deal in book.company.deals],
        "商机阶段变更.csv": _changes(book),
        **{name: [write(book, doc) for doc in book.kind(kind)] for name, (kind, write) in WRITERS.items()},
    }
    tables["发票.csv"] = sorted([*tables["发票.csv"], *_purchases()], key=lambda row: (str(row[13]), str(row[0])))
    tables["收款单.csv"] = sorted([*_receipts(book), *strays], key=lambda row: (str(row[10]), str(row[0]), str(row[1])))
    files = {name: csv_bytes(HEADERS[name], tables[name], newline="\r\n",
                             encoding="gb18030" if name in ERP else "utf-8-sig") for name in HEADERS}
    return Folder("end_to_end", files, _truth(book, tables, strays))


# ---- CRM ------------------------------------------------------------------------------------------------------------


def _lead(lead: Lead) -> Row:
    family, given = contact(lead.number + 3)
    return [f"XS{lead.number:05d}", customer(lead.customer), family.zh + given.zh, SOURCES[lead.source][0],
            LEAD_STATES[lead.state], SELLERS[lead.owner], _stamp(lead.created), _stamp(lead.changed),
            deal_key(lead.deal) if lead.deal else ""]


def _deal(deal: Deal) -> Row:
    project = ("产线监测", "能耗管理", "仓储改造", "检测设备")[deal.number % 4]
    expected = deal.moves[0][0] + timedelta(days=45 + choose(f"company/{deal.number}/expected", 60))
    return [
        deal_key(deal.number), f"{customer(deal.customer)}{project}", customer(deal.customer),
        f"XS{deal.lead:05d}" if deal.lead else "", STAGES[deal.moves[-1][1]], deal.amount, deal.currency,
        _day(expected), SELLERS[deal.owner], _stamp(deal.moves[0][0]),
        REASONS[choose(f"company/{deal.number}/reason", 4)] if deal.state == LOST else "",
    ]


def _changes(book: Book) -> list[Row]:
    """Every stage entered, in the order of time."""
    rows: list[tuple[datetime, int, Row]] = []
    for deal in book.company.deals:
        before = ["", *(STAGES[stage] for _, stage in deal.moves)]
        rows += [(at, deal.number, [deal_key(deal.number), old, STAGES[stage], _stamp(at), SELLERS[deal.owner]])
                 for old, (at, stage) in zip(before, deal.moves, strict=False)]
    return [row for _, _, row in sorted(rows, key=lambda entry: entry[:2])]


def _contract(book: Book, doc: Doc) -> Row:
    label = ("作废" if doc.state == "void" else "已签署" if doc.done else "待签署" if doc.approved else "审批中")
    return [
        book.keys[doc.name], deal_key(doc.deal), book.customer(doc), doc.amount, book.currency(doc), label,
        _stamp(doc.at), _stamp(doc.approved), _day(doc.done), _day(doc.done + timedelta(days=364)) if doc.done else "",
        _day(_voided(doc)), SELLERS[book.deals[doc.deal].owner],
    ]


def _voided(doc: Doc) -> datetime | None:
    """A contract is cancelled some days after its approval, one without approval an hour after it was made."""
    if doc.state != "void":
        return None
    return doc.approved + timedelta(days=9) if doc.approved else doc.at + timedelta(hours=1)


# ---- ERP ------------------------------------------------------------------------------------------------------------


def _audited(doc: Doc) -> str:
    """Checked up to three hours after it was entered."""
    return _stamp(min(AS_OF, doc.at + timedelta(minutes=15 + choose(f"company/{doc.name}/audited", 165))))


def _order(book: Book, doc: Doc) -> Row:
    void = doc.state == "void"
    return [
        book.keys[doc.name], _day(doc.at), book.customer(doc), SELLERS[book.deals[doc.deal].owner], book.contract(doc),
        CURRENCIES[book.currency(doc)], doc.amount, "已审核", "是" if void else "否", PLANNER, _stamp(doc.at), PLANNER,
        _audited(doc), _day(doc.done) if doc.state == "changed" else "", _day(doc.done) if void else "",
    ]


def _delivery(book: Book, doc: Doc) -> Row:
    day = doc.at - timedelta(days=3 if doc.state == "backdated" else 0)
    return [book.keys[doc.name], _day(day), book.customer(doc), "销售订单", book.order(doc),
            CURRENCIES[book.currency(doc)], doc.amount, "已审核", STOREKEEPER, _stamp(doc.at), _audited(doc)]


def _acceptance(book: Book, doc: Doc) -> Row:
    return [book.keys[doc.name], _day(doc.at), book.customer(doc), "销售出库单", book.keys[doc.before], book.order(doc),
            "不通过" if doc.state == "failed" else "通过", "已审核", _stamp(doc.at), _audited(doc)]


# ---- finance --------------------------------------------------------------------------------------------------------


def _invoice(book: Book, doc: Doc) -> Row:
    red, void = doc.state == "red", doc.state == "void"
    state = {"void": "作废", "reversed": "已红冲"}.get(doc.state, "已审核")
    return [
        book.keys[doc.name], "红字销售发票" if red else "销售发票", state, _day(doc.at),
        "" if red else _day(doc.at + timedelta(days=30)), book.customer(doc), book.order(doc), book.contract(doc),
        CURRENCIES[book.currency(doc)], doc.amount, book.keys[doc.refers] if red else "",
        _day(doc.done) if void else "", CLERK, _stamp(doc.at),
    ]


def _purchases() -> list[Row]:
    """Invoices of suppliers: they stand in the same list and are none of the customers' business."""
    rows: list[Row] = []
    for n in range(PURCHASES):
        at = datetime(2024, 1, 15, 9, 30) + timedelta(days=37 * n, minutes=17 * n)  # noqa: DTZ001 - local
        rows.append([
            f"{at:%y}442000000{81200 + 11 * n:09d}", "采购发票", "已审核", _day(at), _day(at + timedelta(days=45)),
            SUPPLIERS[n % len(SUPPLIERS)], f"CGDD{n + 1:06d}", "", CURRENCIES["CNY"], 12_000 + 3_500 * (n % 5), "", "",
            CLERK, _stamp(at)])
    return rows


def _receipts(book: Book) -> list[Row]:
    """One line for each invoice that a receipt pays."""
    rows: list[Row] = []
    lines: dict[str, int] = {}
    for doc in book.kind("payment"):
        key = book.keys[doc.name]
        lines[key] = lines.get(key, 0) + 1
        rows.append(_receipt(key, lines[key], doc.at, book.customer(doc), book.keys[doc.before], book.currency(doc),
                             doc.amount))
    return rows


def _receipt(key: str, line: int, at: datetime, who: str, invoice: str, currency: str, amount: int) -> Row:
    return [key, line, _day(at), who, invoice, CURRENCIES[currency], amount,
            "银行承兑汇票" if dice(f"company/{key}/how") < 0.2 else "电汇", "已审核", CASHIER, _stamp(at)]


def _stray_payments(book: Book) -> list[Row]:
    """Three receipts whose invoice nobody ever wrote; one is in dollars."""
    taken = len({book.keys[doc.name] for doc in book.kind("payment")})
    rows: list[Row] = []
    for n, (currency, amount) in enumerate((("CNY", 48_000), ("CNY", 126_500), ("USD", 9_800)), start=1):
        at = datetime(2024, 7, 9, 10, 12) + timedelta(days=84 * n, minutes=23 * n)  # noqa: DTZ001 - local
        invoice = f"{at:%y}312000000{90210 + 13 * n:09d}"
        rows.append(_receipt(f"SKD{taken + n:06d}", 1, at, customer(70 + n), invoice, currency, amount))
    return rows


def _revenue(book: Book, doc: Doc) -> Row:
    return [book.keys[doc.name], f"{doc.at:%Y-%m}", _day(doc.at), book.contract(doc), book.order(doc),
            CURRENCIES[book.currency(doc)], doc.amount, _stamp(doc.at)]


# ---- service --------------------------------------------------------------------------------------------------------


def _ticket(book: Book, doc: Doc) -> Row:
    return [book.keys[doc.name], book.customer(doc), book.contract(doc), book.order(doc),
            ("故障", "投诉", "咨询", "培训")[choose(f"company/{doc.name}/kind", 4)], "已关闭" if doc.done else "处理中",
            _stamp(doc.at), _stamp(doc.done), AGENT]


def _survey(book: Book, doc: Doc) -> Row:
    score = 5 - int(4 * dice(f"company/{doc.name}/score") ** 2)
    return [book.keys[doc.name], book.customer(doc), book.contract(doc), book.order(doc), _stamp(doc.at), score,
            "是" if score > 3 else "否", AGENT]


def _renewal(book: Book, doc: Doc) -> Row:
    signed = book.company.docs[doc.before].done or doc.at
    label = {"renewed": "已续约", "ended": "未续约"}[doc.state] if doc.done else "跟进中"
    return [book.keys[doc.name], book.contract(doc), book.customer(doc), _day(signed + timedelta(days=364)), label,
            _stamp(doc.at), _stamp(doc.done), doc.amount if label == "已续约" else "", book.currency(doc)]


WRITERS: dict[str, tuple[str, Callable[[Book, Doc], Row]]] = {
    "合同.csv": ("contract", _contract), "销售订单.csv": ("order", _order), "销售出库单.csv": ("delivery", _delivery),
    "验收单.csv": ("acceptance", _acceptance), "发票.csv": ("invoice", _invoice), "收入确认.csv": ("revenue", _revenue),
    "客户服务工单.csv": ("ticket", _ticket), "满意度回访.csv": ("survey", _survey), "续约.csv": ("renewal", _renewal),
}


# ---- truth ----------------------------------------------------------------------------------------------------------


def _truth(book: Book, tables: Mapping[str, Sequence[Row]], strays: Sequence[Row]) -> Truth:
    company = book.company
    entered_at = [*(lead.created for lead in company.leads), *(deal.moves[0][0] for deal in company.deals)]
    entered = sum(len(deal.moves) for deal in company.deals)
    told: Truth = {
        "log": {
            "system": "end_to_end", "synthetic": True, "planted": True, "time": "local, +08:00, no zone in the files",
            "deals": len(company.deals),
            **{f"deals_{name}": sum(deal.state == name for deal in company.deals) for name in (*ENDS, "open")},
            "leads": len(company.leads), "leads_converted": sum(lead.state == "converted" for lead in company.leads),
            "stages_entered": entered, "stage_changes": entered - len(company.deals),
            "first": min(entered_at), "last": _last(company), "as_of": AS_OF,
        },
        "rows": {name: len(tables[name]) for name in HEADERS},
        "money": _money(book, strays),
    }
    for link in LINKS:
        told[f"links.{link.name}"] = _link(book, link)
    for link in LINKS:
        told[f"breaks.{link.broken}"] = _break(book, link)
    return told | _right_only(book, strays) | {"not_breaks": _not_breaks(book)}


def _last(company: Company) -> datetime:
    """The last moment at which anything was entered or settled."""
    moments = [doc.at for doc in company.docs.values()] + [at for deal in company.deals for at, _ in deal.moves]
    return max(moments + [lead.changed for lead in company.leads]
               + [doc.done for doc in company.docs.values() if doc.done and doc.kind in {"ticket", "renewal"}])


def _sums(pairs: Iterable[tuple[str, int]]) -> dict[str, object]:
    """Amounts by currency, as text; both currencies are always there."""
    sums = dict.fromkeys(CURRENCIES, 0)
    for currency, amount in pairs:
        sums[currency] += amount
    return {currency.lower(): str(amount) for currency, amount in sums.items()}


def _amounts(book: Book, names: Iterable[str]) -> dict[str, object]:
    """The money of deals or documents by currency."""
    pairs = []
    for name in names:
        deal = book.deals[int(name.split(" ")[1].split("/")[0])]
        pairs.append((deal.currency, deal.amount if name.startswith("deal") else book.company.docs[name].amount))
    return _sums(pairs)


def _money(book: Book, strays: Sequence[Row]) -> dict[str, object]:
    """What stands in the files: deals, won deals, and the documents of each kind, cancelled ones, red ones and strays
    included; only the invoices of suppliers are left out."""
    deals = [(f"deal {deal.number}", deal.state) for deal in book.company.deals]
    kinds = (("contracts", "contract"), ("orders", "order"), ("sales_invoices", "invoice"), ("revenue", "revenue"))
    names = {"deals": [name for name, _ in deals], "won": [name for name, state in deals if state == WON],
             **{what: [doc.name for doc in book.kind(kind)] for what, kind in kinds}}
    sums = {what: _amounts(book, which) for what, which in names.items()}
    paid = [(book.currency(doc), doc.amount) for doc in book.kind("payment")]
    sums["payments"] = _sums([*paid, *((CODES[str(row[5])], int(str(row[6]))) for row in strays)])
    return {f"{what}_{currency}": amount for what, by in sums.items() for currency, amount in by.items()}


def _link(book: Book, link: Link) -> dict[str, object]:
    """How long the regular ones took, and which ones have not come to the next step yet: these are no breaks."""
    alone = without_next(book.company, link)
    waiting = [name for name in alone if name not in book.company.breaks[link.broken]]
    return {
        "waited_for": len(waiting_since(book.company, link.kind)), "followed": len(delays(book.company, link)),
        "longest_regular_days": max(delays(book.company, link).values()),
        "longest_regular_days_to_the_last": max(delays(book.company, link, last=True).values()),
        "waiting": len(waiting), "waiting_ids": sorted(book.keys[name] for name in waiting),
        "waiting_oldest_days": max((alone[name] for name in waiting), default=0), **_amounts(book, waiting),
    }


def _break(book: Book, link: Link) -> dict[str, object]:
    names = book.company.breaks[link.broken]
    since = waiting_since(book.company, link.kind)
    return {"count": len(names), "ids": sorted(book.keys[name] for name in names), **_amounts(book, names),
            "youngest_days": min(days_between(since[name], AS_OF) for name in names), "times_the_longest_at_least": OLD}


def _right_only(book: Book, strays: Sequence[Row]) -> Truth:
    """Documents that name something which is not there."""
    orphans = [doc for doc in book.kind("contract") if doc.deal >= 900]
    return {
        "breaks.contracts_of_unknown_deals": {
            "count": len(orphans), "ids": [book.keys[doc.name] for doc in orphans],
            "unknown_deal_ids": [deal_key(doc.deal) for doc in orphans],
            **_amounts(book, [doc.name for doc in orphans])},
        "breaks.payments_of_unknown_invoices": {
            "count": len(strays), "ids": [str(row[0]) for row in strays],
            "unknown_invoice_ids": [str(row[4]) for row in strays],
            **_sums((CODES[str(row[5])], int(str(row[6]))) for row in strays)},
    }


def _not_breaks(book: Book) -> dict[str, object]:
    """What looks broken to a hasty eye, and is not."""
    ids = {what: sorted({book.keys[name] for name in names}) for what, names in book.company.odd.items()}
    paid = {doc.name: [one for one in book.kind("payment") if one.before == doc.name] for doc in book.kind("invoice")}
    partly = [name for name, lines in paid.items()
              if 0 < sum(one.amount for one in lines) < book.company.docs[name].amount]
    return {
        **{f"{what}_ids": keys for what, keys in ids.items()},
        "settles_two_invoice_ids": sorted(book.keys[book.company.docs[name].before]
                                          for name in book.company.odd["settles_two"]),
        "invoices_paid_in_parts": sum(len(lines) > 1 for lines in paid.values()),
        "invoices_partly_paid_ids": sorted(book.keys[name] for name in partly),
        "failed_acceptances": sum(doc.state == "failed" for doc in book.kind("acceptance")),
        "changed_orders": sum(doc.state == "changed" and doc.done is not None for doc in book.kind("order")),
        "backdated_deliveries": sum(doc.state == "backdated" for doc in book.kind("delivery")),
        "contracts_with_two_orders": _doubled(book, "order"), "orders_with_two_deliveries": _doubled(book, "delivery"),
        "purchase_invoices": PURCHASES, "purchase_cny": str(sum(int(str(row[9])) for row in _purchases())),
    }


def _doubled(book: Book, kind: str) -> int:
    before = [doc.before for doc in book.kind(kind) if doc.state not in DEAD]
    return sum(before.count(name) > 1 for name in set(before))
