#!/usr/bin/env python3
"""Holds windtunnel's figures against pycocotools and against an independent pipeline.

    python .ci/parity.py PATH_OF_WINDTUNNEL        from the repository's root; exit 1 on any failure

Runs the specs below and proves:
1. scoring: pycocotools, given each cell's detections and labels, finds the same 12 figures, over all categories and for
   each one (1e-9: the same arithmetic; absent on one side is absent on the other);
2. labels: a clean cell's labels are the annotation file's (1e-9);
3. inference, perturbation and moved boxes: the figures agree with tests/fixtures/golden/reference.json, which
   onnxruntime and OpenCV made (map and map50; 0.01 on 72 images of blood cells, 0.025 on 44 of COCO: what another
   filter in the resize moves). The largest deviation of the other figures is told, not judged.
"""
import itertools
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from figures import FIGURES, evaluated, of_category, overall

ROOT = Path(__file__).resolve().parent.parent
SAME = 1e-9
# Spec, its annotation file, names of its models in the golden file, tolerance towards that file.
SPECS = [
    ("quickstart", "bccd/annotations/test.json", {"a": "bccd_a", "b": "bccd_b", "c": "bccd_c"}, 0.01),
    ("coco-mini", "coco-mini/annotations/val.json", {"yolox_nano": "yolox_nano", "fastestdet": "fastestdet"}, 0.025),
]


class Tally:
    """Comparisons made, failures told, and the largest deviation of each group of comparisons."""

    def __init__(self):
        self.comparisons, self.failures = 0, 0
        self.groups = defaultdict(lambda: [0, 0, 0.0])  # comparisons, failures, largest deviation

    def compare(self, group, what, ours, theirs, tolerance):
        both = ours is not None and theirs is not None
        deviation = abs(ours - theirs) if both else 0.0
        self.judge(group, deviation <= tolerance and both == (ours is not None or theirs is not None),
                   f"{what}: windtunnel {ours}, reference {theirs}", deviation)

    def judge(self, group, holds, what, deviation=0.0):
        self.comparisons += 1
        self.failures += not holds
        entry = self.groups[group]
        entry[:] = entry[0] + 1, entry[1] + (not holds), max(entry[2], deviation)
        if not holds:
            print(f"FAIL {group}: {what}")


def read(path):
    return json.loads(Path(path).read_text())


def run(binary, spec, out):
    """The record of a run; its detections and labels lie in `out`."""
    command = [binary, "run", f"specs/{spec}.toml", "-qq", "--json", out / "record.json", "--junit", out / "junit.xml",
               "--detections", out]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    if status not in (0, 1):  # 1: a check failed, which is none of our business
        sys.exit(f"{' '.join(map(str, command))}: exit code {status}")
    return read(out / "record.json")


def scoring(tally, spec, record, out):
    for cell in record["cells"]:
        place = Path(cell["dataset"]) / f"{cell['condition']}.json"
        labels = read(out / "labels" / place)
        evaluation = evaluated(labels, read(out / cell["model"] / place))
        group = f"{spec} {cell['model']} {cell['condition'].split('@')[0]} against pycocotools"
        theirs = overall(evaluation)
        tally.judge(group, cell["per_category"].keys() == {c["name"] for c in labels["categories"]}, "categories differ")
        for name in FIGURES:
            tally.compare(group, f"{cell['condition']} {name}", cell["figures"][name], theirs[name], SAME)
        for category in labels["categories"]:
            theirs = of_category(evaluation, category["id"])
            ours = cell["per_category"].get(category["name"], {})
            for name in FIGURES if ours else ():
                what = f"{cell['condition']} {name} of {category['name']}"
                tally.compare(group, what, ours[name], theirs[name], SAME)


def clean_labels(tally, spec, record, out, annotations):
    def rows(labels):
        keys = ("image_id", "category_id", "area", "iscrowd")
        return sorted(tuple(a[key] for key in keys) + tuple(a["bbox"]) for a in labels["annotations"])

    theirs = rows(read(ROOT / "examples" / annotations))
    for dataset in record["datasets"]:
        group = f"{spec} {dataset['name']} labels against the annotation file"
        ours = rows(read(out / "labels" / dataset["name"] / "clean.json"))
        tally.judge(group, len(ours) == len(theirs), f"{len(ours)} labels, not {len(theirs)}")
        for one, other in zip(ours, theirs):
            deviation = max(abs(a - b) for a, b in zip(one, other))
            tally.judge(group, deviation <= SAME, f"{one}, not {other}", deviation)


def golden(tally, spec, record, names, tolerance):
    """Every kind of condition in the golden file must have a cell: a renamed one must not pass unseen."""
    def key(condition):
        steps = condition["steps"] or [{"kind": "clean", "values": {}}]
        return "+".join(":".join([step["kind"], *(f"{value:g}" for value in step["values"].values())]) for step in steps)

    keys = {condition["name"]: key(condition) for condition in record["conditions"]}
    cells = {(cell["model"], keys[cell["condition"]]): cell["figures"] for cell in record["cells"]}
    reference = read(ROOT / "tests/fixtures/golden/reference.json")["models"]
    for model, stored in names.items():
        for kind in sorted({condition.split(":")[0] for condition in reference[stored]}):
            group = f"{spec} {model} {kind} against the golden figures"
            measured = [c for c in reference[stored] if c.split(":")[0] == kind and (model, c) in cells]
            tally.judge(group, measured, "the run has no such cell")
            for condition, name in itertools.product(measured, FIGURES):
                judged = name in ("map", "map50")
                ours, theirs = cells[model, condition][name], reference[stored][condition][name]
                tally.compare(group if judged else f"{group}, told only", f"{condition} {name}", ours, theirs,
                              tolerance if judged else 1.0)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tally = Tally()
    for spec, annotations, names, tolerance in SPECS:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            record = run(Path(sys.argv[1]).resolve(), spec, out)
            scoring(tally, spec, record, out)
            clean_labels(tally, spec, record, out, annotations)
            golden(tally, spec, record, names, tolerance)
    for group, (comparisons, failures, largest) in tally.groups.items():
        print(f"{group}: {comparisons} comparisons, {failures} failures, largest deviation {largest:.2g}")
    print(f"{tally.comparisons} comparisons, {tally.failures} failures")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
