"""What the people of the story say, before and after: interview notes and feedback of customers, in the form that
`ltcdiag` hands out to fill in. All invented."""

from __future__ import annotations

from typing import NamedTuple

from story_world import LANGUAGES, STEPS

HEADERS = {
    "interviews": (("日期", "受访人", "部门", "角色", "阶段", "步骤", "说了什么", "问题类别", "严重程度", "多久一次",
                    "原话"),
                   ("Date", "Who", "Department", "Role", "Stage", "Step", "What was said", "Kind of problem",
                    "Severity", "How often", "In their words")),
    "feedback": (("日期", "客户", "阶段", "步骤", "满意度", "问题类别", "原话"),
                 ("Date", "Customer", "Stage", "Step", "Satisfaction", "Kind of problem", "In their words")),
}
VOICES = {
    "zh": ("voices_before/访谈记录.csv", "voices_before/客户反馈.csv", "voices_after/访谈记录.csv",
           "voices_after/客户反馈.csv"),
    "en": ("voices_before/interviews.csv", "voices_before/feedback.csv", "voices_after/interviews.csv",
           "voices_after/feedback.csv"),
}
STAGES = {"convert": ("转化机会", "Convert opportunities"), "contracting": ("签订合同", "Contracting"),
          "fulfilment": ("履行交付", "Fulfilment"), "collections": ("收取款项", "Collections")}
PROBLEMS = {"waiting": ("等得太久", "waits too long"),
            "too_many_steps": ("手续太多、流程太绕", "too many steps or formalities"),
            "overload": ("人手忙不过来", "too much work for the people"),
            "rework": ("反复修改、退回重做", "work comes back or is done again"),
            "smooth": ("这里顺畅，没有问题", "works well, no problem here")}
SEVERITIES = (("0 没有影响", "0 no problem"), ("1 小麻烦", "1 a nuisance"), ("2 耽误事", "2 holds work up"),
              ("3 很严重", "3 serious"))
OFTEN = {"every": ("几乎每单", "nearly every case"), "often": ("经常", "often"), "sometimes": ("有时", "sometimes"),
         "rarely": ("很少", "rarely"), "": ("", "")}
AM, LEGAL, FR, AR = (("客户经理", "Account manager"), ("法务", "Legal counsel"), ("交付经理", "Delivery manager"),
                     ("应收会计", "Receivables"))
EAST_1, EAST_2 = ("华东一部", "East team 1"), ("华东二部", "East team 2")
SOUTH_1, SOUTH_2 = ("华南一部", "South team 1"), ("华南二部", "South team 2")
LAW, DELIVERY, FINANCE = ("法务部", "Legal"), ("交付部", "Delivery"), ("财务部", "Finance")

Words = tuple[str, str]


class Note(NamedTuple):
    """One row of interview notes."""

    day: str
    who: Words
    department: Words
    role: Words
    stage: str
    step: str
    said: Words
    problem: str
    severity: int
    often: str
    quote: Words = ("", "")


class Feedback(NamedTuple):
    """One row of feedback of customers."""

    day: str
    customer: Words
    stage: str
    step: str
    satisfaction: int
    problem: str
    quote: Words = ("", "")


INTERVIEWS_BEFORE = (
    Note("2024-09-10", ("王磊", "Wang Lei"), EAST_1, AM, "contracting", "reviewed",
         ("合同送评审以后，多半要等三四个星期",
          "Once a contract is sent for review it mostly waits three or four weeks"),
         "waiting", 3, "every",
         ("客户问合同到哪儿了，我也不知道。", "They ask me where the contract is. I do not know either.")),
    Note("2024-09-10", ("周婷", "Zhou Ting"), EAST_2, AM, "contracting", "reviewed",
         ("标准合同和非标合同排同一个队", "Standard contracts queue with all the others"), "waiting", 3, "every"),
    Note("2024-09-10", ("孙浩", "Sun Hao"), EAST_2, AM, "convert", "requoted",
         ("有些报价要改一次", "Some quotes are revised once"), "rework", 1, "sometimes"),
    Note("2024-09-11", ("黄勇", "Huang Yong"), SOUTH_1, AM, "contracting", "reviewed",
         ("评审没有时限，催了才看", "Review has no time limit: it is read when somebody chases it"), "waiting", 3,
         "often", ("不催就不动。", "Nothing moves unless you call.")),
    Note("2024-09-11", ("谢芳", "Xie Fang"), SOUTH_2, AM, "contracting", "reviewed",
         ("等评审时客户又压价", "While we wait, customers press the price again"), "waiting", 2, "often"),
    Note("2024-09-12", ("梁平", "Liang Ping"), LAW, LEGAL, "contracting", "reviewed",
         ("每份都从头审，八成条款是一样的",
          "Every contract is read from the first page, eight clauses in ten are the same"),
         "too_many_steps", 2, "every", ("就改了个交期，也得全看一遍。", "One date changed, and I read it all again.")),
    Note("2024-09-12", ("陆宁", "Lu Ning"), LAW, LEGAL, "contracting", "reviewed",
         ("合同之外还有别的案子，先办急的", "There are other matters than contracts, and the urgent ones go first"),
         "overload", 2, "often"),
    Note("2024-09-13", ("唐军", "Tang Jun"), DELIVERY, FR, "fulfilment", "shipped",
         ("订单一确认就能排产", "As soon as an order is confirmed it is scheduled"), "smooth", 0, ""),
    Note("2024-09-13", ("萧然", "Xiao Ran"), FINANCE, AR, "collections", "invoiced",
         ("验收单一到，当天开票", "Invoices go out on the day the acceptance arrives"), "smooth", 0, ""),
)
INTERVIEWS_AFTER = (
    Note("2025-03-25", ("王磊", "Wang Lei"), EAST_1, AM, "contracting", "reviewed",
         ("标准条款自己先对一遍，评审一两周就回来",
          "We check the standard clauses first; the review is back in a week or two"),
         "smooth", 0, "", ("现在能跟客户说个日子了。", "Now I can tell them a day.")),
    Note("2025-03-25", ("周婷", "Zhou Ting"), EAST_2, AM, "contracting", "checked",
         ("多填一张预审表，十来分钟", "One more form to fill in, ten minutes or so"), "too_many_steps", 1, "every"),
    Note("2025-03-26", ("黄勇", "Huang Yong"), SOUTH_1, AM, "contracting", "reviewed",
         ("还是要等，和去年一样", "We still wait, as we did last year"), "waiting", 3, "every",
         ("听说华东快了，我们什么时候也上？", "They say East is faster. When is it our turn?")),
    Note("2025-03-26", ("谢芳", "Xie Fang"), SOUTH_2, AM, "contracting", "reviewed",
         ("没有变化", "Nothing has changed"), "waiting", 2, "often"),
    Note("2025-03-27", ("梁平", "Liang Ping"), LAW, LEGAL, "contracting", "reviewed",
         ("预审过的只看改动的条款", "Of those that were pre-checked I read only the clauses that differ"), "smooth",
         0, ""),
    Note("2025-03-27", ("唐军", "Tang Jun"), DELIVERY, FR, "fulfilment", "shipped",
         ("没有多出来的返工", "No more rework than before"), "smooth", 0, ""),
)
FEEDBACK_BEFORE = (
    Feedback("2024-09-16", ("远山机械", "Yuanshan Machinery"), "contracting", "reviewed", 2, "waiting",
             ("合同在你们那边转了一个月。", "The contract went round your house for a month.")),
    Feedback("2024-09-16", ("东海泵业", "Donghai Pumps"), "contracting", "reviewed", 2, "waiting"),
    Feedback("2024-09-17", ("苏河化工", "Suhe Chemicals"), "contracting", "", 3, "waiting"),
    Feedback("2024-09-17", ("南岸电子", "Nanan Electronics"), "contracting", "", 2, "waiting",
             ("报价两天，合同一个月。", "Two days for the quote, a month for the contract.")),
    Feedback("2024-09-18", ("珠江纺织", "Zhujiang Textiles"), "contracting", "reviewed", 3, "waiting"),
    Feedback("2024-09-18", ("白云食品", "Baiyun Foods"), "fulfilment", "shipped", 5, "smooth",
             ("到货很准时。", "Delivered on the day.")),
)
FEEDBACK_AFTER = (
    Feedback("2025-03-31", ("远山机械", "Yuanshan Machinery"), "contracting", "reviewed", 4, "smooth",
             ("这次合同十来天就下来了。", "This time the contract took ten days or so.")),
    Feedback("2025-03-31", ("东海泵业", "Donghai Pumps"), "contracting", "reviewed", 4, "smooth"),
    Feedback("2025-04-01", ("苏河化工", "Suhe Chemicals"), "contracting", "", 4, "smooth"),
    Feedback("2025-04-01", ("南岸电子", "Nanan Electronics"), "contracting", "", 2, "waiting",
             ("还是老样子。", "The same as ever.")),
    Feedback("2025-04-02", ("珠江纺织", "Zhujiang Textiles"), "contracting", "reviewed", 2, "waiting"),
    Feedback("2025-04-02", ("白云食品", "Baiyun Foods"), "fulfilment", "shipped", 5, "smooth"),
)
ROWS = (INTERVIEWS_BEFORE, FEEDBACK_BEFORE, INTERVIEWS_AFTER, FEEDBACK_AFTER)


def voice_rows(name: str, lang: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows of one of the files of `VOICES`."""
    at = LANGUAGES.index(lang)
    number = VOICES[lang].index(name)
    kind = "feedback" if number % 2 else "interviews"
    return HEADERS[kind][at], [_cells(row, at) for row in ROWS[number]]


def _cells(row: Note | Feedback, at: int) -> tuple[str, ...]:
    stage = STAGES[row.stage][at]
    step = (STEPS[row.step].zh, STEPS[row.step].en)[at] if row.step else ""
    problem, quote = PROBLEMS[row.problem][at], row.quote[at]
    if isinstance(row, Feedback):
        return row.day, row.customer[at], stage, step, str(row.satisfaction), problem, quote
    return (row.day, row.who[at], row.department[at], row.role[at], stage, step, row.said[at], problem,
            SEVERITIES[row.severity][at], OFTEN[row.often][at], quote)
