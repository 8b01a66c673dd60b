# %% [markdown] lang="zh"
# # 02 方案：改什么，谁负责，怎样算成功
#
# 这本笔记本接着 01 评估往下走，把发现变成一份方案：
#
# - 目标是什么，现在在哪里，要到哪里？
# - 做哪几项措施，谁负责，数据里怎样看出来？
# - 先做哪一项？
# - 到评审那天，案例够不够判断？
# - 可能出什么问题，怎样应对？
# - 怎样算成功：现在写下来，冻结，以后不能悄悄改。
#
# **怎么用**：菜单 *运行 → 运行所有单元格* 运行全部。先运行到底看一遍提议，再把团队的意见写进下面第一个代码格的 `wishes`，重新运行。不需要会编程。

# %% [markdown] lang="en"
# # 02 Plan: what changes, who answers for it, and what success is
#
# This notebook goes on from 01 Assess and turns findings into a plan:
#
# - What are the goals, where do things stand, and how far should they come?
# - Which measures, who answers for them, and how will the log show them?
# - Which one first?
# - On the day of the review, will there be cases enough to tell?
# - What may go wrong, and what is the answer?
# - What success is: written down now and frozen, so that nobody moves the goalposts.
#
# **How to use it**: *Run → Run All Cells* runs everything. Look at the proposals first, then write what your team wants
# into `wishes` in the first code cell and run again. No programming needed.

# %% [markdown] lang="zh"
# ## 1 选择循环，写下团队的意见
#
# 这里用的是随附的故事：两个区域，一处卡在合同评审。`folder` 是 01 评估建好的文件夹。`wishes` 是团队的意见，写成 `{}` 就全用提议；`success` 是判断的细则，也可以写成 `{}`。

# %% [markdown] lang="en"
# ## 1 The cycle, and what your team wants
#
# What stands here is the story that comes along: two regions, and contracts that wait for their review. `folder` is the one
# that 01 Assess made. `wishes` is what your team wants; with `{}` all proposals stand. `success` holds the details of the
# judgement and may be `{}` too.

# %% tags=["parameters"] lang="zh"
import os

import ltcdiag as ltc

folder = os.environ.get("LTCDIAG_CYCLE") or ltc.story("plan", "zh")
# folder = "cycle"
wishes = {"change": "2024-10-08", "review_on": "2025-04-08", "keep": ["F01"], "drop": ["M2", "M3"], "people": {"legal": "王芳"}}
wishes |= {"pilot": ("区域", "华东"), "control": ("区域", "华南"), "horizon_days": 60, "calendar": "CN"}
wishes["measures"] = [{"name": "送审前先做条款预审", "goal": "G1", "sign": {"kind": "has", "activity": "条款预审"}}]
# wishes["goals"] = [{"kpi": "days_in_contracting", "target": 8, "accountable": "王芳"}]
success = {"adjust_for": ["单型"]}
by = "王芳"

# %% tags=["parameters"] lang="en"
import os

import ltcdiag as ltc

folder = os.environ.get("LTCDIAG_CYCLE") or ltc.story("plan", "en")
# folder = "cycle"
wishes = {"change": "2024-10-08", "review_on": "2025-04-08", "keep": ["F01"], "drop": ["M2", "M3"], "people": {"legal": "Ms Wang"}}
wishes |= {"pilot": ("Region", "East"), "control": ("Region", "South"), "horizon_days": 60, "calendar": "CN"}
wishes["measures"] = [{"name": "Check the clauses before the review", "goal": "G1", "sign": {"kind": "has", "activity": "Clause pre-check"}}]
# wishes["goals"] = [{"kpi": "days_in_contracting", "target": 8, "accountable": "Ms Wang"}]
success = {"adjust_for": ["Deal size"]}
by = "Ms Wang"

# %% [markdown] lang="zh"
# <details><summary>还可以写什么</summary>
#
# `change`、`review_on`：新做法开始的日子，评审的日子。`pilot`、`control`：先在哪里做，和谁比（列名和值）。`waves`：分批推广，`("区域", {"华东": "2024-10-08", "华北": "2025-01-06"})`，没轮到的作对照。`keep`：只针对这几处发现。`goals`：`[{"kpi": …, "target": …, "accountable": …, "due": …}]`。`measures`：改提议的（写 `id`），或加自己的：`[{"name": "条款预审", "goal": "G1", "accountable": "legal", "effort": 2, "sign": {"kind": "has", "activity": "条款预审"}}]`。`drop`：不要的措施编号。`people`：角色或部门是谁。`risks`：要防的风险。`horizon_days`、`calendar`：看多少天，按哪个工作日历。写错的地方会一次说全。
# </details>

# %% [markdown] lang="en"
# <details><summary>What else may be said</summary>
#
# `change`, `review_on`: the day the new way begins, and the day of the review. `pilot`, `control`: where it is tried, and
# whom it is compared with (column and value). `waves`: a roll-out, `("Region", {"East": "2024-10-08", "North":
# "2025-01-06"})`; whose turn has not come is the control. `keep`: answer these findings only. `goals`: `[{"kpi": …,
# "target": …, "accountable": …, "due": …}]`. `measures`: change a proposed one (by its `id`) or add your own:
# `[{"name": "Clause pre-check", "goal": "G1", "accountable": "legal", "effort": 2, "sign": {"kind": "has", "activity":
# "Clause pre-check"}}]`. `drop`: ids of measures to leave out. `people`: who a role or department is. `risks`: those to
# guard against. `horizon_days`, `calendar`: within how many days, by which working calendar. Whatever cannot be is told
# all at once.
# </details>

# %% tags=["nbval-check-output"] lang="zh"
ltc.language("zh")
cycle = ltc.Cycle.open(folder)
cycle

# %% tags=["nbval-check-output"] lang="en"
ltc.language("en")
cycle = ltc.Cycle.open(folder)
cycle

# %% [markdown] lang="zh"
# **怎么看** 这个文件夹里已经有什么，下一步是什么。说还缺评估？先把 01_assess 运行到最后。

# %% [markdown] lang="en"
# **How to read it** What the folder holds, and what comes next. It says that the assessment is missing? Run 01_assess to
# its end first.

# %%
log = ltc.read(cycle.data, **cycle.options)
plan = ltc.plan(cycle, log, **wishes)

# %% [markdown] lang="zh"
# ## 2 目标：现在在哪里，要到哪里

# %% [markdown] lang="en"
# ## 2 Goals: where things stand, and how far they should come

# %% tags=["nbval-check-output"]
plan.part("goals")

# %% [markdown] lang="zh"
# **怎么看** 指标少而精，最多三个。基线旁边是 95% 区间：目标落在区间里面，就算达到了也分不清是不是碰巧。目标值是提议，“依据”写明从哪里来；没有依据的，请团队自己定。
#
# **下一步** 每个目标只有一个人负责。是谁？写进 `people` 或 `goals`。

# %% [markdown] lang="en"
# **How to read it** Few indicators, three at most. Beside the baseline stands its 95% interval: a target inside of it could
# be reached by chance. Targets are proposals and say where they come from; where there is no base the team decides.
#
# **Next** One person answers for each goal. Who? Write it into `people` or `goals`.

# %% [markdown] lang="zh"
# ## 3 措施：做什么，谁负责，怎样看出来

# %% [markdown] lang="en"
# ## 3 Measures: what is done, who answers for it, how the log will show it

# %% tags=["nbval-check-output"]
plan.part("measures")

# %% tags=["nbval-check-output"]
ltc.draw(plan, view="targets")

# %% [markdown] lang="zh"
# **怎么看** 措施来自措施库，针对排在前面的发现；每项的风险、不管用的情形在方案工作簿里。最后一栏是以后怎样在数据里看出真的在做；看不出来的，要靠抽查，或在系统里加一个步骤。
#
# **下一步** 划掉不做的（`drop`），加上自己的（`measures`）。两三项做到底，好过九项都开个头。

# %% [markdown] lang="en"
# **How to read it** They come from the library, for the findings that weigh most; the risk of each and where it does not
# help stand in the plan's workbook. The last column says how the log will show that it is really done; where it cannot,
# check by sample or record it as a step.
#
# **Next** Strike out what you will not do (`drop`), add your own (`measures`). Two or three done well beat nine begun.

# %% [markdown] lang="zh"
# ## 4 先做哪一项

# %% [markdown] lang="en"
# ## 4 Which one first

# %% tags=["nbval-check-output"]
ltc.draw(plan, view="impact_effort")

# %% tags=["nbval-check-output"]
plan.part("gains")

# %% [markdown] lang="zh"
# **怎么看** 左上角收益大、省力，先做。收益是“如果做到”的估计，假定写在表里：别的步骤照旧，省下的时间不会在别处等掉。区间只算了案例多少带来的不确定，没有算假定对不对。
#
# **下一步** 请经办人看假定：这一步真能只用一半时间吗？

# %% [markdown] lang="en"
# **How to read it** Upper left: much gain, little work; begin there. Gains are what would be if it were done, and the table
# says what is assumed: no other step changes, and time saved here is not waited away elsewhere. The interval holds the
# chance of few cases, not whether the assumption is right.
#
# **Next** Ask those who do the work about the assumption: could this step really take half its time?

# %% [markdown] lang="zh"
# ## 5 到评审那天，够不够判断

# %% [markdown] lang="en"
# ## 5 On the day of the review, will there be enough to tell?

# %% tags=["nbval-check-output"]
definition = ltc.definition_of(plan, log, **success)
ltc.power_check(plan, log, definition)

# %% [markdown] lang="zh"
# **怎么看** 期望的变化小于“能看出的变化”，评审多半会得出“看不出来”。现在就改：评审推迟，试点扩大，换一个离措施更近的指标，或者以节奏为准。
#
# **下一步** 改 `review_on`、`pilot` 或 `goals`，再运行一遍，直到够，或者大家接受“可能看不出来”。

# %% [markdown] lang="en"
# **How to read it** Where the change hoped for is smaller than the one that would be found, the review will most likely
# end in “cannot tell”. Change that now: a later review, a larger pilot, an indicator closer to the measure, or the pace.
#
# **Next** Change `review_on`, `pilot` or `goals` and run again, until it is enough, or everybody accepts that nobody may
# be able to tell.

# %% [markdown] lang="zh"
# ## 6 可能出什么问题

# %% [markdown] lang="en"
# ## 6 What may go wrong

# %% tags=["nbval-check-output"]
plan.part("risks")

# %% [markdown] lang="zh"
# **怎么看** 引入 LTC 时常见的障碍，勾上的是这次的发现容易引来的。
#
# **下一步** 团队自己挑，写进 `risks`；每一条都要有人负责应对。

# %% [markdown] lang="en"
# **How to read it** The known obstacles of such programmes; those marked are likely with these findings.
#
# **Next** Let the team choose (`risks`). Somebody answers for each of them.

# %% [markdown] lang="zh"
# ## 7 什么时候，谁

# %% [markdown] lang="en"
# ## 7 When, and who

# %% tags=["nbval-check-output"]
ltc.draw(plan, view="timetable")

# %% tags=["nbval-check-output"]
ltc.draw(plan, view="raci")

# %% [markdown] lang="zh"
# **怎么看** 每项措施在新做法开始之前准备好。A 只有一个：他对结果负责；R 动手做。
#
# **下一步** 没有在场的人，会后当面确认，再写上名字。

# %% [markdown] lang="en"
# **How to read it** Each measure is ready before the new way begins. There is one A: whoever answers for the result; R does
# the work.
#
# **Next** Whoever was not in the room is asked in person before a name is written down.

# %% [markdown] lang="zh"
# ## 8 保存，并冻结成功的定义
#
# 冻结之后，评审只按它判断。以后要改，必须写理由，每一份评审都会写明改过。

# %% [markdown] lang="en"
# ## 8 Save, and freeze what success is
#
# Once frozen, the review judges by this and by nothing else. A later change needs a reason, and every review will say so.

# %% tags=["nbval-check-output"]
cycle = cycle.freeze(definition, by=by).save(plan=plan, by=by)
cycle.definition

# %% [markdown] lang="zh"
# **怎么看** 主要指标是目标；防伤指标看有没有伤到别处：少赢单、多返工、晚交货、晚收款。
#
# **下一步** 请负责人看过这一页。变更日之前都可以用理由改；变更日之后再改，就算不上事先约定。

# %% [markdown] lang="en"
# **How to read it** Primary indicators are the goals; guards show whether something else is hurt: fewer deals won, more
# rework, late deliveries, late money.
#
# **Next** Show this page to whoever answers for it. Until the change it may be changed with a reason; after it, nothing
# counts as agreed beforehand.

# %% [markdown] lang="zh"
# ## 9 方案工作簿
#
# 给不用笔记本的人：改目标、日期、名字、工作量，加自己的措施，再读回来。

# %% [markdown] lang="en"
# ## 9 The plan as a workbook
#
# For those who use no notebook: change targets, days, names and effort, add measures, and read it back.

# %%
book = ltc.plan_book(cycle)
print(book.name)

# %% [markdown] lang="zh"
# 大家改完以后，去掉下面一行的 `#`，运行，再保存：没看懂的改动会按工作表和行号说出来，不会丢。

# %% [markdown] lang="en"
# When everybody has edited it, remove the `#` below and run: changes that cannot be understood are told by sheet and row,
# and none is lost.

# %%
# cycle = cycle.save(plan=ltc.read_plan_book(book, plan), by=by)

# %% [markdown] lang="zh"
# 给管理层的一份幻灯片，图表和文字都可以接着改：

# %% [markdown] lang="en"
# Slides for the management, with charts and texts that can be edited:

# %%
slides = ltc.present(cycle, "plan.pptx", force=True)
print(slides.path.name)

# %% [markdown] lang="zh"
# **下一步** 打开 03_implement：每周补一份新导出，看新做法有没有真的在用，指标有没有出警报。

# %% [markdown] lang="en"
# **Next** Open 03_implement: add each week's export, see whether the new way is really used, and watch for warnings.
