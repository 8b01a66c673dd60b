"""Pages for tests: a log with every kind of trouble in its texts and times, and a page opened in the browser."""

import csv
import random
from contextlib import contextmanager
from datetime import UTC, datetime

import ltcdiag as ltc

LABELS = ("报价</script><b>x", "=1+1", "签约 🙂", "إرسال الفاتورة", "回款" * 30, 'say "no" & <i>', "a,b\\c", "lost")


def hostile_log(folder, cases=60, seed=5):
    """Ties, equal moments, blanks, several values a case, and labels that would like to be markup."""
    chance, path = random.Random(seed), folder / "hostile.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["case", "activity", "time", "region", "step owner team"])
        for case in range(cases):
            region = chance.choice(["East", "West", "", "</script>", "=HYPERLINK(1)"])
            at = 1_704_067_200 + chance.randrange(0, 200) * 43_200
            way = LABELS[:4] if chance.random() < 0.3 else chance.choices(LABELS, k=chance.randint(1, 9))
            for label in way:
                moment = datetime.fromtimestamp(at, UTC)
                writer.writerow([f"K{case:03}", label, f"{moment:%Y-%m-%d %H:%M:%S}", region,
                                 chance.choice(["A", "B", "", "C"])])
                at += chance.choice([0, 0, 60, 3_600, 86_400, 86_400 * 30])
    return ltc.read(path, ends=("lost",))


@contextmanager
def opened(browser, page_file, **look):
    """The page in the browser, with what it asked from outside and what went wrong: both must stay empty."""
    context = browser.new_context(**{"viewport": {"width": 1366, "height": 768}, **look})
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("request", lambda asked: None if asked.url.startswith(("file:", "blob:")) else faults.append(asked.url))
    page.goto(page_file.as_uri())
    page.wait_for_selector(".app-left-over .app-number")
    yield page
    context.close()
    assert faults == []
