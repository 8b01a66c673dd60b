"""Every value that the injector puts into a log, and nothing else: no detector may have seen it.

A text with braces is a pattern that the injector fills. Where the definition of a defect itself names its values
(the first day of a calendar, a currency sign), they stand here as numbers or inside a pattern. Words of the language
(months, currencies, legal forms) are not drawn by anybody; they stand beside the code that needs them.
"""

# ---- ids -------------------------------------------------------------------------------------------------

PADS = ("{} ", " {}", "{}\u00a0", "\u00a0{}", "{}\u200b", "\u200b{}", "\ufeff{}", "{}\u3000", "'{}", "{}\u2060", "{}\t",
        "\u2009{}", "  {}  ")
WIDE = 0.2
"""Share of padded ids that are written in full-width characters instead."""
SCIENTIFIC = ("{:.2E}", "{:.1E}", "{:.4E}", "{:.5E}")
FLOAT = "{}.0"
UNKNOWN_PARENTS = ("INV-97{:04d}", "RE-2019-{:05d}", "9000{:06d}", "FP{:08d}", "INV-O{:05d}")
UNKNOWN_ORDERS = ("SO-97{:04d}", "AB-2019-{:05d}", "4700{:06d}", "DD{:08d}", "S0-{:06d}")

# ---- times -----------------------------------------------------------------------------------------------

FAR_YEARS = (2038, 2039, 2041, 2047, 2051, 2066, 2078, 2083, 2099)
"""Years later than any file; none is one digit away from a year of the log."""
DEFAULT_DATES = (
    (1899, 12, 30, 0), (1899, 12, 31, 0), (1900, 1, 1, 0), (1900, 1, 1, 1), (1970, 1, 1, 0), (1970, 1, 1, 1),
    (1970, 1, 1, 8), (1969, 12, 31, 19), (1901, 1, 1, 0), (9999, 12, 31, 0), (9999, 12, 31, 23), (0, 0, 0, 0),
    (1, 1, 1, 0), (1753, 1, 1, 0))
"""Year, month, day, hour: what programs write where they know no date."""
ONE_DATE = ((2000, 1, 1, 0), (2010, 1, 1, 0), (1980, 1, 1, 0), (1999, 9, 9, 9))
"""Defaults that only their number gives away."""

LOCAL_TEXTS = {
    "zh": ("{y}年{m}月{d}日 {H:02d}:{M:02d}:{S:02d}", "{y}年{m:02d}月{d:02d}日 {H:02d}时{M:02d}分{S:02d}秒",
           "{y}年{m}月{d}日 {half}{h}:{M:02d}:{S:02d}", "{y}/{m}/{d} {half}{h}:{M:02d}:{S:02d}",
           "{y}年{m}月{d}日{half}{h}时{M:02d}分{S:02d}秒", "{y}-{m:02d}-{d:02d} {half} {h:02d}:{M:02d}:{S:02d}",
           "{y}{m:02d}{d:02d}{H:02d}{M:02d}{S:02d}"),
    "en": ("{d:02d}-{mon}-{y} {H:02d}:{M:02d}:{S:02d}", "{mon} {d}, {y} {h}:{M:02d}:{S:02d} {half}",
           "{d} {month} {y} {H:02d}:{M:02d}:{S:02d}", "{month} {d}, {y} at {h}:{M:02d}:{S:02d} {half}",
           "{d:02d} {mon} {y} {h:02d}:{M:02d}:{S:02d} {half}", "{y}{m:02d}{d:02d}{H:02d}{M:02d}{S:02d}",
           "{y}-{mon}-{d:02d} {H:02d}:{M:02d}:{S:02d}"),
}
DAY_FIRST = ("{d:02d}/{m:02d}/{y} {H:02d}:{M:02d}:{S:02d}", "{d:02d}-{m:02d}-{y} {H:02d}:{M:02d}:{S:02d}",
             "{d}/{m}/{y} {H}:{M:02d}:{S:02d}")
MONTH_FIRST = ("{m:02d}/{d:02d}/{y} {H:02d}:{M:02d}:{S:02d}", "{m:02d}-{d:02d}-{y} {H:02d}:{M:02d}:{S:02d}",
               "{m}/{d}/{y} {H}:{M:02d}:{S:02d}")
"""The same separators as DAY_FIRST, place by place."""
DAY_ONLY = ("{y}-{m:02d}-{d:02d}", "{y}/{m:02d}/{d:02d}", "{y}/{m}/{d}")
ZONED = ("{local}{offset}", "{local_t}{offset}", "{utc_t}Z", "{utc}Z", "{local_t}.000{offset}", "{utc}+00:00",
         "{local} {offset}")
ZONE_HOURS = (-9, -8, -7, 6, 7, 8)
CLOCK_MINUTES = (-5, -9, -14, -21, -34)
"""Behind by more than an interface needs, so that answers come before questions."""

# ---- labels ----------------------------------------------------------------------------------------------

SPACED = ("{} ", " {}", "{}\u00a0", "\u00a0{}", "{}\u3000", "\t{}", "{}  ")
INNER_SPACES = ("  ", "\u00a0", " \u00a0", "   ")
HOMOPHONES = {
    "创": "闯", "建": "健", "线": "现", "索": "所", "分": "份", "配": "佩", "首": "手", "次": "刺", "联": "连",
    "系": "细", "客": "刻", "户": "护", "商": "伤", "机": "计", "确": "却", "认": "任", "需": "须", "求": "球",
    "拜": "摆", "访": "仿", "报": "抱", "价": "架", "审": "甚", "批": "披", "通": "同", "过": "果", "发": "法",
    "送": "颂", "合": "和", "签": "千", "订": "定", "单": "但", "货": "获", "验": "焰", "收": "首", "开": "凯",
    "票": "漂", "回": "会", "款": "宽", "自": "字", "动": "懂", "核": "合", "项": "向", "结": "节", "催": "崔"}
"""Characters that sound alike: what a typist in Chinese picks by mistake."""
NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "xa"}
"""Keys beside a key."""
POLLUTED = {
    "zh": ("{}（{person}）", "{}-{number}", "{}【{day}】", "[{number}]{}", "{} {day}", "{}（第{small}次）",
           "{}#{number}", "{}_{person}"),
    "en": ("{} ({person})", "{} #{number}", "{} - {day}", "[{number}] {}", "{} {number}", "{} <{person}>", "{} [{day}]",
           "{} (no. {small})"),
}
COLLATERAL = {
    "zh": ("流程节点自动归档", "消息已推送至群机器人", "看板卡片刷新", "积分自动更新", "抄送记录生成"),
    "en": ("Dashboard tile refreshed", "Webhook fired", "Watcher notified", "Score recalculated", "Archive copy kept"),
}
HOMONYMS = {
    "turned_down": {"zh": ("没同意", "退回重做", "未通过"), "en": ("Sent back", "Returned", "Declined")},
    "agreed": {"zh": ("同意", "已批", "准许"), "en": ("OK given", "Released by boss", "Agreed")},
    "followed_up": {"zh": ("再问一次", "回访", "后续处理"), "en": ("Follow-up", "Checked in", "Next touch")},
}
ARTIFICIAL = {
    "zh": (("流程启动点", "流程终结点"), ("▶起", "■止"), ("虚拟首节点", "虚拟末节点"), ("《入口》", "《出口》")),
    "en": (("ARTIFICIAL_BEGIN", "ARTIFICIAL_FINISH"), ("__source__", "__sink__"), ("<<entry>>", "<<exit>>"),
           ("Trace opens", "Trace closes")),
}

# ---- cases -----------------------------------------------------------------------------------------------

TEST_CUSTOMERS = {
    "zh": ("测试客户（勿动）", "测试0{small}", "演示账户-{small}", "张三测试专用", "内部演练公司", "测试 数据 {small}",
           "请忽略 测试", "某某某公司test", "培训用例{small}", "aaaa", "测一下{small}"),
    "en": ("Test 0{small}", "Acme TEST - ignore", "demo account {small}", "John Q. Tester", "qwerty",
           "DO NOT USE - test", "Sandbox customer {small}", "Dummy Company", "test test", "Training demo {small}",
           "zzz test"),
}
TEST_OWNERS = {"zh": ("测试员", "培训账号", "管理员测试"), "en": ("qa.robot", "Trainer Demo", "crm.tester")}
TEST_AMOUNTS = ("1.00", "123.45", "1111.11", "99999.99", "100000.00", "0.01")
SHORT_LIVES = ((1,), (1, 2), (1, 2, 3))
"""Steps after the first that a second lead of the same customer still sees."""
LATER_NOTES = {
    "zh": ("{day} 客户已签收，待补录", "款已到账（{day}）", "{day}与对方财务对账", "实际验收日期：{day}"),
    "en": ("paid in full on {day}, to be booked", "delivered {day}", "signed off by the plant {day}",
           "closing call held {day}"),
}
LATER_DAYS = ("{y}-{m:02d}-{d:02d}", "{y}/{m:02d}/{d:02d}", "{y}年{m}月{d}日")

# ---- money -----------------------------------------------------------------------------------------------

SIGNS = {"CNY": ("¥{}", "￥ {}", "RMB {}", "{} 元", "CNY{}", "人民币{}"), "USD": ("${}", "US$ {}", "{} USD", "$ {}"),
         "EUR": ("€{}", "{} €", "EUR {}", "€ {}")}
GROUPS = (("{:,.2f}", ",", "."), ("{:,.2f}", ".", ","), ("{:,.2f}", " ", ","), ("{:,.2f}", "'", "."),
          ("{:,.2f}", "\u00a0", ","), ("{:,.2f}", "，", "."))
"""A pattern, what parts the thousands, what parts the cents."""
TEN_THOUSANDS = ("{} 万", "{}万元", "{}w")
NEGATIVES = ("-{}", "({})", "{}-", "-{}", "（{}）")

# ---- people and gaps -------------------------------------------------------------------------------------

NULL_WORDS = ("ＮＵＬＬ", "Ｎ／Ａ", "N / A", "n. a.", "( null )", "暂 无", "— —", "#WERT!", "#¿NOMBRE?", "<NA>",
              "[null]", "\\N", "(leer)", "k. A.", "none given", "缺失", "尚未填写", "不明", "-/-", "???", "(not set)")
"""Half are known words in an unusual dress, half are words that a list may not hold."""
ALIASES = {
    "zh": ("{zh} ", "{given}.{family}@firma.example", "{family} {given}", "{Given} {Family}", "{zh}（离职）",
           "{FAMILY}{given}", "{zh0} {zh1}"),
    "en": ("{family}, {first}", "{First}.{Family}@firma.example", "{FIRST} {FAMILY}", "{first}  {family}",
           "{f}.{family}@firma.example", "{Family} {First}", "{first} {family} (ext.)"),
}

# ---- rows and files --------------------------------------------------------------------------------------

FORMULAS = ('=HYPERLINK("https://pay.example/x","open")', "@SUM(A1:A9)", "+49+1*7", "-3+7+cmd", "\t=1+3", "＝1+4",
            "＋SUM(A1)", "@", "=IMPORTXML(A2)", "-2+3", "＠now")
FORMULA_MARKS = ("={}", "+{}", "-{}", "@{}", "＝{}", "\t={}")
MARKUPS = ("<img src=q onerror=go()>", "${{7*7}}", "{{config.items}}", "<svg/onload=go()>", "$\\frac{a}{b}$", "_hidden",
           "</td><td>", "<b>{{x}}</b>", "{% raw %}")
MARKUP_MARKS = ("<i>{}</i>", "_{}", "${}$", "{{{{{}}}}}", "<{}>")
FOOTERS = {
    "zh": ("共计 {n} 条记录", "导出人：{person}", "报表生成时间 {day}", "内部资料，请勿外传", "—— 报表结束 ——"),
    "en": ("Report produced by {person} on {day}", "{n} records shown", "Internal use only", "End of report",
           "All figures in thousands where stated", "Filtered by: all regions"),
}
TOTALS = {"zh": ("总计", "小计：{group}", "合 计", "本页小计"),
          "en": ("Grand total", "Subtotal {group}", "Sum", "Total for {group}")}
SEPARATORS = (";", "\t", "|")
