# %% [markdown] lang="zh"
# # 01 评估：流程实际怎么走
#
# 这本笔记本用企业已有的导出数据，照实描述“从线索到回款”这条链：
#
# - 读入了什么，搁置了什么？
# - 整条链怎么走，有多少种走法？
# - 时间在哪里？
# - 哪些工作做了不止一次，在谁和谁之间交接？
# - 能下什么结论，把握有多大？
# - 每个数字背后是哪些案例？
#
# **怎么用**：菜单 *运行 → 运行所有单元格* 运行全部。用自己的数据时，只改下面第一个代码格。不需要会编程。
#
# 多数内容是描述；第 9 节是结论，每一条都带区间、依据和背后的案例。看得到时间多的地方，看不到为什么。“为什么”要问经办人和客户。

# %% [markdown] lang="en"
# # 01 Assess: how the process really runs
#
# This notebook takes the exports a company already has and describes the chain from lead to cash as it is:
#
# - What was loaded, and what was set aside?
# - How does the whole chain run, and in how many ways?
# - Where does time lie?
# - What is done more than once, and who hands work to whom?
# - What can be claimed, and how surely?
# - Which cases stand behind a number?
#
# **How to use it**: *Run → Run All Cells* runs everything. For your own data change the first code cell and
# nothing else. No programming needed.
#
# Most of it describes. Section 9 claims, and each claim carries its interval, its base and its cases. All of it shows
# where time lies, not why. For the why, ask those who do the work, and the customers.

# %% [markdown] lang="zh"
# ## 1 选择数据
#
# 下面的示例是虚构的。换成自己的数据：删掉一行开头的 `#`，把引号里的路径改成自己的文件、文件夹或 zip（CSV、Excel、Parquet、JSON、XES 都可以）。

# %% [markdown] lang="en"
# ## 1 Choose the data
#
# The sample below is invented. For your own data remove the `#` in front of a line and put the path of your file,
# folder or zip between the quotes (CSV, Excel, Parquet, JSON and XES will do).

# %% tags=["parameters"] lang="zh"
import os

import ltcdiag as ltc

data, voices = ltc.sample("story_zh") / "1_assess", ltc.sample("story_zh") / "voices_before"
# data, voices = r"D:\导出\商机流程.xlsx", None
data, guesses = os.environ.get("LTCDIAG_DATA") or data, None
options, model = {}, "ltc"
# options = {"columns": {"case": "商机编号", "activity": "环节", "time": "完成时间"}}
folder = os.environ.get("LTCDIAG_CYCLE") or "cycle"
question = "合同为什么签得慢？"

# %% tags=["parameters"] lang="en"
import os

import ltcdiag as ltc

data, voices = ltc.sample("story_en") / "1_assess", ltc.sample("story_en") / "voices_before"
# data, voices = r"D:\exports\opportunities.xlsx", None
data, guesses = os.environ.get("LTCDIAG_DATA") or data, None
options, model = {}, "ltc"
# options = {"columns": {"case": "Opportunity", "activity": "Step", "time": "Completed"}}
folder = os.environ.get("LTCDIAG_CYCLE") or "cycle"
question = "Why does signing a contract take so long?"

# %% [markdown] lang="zh"
# <details><summary>这些选项是什么意思</summary>
#
# `columns`：列认错时，指定哪一列是案例、活动、时间（还可指定 start、resource、role、department、amount、currency）。
# `mapping`：同样的内容写在映射文件里。`ends`：哪些活动表示案例结束。`as_of`：截止时点，之后的行不计入。例如 `options = {"mapping": "映射.toml", "ends": ["回款"], "as_of": "2025-06-30"}`。`model`：参照模型，写明哪个阶段归谁做；`ltcdiag new` 在笔记本旁边放了一份 `model.toml`，可以改成本公司的做法，再写 `model = "model.toml"`。`folder`：改进循环的文件夹，评估的结果存在那里，02 方案从那里接着做。`question`：这一轮要回答的问题。`voices`：填好的访谈记录和客户反馈，另起一行写 `voices = "表格"`（文件或文件夹）；`guesses`：填好的盲猜表，`guesses = "先猜一猜.xlsx"`。没有就写 `None`。想先看列会被怎样理解：新建一格，运行 `print(ltc.sniff(data).text("zh"))`。
# </details>

# %% [markdown] lang="en"
# <details><summary>What these options mean</summary>
#
# `columns`: which column is case, activity and time, where the guess is wrong (also start, resource, role,
# department, amount, currency). `mapping`: the same in a mapping file. `ends`: activities that close a case.
# `as_of`: later rows are left out. So `options = {"mapping": "mapping.toml", "ends": ["Payment received"], "as_of":
# "2025-06-30"}`. `model`: the reference model, which says whose stage is whose; `ltcdiag new` lays a
# copy, `model.toml`, beside the notebooks, to be changed to your company's way (`model = "model.toml"`). `folder`: of the cycle; the
# assessment is saved there, and 02 Plan goes on from there. `question`: what this round is to answer. `voices`: filled
# interview notes and customer feedback, on a line of its own: `voices = "sheets"` (a file or folder); `guesses`: a filled
# sheet of guesses; `None` where there is none. To see first how columns would be understood, run
# `print(ltc.sniff(data).text("en"))` in a new cell.
# </details>

# %% [markdown] lang="zh"
# ## 2 读入了什么
#
# 一份日志：每行一个事件，同一编号的事件组成一个案例。

# %% [markdown] lang="en"
# ## 2 What was loaded
#
# A log: each row is an event, and the events of one number make a case.

# %% tags=["nbval-check-output"] lang="zh"
ltc.language("zh")
log = ltc.read(data, **options)
log

# %% tags=["nbval-check-output"] lang="en"
ltc.language("en")
log = ltc.read(data, **options)
log

# %% [markdown] lang="zh"
# **怎么看** 先看第一行：没有归入阶段的活动要先核对。再看案例数、截止时点、用了哪几列，是否与业务一致。
#
# **下一步** 不一致？回到第 1 节改选项，再运行一遍。

# %% [markdown] lang="en"
# **How to read it** First line first: activities without a stage need a check. Then ask whether the number of cases,
# the as-of moment and the columns are what the business expects.
#
# **Next** Not so? Go back to section 1, change the options, run again.

# %% [markdown] lang="zh"
# ### 账本：每一行都有去处
#
# 没有一行会悄悄消失：要么进入分析，要么搁置并写明原因和原文。

# %% [markdown] lang="en"
# ### The ledger: every row has one fate
#
# No row vanishes in silence: it is in the analysis, or it is set aside with its reason and its text.

# %% tags=["nbval-check-output"]
log.ledger

# %% [markdown] lang="zh"
# **怎么看** 每一步左边等于右边。搁置的行按文件和行号就能在原文件里找到。金额按数据行相加，只用来核对有没有丢失，不是合同额。
#
# **下一步** 搁置的行多吗？请管数据的人修正导出，再读一次。

# %% [markdown] lang="en"
# **How to read it** In every step the left side equals the right. File and line lead to a row that was set aside. Money
# is added over data rows to prove that nothing got lost; it is not the value of the contracts.
#
# **Next** Many rows set aside? Ask whoever owns the data to mend the export, then read again.

# %% [markdown] lang="zh"
# ### 活动归入了哪个阶段
#
# 企业自己的说法（活动）被归入统一的阶段；没认出来的排在最前。

# %% [markdown] lang="en"
# ### Which stage each activity belongs to
#
# The company's own words (activities) are placed in common stages; unknown ones come first.

# %% tags=["nbval-check-output"]
ltc.activities(log).top(30)

# %% [markdown] lang="zh"
# **怎么看** 阶段为空的活动仍在全部数字里，只是不归入任何阶段。
#
# **下一步** 归错了？在映射文件的 `[labels]` 下写明，再用 `mapping` 选项读一次。

# %% [markdown] lang="en"
# **How to read it** An activity with an empty stage is still in all numbers; it just belongs to no stage.
#
# **Next** In the wrong place? Name its stage under `[labels]` of a mapping file and read again with `mapping`.

# %% [markdown] lang="zh"
# ### 这份数据能回答什么
#
# 先看数据够不够用，再看数字。

# %% [markdown] lang="en"
# ### What these data can answer
#
# First whether the data will do, then the numbers.

# %% tags=["nbval-check-output"]
ltc.fitness(log)

# %% [markdown] lang="zh"
# **怎么看** 每个问题一行：能回答、能回答但要小心、不能回答，以及还缺什么。
#
# **下一步** 要紧的问题答不了？照“还缺什么”再要一次导出。
#
# <details><summary>工作坊：先猜一猜，再往下看</summary>
#
# 新建一格，运行 `ltc.guess_sheet(log, "先猜一猜.xlsx")`：表里只有问题和这份数据自己的阶段名，没有数字。每人一行，用代号，凭感觉填。填好后把文件名写进第 1 节的 `guesses`，重新运行；第 9 节把大家猜的和数据说的并排放。没有人猜也能照常运行。
# </details>

# %% [markdown] lang="en"
# **How to read it** A question a row: yes, with care, or no, and what is missing.
#
# **Next** Cannot an important question be answered? Ask for the export that would, as it says there.
#
# <details><summary>In a workshop: guess first, then read on</summary>
#
# Run `ltc.guess_sheet(log, "guesses.xlsx")` in a new cell: the sheet holds the questions and the names of the stages in
# these data, and no number. One row a person, a code instead of a name. Then write the file into `guesses` in section 1
# and run again; section 9 lays the guesses beside what the data say. It runs without guesses too.
# </details>

# %% [markdown] lang="zh"
# ## 3 整条链
#
# 把活动归入主阶段后，整条链的样子。

# %% [markdown] lang="en"
# ## 3 The whole chain
#
# The chain with its activities rolled up to the main stages.

# %% tags=["nbval-check-output"]
ltc.draw(ltc.directly_follows(log, level="main_stage"))

# %% [markdown] lang="zh"
# **怎么看** 箭头上是次数和间隔中位数；线越粗走得越多，颜色越红间隔越长；虚线是案例的开始和结束。绕回自己的箭头是阶段内部的流转。间隔是两条记录之间的时间，其中可能有工作、等待，也可能是客户在处理。
#
# **下一步** 这和制度上画的流程一样吗？案例在哪一段离开？

# %% [markdown] lang="en"
# **How to read it** Each arrow carries its count and its median gap: thicker means more often, redder means longer;
# dashes are the starts and ends of cases. An arrow back to itself is movement inside a stage. A gap is the time
# between two records: work, waiting and the customer's own time may all be in it.
#
# **Next** Is this the process as it was designed? Where do cases leave the chain?

# %% [markdown] lang="zh"
# ## 4 活动地图
#
# 同一张图，展开到活动：实际先做什么，后做什么。

# %% [markdown] lang="en"
# ## 4 The map of activities
#
# The same picture opened to activities: what is really done first, and what next.

# %% tags=["nbval-check-output"]
ltc.draw(ltc.directly_follows(log))

# %% [markdown] lang="zh"
# **怎么看** 从上往下走。往回的箭头是重做或退回；少有人走的路可能被隐藏，图下的文字写明隐藏了多少。
#
# **下一步** 挑一条意料之外的箭头，到第 10 节打开它的案例。

# %% [markdown] lang="en"
# **How to read it** From top to bottom. An arrow that goes back is work done again or sent back; rare paths may be
# hidden, and the words under the picture say how many.
#
# **Next** Pick an arrow nobody expected and open its cases in section 10.

# %% [markdown] lang="zh"
# ## 5 有多少种走法
#
# 一种走法（变体）是案例经过活动的一个完整顺序。

# %% [markdown] lang="en"
# ## 5 How many ways there are
#
# A way (variant) is one complete order of activities that cases went through.

# %% tags=["nbval-check-output"]
ltc.draw(ltc.variants(log), top=10)

# %% [markdown] lang="zh"
# **怎么看** 每行一种走法，最常见的在上；“累计”是到这一行为止覆盖的案例。一条短的走法可能是丢单，也可能还没走完。
#
# **下一步** 前几种走法之间差在哪一步？小单和大单走的是同一条路吗？

# %% [markdown] lang="en"
# **How to read it** One way a row, the most common on top; “cumulative” is the share of cases covered so far. A short
# way may be a lost deal, or one that is not over yet.
#
# **Next** In which step do the first ways differ? Do small and large deals take the same path?

# %% [markdown] lang="zh"
# ## 6 时间在哪里
#
# ### 每个案例的天数
#
# 结束的和没结束的案例都算，所以是估计，带 95% 区间。案例的每一天，都算到下一条记录所属的阶段。

# %% [markdown] lang="en"
# ## 6 Where time lies
#
# ### The days of an average case
#
# Closed and open cases both count, so these are estimates, with a 95% interval. Each day of a case belongs to the stage
# of the record that comes next.

# %% tags=["nbval-check-output", "raises-exception"]
found = ltc.diagnose(log, model)
ltc.draw(found.table("stages"))

# %% tags=["nbval-check-output", "raises-exception"]
found.table("stages").top(10)

# %% tags=["nbval-check-output", "raises-exception"]
found.table("bottleneck").top(10)

# %% [markdown] lang="zh"
# **怎么看** 先看图：细线是区间，灰色斜纹的阶段在客户手里。上表按阶段，下表按步骤，都从多到少；步骤只算第一次经过，再做的算在返工里（第 9 节）。“正停在它前面”的是还没结束的案例。倍数和其他步骤的中间水平相比。天数是自然日，包括周末和节假日。
#
# **说不知道哪些案例已结束？** 在第 1 节的 `ends` 里写明结束活动，再运行一遍。
#
# **下一步** 天数最多的阶段，时间在客户手里还是在自己手里？请问经办人。

# %% [markdown] lang="en"
# **How to read it** The picture first: thin lines are intervals, hatched stages are in the customer's hands. Then stages
# above, steps below, the most days first; steps count first passages only, what is done again is rework (section 9).
# The cases before a step now are open ones. Times compare with what is usual for the other steps. Days are calendar
# days, weekends and holidays included.
#
# **It says that nobody knows which cases are over?** Name the closing activities as `ends` in section 1 and run again.
#
# **Next** In the stage with the most days, is the time the customer's or your own? Ask those who work there.

# %% [markdown] lang="zh"
# ### 两条记录之间的间隔

# %% [markdown] lang="en"
# ### Gaps between two records

# %% tags=["nbval-check-output"]
ltc.draw(ltc.gaps(log))

# %% tags=["nbval-check-output"]
ltc.gaps(log).top(8)

# %% [markdown] lang="zh"
# **怎么看** 说“间隔”，不说“等待”：两条记录之间可能有人在工作。合计大，可能因为次数多，也可能因为每次都长，所以同时看次数和中位数；90 百分位是最慢的十分之一从哪里开始。
#
# **如果数据有开始时间**（第 2 节“使用的列”里有“开始时间”，示例就有）：间隔仍从完成算到完成；而第 8 节的交接从前一项工作完成算到后一项工作开始，这一段没有人在做这个案例。两处对照，就能看出间隔里有多少是工作，多少是空档。
#
# **下一步** 记下合计最大的两三段，第 10 节逐一打开。

# %% [markdown] lang="en"
# **How to read it** A gap, not waiting: someone may be at work between two records. A total can be large because it
# happens often or because it takes long each time, so look at the count and the median too; the 90th percentile is
# where the slowest tenth begins.
#
# **If the data have start times** (“start” among the columns used in section 2, as in the sample): gaps still run from
# completion to completion, while the handovers of section 8 run from the end of one piece of work to the start of
# the next, when nobody works on the case. Side by side they tell how much of a gap is work and how much is not.
#
# **Next** Note the two or three largest totals and open them in section 10.

# %% [markdown] lang="zh"
# ## 7 返工
#
# 同一案例里，同一活动做了不止一次。

# %% [markdown] lang="en"
# ## 7 Rework
#
# The same activity done more than once in one case.

# %% tags=["nbval-check-output"]
ltc.rework(log).top(8)

# %% [markdown] lang="zh"
# **怎么看** 先看“有重复的案例”的占比，再看“多做的次数”：少数案例反复很多次，也会让次数很大。重复不一定是错误，比如客户主动改需求。
#
# **下一步** 重复之前通常发生了什么？在活动地图上顺着往回的箭头找。

# %% [markdown] lang="en"
# **How to read it** First the share of cases that repeat, then the number of repeats: a few cases that go round many
# times can make that number large. A repeat is not always a fault; the customer may have changed the request.
#
# **Next** What usually comes before a repeat? Follow the arrows that go back on the map of activities.

# %% [markdown] lang="zh"
# ## 8 交接
#
# 前后两项工作属于不同的部门（没有部门时按角色，再没有按人员）。

# %% [markdown] lang="en"
# ## 8 Handovers
#
# Two neighbouring pieces of work that belong to different departments (else roles, else people).

# %% tags=["nbval-check-output", "raises-exception"]
ltc.draw(ltc.handovers(log))

# %% tags=["nbval-check-output", "raises-exception"]
ltc.handovers(log).top(10)

# %% [markdown] lang="zh"
# **怎么看** 行交出，列接手。有开始时间时，间隔从前一项完成算到后一项开始；没有时，从记录算到记录。交接多不等于协作差；个人数据只用于看流程，不用于考核。
#
# **下一步** 请交出和接手的双方一起看这张图：哪些材料、信息、决定没有一次交齐？

# %% [markdown] lang="en"
# **How to read it** The row hands over, the column takes up. With start times the gap runs from the end of one piece of
# work to the start of the next; without them from record to record. Many handovers are not poor collaboration, and
# what people did is shown to see the process, never to rate a person.
#
# **Next** Let both sides of a handover look at it together: which papers, facts, decisions were not complete at once?

# %% [markdown] lang="zh"
# ### 在日历上看
#
# 每个案例一行，每个事件一点。

# %% [markdown] lang="en"
# ### On the calendar
#
# A row for each case, a dot for each event.

# %% tags=["nbval-check-output"]
ltc.draw(ltc.points(log))

# %% [markdown] lang="zh"
# **怎么看** 从左到右是日期，从上到下按案例的开始排列。竖直排成一线的点是集中处理或批量录入；空白的竖条可能是长假。
#
# **下一步** 有没有大家都记得的事（系统上线、年底冲刺）正好落在这些竖线上？

# %% [markdown] lang="en"
# **How to read it** Dates from left to right, cases from top to bottom in the order of their start. Dots in a vertical line
# are work done, or typed in, in one go; an empty vertical band may be a holiday.
#
# **Next** Does something everyone remembers (a new system, the end of a year) fall on these lines?

# %% [markdown] lang="zh"
# ## 9 能下什么结论
#
# 只有差别的整个区间都超过最低线，才算一处发现；一处也没有，也是结果。

# %% [markdown] lang="en"
# ## 9 What can be claimed
#
# A difference is a finding only if its whole interval is beyond a minimum. None at all is a result too.

# %% tags=["nbval-check-output"]
found.top(5)

# %% [markdown] lang="zh"
# **怎么看** 最要紧的在前：有金额时按占用的资金（金额×天数）排，没有就按天数。括号里是 95% 区间：案例数有限，真实的平均数大致在这个范围内。先看标题和第一个数，再看依据了多少个案例，最后看注意事项。在客户手里的步骤只列出，不算问题。
#
# **下一步** 每条最后的 → 是下一个该问的问题。下面打开第一处发现停留最久的案例；`found.cases(1)` 是第二处。

# %% [markdown] lang="en"
# **How to read it** What weighs most first: by the money that waits (amount times days) where amounts are known, else by
# days. Brackets hold the 95% interval: with this number of cases, the true
# average lies about there. Title and first number first, then how many cases they rest on, then the caveat. Steps in
# the customer's hands are shown and not blamed.
#
# **Next** The → at the end is the question to ask. Below are the worst cases of the first finding; `found.cases(1)`
# opens the second.

# %% tags=["nbval-check-output", "raises-exception"]
found.cases(0).top(8)

# %% [markdown] lang="zh"
# ### 结论背后的表：返工和交接

# %% [markdown] lang="en"
# ### The tables behind the claims: rework and handovers

# %% tags=["nbval-check-output", "raises-exception"]
found.table("rework")

# %% tags=["nbval-check-output", "raises-exception"]
found.table("handover").top(10)

# %% [markdown] lang="zh"
# **怎么看** 返工的占比以到过这一步的案例为底，天数是回头路上的全部时间；重复登记、当天更正和本来就会重复的步骤不算，所以可能比第 7 节少。交接的天数也在步骤的天数里，不要相加。
#
# **下一步** 记下两三处发现和各自的问题，带着案例去问。

# %% [markdown] lang="en"
# **How to read it** The share of rework is of the cases that came to the step, its days are all the time of the way back;
# entries logged twice, corrections of the same day and steps that come again as part of the work are left out, so it
# can be less than in section 7. The days at handovers are days of steps too; do not add them.
#
# **Next** Note two or three findings with their questions, and take the cases along when you ask.

# %% [markdown] lang="zh"
# ### 动哪一步最见效，哪些单子要马上问
#
# 占时间最多的一步，不一定是最见效的一步。

# %% [markdown] lang="en"
# ### Which step to pull, which deals to ask about now
#
# The step that takes most time need not be the one that brings most.

# %% tags=["nbval-check-output", "raises-exception"]
found.table("lever").top(8)

# %% tags=["nbval-check-output", "raises-exception"]
found.table("stuck").top(8)

# %% [markdown] lang="zh"
# **怎么看** 上表：假如一步只用一半时间，平均每个案例少用多少天；是推算，假定各步快慢互不影响。下表：停得比同一位置五分之四的案例都久的案例，金额大的在前，可以当作电话名单。
#
# **下一步** 挑收益最大、又在自己手里的一两步；名单上的前几个，今天就问。

# %% [markdown] lang="en"
# **How to read it** Above: how many days less an average case would be open if a step took half its time; worked out, it
# assumes that steps do not slow or speed each other. Below: cases that stand longer than four in five others did at the
# same place, largest amount first: a list to call.
#
# **Next** Pick one or two steps that bring much and are in your own hands; ask about the first few of the list today.

# %% [markdown] lang="zh"
# ### 为什么等，哪一类更慢
#
# 有开始时间和经办人时，等待可以按原因拆开；没有时，下表是空的。

# %% [markdown] lang="en"
# ### Why it waits, and for whom it is slower
#
# Where starts and people are recorded, waiting is cut by cause; where they are not, the first table is empty.

# %% tags=["nbval-check-output", "raises-exception"]
found.table("wait_causes").top(8)

# %% tags=["nbval-check-output", "raises-exception"]
found.table("rules").top(8)

# %% [markdown] lang="zh"
# **怎么看** 攒批、排队、后到的先办、没人当班、其他，加起来就是全部等待。第二张表是站得住的分组差异；空的，说明哪一类都不比别的明显慢。
#
# **下一步** 还有哪些表：`list(found.tables)`。规则、流失、铁三角、来回、走法，都在报告里。

# %% [markdown] lang="en"
# **How to read it** Kept for a batch, in a queue, later ones first, nobody on duty, and the rest add up to all waiting. The
# second table holds the groups of cases that are clearly slower; if it is empty, none is.
#
# **Next** There are more tables: `list(found.tables)`. Rules, leaks, the iron triangle, to and fro, ways are in the report.

# %% [markdown] lang="zh"
# ### 指标
#
# 转化率、周期、天数和返工，各带 95% 区间。

# %% [markdown] lang="en"
# ### Indicators
#
# Conversion, cycles, days and rework, each with its 95% interval.

# %% tags=["nbval-check-output"] lang="zh"
indicators = ltc.kpis(log)
# indicators = ltc.kpis(log, by="区域")
indicators

# %% tags=["nbval-check-output"] lang="en"
indicators = ltc.kpis(log)
# indicators = ltc.kpis(log, by="Region")
indicators

# %% [markdown] lang="zh"
# **怎么看** 没结束的案例也算。期限是从起点起最多看多少天，之后的不计，所以只和同一期限的数字比较。给不出数字或区间时，说明里写着原因。删掉 `by=` 那一行开头的 `#`，就按数据里的一列（示例是“区域”）分组。
#
# **下一步** 哪个指标要改善？先看它数的是什么：`print(indicators.definition("win_rate"))`，名称见 `indicators.table`。

# %% [markdown] lang="en"
# **How to read it** Open cases count too. The horizon says for how many days from its start a case is watched; what comes
# later does not count, so compare numbers of one horizon only. Where there is no number or no interval, the note says
# why. Remove the `#` in front of the line with `by=` to have them by a column of the data (“Region” in the sample).
#
# **Next** Which one should improve? See first what it counts: `print(indicators.definition("win_rate"))`; the names
# are in `indicators.table`.

# %% [markdown] lang="zh"
# ### 猜的和数据说的
#
# 有人猜过才有左边一栏。不记名，也不评谁猜得准。

# %% [markdown] lang="en"
# ### What was guessed, and what the data say
#
# The guesses stand there only if somebody guessed. Nobody is named, and nobody was wrong.

# %% tags=["nbval-check-output", "raises-exception"]
revealed = ltc.reveal(guesses, found)
revealed

# %% [markdown] lang="zh"
# ### 三方对照：数据、员工、客户
#
# 每处发现旁边，放上员工和客户怎么说。

# %% [markdown] lang="en"
# ### Three sides: data, staff, customers
#
# Beside each finding, what staff and customers say.

# %% tags=["nbval-check-output", "raises-exception"]
together = ltc.triangulate(found, voices)
together

# %% [markdown] lang="zh"
# **怎么看** 同一处、同一类问题才算印证；一个人说几次只算一个人。没有问过，就写“没有提到”，不等于不同意。只有人说、数据里没有的问题列在最后，旁边写着要什么数据才看得到。
#
# **下一步** 三方都提到的，最值得写进方案；互相矛盾的，先去现场看一次。

# %% [markdown] lang="en"
# **How to read it** It counts as agreement only at the same place and of the same kind; one person counts once. Silence is
# not dissent. Problems that only people name stand at the end, with the data that would show them.
#
# **Next** What all three name is the first candidate for the plan; where they contradict, go and look.

# %% [markdown] lang="zh"
# ## 10 打开案例
#
# 每个数字都能打开。先自己点开看：点图上的一步、一条路，或者一处发现，就只看它的案例；拉滑块，图就变简单或变详细；换指标，颜色和数字跟着换。

# %% [markdown] lang="en"
# ## 10 Open the cases
#
# Every number opens. First by clicking: a step, a path or a finding leaves its cases only; the sliders make the map simpler
# or fuller; another measure changes colours and numbers.

# %%
explorer = ltc.explore(log, found=found)
explorer

# %% [markdown] lang="zh"
# **接着用** 点选的结果在 Python 里：`explorer.log` 是留下的案例，`explorer.code` 是做到同样筛选的一行代码，`explorer.save("名字")` 存下来。给整个工作坊：`ltc.workshop(log, "workshop.html", found=found)` 写出一个离线网页，手机和投影都能看，可以投票、贴便签。
#
# 也可以从表里打开。下面是间隔合计最大的那一条路：把 `row` 改成第 6 节间隔表的任何一行。

# %% [markdown] lang="en"
# **To go on** What was clicked is there in Python: `explorer.log` holds the cases that are left, `explorer.code` is the line
# that makes the same choice, `explorer.save("name")` keeps it. For a whole workshop, `ltc.workshop(log, "workshop.html",
# found=found)` writes one offline page for phones and projectors, with votes and notes.
#
# Tables open too. Here is the path with the largest total gap: set `row` to any row of the table of gaps in section 6.

# %% tags=["nbval-check-output"]
row = 1
path = ltc.gaps(log).filter(row)
chosen = log.where(path)
print(path)
print(chosen.ledger.steps[-1])

# %% tags=["nbval-check-output"]
longest = ltc.cases(chosen).largest("days", 8)
longest

# %% [markdown] lang="zh"
# 上面是走过这条路的案例中历时最长的几个。再打开其中第一个，从第一条记录看到最后一条：

# %% [markdown] lang="en"
# These are the longest of the cases that took this path. And the first of them, from its first record to its last:

# %% tags=["nbval-check-output"]
one = chosen.where(longest.filter(1))
ltc.points(one).top(60)

# %% [markdown] lang="zh"
# **怎么看** “来源行”是原文件里的行号：打开导出文件，翻到那一行，就是原始记录。
#
# **下一步** 带着这几个案例去找经办人：这几天发生了什么？想换一种筛选：
# `log.where(ltc.Contains(("活动",)))`、`log.between("2024-01-01", "2024-06-30")`、`log.where(ltc.StateIs("open"))`，可以用 `&`、`|`、`~` 组合；上面每一格都可以把 `log` 换成 `chosen` 再看一遍。

# %% [markdown] lang="en"
# **How to read it** “Source row” is the line of the file: open the export, go to that line, and there is the record.
#
# **Next** Take these cases to those who worked on them: what happened in these days? For another choice:
# `log.where(ltc.Contains(("activity",)))`, `log.between("2024-01-01", "2024-06-30")`, `log.where(ltc.StateIs("open"))`,
# joined by `&`, `|` and `~`; any cell above works with `chosen` in the place of `log`.

# %% [markdown] lang="zh"
# ### 给数据团队：得出数字的 SQL

# %% [markdown] lang="en"
# ### For the data team: the SQL behind a number

# %%
print(ltc.sql(log, "gaps"))

# %% [markdown] lang="zh"
# ## 11 写成报告
#
# 一个文件夹：可离线打开的网页报告、Excel 表、可以接着改的幻灯片、账本、图和模型。

# %% [markdown] lang="en"
# ## 11 Write the report
#
# A folder: a report page that opens offline, an Excel workbook, slides that can be edited, the ledger, pictures, the model.

# %%
written = ltc.report(log, "report", force=True, model=model, also=("pptx",))
print(written.report)

# %% [markdown] lang="zh"
# **下一步** 描述的数字准确，估计的数字带区间。同时出现不等于因果；没有记录不等于没有做。
#
# 评估还需要另外两只眼睛：**员工访谈**和**客户反馈**。把数据里看到的写成问题，分别去问，再并排看三方说法：
#
# | 听到 | 可以回到哪一节对照 |
# |---|---|
# | 部门协作不畅 | 第 8 节：交接的间隔和来回；第 9 节：交接的结论 |
# | 数据孤岛 | 第 2 节：搁置的行，未归入阶段的活动 |
# | 流程复杂 | 第 5 节：走法的数量；第 9 节：瓶颈和返工 |
# | 缺乏灵活性 | 第 5 节：小单和大单是否走同一条路 |
#
# 填写表现成的有：`ltc.templates("表格")`；填好后把文件夹写进第 1 节的 `voices`，再运行一遍，第 9 节就是三方对照。
#
# ## 12 存进改进循环
#
# 下一本笔记本（02 方案）从这里接着做。

# %% [markdown] lang="en"
# **Next** What describes is exact, what estimates carries its interval. What goes together need not be cause and effect;
# what is not recorded may still have been done.
#
# An assessment needs two more pairs of eyes: **interviews with staff** and **feedback from customers**. Turn what you
# saw into questions, ask both, and lay the three answers side by side:
#
# | If you hear | look again at |
# |---|---|
# | departments do not work together | section 8: gaps and to-and-fro at handovers; section 9: claims about them |
# | data live in silos | section 2: rows set aside, activities without a stage |
# | the process is complicated | section 5: the number of ways; section 9: bottlenecks and rework |
# | everything takes the same long path | section 5: do small and large deals share one way? |
#
# The sheets to fill in are there: `ltc.templates("sheets")`; filled, write their folder as `voices` into section 1 and run
# again: section 9 lays the three side by side.
#
# ## 12 Save it into the cycle
#
# The next notebook (02 Plan) goes on from here.

# %% tags=["nbval-check-output"]
cycle = ltc.Cycle.begin(folder, question=question)
cycle = cycle.save(log=log, findings=found, kpis=indicators, triangulation=together, guesses=revealed or None,
                   data=data, options=options)
cycle

# %% [markdown] lang="zh"
# **怎么看** 文件夹里都是普通的文本文件，可以打开、比较、放进版本管理。上面写着这一轮走到哪一步，下一步是什么。
#
# **下一步** 打开 02 方案。以后有了新的导出，再运行一遍这本笔记本：每次评估都留着，前后可以对照。

# %% [markdown] lang="en"
# **How to read it** The folder holds plain text files, to be opened, compared and kept under version control. Above it says
# how far this round has come, and what is next.
#
# **Next** Open 02 Plan. When a new export comes, run this notebook again: each assessment is kept and can be compared.
