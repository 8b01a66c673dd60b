"""A page read as a browser would: elements, attributes, text, scripts."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "img", "br", "input", "hr"}


class Scan(HTMLParser):
    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.scripts, self.styles, self.text = [], [], [], [], []
        self.tables, self.facts, self._open, self._cell = {}, {}, [], None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        got = dict(attrs)
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)
        if tag == "div" and "data-table" in got:
            self._rows = self.tables.setdefault(got["data-table"], [])
        if tag == "div" and "data-fact" in got:
            self.facts[got["data-fact"]] = got["data-value"]
        if tag == "tr":
            self._row = []
        if tag == "td":
            self._row.append(got["data-value"])

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag):
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "tr" and self._row:
            self._rows.append(self._row)

    def handle_data(self, data):
        where = self._open[-1] if self._open else ""
        {"script": self.scripts, "style": self.styles}.get(where, self.text).append(data)
