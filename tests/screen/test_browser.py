"""The browser of the tests opens a page of ours, and nothing else."""


def test_a_page_without_any_network(browser):
    page = browser.new_page()
    page.set_content("<p id=p>回款</p>")
    assert page.inner_text("#p") == "回款"
    page.close()
