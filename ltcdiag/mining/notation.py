"""Models written as BPMN and PNML: same model, same bytes, and a BPMN file that opens with its boxes apart.

pm4py's own writers name nodes at random, order them by memory address and, without a Graphviz binary,
put every box at (0, 0); measured on two runs of one log: two thirds of the lines differed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any
from xml.etree import ElementTree as ET

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC, DI = "http://www.omg.org/spec/DD/20100524/DC", "http://www.omg.org/spec/DD/20100524/DI"
_TAGS = {"StartEvent": "startEvent", "EndEvent": "endEvent", "Task": "task", "ExclusiveGateway": "exclusiveGateway",
         "ParallelGateway": "parallelGateway", "InclusiveGateway": "inclusiveGateway"}
_SIZES = {"task": (160, 60), "startEvent": (36, 36), "endEvent": (36, 36)}
_COLUMN, _ROW = 220, 100


def bpmn_text(diagram: Any) -> str:
    """A pm4py BPMN diagram as BPMN 2.0 XML with a plain left-to-right layout."""
    edges = [(flow.get_source(), flow.get_target()) for flow in diagram.get_flows()]
    key = {node: (_tag(node), node.get_name() or "") for node in diagram.get_nodes()}
    nodes = _ordered(key, edges, [node for node in key if _tag(node) == "startEvent"])
    names = {node: f"n{i}" for i, node in enumerate(nodes, 1)}
    place = {node: i for i, node in enumerate(nodes)}
    flows = sorted(diagram.get_flows(), key=lambda f: (place[f.get_source()], place[f.get_target()]))
    root = ET.Element(f"{{{BPMN}}}definitions", {"targetNamespace": "urn:ltcdiag", "id": "definitions"})
    process = ET.SubElement(root, f"{{{BPMN}}}process", {"id": "process", "isExecutable": "false"})
    for node in nodes:
        element = ET.SubElement(process, f"{{{BPMN}}}{_tag(node)}", {"id": names[node], "name": node.get_name() or ""})
        for i, flow in enumerate(flows, 1):
            for end, at in (("incoming", flow.get_target()), ("outgoing", flow.get_source())):
                if at == node:
                    ET.SubElement(element, f"{{{BPMN}}}{end}").text = f"f{i}"
    for i, flow in enumerate(flows, 1):
        ends = {"sourceRef": names[flow.get_source()], "targetRef": names[flow.get_target()]}
        ET.SubElement(process, f"{{{BPMN}}}sequenceFlow", {"id": f"f{i}", **ends})
    _draw(root, nodes, flows, names)
    for prefix, space in (("bpmn", BPMN), ("bpmndi", BPMNDI), ("dc", DC), ("di", DI)):
        ET.register_namespace(prefix, space)
    return _text(root)


def _tag(node: Any) -> str:
    name = type(node).__name__.removeprefix("Normal")
    return next((tag for key, tag in _TAGS.items() if name.endswith(key)), "task")


def _ordered(key: dict[Any, Any], edges: list[tuple[Any, Any]], starts: list[Any]) -> list[Any]:
    """The nodes by their distance from the start, in an order that only their keys and neighbours decide:
    colours refined round by round (Weisfeiler and Leman 1968), equal ones told apart one at a time."""
    before, after = _neighbours(edges)
    colour = _ranks(key)
    while len(set(colour.values())) < len(key):
        finer = _ranks({
            node: (colour[node], sorted(colour[n] for n in before[node]), sorted(colour[n] for n in after[node]))
            for node in key
        })
        if len(set(finer.values())) == len(set(colour.values())):
            finer = _split_one(finer)
        colour = finer
    depth = _depths(starts, after)
    return sorted(key, key=lambda node: (depth.get(node, len(key)), colour[node]))


def _neighbours(edges: list[tuple[Any, Any]]) -> tuple[dict[Any, list[Any]], dict[Any, list[Any]]]:
    before, after = defaultdict(list), defaultdict(list)
    for source, target in edges:
        after[source].append(target)
        before[target].append(source)
    return before, after


def _ranks(keys: dict[Any, Any]) -> dict[Any, int]:
    order = {key: i for i, key in enumerate(sorted(set(map(repr, keys.values()))))}
    return {node: order[repr(key)] for node, key in keys.items()}


def _split_one(colour: dict[Any, int]) -> dict[Any, int]:
    """One of several equal nodes gets a colour of its own; which one makes no difference to the text."""
    counts = defaultdict(list)
    for node, c in colour.items():
        counts[c].append(node)
    shared = min(c for c, nodes in counts.items() if len(nodes) > 1)
    return {**colour, counts[shared][0]: len(colour) + 1}


def _depths(starts: list[Any], after: dict[Any, list[Any]]) -> dict[Any, int]:
    depth, front = dict.fromkeys(starts, 0), starts
    while front:
        following = list(dict.fromkeys(n for node in front for n in after[node] if n not in depth))
        depth.update(dict.fromkeys(following, depth[front[0]] + 1))
        front = following
    return depth


def _draw(root: ET.Element, nodes: list[Any], flows: list[Any], names: dict[Any, str]) -> None:
    _, after = _neighbours([(flow.get_source(), flow.get_target()) for flow in flows])
    depth = _depths([n for n in nodes if _tag(n) == "startEvent"], after)
    diagram = ET.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", {"id": "diagram"})
    plane = ET.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", {"id": "plane", "bpmnElement": "process"})
    rows: dict[int, int] = defaultdict(int)
    centre: dict[Any, tuple[int, int]] = {}
    for node in nodes:
        column = depth.get(node, 0)
        centre[node] = (100 + column * _COLUMN, 100 + rows[column] * _ROW)
        rows[column] += 1
        width, height = _SIZES.get(_tag(node), (50, 50))
        shape = ET.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", {"id": f"{names[node]}_s", "bpmnElement": names[node]})
        x, y = centre[node][0] - width // 2, centre[node][1] - height // 2
        ET.SubElement(shape, f"{{{DC}}}Bounds", {"x": str(x), "y": str(y), "width": str(width), "height": str(height)})
    for i, flow in enumerate(flows, 1):
        edge = ET.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", {"id": f"f{i}_e", "bpmnElement": f"f{i}"})
        for x, y in (centre[flow.get_source()], centre[flow.get_target()]):
            ET.SubElement(edge, f"{{{DI}}}waypoint", {"x": str(x), "y": str(y)})


def pnml_text(net: Any, initial: Any, final: Any) -> str:
    """A pm4py Petri net as PNML, from its start to its end; a silent transition has no label."""
    root = ET.Element("pnml")
    whole = ET.SubElement(root, "net", {"id": "net", "type": "http://www.pnml.org/version-2009/grammar/pnmlcoremodel"})
    page = ET.SubElement(whole, "page", {"id": "page"})
    key: dict[Any, Any] = {p: ("place", initial.get(p, 0), final.get(p, 0)) for p in net.places}
    key.update({t: ("transition", t.label or "") for t in net.transitions})
    nodes = _ordered(key, [(arc.source, arc.target) for arc in net.arcs], list(initial))
    places, moves = ([node for node in nodes if key[node][0] == kind] for kind in ("place", "transition"))
    names = {**{p: f"p{i}" for i, p in enumerate(places, 1)}, **{t: f"t{i}" for i, t in enumerate(moves, 1)}}
    for place in places:
        element = ET.SubElement(page, "place", {"id": names[place]})
        _label(element, "name", names[place])
        if initial.get(place):
            _label(element, "initialMarking", str(initial[place]))
    for move in moves:
        element = ET.SubElement(page, "transition", {"id": names[move]})
        _label(element, "name", move.label or "")
        if move.label is None:
            ET.SubElement(element, "toolspecific", {"tool": "ProM", "version": "6.4", "activity": "$invisible$"})
    arcs = sorted((names[arc.source], names[arc.target]) for arc in net.arcs)
    for i, (source, target) in enumerate(sorted(arcs, key=lambda a: (_natural(a[0]), _natural(a[1]))), 1):
        ET.SubElement(page, "arc", {"id": f"a{i}", "source": source, "target": target})
    marks = ET.SubElement(ET.SubElement(whole, "finalmarkings"), "marking")
    for place in sorted(final, key=lambda p: _natural(names[p])):
        _label(ET.SubElement(marks, "place", {"idref": names[place]}), None, str(final[place]))
    return _text(root)


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _label(parent: ET.Element, tag: str | None, text: str) -> None:
    ET.SubElement(parent if tag is None else ET.SubElement(parent, tag), "text").text = text


def _text(root: ET.Element) -> str:
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
