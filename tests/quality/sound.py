"""A sound Lead-to-Cash log as rows of text, the same for a seed: what the injector damages.

Nothing in it is a defect, and much of it looks like one: a region called NA, customers whose name begins with
"test", runs of invoices at the end of a month, customers that come twice, credit notes below zero, notes that
name a day. Standard library only, and nothing of ltcdiag.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

COLUMNS = ("event_id", "case_id", "lead_id", "parent_id", "customer", "activity", "timestamp", "recorded_at",
           "resource", "role", "department", "region", "amount", "currency", "note")
CHINESE = dict(zip(COLUMNS, (
    "事件编号", "商机编号", "线索编号", "上级单据", "客户名称", "活动", "时间", "录入时间",
    "处理人", "岗位", "部门", "区域", "金额", "币种", "备注"), strict=True))
"""Headers of a file in Chinese."""

ZONE = "Europe/Berlin"
"""The zone of the wall clock: one that has hours which do not exist and hours which come twice."""
FIRST, LAST = datetime(2024, 1, 8), datetime(2025, 9, 30, 19)
DIALECTS = ("salesforce", "digits", "long", "numbers")
LANGUAGES = ("zh", "en")
WRITTEN = "%Y-%m-%d %H:%M:%S"

Row = dict[str, str]

STEPS = {
    "lead_created": ("创建线索", "Lead created"),
    "lead_assigned": ("分配线索", "Lead assigned"),
    "lead_contacted": ("首次联系客户", "Customer contacted"),
    "lead_disqualified": ("线索无效", "Lead disqualified"),
    "lead_converted": ("线索转商机", "Lead converted"),
    "needs_confirmed": ("确认需求", "Needs confirmed"),
    "customer_visited": ("拜访客户", "Customer visited"),
    "trial_done": ("POC验证(现场)", "Proof of concept (on site)"),
    "quote_created": ("创建报价", "Quote created"),
    "quote_rejected": ("报价审批驳回", "Quote turned down"),
    "quote_approved": ("报价审批通过", "Quote approved"),
    "quote_sent": ("发送报价", "Quote sent"),
    "deal_lost": ("输单", "Deal lost"),
    "contract_drafted": ("起草合同", "Contract drafted"),
    "contract_returned": ("合同退回修改", "Contract returned"),
    "contract_approved": ("合同审批通过", "Contract approved"),
    "contract_signed": ("签订合同", "Contract signed"),
    "order_created": ("创建订单", "Order created"),
    "order_synced": ("订单同步ERP", "Order booked in ERP"),
    "order_approved": ("订单审核", "Order released"),
    "goods_shipped": ("发货", "Goods shipped"),
    "customer_accepted": ("客户验收", "Customer accepted"),
    "invoice_issued": ("开具发票", "Invoice issued"),
    "credit_issued": ("开具红字发票", "Credit note issued"),
    "payment_reminded": ("催收款项", "Payment reminder sent"),
    "payment_received": ("收到回款", "Payment received"),
    "payment_matched": ("回款自动核对", "Payment matched"),
    "case_closed": ("项目结项", "Project closed"),
}
"""Step → label in Chinese and in English, in the order of the model."""

TEAM_OF = {
    "lead_created": "marketing", "lead_assigned": "marketing", "trial_done": "presales",
    "needs_confirmed": "presales", "quote_rejected": "finance", "quote_approved": "finance",
    "contract_returned": "legal", "contract_approved": "legal", "order_created": "operations",
    "order_synced": "systems", "order_approved": "operations", "goods_shipped": "operations",
    "customer_accepted": "operations", "invoice_issued": "finance", "credit_issued": "service",
    "payment_reminded": "finance", "payment_received": "finance", "payment_matched": "systems",
}
"""Step → team; what is not here belongs to the seller of the case."""

TEAMS = {
    "marketing": (("市场部", "Marketing"), ("市场专员", "Campaign specialist")),
    "sales": (("销售部", "Sales"), ("客户经理", "Account manager")),
    "presales": (("售前部", "Presales"), ("解决方案顾问", "Solution consultant")),
    "legal": (("法务部", "Legal"), ("法务专员", "Contract counsel")),
    "operations": (("运营交付部", "Operations"), ("订单专员", "Order desk")),
    "finance": (("财务部", "Finance"), ("会计", "Accountant")),
    "service": (("客服部", "Customer service"), ("客服专员", "Service agent")),
    "systems": (("信息部", "IT"), ("接口账号", "Interface account")),
}


@dataclass(frozen=True)
class Person:
    """zh and en: how the log calls the person; family and given in Latin letters, "" for an account."""

    zh: str
    en: str
    family: str = ""
    given: str = ""


PEOPLE = {
    "marketing": (Person("周婷", "Ida Brandt", "Zhou", "Ting"), Person("吴磊", "Omar Haddad", "Wu", "Lei")),
    "sales": (Person("张伟", "Anna Keller", "Zhang", "Wei"), Person("李娜", "Peter Novak", "Li", "Na"),
              Person("王建国", "Lucía Romero", "Wang", "Jianguo"), Person("刘洋", "Henrik Dahl", "Liu", "Yang"),
              Person("陈静怡", "Mei Tanaka", "Chen", "Jingyi"), Person("赵鹏", "Tomás Silva", "Zhao", "Peng")),
    "presales": (Person("黄志强", "Ravi Menon", "Huang", "Zhiqiang"), Person("徐丽", "Claire Dubois", "Xu", "Li")),
    "legal": (Person("孙浩", "Greta Lindqvist", "Sun", "Hao"), Person("马晓燕", "Daniel Okoye", "Ma", "Xiaoyan")),
    "operations": (Person("朱琳", "Bruno Conti", "Zhu", "Lin"), Person("胡军", "Sofie Janssen", "Hu", "Jun"),
                   Person("郭敏", "Marek Kowal", "Guo", "Min")),
    "finance": (Person("何雪", "Elena Petrova", "He", "Xue"), Person("高峰", "Walter Schmid", "Gao", "Feng")),
    "service": (Person("林涛", "Nora Byrne", "Lin", "Tao"),),
    "systems": (Person("官网表单", "web.form"), Person("线索分配规则", "assignment.rule"),
                Person("ERP接口", "erp.interface"), Person("银企直连", "bank.interface")),
}

REGIONS = {
    "zh": (("华东", "CNY"), ("华南", "CNY"), ("华北", "CNY"), ("西南", "CNY"), ("NA", "USD"), ("欧洲", "EUR")),
    "en": (("NA", "USD"), ("EMEA", "EUR"), ("DACH", "EUR"), ("APAC", "CNY"), ("LATAM", "USD")),
}
"""NA is North America: a word that is no gap."""

PLACES = {
    "zh": ("苏州", "无锡", "宁波", "佛山", "东莞", "青岛", "大连", "成都", "重庆", "武汉", "合肥", "长沙", "厦门",
           "福州", "济南", "郑州", "西安", "昆明", "南昌", "贵阳", "温州",
           "嘉兴", "珠海", "中山", "南通", "扬州", "烟台", "洛阳"),
    "en": ("Alder", "Birch", "Cedar", "Delta", "Ember", "Falcon", "Garnet", "Harbor", "Indigo", "Juniper", "Kestrel",
           "Lumen", "Maple", "Nimbus", "Orchid", "Pioneer", "Quartz", "Raven", "Summit", "Tundra", "Umber", "Vesper",
           "Willow", "Yarrow", "Zephyr", "Basalt", "Cobalt", "Drift"),
}
TRADES = {
    "zh": ("精密机械", "电子科技", "食品", "医疗器械", "新材料", "物流", "纺织", "自动化设备", "环保工程", "汽车零部件",
           "化工", "软件", "照明", "包装"),
    "en": ("Tools", "Foods", "Logistics", "Textiles", "Optics", "Pumps", "Packaging", "Motors", "Ceramics", "Software",
           "Chemicals", "Paper", "Lighting", "Valves"),
}
FORMS = {"zh": ("有限公司", "股份有限公司"), "en": ("Ltd", "Inc", "GmbH", "S.A.", "Corp")}
LIKE_TESTS = ("测试仪器有限公司", "Testo Instruments", "苏州软件测试技术有限公司", "Contest Media Ltd",
              "Demopolis Foods Inc", "Ultratest Analytics GmbH")
"""Real customers whose names sound like trials."""
NOTES = {
    "zh": ("客户希望尽快交付", "已电话沟通", "等待客户预算", "价格偏高，客户要求再谈", "合同条款需要修改",
           "资料已发邮件", "{day}展会上认识", "对方负责人出差中"),
    "en": ("wants delivery soon", "talked on the phone", "waits for budget", "asks for a better price",
           "clause 7 to be changed", "documents sent by mail", "met at the fair on {day}", "contact is travelling"),
}


# ---- ids -------------------------------------------------------------------------------------------------

LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
CHECKS = string.ascii_uppercase + "012345"


def check_letters(base: str) -> str:
    """The three letters that Salesforce adds to 15: five bits each, which of five characters is a capital."""
    parts = (base[start:start + 5] for start in (0, 5, 10))
    return "".join(CHECKS[sum(1 << place for place, letter in enumerate(part) if letter in string.ascii_uppercase)]
                   for part in parts)


def _salesforce(rng: Random, kind: str) -> str:
    base = kind + "5g00000" + "".join(rng.choice(LETTERS) for _ in range(5))
    return base + check_letters(base)


def new_id(rng: Random, dialect: str, kind: str, taken: set[str]) -> str:
    """An id that no other record has; kind: "006" of an opportunity, "00Q" of a lead."""
    while True:
        if dialect == "salesforce":
            made = _salesforce(rng, kind)
        elif dialect == "digits":
            made = f"{rng.randrange(1_200_000, 98_000_000):010d}"
        elif dialect == "long":
            made = "18" + f"{rng.randrange(10 ** 17):017d}"
        else:
            made = str(rng.randrange(20_000_000, 900_000_000))
        if made not in taken:
            taken.add(made)
            return made


# ---- time ------------------------------------------------------------------------------------------------

OPENS, CLOSES = 8 * 3600 + 1800, 18 * 3600 + 1800
WEEKEND_WORK = 0.015


def _at_work(rng: Random, day: date, after: int = OPENS) -> datetime:
    """A second of the working hours of a day, later than `after`."""
    return datetime.combine(day, time()) + timedelta(seconds=rng.randrange(after, CLOSES))


def later(rng: Random, when: datetime, days: float) -> datetime:
    """A working moment about so many days after another, at least ten minutes."""
    meant = when + timedelta(days=days * rng.uniform(0.4, 1.8))
    day = max(meant.date(), when.date())
    second = (when - datetime.combine(when.date(), time())).seconds + 600
    if day == when.date() and second < CLOSES - 600:
        return _at_work(rng, day, max(second, OPENS))
    day = day if day > when.date() else day + timedelta(days=1)
    while day.weekday() > 4 and rng.random() > WEEKEND_WORK:
        day += timedelta(days=1)
    return _at_work(rng, day)


def month_end(day: date) -> date:
    """The last weekday of the month of a day."""
    last = (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    while last.weekday() > 4:
        last -= timedelta(days=1)
    return last


@dataclass
class Company:
    """What the cases of one log share: the dice, the ids given, the customers, the clocks of the invoice runs."""

    rng: Random
    dialect: str
    language: str
    taken: set[str] = field(default_factory=set)
    runs: dict[date, datetime] = field(default_factory=dict)
    seen: list[tuple[str, datetime]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    documents: int = 0

    def word(self, pair: Sequence[str]) -> str:
        return pair[LANGUAGES.index(self.language)]

    def document(self, letters: str) -> str:
        """The number of an order, an invoice or a payment."""
        self.documents += 1
        return f"{letters}-{self.documents:06d}"

    def run(self, after: datetime) -> datetime:
        """The next moment of the run of invoices at the end of the month."""
        day = month_end(after.date())
        if self.runs.get(day, datetime.combine(day, time(16, 5))) <= after:
            day = month_end(day.replace(day=1) + timedelta(days=32))
        start = self.runs.get(day, datetime.combine(day, time(16, 5, self.rng.randrange(60))))
        if start <= after:
            return later(self.rng, after, 1)
        self.runs[day] = start + timedelta(seconds=self.rng.randrange(23, 95))
        return start

    def customer(self, when: datetime) -> str:
        """A customer, new or one whose last lead is some months old."""
        old = [name for name, seen in self.seen if when - seen > timedelta(days=100)]
        if old and self.rng.random() < 0.2:
            name = self.rng.choice(old)
            self.seen = [pair for pair in self.seen if pair[0] != name]
        else:
            name = self._new_customer()
        self.seen.append((name, when))
        return name

    def _new_customer(self) -> str:
        waiting = [name for name in LIKE_TESTS if name not in self.names]
        while True:
            if waiting and self.rng.random() < 0.03:
                name = waiting[0]
            else:
                language = self.language if self.rng.random() < 0.9 else self.rng.choice(LANGUAGES)
                parts = (self.rng.choice(words[language]) for words in (PLACES, TRADES))
                form = self.rng.choice(FORMS[language])
                name = "".join((*parts, form)) if language == "zh" else " ".join((*parts, form))
            core = name.removesuffix("有限公司").removesuffix("股份") if "公司" in name else name.rsplit(" ", 1)[0]
            if core not in self.names:
                self.names |= {core, name}
                return name


# ---- one case --------------------------------------------------------------------------------------------

@dataclass
class Story:
    """One case while it is told."""

    company: Company
    case_id: str
    lead_id: str
    customer: str
    region: str
    currency: str
    people: dict[str, Person]
    now: datetime
    rows: list[Row] = field(default_factory=list)

    @property
    def rng(self) -> Random:
        return self.company.rng

    def tell(self, step: str, *, team: str = "", person: Person | None = None, amount: int | None = None,
             parent: str = "", event_id: str = "") -> str:
        """Write one event at the present moment; amount in cents. Returns its id, empty if it is still to be given."""
        team = team or TEAM_OF.get(step, "sales")
        who = person or self.people[team]
        word = self.company.word
        lag = self.rng.randrange(1, 240) if self.rng.random() < 0.9 else self.rng.randrange(240, 6000)
        self.rows.append({
            "event_id": event_id, "case_id": self.case_id, "lead_id": self.lead_id, "parent_id": parent,
            "customer": self.customer, "activity": word(STEPS[step]), "timestamp": self.now.strftime(WRITTEN),
            "recorded_at": (self.now + timedelta(seconds=lag)).strftime(WRITTEN),
            "resource": word((who.zh, who.en)), "role": word(TEAMS[team][1]), "department": word(TEAMS[team][0]),
            "region": self.region, "amount": "" if amount is None else money(amount),
            "currency": "" if amount is None else self.currency, "note": self._note(),
        })
        return event_id

    def _note(self) -> str:
        if self.rng.random() > 0.1:
            return ""
        day = (self.now - timedelta(days=self.rng.randrange(3, 40))).date()
        return self.rng.choice(NOTES[self.company.language]).format(day=day.isoformat())

    def wait(self, days: float) -> None:
        self.now = later(self.rng, self.now, days)

    def moments(self) -> None:
        """The little while that an interface needs."""
        self.now += timedelta(seconds=self.rng.randrange(25, 170))


def money(cents: int) -> str:
    """12345 → 123.45; digits only, so that nothing is rounded."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _lead(story: Story) -> bool:
    """From the first sign of interest to the opportunity. Whether there is one."""
    rng, systems = story.rng, PEOPLE["systems"]
    if rng.random() < 0.5:
        story.tell("lead_created", team="systems", person=systems[0])
        story.moments()
        story.tell("lead_assigned", team="systems", person=systems[1])
    else:
        story.tell("lead_created")
        story.wait(0.8)
        story.tell("lead_assigned")
    for _ in range(rng.choice((1, 1, 1, 2))):
        story.wait(1.5)
        story.tell("lead_contacted")
    story.wait(3)
    if rng.random() < 0.2:
        story.tell("lead_disqualified")
        return False
    story.tell("lead_converted")
    return True


def _offer(story: Story) -> int:
    """Needs, visits and quotes. The price agreed in cents, 0 where the deal is lost."""
    rng = story.rng
    story.wait(4)
    story.tell("needs_confirmed")
    for step in rng.choices(("customer_visited", "trial_done"), (5, 1), k=rng.choice((1, 1, 2, 3))):
        story.wait(5)
        story.tell(step)
    price = rng.randrange(800_000, 60_000_000) if rng.random() < 0.8 else rng.randrange(8_000, 600_000) * 100
    for _ in range(rng.choices((1, 2, 3), (7, 3, 1))[0]):
        story.wait(4)
        story.tell("quote_created", amount=price)
        if rng.random() < 0.15:
            story.wait(1.5)
            story.tell("quote_rejected")
            story.wait(2)
            price = price * 104 // 100
            story.tell("quote_created", amount=price)
        story.wait(1.5)
        story.tell("quote_approved")
        story.wait(0.6)
        story.tell("quote_sent", amount=price)
        agreed, price = price, price * rng.randrange(88, 99) // 100
    if rng.random() < 0.33:
        story.wait(12)
        story.tell("deal_lost")
        return 0
    return agreed


def _contract(story: Story) -> None:
    story.wait(6)
    story.tell("contract_drafted")
    for _ in range(story.rng.choices((0, 1, 2), (6, 3, 1))[0]):
        story.wait(2.5)
        story.tell("contract_returned")
        story.wait(1.5)
        story.tell("contract_drafted")
    story.wait(2.5)
    story.tell("contract_approved")
    story.wait(4)
    story.tell("contract_signed")


def _order(story: Story, price: int) -> str:
    """Order and delivery. The number of the order."""
    story.wait(1.5)
    order = story.tell("order_created", amount=price, event_id=story.company.document("SO"))
    story.moments()
    story.tell("order_synced", person=PEOPLE["systems"][2])
    story.wait(1)
    story.tell("order_approved")
    for _ in range(story.rng.choices((1, 2), (8, 2))[0]):
        story.wait(9)
        story.tell("goods_shipped")
    story.wait(6)
    story.tell("customer_accepted")
    return order


def _cash(story: Story, order: str, price: int) -> None:
    """Invoices that add up to the order, payments that add up to the invoices less what was credited."""
    rng = story.rng
    parts = [price] if rng.random() < 0.7 else [price * 3 // 10, price - price * 3 // 10]
    for part in parts:
        story.now = story.company.run(story.now) if rng.random() < 0.6 else later(rng, story.now, 3)
        invoice = story.tell("invoice_issued", amount=part, parent=order, event_id=story.company.document("INV"))
        due = part
        if rng.random() < 0.12:
            story.wait(7)
            credit = part * rng.randrange(4, 16) // 100
            story.tell("credit_issued", amount=-credit, parent=invoice, event_id=story.company.document("CN"))
            due -= credit
        if rng.random() < 0.25:
            story.wait(14)
            story.tell("payment_reminded")
        first = due if rng.random() < 0.8 else due * rng.randrange(30, 70) // 100
        for paid in (first, due - first):
            _pay(story, invoice, paid)
    story.wait(5)
    story.tell("case_closed")


def _pay(story: Story, invoice: str, paid: int) -> None:
    if not paid:
        return
    story.wait(18)
    story.tell("payment_received", amount=paid, parent=invoice, event_id=story.company.document("PAY"))
    story.moments()
    story.tell("payment_matched", person=PEOPLE["systems"][3])


def _case(company: Company, start: datetime) -> list[Row]:
    rng = company.rng
    region, currency = rng.choice(REGIONS[company.language])
    story = Story(
        company, new_id(rng, company.dialect, "006", company.taken), new_id(rng, company.dialect, "00Q", company.taken),
        company.customer(start), region, currency, {team: rng.choice(people) for team, people in PEOPLE.items()}, start)
    if _lead(story) and (price := _offer(story)):
        _contract(story)
        _cash(story, _order(story, price), price)
    return story.rows


# ---- the log ---------------------------------------------------------------------------------------------

def _starts(rng: Random, cases: int) -> Iterator[datetime]:
    days = (LAST - FIRST).days - 30
    for day in sorted(rng.randrange(days) for _ in range(cases)):
        yield later(rng, FIRST + timedelta(days=day - 1), 1)


def sound(seed: int, *, cases: int = 310, ids: str = "salesforce", language: str = "zh") -> list[Row]:
    """The rows of a sound log, in the order of the file: by time or case by case, as the seed wills.

    ids: a dialect of DIALECTS. Timestamps are wall clock of ZONE; within a case they rise by the order of STEPS
    with its loops. What is later than LAST has not happened yet: such cases are open.
    """
    rng = Random(f"sound {seed} {ids} {language}")
    company = Company(rng, ids, language)
    rows = [row for start in _starts(rng, cases) for row in _case(company, start)
            if row["timestamp"] <= LAST.strftime(WRITTEN)]
    by_time = sorted(rows, key=lambda row: row["timestamp"])
    for number, row in enumerate(by_time, 1):
        row["event_id"] = row["event_id"] or f"EV-{number:07d}"
    return by_time if rng.random() < 0.5 else rows
