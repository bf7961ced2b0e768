#!/usr/bin/env python3
"""Proves that every reader sees the same in a JUnit report: cases, names, places, verdicts and texts, hostile ones too.

    python .ci/junit_readers.py WINDTUNNEL RECORD...    exit 1 with what is wrong

The readers: lxml (the measure), junitparser, junit2html, and by `.ci/junit_readers.mjs` fast-xml-parser, xml-js and
xml2js, which the actions and dashboards of JavaScript are built on (`npm ci` in `.ci`).
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import lxml.html
from junit2htmlreport.parser import Junit
from junitparser import JUnitXml
from lxml import etree

import awkward

VERDICTS = ("failure", "error", "skipped")
SCRIPT = Path(__file__).with_name("junit_readers.mjs")
# What a case is here; a reader that knows less is compared in what it knows.
SUITE, CLASS, NAME, FILE, LINE, VERDICT, TYPE, MESSAGE, TEXT, OUTPUT = range(10)


def with_lxml(path):
    found = []
    for suite in etree.parse(path).getroot():
        for case in suite.iter("testcase"):
            told = next((child for child in case if child.tag in VERDICTS), None)
            verdict = [None, None, None, ""] if told is None else [told.tag, told.get("type"), told.get("message"),
                                                                    told.text or ""]
            found.append([suite.get("name"), *map(case.get, ("classname", "name", "file", "line")), *verdict,
                          case.findtext("system-out") or ""])
    return found


def with_junitparser(path):
    found = []
    for suite in JUnitXml.fromfile(str(path)):
        for case in suite:
            told = case.result[0] if case.result else None
            verdict = [None, None, None, ""] if told is None else [type(told).__name__.lower(), told.type, told.message,
                                                                    told.text or ""]
            place = [case._elem.get("file"), case._elem.get("line")]
            found.append([suite.name, case.classname, case.name, *place, *verdict, case.system_out or ""])
    return found


def with_junit2html(path):
    """What it knows: suites, classes, names, messages, texts; it takes errors for failures and sorts by class."""
    return sorted([suite.name, case.testclass.name, case.name, case.failure is not None, bool(case.skipped),
                   case.failure_msg or case.skipped_msg, case.failure or "", case.stdout or ""]
                  for suite in Junit(str(path)).suites for case in suite.all())


def as_junit2html(cases):
    return sorted([case[SUITE], case[CLASS], case[NAME], case[VERDICT] in ("failure", "error"),
                   case[VERDICT] == "skipped", case[MESSAGE], case[TEXT], case[OUTPUT]] for case in cases)


def difference(name, seen, wanted):
    """The first case that a reader sees otherwise."""
    if len(seen) != len(wanted):
        return [f"{name}: {len(seen)} cases, not {len(wanted)}"]
    pairs = [(one, other) for one, other in zip(seen, wanted) if one != other]
    fields = [(own, theirs) for other, one in pairs[:1] for own, theirs in zip(one, other) if own != theirs]
    return [f"{name}: {ascii(theirs)[:300]} instead of {ascii(own)[:300]}" for own, theirs in fields[:1]]


def page(path, cases):
    """junit2html's page must show every name, as text."""
    text = lxml.html.document_fromstring(Junit(str(path)).html()).text_content()
    return [f"the page of junit2html does not show {ascii(case[NAME])}" for case in cases if case[NAME] not in text]


def check(path):
    wanted = with_lxml(path)
    wrong = difference("junitparser", with_junitparser(path), wanted)
    wrong += difference("junit2html", with_junit2html(path), as_junit2html(wanted)) + page(path, wanted)
    done = subprocess.run(["node", SCRIPT, path], check=True, capture_output=True)
    for name, seen in json.loads(done.stdout).items():
        wrong += difference(name, seen, wanted)
    return wrong, len(wanted)


def holds_everything(path):
    """The awkward report must really hold what this check is for."""
    cases = with_lxml(path)
    verdicts = {case[VERDICT] for case in cases}
    missing = [str(verdict) for verdict in (None, *VERDICTS) if verdict not in verdicts]
    kept = awkward.HOSTILE.split("\x1b")[0]
    spoken = "".join(case[TEXT] + case[OUTPUT] for case in cases)
    return [f"the awkward report holds no case with {what}" for what in missing] + [
        f"the awkward report lost {ascii(part)}" for part in kept.split() if part not in spoken]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    windtunnel, records = str(Path(sys.argv[1]).resolve()), [Path(path).resolve() for path in sys.argv[2:]]
    wrong, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        strange = awkward.run(windtunnel, Path(folder))
        reports = {record.parent.name: [record] for record in [*records, strange]} | {"all": [*records, strange]}
        for name, parts in reports.items():
            path = Path(folder) / f"{name}.xml"
            path.write_bytes(awkward.render(windtunnel, parts, "junit"))
            faults, cases = check(path)
            wrong, count = wrong + [f"{name}: {fault}" for fault in faults], count + cases
        wrong += holds_everything(Path(folder) / "awkward.xml")
    print("\n".join([*wrong, f"{len(reports)} reports, {count} cases, 6 readers: {len(wrong)} faults"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
