#!/usr/bin/env python3
"""Proves that JUnit files are what GitHub, GitLab and Jenkins can read: sums, identities, places, texts.

    python .ci/junit_check.py FILE...        exit 1 with what is wrong

Each file is read twice, by xml.etree and by junitparser, which must see the same cases. The only tolerance: a time may
differ from the sum of its parts by half a millisecond, as times are written with three decimals or more.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

from junitparser import JUnitXml, JUnitXmlError

COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}
CLASS_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
MAX_BODY = 8 * 1024
ROUNDING = 0.0005 + 1e-9


class Check:
    """One file and what is wrong with it."""

    def __init__(self, path):
        self.path, self.wrong = path, []

    def holds(self, condition, place, what):
        if not condition:
            self.wrong.append(f"{self.path}: {place}: {what}")

    def file(self):
        text = self.path.read_bytes().decode("utf-8", errors="strict")
        self.characters(text, "text of the file")
        root = ElementTree.fromstring(text.encode())
        for element in root.iter():
            for value in [element.text or "", *element.attrib.values()]:
                self.characters(value, element.tag)
        self.holds(root.tag == "testsuites", root.tag, "the root must be testsuites")
        suites, cases = root.findall("testsuite"), list(root.iter("testcase"))
        self.holds(cases, "testsuites", "no case at all")
        self.holds(sum(len(suite.findall("testcase")) for suite in suites) == len(cases), "testsuites", "nested suites")
        self.sums(root, cases, "testsuites")
        for suite in suites:
            self.suite(suite)
        names = "".join(element.get(key, "") for element in root.iter() for key in ("name", "file", "value"))
        for case in cases:
            self.case(case, names)
        identities = Counter((case.get("classname"), case.get("name")) for case in cases)
        for identity, count in identities.items():
            self.holds(count == 1, identity, f"{count} cases of this classname and name")
        self.second_reader(cases)

    def characters(self, text, place):
        found = FORBIDDEN.search(text)
        self.holds(not found, place, f"character {found and ascii(found[0])} is not allowed")

    def sums(self, element, cases, place):
        self.holds(element.get("name"), place, "no name")
        counts = {"tests": len(cases), **{key: sum(case.find(tag) is not None for case in cases)
                                          for key, tag in COUNTED.items()}}
        for key, count in counts.items():
            self.holds(element.get(key) == str(count), place, f"{key} is {element.get(key)}, its cases are {count}")
        seconds = sum(self.time(case, case.get("name")) for case in cases)
        own = self.time(element, place)
        self.holds(abs(own - seconds) <= ROUNDING, place, f"time is {own}, its cases add up to {seconds:.3f}")

    def time(self, element, place):
        text = element.get("time", "")
        plain = bool(DECIMAL.fullmatch(text))
        self.holds(plain, place, f"time `{text}` is no plain decimal")
        return float(text) if plain else 0.0

    def suite(self, suite):
        place = f"suite {suite.get('name')}"
        self.sums(suite, suite.findall("testcase"), place)
        timestamp = suite.get("timestamp", "")
        self.holds(TIMESTAMP.fullmatch(timestamp), place, f"timestamp `{timestamp}` is not YYYY-MM-DDThh:mm:ss")

    def case(self, case, names):
        place = f"case {case.get('name')}"
        self.holds(case.get("name"), place, "no name")
        self.holds(CLASS_NAME.fullmatch(case.get("classname", "")), place, f"classname `{case.get('classname')}`")
        self.holds(case.get("file"), place, "no file")
        self.holds(re.fullmatch("[1-9][0-9]*", case.get("line", "")), place, f"line `{case.get('line')}`")
        results = [child for child in case if child.tag in COUNTED.values()]
        self.holds(len(results) <= 1, place, f"{len(results)} results in one case")
        self.holds(len(case.findall("system-out")) <= 1, place, "several system-out in one case")
        for result in results:
            self.result(result, place, f"at {case.get('file')}:{case.get('line')}", names)

    def result(self, result, place, last_line, names):
        message, body = result.get("message", ""), result.text or ""
        self.holds(message and "\n" not in message, place, "the message must be one line")
        foreign = {character for character in message if not character.isascii()} - set(names)
        self.holds(not foreign, place, f"message holds {sorted(map(ascii, foreign))}, which no name brought in")
        if result.tag == "skipped":
            return
        self.holds(result.get("type"), place, f"{result.tag} without type")
        self.holds(body.startswith(message), place, "the body does not start with the message")
        self.holds(body.splitlines()[-1:] == [last_line], place, f"the body's last line is not `{last_line}`")
        self.holds(len(body.encode()) <= MAX_BODY, place, f"a body of {len(body.encode())} bytes")

    def second_reader(self, cases):
        seen = [(case.classname, case.name, [type(result).__name__.lower() for result in case.result])
                for suite in JUnitXml.fromfile(str(self.path)) for case in suite]
        own = [(case.get("classname"), case.get("name"), [child.tag for child in case if child.tag in COUNTED.values()])
               for case in cases]
        self.holds(seen == own, "file", "junitparser sees other cases than xml.etree")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    wrong = []
    for path in map(Path, sys.argv[1:]):
        check = Check(path)
        try:
            check.file()
        except (OSError, UnicodeDecodeError, ElementTree.ParseError, JUnitXmlError) as error:
            check.holds(False, "file", error)
        wrong += check.wrong
    print("\n".join(wrong + [f"{len(sys.argv) - 1} files, {len(wrong)} faults"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
