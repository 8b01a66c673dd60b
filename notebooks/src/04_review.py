# %% [markdown] lang="zh"
# # 04 评审：比以前好了吗？
#
# 到了评审日，这本笔记本先做一件事：**按事先冻结的定义判断，别的都不看**。答案只有四种：变好、变差、没有要紧的变化、看不出来。
#
# - 按约定，答案是什么？没有变更的对照怎么样？
# - 别处有没有受损？员工和客户怎么说？
# - 保留、调整，还是停止？
# - 下一轮该知道什么？
#
# **怎么用**：菜单 *运行 → 运行所有单元格* 运行全部。只改下面第一个代码格。不需要会编程。
#
# 为什么要先冻结？事后总能找到一个好看的指标。事先说好看什么、跟谁比、多大才算数，答案才信得过。探索放在后面，并且写明是探索。

# %% [markdown] lang="en"
# # 04 Review: is it better than before?
#
# On the day of the review this notebook first does one thing: **it judges by the definition that was frozen, and by
# nothing else**. There are four answers: improved, worsened, no change that matters, cannot tell.
#
# - What is the answer to what was agreed? How did the control fare, where nothing was changed?
# - Did anything suffer elsewhere? What do staff and customers say?
# - Keep, adjust or stop?
# - What should the next cycle know?
#
# **How to use it**: *Run → Run All Cells* runs everything. Change the first code cell and nothing else. No programming
# needed.
#
# Why frozen first? Afterwards there is always some indicator that looks good. Who says beforehand what counts, against
# whom and by how much, can trust the answer. Exploration comes later and is called that.

# %% [markdown] lang="zh"
# ## 1 哪一轮循环，有什么新数据
#
# `new_data`：评审用的新导出（一个文件、文件夹，或几个；没有就留空）。`voices_before`、`voices_after`：变更前后的访谈和客户反馈（`ltc.templates` 的表格）。`decision`：团队自己的决定，保留、调整或停止；留空就只有建议。`lessons`：想留给下一轮的话。

# %% [markdown] lang="en"
# ## 1 Which cycle, and what is new
#
# `new_data`: the exports of the review (a file, a folder, or several; leave it empty where there are none).
# `voices_before`, `voices_after`: interviews and feedback before and after the change (the forms of `ltc.templates`).
# `decision`: the team's own, keep, adjust or stop; left empty there is only a proposal. `lessons`: what you want the next
# cycle to know.

# %% tags=["parameters"] lang="zh"
import os

import ltcdiag as ltc

sample = ltc.sample("story_zh")
folder = os.environ.get("LTCDIAG_CYCLE") or ltc.story("review", "zh")
# folder = "cycle"
new_data = os.environ.get("LTCDIAG_NEW_DATA") or sample / "3_review"
voices_before, voices_after = sample / "voices_before", sample / "voices_after"
# voices_before, voices_after = None, None
decision, by, lessons = "keep", "王芳", ["试点要先教会每个人，再开始数日子"]
next_folder = str(folder) + "-next"

# %% tags=["parameters"] lang="en"
import os

import ltcdiag as ltc

sample = ltc.sample("story_en")
folder = os.environ.get("LTCDIAG_CYCLE") or ltc.story("review", "en")
# folder = "cycle"
new_data = os.environ.get("LTCDIAG_NEW_DATA") or sample / "3_review"
voices_before, voices_after = sample / "voices_before", sample / "voices_after"
# voices_before, voices_after = None, None
decision, by, lessons = "keep", "Ms Wang", ["teach everybody first, then begin to count the days"]
next_folder = str(folder) + "-next"

# %% tags=["nbval-check-output"] lang="zh"
ltc.language("zh")
cycle = ltc.Cycle.open(folder)
cycle

# %% tags=["nbval-check-output"] lang="en"
ltc.language("en")
cycle = ltc.Cycle.open(folder)
cycle

# %% [markdown] lang="zh"
# ## 2 事先约定了什么

# %% [markdown] lang="en"
# ## 2 What was agreed beforehand

# %% tags=["nbval-check-output"]
print(cycle.definition)

# %% [markdown] lang="zh"
# **怎么看** 冻结日早于变更日、指纹没变，下面的判断才算“按事先约定”。改过、冻结晚了、提前看，都会写在答案的最前面。

# %% [markdown] lang="en"
# **How to read it** Only where it was frozen before the change and its fingerprint still holds is what follows “as agreed
# beforehand”. Edited, frozen late, looked at early: all of that is said first of all.

# %% [markdown] lang="zh"
# ## 3 答案

# %% [markdown] lang="en"
# ## 3 The answer

# %% tags=["nbval-check-output"]
log, new_log = ltc.review_logs(cycle, new_data)
found = ltc.judge(cycle, log, new_log=new_log)
found

# %% [markdown] lang="zh"
# **怎么看** 表里一行一个主要指标。“结论”只看变更触及的案例；“对照”是没有变更的案例，若它同样变了，功劳就不能记给变更；“两边相减”只作检验。表下面是目标、别处有没有受损、每个案例的去向，和读之前要知道的。
#
# **下一步** “看不出来”不等于“没变”。看一看节奏，再看还要等多久。

# %% [markdown] lang="en"
# **How to read it** One row a primary indicator. The verdict looks at the cases that the change reached and at nothing
# else; the control are those it did not reach: where it moved as well, the change gets no credit; the difference of both
# is only a check. Below stand the targets, harm elsewhere, what became of every case, and what to know before you trust it.
#
# **Next** “Cannot tell” does not mean “no change”. See the months, then how long it would take.

# %% tags=["nbval-check-output"]
print(found)

# %% [markdown] lang="zh"
# ## 4 逐月来看
#
# 每个月实际结束的案例，除以按当时在手案例的年龄本该结束的数目。只含变更触及的案例。

# %% [markdown] lang="en"
# ## 4 The months
#
# Cases closed each month, over those that the open cases of that month would have closed at the usual rate for their
# age. Only the cases that the change reached.

# %% tags=["nbval-check-output", "raises-exception"]
ltc.draw(found.comparison)

# %% [markdown] lang="zh"
# **怎么看** 1 表示与平时一样；竖线是区间；虚线是控制限。整个月一起好或一起差时，只有这张图还可靠。

# %% [markdown] lang="en"
# **How to read it** 1 is as usual; the bars are intervals; the dashed lines are control limits. Where whole months are good
# or bad together, only this picture holds.

# %% [markdown] lang="zh"
# ## 5 员工和客户怎么说
#
# 变更之前和之后，有多少人说了什么。人少的时候只计数，不算百分比。

# %% [markdown] lang="en"
# ## 5 Staff and customers again
#
# How many people said what, before the change and after it. Where few were heard they are only counted.

# %% tags=["nbval-check-output"]
voices = ltc.voices_again(voices_before, voices_after)
voices

# %% [markdown] lang="zh"
# ## 6 探索（事先没有约定）
#
# 下面的指标没有人事先问过。指标一多，总有几个碰巧显得变了：只当作线索，下一轮再约定、再验证。

# %% [markdown] lang="en"
# ## 6 Exploration (not agreed beforehand)
#
# Nobody asked about these beforehand. Among many indicators some always seem to have moved by luck: take them as hints,
# to be agreed on and checked in the next cycle.

# %% tags=["nbval-check-output"]
found.exploration

# %% tags=["nbval-check-output", "raises-exception"]
ltc.draw(found.exploration, view="stage_ledgers")

# %% [markdown] lang="zh"
# **怎么看** 各阶段的天数加起来就是在办天数。变化是不是落在措施要改的那个阶段？落在别处，就要问：那里同时还发生了什么？

# %% [markdown] lang="en"
# **How to read it** The days of the stages add up to the days open. Does the change lie in the stage that the measure was
# meant for? If it lies elsewhere, ask what else happened there at the same time.

# %% tags=["nbval-check-output", "raises-exception"]
ltc.draw(found.exploration, view="incidence")

# %% [markdown] lang="zh"
# **怎么看** 到第几天有多少案例结束，两条曲线连同区间；下面是还在观察的案例数。曲线靠右的一段案例少，区间宽。

# %% [markdown] lang="en"
# **How to read it** The share of cases closed by each day, both curves with their bands; below stand the cases still
# watched. Far to the right they are few and the bands wide.

# %% [markdown] lang="zh"
# ## 7 决定
#
# 建议只根据数据。决定由团队来做：写进第一个代码格，这里记下是谁、哪一天。

# %% [markdown] lang="en"
# ## 7 The decision
#
# The proposal rests on the data alone. The decision is the team's: write it into the first code cell; who decided, and
# when, is noted here.

# %% tags=["nbval-check-output"]
decided = ltc.decide(found, decision, by=by)
decided

# %% [markdown] lang="zh"
# ## 8 经验教训
#
# 每项措施的计划与实际、推行了多少、哪些没做；再加上你们自己的话。

# %% [markdown] lang="en"
# ## 8 Lessons
#
# Planned against seen for each measure, how far it was adopted, what was not done; and what you have to add.

# %% tags=["nbval-check-output"]
learnt = ltc.lessons(cycle, found, lessons)
learnt

# %% [markdown] lang="zh"
# ## 9 保存，写成一页

# %% [markdown] lang="en"
# ## 9 Save, and write the page

# %% tags=["nbval-check-output"]
cycle = cycle.save(effects=found, decision=decided, lessons=learnt, by=by)
cycle

# %%
written = ltc.review(found, "review", voices=voices, decision=decided, lessons=learnt, force=True)
slides = ltc.present(found, "review/report.pptx", force=True)
print(written.report, slides.path)

# %% [markdown] lang="zh"
# **下一步** 把这一页带去问三方：员工、客户、负责措施的人。数据只说“变了没有”，不说“为什么”。

# %% [markdown] lang="en"
# **Next** Take this page to three groups: staff, customers, and whoever owns the measure. Data say whether something
# changed, not why.

# %% [markdown] lang="zh"
# ## 10 下一轮
#
# 变更之后的这段时间就是下一轮的基线。经验教训和没做完的措施一并带过去。

# %% [markdown] lang="en"
# ## 10 The next cycle
#
# The time after the change is the baseline of the next cycle. Lessons and unfinished measures come along.

# %% tags=["nbval-check-output"]
following = ltc.next_cycle(cycle, next_folder, found, new_data=new_data)
print(following.part("carried")["text"][following.about["lang"]])

# %% [markdown] lang="zh"
# <details><summary>没有循环，也想比一比</summary>
#
# 没有事先约定的比较都是探索。变更前后：`ltc.compare_change(log, "2024-10-08", primary=["days_in_contracting"], adjust_for=["单型"])`。两个时间段：`ltc.compare_periods(log, before="2024-01-01..2024-06-30", after="2025-01-01..2025-06-30")`。两份导出：`ltc.compare(ltc.read("旧.xlsx"), ltc.read("新.xlsx"))`。同一时间的两组：`ltc.compare_groups(log, "区域", "华东", "华南", cluster="负责人")`。按工作日、把在办的案例都算进来：加上 `design="all_open_work", calendar="CN"`。没有变更的地区作对照：加上 `control=("区域", "华北")`。写成一页：`ltc.review(结果, "文件夹")`。
# </details>

# %% [markdown] lang="en"
# <details><summary>A comparison without a cycle</summary>
#
# What was not agreed beforehand is exploration. Before and after a change: `ltc.compare_change(log, "2024-10-08",
# primary=["days_in_contracting"], adjust_for=["Deal size"])`. Two periods: `ltc.compare_periods(log,
# before="2024-01-01..2024-06-30", after="2025-01-01..2025-06-30")`. Two exports: `ltc.compare(ltc.read("old.xlsx"),
# ltc.read("new.xlsx"))`. Two groups of one time: `ltc.compare_groups(log, "Region", "East", "South", cluster="Owner")`. In
# working days, with all work that was open: add `design="all_open_work", calendar="CN"`. A region that was not changed, as
# control: add `control=("Region", "North")`. As a page: `ltc.review(found, "folder")`.
# </details>
