"""XES: every event with its attributes as they stand; nothing that XML could smuggle in."""

import gzip

import pytest

from ltcdiag.errors import InputError
from ltcdiag.sources.opening import open_tables

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="UNKNOWN"/><string key="only:global" value="x"/></global>
  <classifier name="Activity" keys="concept:name"/>
  <string key="creator" value="me"><string key="nested" value="log"/></string>
  <trace>
    <string key="concept:name" value="A &amp; B"/>
    <float key="amount" value="1200.50"/>
    <event>
      <string key="concept:name" value="签订 &lt;合同&gt;"><string key="concept:name" value="inner"/></string>
      <date key="time:timestamp" value="2024-01-02T03:04:05.678+08:00"/>
      <list key="tags"><values><string key="tag" value="t"/></values></list>
    </event>
    <event><string key="concept:name" value="second"/><boolean key="late" value="true"/></event>
  </trace>
  <trace><event><string key="concept:name" value="nameless"/></event></trace>
  <trace><string key="concept:name" value="empty"/></trace>
  <event><string key="concept:name" value="loose"/></event>
</log>"""


def test_events_keep_their_attributes_and_those_of_their_trace(read):
    got = read(LOG, "any.name")
    assert got.records[0] == {
        "case:concept:name": "A & B",
        "case:amount": "1200.50",
        "concept:name": "签订 <合同>",
        "time:timestamp": "2024-01-02T03:04:05.678+08:00",
        "late": None,
    }
    assert got.records[1]["late"] == "true"
    assert (got.fates.lines, got.fates.structure, got.lines) == (4, 0, [1, 2, 3, 4])


def test_traces_without_a_name_are_called_by_their_place(read):
    got = read(LOG)
    assert got.records[2]["case:concept:name"] == "trace-2"
    assert got.records[3]["case:concept:name"] is None
    assert len(got.table.notes) == 3  # nameless, loose, empty


def test_a_prefix_of_the_namespace_changes_nothing(read):
    prefixed = LOG.replace('xmlns="', 'xmlns:x="')
    for name in ("log", "trace", "event", "string", "date", "float", "boolean"):
        prefixed = (
            prefixed.replace(f"<{name} ", f"<x:{name} ")
            .replace(f"<{name}>", f"<x:{name}>")
            .replace(f"</{name}>", f"</x:{name}>")
        )
    assert read(prefixed).records == read(LOG).records


def test_gzip_and_other_encodings_change_nothing(read):
    plain = read(LOG).records
    assert read(gzip.compress(LOG.encode())).records == plain
    assert read(LOG.replace("UTF-8", "GBK").encode("gbk")).records == plain
    assert read(LOG.replace("UTF-8", "UTF-16").encode("utf-16")).records == plain


def test_attributes_after_the_events_still_belong_to_the_trace(read):
    late = """<log><trace><event><string key="concept:name" value="e"/></event>
              <string key="concept:name" value="c"/></trace></log>"""
    assert read(late).records == [{"case:concept:name": "c", "concept:name": "e"}]


BOMB = (
    "<!DOCTYPE log ["
    '<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY b{i} "{"&a;" * 10 if i == 0 else f"&b{i - 1};" * 10}">' for i in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE log>",
        '<!DOCTYPE log SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        BOMB,
    ],
)
def test_any_document_type_is_refused(tmp_path, doctype):
    path = tmp_path / "evil.xes"
    path.write_text(LOG.replace("<log", doctype + "<log", 1), encoding="utf-8")
    with pytest.raises(InputError, match="document type"):
        open_tables([path])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LOG[:700], "breaks at line"),
        ("<log></log>", "no event"),
        ('<?xml version="1.0"?><plist/>', "plist"),
        ("<log><object-types/><events><event id='1' type='a' time='2024-01-01'/></events></log>", "OCEL 2.0"),
        (LOG.replace("UTF-8", "Klingon"), "Klingon".lower()),
    ],
)
def test_other_xml_is_refused_in_plain_words(tmp_path, content, said):
    path = tmp_path / "log.xes"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        open_tables([path])


def test_a_value_beyond_the_limit_is_set_aside(read):
    got = read(LOG.replace("second", "x" * 1_100_000))
    assert got.reasons == ["line_too_long"]
    assert got.fates.set_aside[0].line_from == 2
    assert len(got.records) == 3
