#!/usr/bin/env python3
"""Proves that `windtunnel report --to junit_strict` is what every validator of JUnit XML lets through.

    python .ci/junit_strict.py WINDTUNNEL RECORD...     exit 1 with what is wrong

Each record, all of them in one file, and those of an awkward run are held against the three schemas of `.ci/schemas`; so
are reports that must be refused, as a schema that lets everything through proves nothing. The cases and their verdicts
must be those of the rich report.
"""
import copy
import sys
import tempfile
from pathlib import Path

from lxml import etree

import awkward

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.xsd"))
VERDICTS = ("skipped", "error", "failure")


def first(root, tag):
    return next(root.iter(tag))


def late_properties(root):
    suite = first(root, "testsuite")
    suite.append(suite.find("properties"))


def second_verdict(case):
    etree.SubElement(case, "error", type="a")
    etree.SubElement(case, "failure", type="a")
    case[:] = sorted(case, key=lambda child: child.tag, reverse=True)


# What a writer could get wrong, and the schemas that must notice; the others may.
MUTATIONS = {
    "an unknown attribute of a case": ({"jenkins-xunit", "windyroad", "jenkins-old"},
                                       lambda root: first(root, "testcase").set("line", "3")),
    "a root with a name": ({"windyroad", "jenkins-old"}, lambda root: root.set("name", "windtunnel")),
    "a zone in the time": ({"windyroad"}, lambda root: first(root, "testsuite").set("timestamp", "2026-01-01T00:00:00Z")),
    "a time in words": ({"jenkins-xunit", "windyroad"}, lambda root: first(root, "testcase").set("time", "1e-5")),
    "properties of a case": ({"jenkins-xunit", "windyroad", "jenkins-old"},
                             lambda root: etree.SubElement(first(root, "testcase"), "properties")),
    "properties after the cases": ({"windyroad", "jenkins-old"}, late_properties),
    "a reason for skipping": ({"jenkins-old"}, lambda root: first(root, "skipped").set("message", "why")),
    "no system-err": ({"windyroad"}, lambda root: first(root, "testsuite").remove(first(root, "system-err"))),
    "a suite without a count": ({"jenkins-xunit", "windyroad", "jenkins-old"},
                                lambda root: first(root, "testsuite").attrib.pop("errors")),
    "an error without a type": ({"windyroad"}, lambda root: first(root, "error").attrib.pop("type")),
    "two verdicts in the wrong order": ({"windyroad", "jenkins-old"},
                                        lambda root: second_verdict(first(root, "testcase"))),
    "an unknown element": ({"jenkins-xunit", "windyroad", "jenkins-old"},
                           lambda root: etree.SubElement(first(root, "testsuite"), "attachment")),
}


def complaints(schema, root):
    """Of one schema, with the first reason; empty where the document is valid."""
    schema.validate(root)
    return [f"{error.line}: {error.message}" for error in schema.error_log]


def verdicts(root):
    """Each case's class, name, verdict, and the text that goes with it."""
    found = []
    for case in root.iter("testcase"):
        told = [child for child in case if child.tag in VERDICTS]
        texts = [(child.tag, child.text if child.tag != "skipped" else None) for child in told]
        found.append((case.get("classname"), case.get("name"), texts))
    return found


def outputs_are_whole(rich, strict):
    """What the rich report's cases say beside their failures stands in the strict one's suites, whole."""
    for one, other in zip(rich.iter("testsuite"), strict.iter("testsuite"), strict=True):
        told = [case.findtext("system-out") for case in one.iter("testcase")]
        told += [skipped.get("message") for skipped in one.iter("skipped")]
        missing = [text for text in told if text and text not in other.findtext("system-out")]
        if missing:
            yield f"suite {one.get('name')}: its output lacks {ascii(missing[0][:200])}"


def check(name, windtunnel, records, schemas):
    """What is wrong with these records' reports."""
    try:
        rich, strict = (etree.fromstring(awkward.render(windtunnel, records, form)) for form in ("junit", "junit_strict"))
    except etree.XMLSyntaxError as error:
        return [f"{name}: not XML: {error}"]
    wrong = [f"{name}: {key}: {why}" for key, schema in schemas.items() for why in complaints(schema, strict)]
    for key, schema in schemas.items():
        if not complaints(schema, rich):
            wrong.append(f"{name}: {key} lets the rich report through, which it must refuse")
    if verdicts(rich) != verdicts(strict):
        wrong.append(f"{name}: other cases, verdicts or texts than in the rich report")
    return wrong + [f"{name}: {why}" for why in outputs_are_whole(rich, strict)]


def check_mutations(windtunnel, record, schemas):
    strict = etree.fromstring(awkward.render(windtunnel, [record], "junit_strict"))
    for what, (refused_by, mutate) in MUTATIONS.items():
        mutant = copy.deepcopy(strict)
        mutate(mutant)
        yield from (f"{key} lets {what} through" for key in refused_by if not complaints(schemas[key], mutant))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    windtunnel, records = str(Path(sys.argv[1]).resolve()), [Path(path).resolve() for path in sys.argv[2:]]
    schemas = {path.stem: etree.XMLSchema(etree.parse(path)) for path in SCHEMAS}
    with tempfile.TemporaryDirectory() as folder:
        strange = awkward.run(windtunnel, Path(folder))
        sets = {record.parent.name: [record] for record in [*records, strange]} | {"all": [*records, strange]}
        wrong = [why for name, parts in sets.items() for why in check(name, windtunnel, parts, schemas)]
        if not wrong:
            wrong += check_mutations(windtunnel, strange, schemas)
    print("\n".join([*wrong, f"{len(sets)} strict reports, {len(schemas)} schemas, {len(MUTATIONS)} mutations: "
                     f"{len(wrong)} faults"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
