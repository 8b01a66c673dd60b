"""The plan of one invented company from lead to renewal: its deals, its documents, and where a link is broken.

Each deal is drawn to its end, cut at the last evening, and then some documents are taken away or made odd. A break is
planted only where the document before it is at least three times as old as the longest regular delay of that link:
younger ones have simply not come to the next step yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from systems_plan import CLOSED, ENDS, WON, choose, dice, path, spread

FIRST, AS_OF = date(2024, 1, 2), datetime(2025, 6, 30, 18, 0)  # noqa: DTZ001 - local times, as the exports have them
DEALS, LEADS, ORPHANS = 154, 130, 3
OLD = 3  # times the longest regular delay
MEDIAN = {"qualify": 13, "needs": 19, "solution": 26, "proposal": 18, "negotiation": 20}
DOLLARS = 0.10
TWO_ORDERS, TWO_DELIVERIES, FAILED, PREPAID, TWO_PAYMENTS, CHANGED, BACKDATED = 0.12, 0.12, 0.08, 0.22, 0.22, 0.08, 0.08
TICKET, SURVEY = 0.40, 0.55


@dataclass(frozen=True)
class Deal:
    """A deal of the company; `lead` is missing where it came without one."""

    number: int
    customer: int
    owner: int
    source: int
    currency: str
    amount: int
    moves: tuple[tuple[datetime, str], ...]
    lead: int | None = None

    @property
    def state(self) -> str:
        """won, lost or open."""
        return self.moves[-1][1] if self.moves[-1][1] in ENDS else "open"


@dataclass(frozen=True)
class Lead:
    """A lead and what became of it."""

    number: int
    customer: int
    owner: int
    source: int
    created: datetime
    changed: datetime
    state: str
    deal: int | None = None


@dataclass(frozen=True)
class Doc:
    """A document: when it was entered, what it follows, and what became of it. `done` is when a contract was signed,
    a ticket solved, a renewal settled, or when something was cancelled (state "void")."""

    kind: str
    deal: int
    part: str
    at: datetime
    amount: int = 0
    before: str = ""
    state: str = ""
    done: datetime | None = None
    approved: datetime | None = None
    refers: str = ""  # the invoice that a red one takes back
    group: str = ""  # payments of one group are lines of one receipt

    @property
    def name(self) -> str:
        """A name inside the plan; the numbers in the files are given later."""
        return f"{self.kind} {self.deal}/{self.part}"


Docs = dict[str, Doc]


@dataclass(frozen=True)
class Company:
    """Everything that is written, and what was planted: kind of break -> names of documents."""

    leads: tuple[Lead, ...]
    deals: tuple[Deal, ...]
    orphans: tuple[Deal, ...]
    docs: Docs
    breaks: Mapping[str, tuple[str, ...]]
    odd: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def is_open(day: date) -> bool:
    """Whether the company works on a day."""
    return day.weekday() < 5 and not any(first <= day <= last for first, last in CLOSED)


@lru_cache(maxsize=1 << 14)
def later(at: datetime, days: float, name: str) -> datetime:
    """An office moment of the first working day that lies `days` calendar days after another moment or later."""
    day = at.date() + timedelta(days=int(days))
    while not is_open(day):
        day += timedelta(days=1)
    minute = int(dice(f"company/{name}/minute") * 480)
    clock = 9 * 60 + minute + (60 if minute >= 180 else 0)
    made = datetime.combine(day, time(clock // 60, clock % 60, choose(f"company/{name}/second", 60)))
    return max(made, at + timedelta(minutes=7))


def _between(name: str, least: int, most: int) -> int:
    return least + choose(f"company/{name}", most - least + 1)


def draw() -> Company:
    """The whole company."""
    leads, deals = _leads_and_deals()
    orphans = tuple(_orphan(number) for number in range(ORPHANS))
    won = [deal for deal in deals if deal.state == WON]
    docs = {doc.name: doc for deal in (*won, *orphans) for doc in _life(deal) if doc.at <= AS_OF}
    return _plant(Company(leads, deals, orphans, _cut(docs), {}))


def _cut(docs: Docs) -> Docs:
    """What is not finished by the last evening, is not finished."""
    def seen(moment: datetime | None) -> datetime | None:
        return moment if moment and moment <= AS_OF else None
    return {name: replace(doc, done=seen(doc.done), approved=seen(doc.approved)) for name, doc in docs.items()}


# ---- leads and deals ------------------------------------------------------------------------------------------------


def _leads_and_deals() -> tuple[tuple[Lead, ...], tuple[Deal, ...]]:
    span = (AS_OF.date() - FIRST).days
    arrivals = sorted(dice(f"company/arrival {n}") for n in range(LEADS))
    leads = [_lead(n, later(datetime.combine(FIRST, time()), share * (span - 8), f"lead {n}"))
             for n, share in enumerate(arrivals, start=1)]
    starts: list[tuple[datetime, Lead | None, str]] = [
        (lead.changed, lead, f"lead {lead.number}") for lead in leads if lead.state == "converted"]
    for n in range(DEALS - len(starts)):
        share = dice(f"company/direct {n}/start")
        starts.append((later(datetime.combine(FIRST, time()), share * (span - 8), f"direct {n}"), None, f"direct {n}"))
    starts.sort(key=lambda start: (start[0], start[2]))
    deals = tuple(_deal(n, *start) for n, start in enumerate(starts, start=1))
    became = {deal.lead: deal.number for deal in deals if deal.lead}
    return tuple(replace(lead, deal=became.get(lead.number)) for lead in leads), deals


def _lead(number: int, at: datetime) -> Lead:
    fate = dice(f"company/lead {number}/fate")
    answered = later(at, 5 * spread(dice(f"company/lead {number}/answer")), f"lead {number}/answer")
    state = "new" if answered > AS_OF else "unqualified" if fate < 0.16 else "working" if fate < 0.24 else "converted"
    return Lead(number, 45 + choose(f"company/lead {number}/customer", 50), choose(f"company/lead {number}/owner", 6),
                choose(f"company/lead {number}/source", 4), at, at if state == "new" else answered, state)


def _deal(number: int, at: datetime, lead: Lead | None, name: str) -> Deal:
    dollars = dice(f"company/{name}/currency") < DOLLARS
    amount = 30_000 + 1_000 * int(dice(f"company/{name}/amount") ** 2 * 1_200)
    return Deal(
        number, lead.customer if lead else 45 + choose(f"company/{name}/customer", 50),
        choose(f"company/{name}/owner", 6), lead.source if lead else 3, "USD" if dollars else "CNY",
        amount // 7_000 * 1_000 + 5_000 if dollars else amount, tuple(_moves(name, at)), lead.number if lead else None)


def _moves(name: str, at: datetime) -> Iterator[tuple[datetime, str]]:
    """The stages of a deal up to the last evening."""
    stages = list(path(f"company/{name}"))
    yield at, stages[0]
    for place, (stage, following) in enumerate(pairwise(stages)):
        at = later(at, MEDIAN[stage] * spread(dice(f"company/{name}/spell {place}")), f"{name}/spell {place}")
        if at > AS_OF:
            return
        yield at, following


def _orphan(number: int) -> Deal:
    """A deal that stands in no list of deals: its contract came from before the change of the CRM."""
    at = later(datetime.combine(FIRST, time()), 60 + 90 * number, f"orphan {number}")
    return Deal(900 + number, 60 + number, number, 0, "CNY", 180_000 + 64_000 * number, ((at, WON),))


# ---- documents ------------------------------------------------------------------------------------------------------


def _life(deal: Deal) -> Iterator[Doc]:
    """Every document of a won deal to its end, also those after the last evening."""
    won = deal.moves[-1][0]
    created = later(won, _between(f"{deal.number}/contract", 3, 16), f"{deal.number}/contract")
    approved = later(created, _between(f"{deal.number}/approved", 1, 8), f"{deal.number}/approved")
    signed = later(approved, _between(f"{deal.number}/signed", 1, 4), f"{deal.number}/signed")
    discount = choose(f"company/{deal.number}/discount", 7)
    contract = Doc("contract", deal.number, "1", created, deal.amount * (100 - discount) // 100, f"deal {deal.number}",
                   approved=approved, done=signed)
    yield contract
    yield from _orders(contract)
    renewal = later(signed, 330, f"{contract.name}/renewal")
    yield Doc("renewal", deal.number, "1", renewal, contract.amount * 3 // 10, contract.name,
              done=later(renewal, _between(f"{contract.name}/renewed", 10, 50), f"{contract.name}/renewed"),
              state="renewed" if dice(f"company/{contract.name}/renewed?") < 0.7 else "ended")


def _orders(contract: Doc) -> Iterator[Doc]:
    """One order, or two of 60 and 40 percent."""
    two = dice(f"company/{contract.name}/two orders") < TWO_ORDERS
    first = contract.amount * 6 // 10 // 100 * 100 if two else contract.amount
    at = contract.done or contract.at
    for part, amount in enumerate((first, contract.amount - first) if two else (first,), start=1):
        name = f"{contract.name}/order {part}"
        at = later(at, _between(name, 2, 14), name)
        changed = dice(f"company/{name}/changed") < CHANGED
        order = Doc("order", contract.deal, str(part), at, amount, contract.name, state="changed" if changed else "",
                    done=later(at, 4, f"{name}/changed") if changed else None)
        yield order
        yield from _fulfilment(order)


def _fulfilment(order: Doc) -> Iterator[Doc]:
    """Deliveries, acceptance, revenue, invoices with their payments, tickets and the survey of one order."""
    name = order.name
    parts = 2 if dice(f"company/{name}/two deliveries") < TWO_DELIVERIES else 1
    at, delivery = order.at, order
    for part in range(1, parts + 1):
        at = later(at, _between(f"{name}/delivery {part}", 5, 18) if part == 1 else 4, f"{name}/delivery {part}")
        delivery = Doc("delivery", order.deal, f"{order.part}.{part}", at, order.amount // parts, name,
                       state="backdated" if dice(f"company/{name}/backdated {part}") < BACKDATED else "")
        yield delivery
    at = later(at, _between(f"{name}/acceptance", 3, 12), f"{name}/acceptance")
    if dice(f"company/{name}/failed") < FAILED:
        yield Doc("acceptance", order.deal, f"{order.part}.0", at, 0, delivery.name, state="failed")
        at = later(at, _between(f"{name}/mended", 4, 9), f"{name}/mended")
    accepted = Doc("acceptance", order.deal, f"{order.part}.1", at, 0, delivery.name)
    yield accepted
    yield Doc("revenue", order.deal, order.part, later(at, _between(f"{name}/revenue", 0, 3), f"{name}/revenue"),
              order.amount, name)
    yield from _invoices(order, at)
    yield from _service(order, at)


def _invoices(order: Doc, accepted: datetime) -> Iterator[Doc]:
    """One invoice after acceptance, or one of 30 percent in advance and one of the rest."""
    name = order.name
    rest = order.amount
    if dice(f"company/{name}/prepaid") < PREPAID:
        advance = Doc("invoice", order.deal, f"{order.part}.1",
                      later(order.at, _between(f"{name}/advance", 1, 5), f"{name}/advance"),
                      order.amount * 3 // 10 // 100 * 100, name)
        rest -= advance.amount
        yield from (advance, *_payments(advance))
    final = Doc("invoice", order.deal, f"{order.part}.2",
                later(accepted, _between(f"{name}/final", 1, 6), f"{name}/final"), rest, name)
    yield from (final, *_payments(final))


def _payments(invoice: Doc) -> Iterator[Doc]:
    """The whole amount, or 60 percent and the rest."""
    name = invoice.name
    two = dice(f"company/{name}/two payments") < TWO_PAYMENTS
    first = invoice.amount * 6 // 10 // 100 * 100 if two else invoice.amount
    at = later(invoice.at, _between(f"{name}/payment", 8, 42), f"{name}/payment")
    yield Doc("payment", invoice.deal, f"{invoice.part}.1", at, first, name)
    if two:
        at = later(at, _between(f"{name}/second payment", 8, 22), f"{name}/second payment")
        yield Doc("payment", invoice.deal, f"{invoice.part}.2", at, invoice.amount - first, name)


def _service(order: Doc, accepted: datetime) -> Iterator[Doc]:
    name = order.name
    if dice(f"company/{name}/ticket") < TICKET:
        opened = later(accepted, _between(f"{name}/ticket at", 2, 60), f"{name}/ticket")
        yield Doc("ticket", order.deal, order.part, opened, 0, name,
                  done=later(opened, 4 * spread(dice(f"company/{name}/solved")), f"{name}/solved"))
    if dice(f"company/{name}/survey") < SURVEY:
        asked = later(accepted, _between(f"{name}/survey at", 7, 20), f"{name}/survey")
        yield Doc("survey", order.deal, order.part, asked, 0, name)


# ---- planting -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """A step from one kind of document to the next; `at` is the moment from which the next one is waited for."""

    name: str
    kind: str
    following: str
    broken: str


LINKS = (
    Link("won_to_contract", "deal", "contract", "won_without_contract"),
    Link("contract_to_order", "contract", "order", "contracts_without_order"),
    Link("order_to_invoice", "order", "invoice", "orders_without_invoice"),
    Link("invoice_to_payment", "invoice", "payment", "invoices_without_money"),
)
COUNTS = {"won_without_contract": 5, "contracts_without_order": 4, "orders_without_invoice": 4,
          "invoices_without_money": 6}
DEAD = {"void", "red", "reversed", "failed"}


def waiting_since(company: Company, kind: str) -> dict[str, datetime]:
    """The valid documents of a kind that the next step waits for, and since when: a deal since it was won, a contract
    since it was signed, an order and an invoice since they were entered."""
    if kind == "deal":
        return {f"deal {deal.number}": deal.moves[-1][0] for deal in company.deals if deal.state == WON}
    docs = (doc for doc in company.docs.values() if doc.kind == kind and doc.state not in DEAD)
    moments = ((doc.name, doc.done if kind == "contract" else doc.at) for doc in docs)
    return {name: moment for name, moment in moments if moment}


def days_between(one: datetime, two: datetime) -> int:
    """Calendar days from one day to another."""
    return (two.date() - one.date()).days


def delays(company: Company, link: Link, *, last: bool = False) -> dict[str, int]:
    """Days from each document of a link to the first (or the last) one that follows it."""
    since = waiting_since(company, link.kind)
    found: dict[str, list[int]] = {}
    for doc in company.docs.values():
        if doc.kind == link.following and doc.before in since:
            found.setdefault(doc.before, []).append(days_between(since[doc.before], doc.at))
    return {name: (max if last else min)(days) for name, days in found.items()}


def without_next(company: Company, link: Link) -> dict[str, int]:
    """The documents of a link that nothing follows, and their age in days on the last evening."""
    followed = delays(company, link)
    return {name: days_between(at, AS_OF) for name, at in waiting_since(company, link.kind).items()
            if name not in followed}


def _plant(company: Company) -> Company:
    """Make some documents odd, then break some links."""
    for step in (_void_contracts, _cancel_orders, _cancel_invoices, _settle_two):
        company = step(company)
    return _break_links(company)


def _below(docs: Docs, name: str, kinds: Iterable[str]) -> set[str]:
    """The documents of some kinds that follow a document, at any distance."""
    found, reached = {name}, 0
    while reached < len(found):
        reached = len(found)
        found |= {doc.name for doc in docs.values() if doc.before in found}
    return {one for one in found - {name} if docs[one].kind in set(kinds)}


DOWNSTREAM = ("order", "delivery", "acceptance", "revenue", "invoice", "payment", "ticket", "survey", "renewal")


def _drop(company: Company, names: Iterable[str], kinds: Iterable[str]) -> Company:
    gone = {one for name in names for one in _below(company.docs, name, kinds)}
    return replace(company, docs={name: doc for name, doc in company.docs.items() if name not in gone})


def _pick(names: Iterable[str], count: int, why: str, *, skip: int = 0) -> list[str]:
    """Some names as the dice fall; the result is in the order of the plan."""
    chosen = sorted(names, key=lambda name: dice(f"company/{why}/{name}"))[skip: skip + count]
    return sorted(chosen, key=lambda name: [int(part) for part in name.split(" ")[1].replace("/", ".").split(".")])


def _chosen(company: Company, kind: str, fits: Callable[[Doc], bool], count: int, why: str) -> list[str]:
    taken = {name for names in company.odd.values() for name in names}
    deals = {company.docs[name].deal for name in taken if name in company.docs}
    return _pick((doc.name for doc in company.docs.values() if doc.kind == kind and doc.deal < 900
                  and doc.deal not in deals and fits(doc)), count, why)


def _with_odd(company: Company, docs: Docs, **odd: Sequence[str]) -> Company:
    return replace(company, docs=docs, odd={**company.odd, **{name: tuple(names) for name, names in odd.items()}})


def _early(doc: Doc) -> bool:
    """Whether there was time enough for everything that follows."""
    return doc.at < datetime(2025, 2, 1)  # noqa: DTZ001 - local


def _void_contracts(company: Company) -> Company:
    """Three contracts are cancelled; one of them is drawn up again."""
    names = _chosen(company, "contract", lambda doc: _early(doc) and bool(doc.done), 3, "void")
    docs = dict(_drop(company, names[:2], DOWNSTREAM).docs)
    for name in names[:2]:
        docs[name] = replace(docs[name], state="void", done=None)
    first = docs[names[2]]
    again = replace(first, at=first.at + timedelta(minutes=95))
    docs[names[2]] = again
    voided = replace(first, part="0", state="void", done=None, approved=None)
    docs[voided.name] = voided
    return _with_odd(company, docs, voided_contracts=[*names[:2], voided.name], drawn_up_again=[again.name])


def _cancel_orders(company: Company) -> Company:
    """Three orders are cancelled before anything is delivered."""
    names = _chosen(company, "order", _early, 3, "cancel")
    docs = dict(_drop(company, names, DOWNSTREAM).docs)
    for name in names:
        docs[name] = replace(docs[name], state="void", done=later(docs[name].at, 3, f"{name}/void"))
    return _with_odd(company, docs, cancelled_orders=names)


def _cancel_invoices(company: Company) -> Company:
    """One invoice is cancelled on the next day, one is taken back by a red one; both are written again."""
    names = _chosen(company, "invoice", lambda doc: _early(doc) and doc.part.endswith(".2"), 2, "invoice again")
    docs, again, red = dict(company.docs), [], []
    for place, name in enumerate(names):
        first = docs[name]
        at = later(first.at, 1 if place == 0 else 12, f"{name}/again")
        docs[name] = replace(first, state="reversed" if place else "void", done=at)
        if place:
            taken_back = replace(first, part=f"{first.part}.1", at=at, amount=-first.amount, state="red", refers=name)
            docs[taken_back.name] = taken_back
            red.append(taken_back.name)
        new = replace(first, part=f"{first.part}.2", at=at + timedelta(minutes=40))
        docs = {key: doc for key, doc in docs.items() if doc.before != name}
        docs |= {doc.name: doc for doc in (new, *_payments(new))}
        again.append(new.name)
    return _with_odd(company, docs, cancelled_invoices=names[:1], reversed_invoices=names[1:], red_invoices=red,
                     written_again=again)


def _settle_two(company: Company) -> Company:
    """One receipt pays both invoices of an order: the pair whose invoices are closest together."""
    docs = dict(company.docs)
    finals = _chosen(company, "invoice", lambda doc: _early(doc) and _pair(docs, doc) is not None, 99, "two")
    gap = {name: days_between(docs[_first_of(name)].at, docs[name].at) for name in finals}
    final = min(finals, key=lambda name: (gap[name], name))
    second = _paid(docs, final)[0]
    first = _paid(docs, _first_of(final))[0]
    docs[first.name] = replace(first, at=second.at, group=second.name)
    docs[second.name] = replace(second, group=second.name)
    return _with_odd(company, docs, settles_two=[first.name, second.name])


def _first_of(final: str) -> str:
    """The name of the invoice in advance that goes with a final one."""
    return f"{final.removesuffix('.2')}.1"


def _paid(docs: Docs, invoice: str) -> list[Doc]:
    return [doc for doc in docs.values() if doc.kind == "payment" and doc.before == invoice]


def _pair(docs: Docs, final: Doc) -> Doc | None:
    """The invoice in advance that goes with a final one, if each was paid at once."""
    advance = docs.get(_first_of(final.name))
    both = advance is not None and len(_paid(docs, advance.name)) == len(_paid(docs, final.name)) == 1
    return advance if both and final.part.count(".") == 1 else None


def _break_links(company: Company) -> Company:
    """Take away what follows some old documents; what was made odd before stays out of it."""
    longest = {link.name: max(delays(company, link, last=True).values()) for link in LINKS}
    spared = {company.docs[name].deal for names in company.odd.values() for name in names}
    breaks: dict[str, tuple[str, ...]] = {}
    for link in LINKS:
        since = waiting_since(company, link.kind)
        old = [name for name in delays(company, link) if _number(name) not in spared and _number(name) < 900
               and days_between(since[name], AS_OF) >= OLD * longest[link.name] and _is_alone(company, link, name)]
        breaks[link.broken] = tuple(_some(company, old, COUNTS[link.broken], link.broken))
        spared |= {_number(name) for name in breaks[link.broken]}
    for link in LINKS:
        kinds = ("invoice", "payment") if link.kind == "order" else ("contract", *DOWNSTREAM)
        company = _drop(company, breaks[link.broken], kinds)
    return replace(company, breaks=breaks)


def _number(name: str) -> int:
    return int(name.split(" ")[1].split("/", maxsplit=1)[0])


def _some(company: Company, names: list[str], count: int, why: str) -> list[str]:
    """One in dollars, if there is one, and the others in yuan."""
    currency = {deal.number: deal.currency for deal in company.deals}
    dollars = _pick((name for name in names if currency[_number(name)] == "USD"), 1, why)
    yuan = _pick((name for name in names if currency[_number(name)] == "CNY"), count - len(dollars), why)
    return _pick([*dollars, *yuan], count, why)


def _is_alone(company: Company, link: Link, name: str) -> bool:
    """Whether a document is the only one of its kind in its deal: its break is then the only one there."""
    if link.kind == "deal":
        return True
    return sum(doc.kind == link.kind and doc.deal == _number(name) for doc in company.docs.values()) == 1
