"""A strict reader of the part of TMDL that a model of ours may use: what is not in this grammar is a fault."""

import re

NAME = r"(?:'(?:[^']|'')+'|[A-Za-z_][A-Za-z0-9_]*)"
OBJECTS = {     # object → what may stand in it
    "": {"table", "relationship", "model", "database", "cultureInfo", "expression", "annotation", "ref"},
    "table": {"measure", "column", "partition", "annotation", "lineageTag"},
    "measure": {"formatString", "displayFolder", "lineageTag"},
    "column": {"dataType", "isHidden", "isKey", "formatString", "lineageTag", "summarizeBy", "sourceColumn",
               "sortByColumn", "annotation"},
    "partition": {"mode", "source"},
    "relationship": {"isActive", "crossFilteringBehavior", "fromColumn", "toColumn"},
    "model": {"culture", "defaultPowerBIDataSourceVersion", "discourageImplicitMeasures", "sourceQueryCulture"},
    "database": {"compatibilityLevel"},
    "expression": {"lineageTag", "annotation"},
}
FLAGS = {"isHidden", "isKey", "discourageImplicitMeasures"}


def unquoted(name):
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def read(text):
    """The objects of a file: (kind, name, what stands behind the equals sign, properties, children)."""
    assert text.isprintable() or not (set(text) - {"\n", "\t"} & set("\r\x00\u2028")), "a character TMDL cannot hold"
    root = {"kind": "", "name": "", "value": "", "properties": {}, "children": []}
    stack, lines, at = [root], text.split("\n"), 0
    while at < len(lines):
        line = lines[at]
        depth = len(line) - len(line.lstrip("\t"))
        body, at = line.strip(), at + 1
        if not body or body.startswith("///"):
            continue
        assert not line[depth:].startswith(" "), f"tabs only: {line!r}"
        assert depth < len(stack), f"too deep: {line!r}"
        del stack[depth + 1:]
        holder = stack[-1]
        kind = re.match(r"\w+", body)[0]
        assert kind in OBJECTS[holder["kind"]], f"'{kind}' in '{holder['kind']}': {line!r}"
        if kind == "source":
            at, holder["properties"]["source"] = block(lines, at, depth)
        elif kind in OBJECTS or kind in ("annotation", "ref", "cultureInfo"):
            found = re.fullmatch(rf"{kind}(?: (?P<what>table|cultureInfo))?(?: (?P<name>{NAME}|[\w-]+))?"
                                 r"(?: = (?P<value>.+))?", body)
            assert found, line
            new = {"kind": kind, "name": unquoted(found["name"] or ""), "value": found["value"] or "",
                   "what": found["what"], "properties": {}, "children": []}
            holder["children"].append(new)
            stack.append(new)
        elif kind in FLAGS:
            assert body == kind, line
            holder["properties"][kind] = "true"
        else:
            name, colon, value = body.partition(": ")
            assert (colon, name) == (": ", kind), line
            assert value.strip() == value != "", line
            assert name not in holder["properties"], f"twice: {line!r}"
            holder["properties"][name] = value
    return root["children"]


def block(lines, at, depth):
    """The indented lines of an expression."""
    taken = []
    while at < len(lines) and (not lines[at].strip() or lines[at].startswith("\t" * (depth + 1))):
        taken.append(lines[at].strip())
        at += 1
    return at, "\n".join(taken).strip()


def captions(text):
    """Of a file of translations: (table, kind, name) → caption; table captions under (table, "table", table)."""
    found, table, last = {}, "", None
    lines = [line for line in text.split("\n") if line.strip()]
    assert [line.strip() for line in lines[1:3]] == ["translations", "model Model"]
    for line in lines[3:]:
        depth, body = len(line) - len(line.lstrip("\t")), line.strip()
        kind, _, rest = body.partition(" ")
        if kind == "table":
            assert depth == 3
            table = last = unquoted(rest)
            last = (table, "table", table)
        elif kind in ("column", "measure"):
            assert depth == 4
            assert re.fullmatch(NAME, rest), line
            last = (table, kind, unquoted(rest))
        elif kind == "caption:":
            assert depth == (4 if last[1] == "table" else 5), line
            found[last] = rest
        else:
            assert (kind, last[1]) == ("displayFolder:", "measure"), line
    return found
