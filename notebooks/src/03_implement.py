# %% [markdown] lang="zh"
# # 03 实施：新做法用起来了吗，有没有异常？
#
# 方案定了，成功的定义也冻结了。现在每周运行一次这本笔记本：
#
# - 这周的新数据带来了什么？
# - 日志里看得出新做法吗，哪个团队、从哪一周开始？
# - 主要指标和防副作用的指标有没有异常，误报的机会有多大？
# - 里程碑按时吗？
# - 这周该给哪些卡住的案例打电话？
# - 除了这次变更，同时还有什么在动？
#
# **怎么用**：菜单 *运行 → 运行所有单元格* 运行全部。只改下面第一个代码格。不需要会编程。
#
# 这里不下“有没有效果”的结论：那是评审的事，按事先冻结的定义来。每周都看一眼效果，看得够多次总会看到“有效”。

# %% [markdown] lang="en"
# # 03 Implement: is the new way used, and does anything move that should not?
#
# The plan stands, and what success means is frozen. From now on this notebook runs once a week:
#
# - What did this week's data bring?
# - Does the log show the new way, in which team, since which week?
# - Do the primary indicators and the guards stay quiet, and how often would a warning be false?
# - Are the milestones in time?
# - Which stuck cases should somebody call about this week?
# - What else moved besides the change?
#
# **How to use it**: *Run → Run All Cells* runs everything. Change the first code cell and nothing else. No programming
# needed.
#
# Whether it works is not judged here: that is for the review, by the definition frozen beforehand. Who looks for an
# effect every week will find one in time.

# %% [markdown] lang="zh"
# ## 1 打开循环，接上新数据
#
# 循环文件夹由 01 和 02 建立。`new_data` 是变更之后的新导出：只读新的，旧的不再重读；以前接过的文件会自动跳过，所以可以一直指着同一个文件夹。

# %% [markdown] lang="en"
# ## 1 Open the cycle, append the new data
#
# The folder of the cycle comes from 01 and 02. `new_data` is the new export since the change: only new files are read,
# those appended before are skipped, so it may always be the same folder.

# %% tags=["parameters"] lang="zh"
import os

import ltcdiag as ltc

folder = os.environ.get("LTCDIAG_CYCLE") or ltc.story("implement", "zh")
# folder = "cycle"
new_data = os.environ.get("LTCDIAG_NEW_DATA") or ltc.sample("story_zh") / "2_implement"
# new_data = r"D:\导出\第3周.xlsx"
whole = True            # False：新导出里只有新增或改动的行
by = None               # 例如 "区域"；不写就按部门、角色或人员
# 措施到哪一步（planned、running、done、dropped）；里程碑写完成的日期
progress = {"M1": "done", "M4": "running", "P1": "2024-09-27", "P2": "2024-10-01", "P3": "2024-09-21", "P4": "2024-10-08"}

# %% tags=["parameters"] lang="en"
import os

import ltcdiag as ltc

folder = os.environ.get("LTCDIAG_CYCLE") or ltc.story("implement", "en")
# folder = "cycle"
new_data = os.environ.get("LTCDIAG_NEW_DATA") or ltc.sample("story_en") / "2_implement"
# new_data = r"D:\exports\week 3.xlsx"
whole = True            # False: the new export holds only rows that are new or changed
by = None               # such as "Region"; without it departments, roles or people
# state of a measure (planned, running, done, dropped); a milestone: the day it was reached
progress = {"M1": "done", "M4": "running", "P1": "2024-09-27", "P2": "2024-10-01", "P3": "2024-09-21", "P4": "2024-10-08"}

# %% tags=["nbval-check-output"] lang="zh"
ltc.language("zh")
cycle = ltc.Cycle.open(folder)
cycle.needs("implement")
cycle

# %% tags=["nbval-check-output"] lang="en"
ltc.language("en")
cycle = ltc.Cycle.open(folder)
cycle.needs("implement")
cycle

# %% tags=["nbval-check-output"]
log, came = ltc.catch_up(cycle, new_data, whole=whole)
came

# %% [markdown] lang="zh"
# **怎么看** 新增、改正、撤回的行都在这里。结束后又打开的案例，会照新的数据重新算。
#
# **下一步** 行数和你导出的对得上吗？对不上，先看账本 `log.ledger`。

# %% [markdown] lang="en"
# **How to read it** Rows that are new, corrected or withdrawn are counted here. Cases that had been closed and went on
# are counted as they stand now.
#
# **Next** Does the number of rows match your export? If not, look at `log.ledger` first.

# %% [markdown] lang="zh"
# ## 2 新做法用起来了吗
#
# 方案里的每项措施都写了“日志里怎么看得出来”。案例走过那一步才算数。

# %% [markdown] lang="en"
# ## 2 Is the new way used?
#
# Each measure of the plan says how the log would show it. A case counts once the place of the step is behind it.

# %% tags=["nbval-check-output"]
adoption = ltc.adoption(cycle, log, by=by)
adoption

# %% tags=["nbval-check-output"]
ltc.draw(adoption)

# %% [markdown] lang="zh"
# **怎么看** 颜色越深，照新做法做的越多；空格是那一周没有案例走到。对照也变深，说明新做法传开了，评审时对照就不再是对照。
#
# **下一步** 哪个团队一直浅？去现场问缺什么，不要先下命令。

# %% [markdown] lang="en"
# **How to read it** The darker, the more cases show the new way; an empty cell had no case that week. Where the control
# darkens too, the new way has spread, and at the review it is no control any more.
#
# **Next** Which team stays light? Go and ask what is missing before giving orders.

# %% [markdown] lang="zh"
# ## 3 指标有没有异常
#
# 每项指标一个观察，从变更一直看到评审。误报的机会写在上面，是整个计划期的，不是一周的。

# %% [markdown] lang="en"
# ## 3 Does anything move that should not?
#
# One watch for each indicator, from the change to the review. The chance of a false alarm stands above it; it is that of
# the whole planned time, not of one week.

# %% tags=["nbval-check-output"]
watches = ltc.watch(cycle, log)
watches

# %% [markdown] lang="zh"
# **怎么看** “安静”不等于没变，只是没有越过事先定好的线。“太少”就是还不能说。最后一列写着它能发现多大的坏变化。
#
# **下一步** 有往坏处走的警报：先查数据，再看对照，然后才决定要不要暂停。

# %% [markdown] lang="en"
# **How to read it** Quiet does not mean unchanged; it means that no line drawn beforehand was crossed. The last column
# says what the watch would find.
#
# **Next** After a warning for the worse look at the data, then at the control, and only then decide whether to pause.

# %% [markdown] lang="zh"
# ## 4 日期

# %% [markdown] lang="en"
# ## 4 Dates

# %% tags=["nbval-check-output"]
cycle = cycle.progress(progress)
ltc.timetable(cycle, log)

# %% [markdown] lang="zh"
# ## 5 这周要打的电话
#
# 在同一个位置，停得比五分之四的案例都久的在办案例。

# %% [markdown] lang="en"
# ## 5 Calls to make this week
#
# Open cases that stand longer than four in five others did at the same place.

# %% tags=["nbval-check-output"]
ltc.calls(cycle, log)

# %% [markdown] lang="zh"
# ## 6 同时还有什么在动
#
# 试点和对照一样看。这些是同时发生的事，不是原因。

# %% [markdown] lang="en"
# ## 6 What else moved
#
# The pilot and the control alike. These things happened at the same time; they are not called causes.

# %% tags=["nbval-check-output"]
ltc.besides(cycle, log)

# %% [markdown] lang="zh"
# ## 7 一页周报，存回循环
#
# 周报打印出来是一张 A4。再运行一次同样的数据，什么也不会变。

# %% [markdown] lang="en"
# ## 7 The weekly page, and save
#
# The page prints as one sheet of A4. Running the same data again changes nothing.

# %% tags=["nbval-check-output"]
page = ltc.week(cycle, log, cycle.folder / "weeks")
page

# %% tags=["nbval-check-output"]
cycle = cycle.save(watches=watches, weeks=page.weeks)
cycle

# %% [markdown] lang="zh"
# **下一步** 下周再运行一次。到了评审日，打开 04，按冻结的定义判断。

# %% [markdown] lang="en"
# **Next** Run it again next week. On the day of the review open 04 and judge by the frozen definition.
