# %% [markdown] lang="zh"
# # 04 评审：比以前好了吗？
#
# 措施做完了，这本笔记本回答一个问题：**比以前好了吗？** 答案只有四种：变好、变差、没有要紧的变化、看不出来。
#
# - 拿什么和什么比？
# - 答案是什么，有多大把握？
# - 逐月来看呢？
# - 差别在哪里？
# - 换一种问法，答案还站得住吗？
#
# **怎么用**：菜单 *运行 → 运行所有单元格* 运行全部。用自己的数据时，只改下面第一个代码格。不需要会编程。
#
# 为什么不直接比平均数？最近开始的案例里，已经结束的都是快的。只拿已结束的案例来比，就算什么都没变，也会显得变快了。这里把还没结束的案例也算进去。

# %% [markdown] lang="en"
# # 04 Review: is it better than before?
#
# The measures are done, and this notebook answers one question: **is it better than before?** There are four answers:
# improved, worsened, no change that matters, cannot tell.
#
# - What is compared with what?
# - What is the answer, and how sure is it?
# - What do the months say?
# - Where does the difference lie?
# - Does the answer hold if the question is put another way?
#
# **How to use it**: *Run → Run All Cells* runs everything. For your own data change the first code cell and
# nothing else. No programming needed.
#
# Why no plain averages? Of the cases begun lately, only the fast ones are over. Who compares closed cases sees an
# improvement where nothing has changed. Here open cases count too.

# %% [markdown] lang="zh"
# ## 1 选择数据和问题
#
# 示例是虚构的：2024 年 10 月 8 日起，法务改了合同评审的做法。换成自己的数据：改路径、变更日，和事先想好的主要指标（最多三个）。

# %% [markdown] lang="en"
# ## 1 Choose the data and the question
#
# The sample is invented: from 8 October 2024 on, legal reviews contracts in another way. For your own data change the
# path, the day of the change, and the primary indicators you thought of beforehand (at most three).

# %% tags=["parameters"] lang="zh"
import os

import ltcdiag as ltc

data = os.environ.get("LTCDIAG_DATA") or ltc.sample("change_zh")
# data = r"D:\导出\商机流程.xlsx"
change = "2024-10-08"
question = {"primary": ["days_in_contracting", "win_rate"], "adjust_for": ["单型"]}
options = {}
# options = {"mapping": "映射.toml", "ends": ["回款"], "as_of": "2025-06-30"}

# %% tags=["parameters"] lang="en"
import os

import ltcdiag as ltc

data = os.environ.get("LTCDIAG_DATA") or ltc.sample("change_en")
# data = r"D:\exports\opportunities.xlsx"
change = "2024-10-08"
question = {"primary": ["days_in_contracting", "win_rate"], "adjust_for": ["Deal size"]}
options = {}
# options = {"mapping": "mapping.toml", "ends": ["Payment received"], "as_of": "2025-06-30"}

# %% [markdown] lang="zh"
# <details><summary>还可以怎样比</summary>
#
# 两个时间段：`ltc.compare_periods(log, before="2024-01-01..2024-06-30", after="2025-01-01..2025-06-30", **question)`。两份导出：`ltc.compare(ltc.read("旧.xlsx"), ltc.read("新.xlsx"), **question)`。同一时间的两组：`ltc.compare_groups(log, "区域", "华东", "华南", cluster="负责人")`。有没变更的地区作对照：加上 `control=("区域", "华北")`。变更影响全部在办案例，而不只是新案例：在 question 里加 `"design": "all_open_work"`。
# </details>

# %% [markdown] lang="en"
# <details><summary>Other ways to compare</summary>
#
# Two periods: `ltc.compare_periods(log, before="2024-01-01..2024-06-30", after="2025-01-01..2025-06-30", **question)`.
# Two exports: `ltc.compare(ltc.read("old.xlsx"), ltc.read("new.xlsx"), **question)`. Two groups of one time:
# `ltc.compare_groups(log, "Region", "East", "South", cluster="Owner")`. A region that was not changed, as control: add
# `control=("Region", "North")`. Where the change reached all open work, not only new cases, put
# `"design": "all_open_work"` into the question.
# </details>

# %% [markdown] lang="zh"
# ## 2 答案

# %% [markdown] lang="en"
# ## 2 The answer

# %% tags=["nbval-check-output"] lang="zh"
ltc.language("zh")
log = ltc.read(data, **options)
found = ltc.compare_change(log, change, **question)
found

# %% tags=["nbval-check-output"] lang="en"
ltc.language("en")
log = ltc.read(data, **options)
found = ltc.compare_change(log, change, **question)
found

# %% [markdown] lang="zh"
# **怎么看** 最上面的是主要指标，是事先要问的问题；下面的是探索。每个差值旁边是 95% 区间：区间跨过 0，就是“看不出来”。表下面是读之前要知道的：构成变了、季节分不清、案例太少，都会写在那里。
#
# **下一步** “看不出来”不等于“没变”。往下看节奏，再看需要多少案例才够。

# %% [markdown] lang="en"
# **How to read it** On top stand the primary indicators, the questions asked beforehand; the rest is exploration. Beside
# each difference stands its 95 % interval: where it spans 0, nobody can tell. Under the table is what to know before you
# trust it: a mix that moved, a season that cannot be told apart, too few cases.
#
# **Next** “Cannot tell” does not mean “no change”. See the months, then how many cases it would take.

# %% tags=["nbval-check-output"]
print(found)

# %% [markdown] lang="zh"
# ## 3 逐月来看
#
# 每个月实际结束的案例，除以按当时在手案例的年龄本该结束的数目。整个月一起好或一起差时，只有这张图还可靠。

# %% [markdown] lang="en"
# ## 3 The months
#
# Cases closed each month, over those that the open cases of that month would have closed at the usual rate for their
# age. Where whole months are good or bad together, only this picture holds.

# %% tags=["nbval-check-output"]
ltc.draw(found)

# %% [markdown] lang="zh"
# **怎么看** 1 表示与平时一样；竖线是区间；虚线是控制限，落在外面的月份值得单独问一问。
#
# **下一步** 变更之后的月份是一起抬高了，还是只有一两个月？

# %% [markdown] lang="en"
# **How to read it** 1 is as usual; the bars are intervals; a month outside the dashed limits deserves a question of its
# own.
#
# **Next** Did the months after the change rise together, or only one or two of them?

# %% [markdown] lang="zh"
# ## 4 差别在哪里
#
# 一个案例的天数分在各个阶段：变更之前和之后。

# %% [markdown] lang="en"
# ## 4 Where the difference lies
#
# The days of a case by stage, before and after the change.

# %% tags=["nbval-check-output"]
ltc.draw(found, view="stage_ledgers")

# %% [markdown] lang="zh"
# **怎么看** 各阶段的天数加起来就是在办天数。变化是不是落在措施要改的那个阶段？
#
# **下一步** 落在别处，就要问：那里同时还发生了什么？

# %% [markdown] lang="en"
# **How to read it** The days of the stages add up to the days open. Does the change lie in the stage that the measure
# was meant for?
#
# **Next** If it lies elsewhere, ask what else happened there at the same time.

# %% tags=["nbval-check-output"]
ltc.draw(found, view="incidence")

# %% [markdown] lang="zh"
# **怎么看** 到第几天有多少案例结束，两条曲线连同区间；下面是还在观察的案例数。曲线靠右的一段案例少，区间宽。

# %% [markdown] lang="en"
# **How to read it** The share of cases closed by each day, both curves with their bands; below stand the cases still
# watched. Far to the right they are few and the bands wide.

# %% tags=["nbval-check-output"]
ltc.draw(found, view="mix_waterfall")

# %% [markdown] lang="zh"
# **怎么看** 如果之后的单子本来就小，变快就不是措施的功劳。这张图把“构成变了”与“同样构成下变了”分开。

# %% [markdown] lang="en"
# **How to read it** If the deals after the change are smaller anyway, being faster is no merit of the measure. This
# picture parts what the mix brought from what changed at the same mix.

# %% [markdown] lang="zh"
# ## 5 换一种问法
#
# 按工作日计算，并且把变更之后全部在办的案例都算进来。两种问法的答案一致，才放心。

# %% [markdown] lang="en"
# ## 5 The question put another way
#
# In working days, with all work that was open after the change. Trust grows where both answers agree.

# %% tags=["nbval-check-output"]
again = ltc.compare_change(log, change, kpi=["days_in_contracting", "days_open"], design="all_open_work", calendar="CN")
again

# %% [markdown] lang="zh"
# ## 6 写成一页
#
# 一个文件夹：可离线打开的网页、数据、账本和图。

# %% [markdown] lang="en"
# ## 6 Write the page
#
# A folder: a page that opens offline, the data, the ledger and the pictures.

# %%
written = ltc.review(found, "review", force=True)
print(written.report)

# %% [markdown] lang="zh"
# **下一步** 变好的：把做法固定下来，三个月后再看一次，看它站不站得住。变差的：先问经办人，再决定要不要退回。看不出来的：记下还要等多久，到时再比。
#
# 数据只说“变了没有”，不说“为什么”。把这一页带去问三方：员工、客户、负责措施的人。

# %% [markdown] lang="en"
# **Next** What improved: make it the rule, and look again in three months whether it holds. What worsened: ask those who
# do the work before you take it back. What nobody can tell: note how long to wait, and compare again then.
#
# Data say whether something changed, not why. Take this page to three groups: staff, customers, and whoever owns the
# measure.
