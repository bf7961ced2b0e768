#!/usr/bin/env python3
"""Verdict soak: random suites of synthetic labels and detections, judged by windtunnel and by the judge below, which is
written from the words of the documentation (`windtunnel explain check`, `explain METRIC`), not from the program's code.
COCO's figures are pycocotools', the others those of references.py.

    python .ci/soak.py WINDTUNNEL [SUITES [FIRST]]     exit 1 where any verdict, figure or exit code differs

Suite N is made from the seed N: one that differs can be made again alone (`SUITES` 1, `FIRST` N), and is left in
target/soak/N. Thresholds lie around the figures, so that cases pass and fail alike, and some are the figures themselves, which hold;
some suites have too few images, models that find nothing, or bounds that a model would stand that finds nothing, which
have to be errors.
"""
import contextlib
import io
import json
import random
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

import references

ROOT = Path(__file__).resolve().parent.parent
SAME = 1e-9
STRICTNESS = 0.75
WIDTH, HEIGHT = 320, 240
# Kinds that move nothing, with their groups; `None` has no levels.
KINDS = {"gaussian_blur": "blur", "defocus_blur": "blur", "gaussian_noise": "noise", "impulse_noise": "noise", "fog": "weather",
         "brightness": "lighting", "contrast": "lighting", "saturate": "color", "jpeg_compression": "compression",
         "pixelate": "sensor"}
COCO_NAMES = ["map", "map50", "map75", "map_small", "map_medium", "map_large", "mar_1", "mar_10", "mar_100", "mar_small",
              "mar_medium", "mar_large"]
VOC, POINT = {"voc07": True, "voc12": False}, ["precision", "recall", "f1"]
STABLE, SUMMARY = ["stability", "affected"], ["mpc", "rpc", "risk"]
LOWER_IS_BETTER = {"affected", "risk"}
# The clean figure below which there is nothing to take a share of, and the map50 below which a model is broken.
LEAST_CLEAN, BROKEN = 0.01, 0.05


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def grey_png():
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = zlib.compress((b"\0" + b"\x80" * WIDTH) * HEIGHT)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)) + chunk(
        b"IDAT", rows) + chunk(b"IEND", b"")


def is_broken(bound, quantity, threshold):
    """What is equal to its bound, but for what arithmetic rounds, holds."""
    excess = threshold - quantity if bound in ("min", "min_gain") else quantity - threshold
    return excess > SAME * max(1, abs(threshold))


class Dataset:
    """Random labels: every category has objects, most sizes occur, some are crowds."""

    def __init__(self, random, folder, name):
        self.name = name
        self.images = [{"id": i + 1, "file_name": f"{name}{i}.png", "width": WIDTH, "height": HEIGHT}
                       for i in range(random.randint(4, 12))]
        self.categories = [{"id": 3 * c + 1, "name": f"c{c}"} for c in range(random.randint(1, 3))]
        self.annotations = []
        for at, image in enumerate(self.images):
            for n in range(random.randint(0, 5) if at else len(self.categories)):
                side = random.choice([12, 40, 60, 110])
                box = [round(random.uniform(0, WIDTH - side), 1), round(random.uniform(0, HEIGHT - side), 1),
                       float(side), round(side * random.uniform(0.7, 1), 1)]
                category = self.categories[n % len(self.categories)] if at == 0 else random.choice(self.categories)
                self.annotations.append({
                    "id": len(self.annotations) + 1, "image_id": image["id"], "category_id": category["id"], "bbox": box,
                    "area": box[2] * box[3], "iscrowd": int(at > 0 and random.random() < 0.08)})
            (folder / image["file_name"]).write_bytes(GREY)
        self.labels = {key: getattr(self, key) for key in ("images", "categories", "annotations")}
        (folder / f"{name}.json").write_text(json.dumps(self.labels))
        with contextlib.redirect_stdout(io.StringIO()):
            self.coco = COCO(str(folder / f"{name}.json"))


class Cell:
    """The detections of a model on a dataset under a condition, and their figures."""

    def __init__(self, random, dataset, harm, clean=None):
        self.dataset, self.clean, self.results, self.known = dataset, clean, [], {}
        for annotation in dataset.annotations if harm < 1 else []:
            if random.random() < 0.75 - 0.6 * harm:
                x, y, width, height = annotation["bbox"]
                shift = [random.gauss(0, (0.04 + 0.1 * harm) * side) for side in (width, height)]
                self.add(annotation["image_id"], annotation["category_id"],
                         [x + shift[0], y + shift[1], width * random.uniform(0.9, 1.1), height], random.uniform(0.2, 1))
        for image in dataset.images if harm < 1 else []:
            for _ in range(random.randint(0, 2)):
                self.add(image["id"], random.choice(dataset.categories)["id"],
                         [random.uniform(0, 200), random.uniform(0, 150), random.uniform(8, 100), random.uniform(8, 80)],
                         random.uniform(0.05, 0.6))

    def add(self, image, category, box, score):
        self.results.append({"image_id": image, "category_id": category, "bbox": [round(side, 2) for side in box],
                             "score": round(score, 5)})

    def figure(self, metric, category=None):
        """The figure, `None` where there is nothing to measure it on."""
        key = metric, category
        if key not in self.known:
            self.known[key] = self.measured(metric, category)
        return self.known[key]

    def measured(self, metric, category):
        labels = self.dataset.labels
        ids = [c["id"] for c in labels["categories"] if category in (None, c["name"])]
        if metric in COCO_NAMES:
            return self.coco(metric, ids)
        if metric in VOC:
            return mean(v for v in (references.voc(labels, self.results, i, VOC[metric]) for i in ids) if v is not None)
        if metric in POINT:
            counted = [references.counts(labels, self.results, i) for i in ids]
            return references.operating_point(*map(sum, zip(*counted)))[metric]
        if self.clean is None or not references.claims(self.clean.results):
            return None
        stable = references.stabilities(labels, self.clean.results, self.results)
        return mean(stable) if metric == "stability" else mean(s < STRICTNESS for s in stable)

    def coco(self, metric, ids):
        if "eval" not in self.known:
            with contextlib.redirect_stdout(io.StringIO()):
                found = self.dataset.coco.loadRes(self.results) if self.results else None
                if found is not None:
                    evaluation = COCOeval(self.dataset.coco, found, "bbox")
                    evaluation.evaluate()
                    evaluation.accumulate()
            self.known["eval"] = evaluation if found is not None else None
        evaluation = self.known["eval"]
        area = {"small": 1, "medium": 2, "large": 3}.get(metric.split("_")[-1], 0)
        if evaluation is None:  # pycocotools does not take empty results: every category with objects has 0
            bounds = [(0, 1e10), (0, 32**2), (32**2, 96**2), (96**2, 1e10)][area]
            objects = [a for a in self.dataset.annotations if a["category_id"] in ids and not a["iscrowd"]
                       and bounds[0] <= a["area"] <= bounds[1]]
            return 0.0 if objects else None
        columns = [evaluation.params.catIds.index(i) for i in ids]
        if metric.startswith("mar"):
            most = {"1": 0, "10": 1}.get(metric.split("_")[-1], 2)
            values = evaluation.eval["recall"][:, columns, area, most]
        else:
            ious = {"map50": [0], "map75": [5]}.get(metric, list(range(10)))
            values = evaluation.eval["precision"][ious][:, :, columns, area, 2]
        values = values[values > -1]
        return float(np.mean(values)) if values.size else None


class Suite:
    """A random spec, its data, and the verdicts that it has to have."""

    def __init__(self, seed, folder):
        self.random = random.Random(seed)
        pick = self.random
        self.folder = folder
        self.datasets = [Dataset(pick, folder, name) for name in ["d", "e"][: pick.choice([1, 1, 2])]]
        self.models = ["a", "b", "c"][: pick.randint(1, 3)]
        kinds = pick.sample(list(KINDS), pick.randint(1, 3))
        self.perturbations = {f"p{n}": (kind, sorted(pick.sample(range(1, 6), pick.randint(1, 3))))
                              for n, kind in enumerate(kinds)}
        self.conditions = ["clean"] + [f"{name}@{level}" for name, (_, levels) in self.perturbations.items()
                                       for level in levels]
        self.excluded = set()
        if pick.random() < 0.2 and len(self.models) > 1 and len(self.perturbations) > 1:
            self.excluded = {(self.models[-1], c) for c in self.conditions if c.startswith("p0@")}
        self.metric = pick.choice(["map", "map", "map50", "mar_100"])
        self.min_images = pick.choice([1, 1, 1, 1, 8])
        self.cells = {}
        for model in self.models:
            skill = pick.choice([0, 0.05, 0.2, 0.3, 1]) if pick.random() < 0.4 else 0.1
            for dataset in self.datasets:
                for condition in self.conditions:
                    if (model, condition) in self.excluded:
                        continue
                    level = int(condition.split("@")[1]) if "@" in condition else 0
                    harm = skill if skill == 1 else min(skill + 0.13 * level, 0.95)
                    if level and pick.random() < 0.05:
                        harm = 1
                    clean = self.cells.get((model, dataset.name, "clean"))
                    cell = Cell(pick, dataset, harm, clean if level else None)
                    self.cells[model, dataset.name, condition] = cell
                    path = folder / f"{model}.{dataset.name}.{condition}.json"
                    path.write_text(json.dumps(cell.results))
        self.checks, self.expected = [], {}
        while not self.expected or len(self.checks) < pick.randint(2, 8):
            self.add_check()

    def selected(self):
        """A random `on`: how the spec says it, how ids do, and its conditions."""
        pick, perturbed = self.random, self.conditions[1:]
        names = list(self.perturbations)
        choice = pick.random()
        if choice < 0.25:
            return '"clean"', "clean", ["clean"]
        if choice < 0.4:
            return '"all"', "all", perturbed
        if choice < 0.6:
            name = pick.choice(names)
            return f'"{name}"', name, [c for c in perturbed if c.startswith(f"{name}@")]
        if choice < 0.75:
            name = pick.choice(perturbed)
            return f'"{name}"', name, [name]
        if choice < 0.9:
            group = KINDS[self.perturbations[pick.choice(names)][0]]
            inside = [n for n in names if KINDS[self.perturbations[n][0]] == group]
            return (f'{{ group = "{group}" }}', f"group={group}",
                    [c for c in perturbed if c.split("@")[0] in inside])
        some = pick.sample(perturbed, min(2, len(perturbed)))
        return json.dumps(some), "+".join(some), some

    def combined(self, how, figures):
        """One figure of several conditions' ones."""
        if how in ("mean", "mpc", "rpc"):
            names = dict.fromkeys(c.split("@")[0] for c in figures)
            return mean(mean(v for c, v in figures.items() if c.split("@")[0] == name) for name in names)
        if how == "risk":
            groups = {}
            for condition, value in figures.items():
                groups.setdefault(KINDS.get(self.perturbations[condition.split("@")[0]][0]), []).append(value)
            return 100 * mean(mean(values) for values in groups.values())
        return None

    def add_check(self):
        pick = self.random
        on, label, conditions = self.selected()
        metric = pick.choice([None, None, *COCO_NAMES, *VOC, *POINT, *STABLE, *SUMMARY])
        name = metric or self.metric
        category = pick.choice(self.datasets[0].categories)["name"] if pick.random() < 0.25 else None
        if category and (name in STABLE + SUMMARY or any(
                category not in [c["name"] for c in d.categories] for d in self.datasets)):
            return
        if "clean" in conditions and name in STABLE + SUMMARY:
            return
        how = pick.choice(["mean", "worst"]) if pick.random() < 0.3 and name not in SUMMARY else None
        bound = pick.choice(["min", "max", "max_drop", "max_relative_drop", "max_regression", "min_gain"])
        if bound.endswith("drop") and ("clean" in conditions or name in STABLE + SUMMARY):
            return
        reference = None
        if bound in ("max_regression", "min_gain"):
            if len(self.models) == 1 or name in SUMMARY:
                return
            reference = pick.choice(self.models)
            theirs = self.answers(reference, conditions)
            if any(self.answers(model, conditions) == theirs for model in self.models if model != reference):
                return  # a model compared with itself is a mistake in the spec
        if bound == "max" and name not in LOWER_IS_BETTER and name != "risk":
            bound = "min"
        models = [m for m in self.models if m != reference]
        for dataset in self.datasets:  # a figure that labels have nothing for is a mistake in the spec, not a verdict
            area = name if name in COCO_NAMES else self.metric if name in ("mpc", "rpc") else "map"
            if Cell(random.Random(0), dataset, 1).figure(area, category) is None:
                return
        cases = []
        for dataset in self.datasets:
            for model in models:
                groups = [(f"{how}({label})" if how else label, conditions)] if how or name in SUMMARY else [
                    (condition, [condition]) for condition in conditions]
                for where, read in groups:
                    there = [c for c in read if (model, c) not in self.excluded and (reference, c) not in self.excluded]
                    if there:
                        of = f"({category})" if category else ""
                        over = f"({reference})" if reference else ""
                        cases.append((f"{model}/{dataset.name}/{where}/{name}{of}:{bound}{over}", model, dataset, there))
        if not cases or any(case[0] in self.expected for case in cases):
            return
        if on.startswith("[") and not set(conditions) <= {c for *_, there in cases for c in there}:
            return  # nothing is left of a condition that the check names
        quantities = [self.quantity(case, name, category, how or name, bound, reference) for case in cases]
        around = pick.choice([q for q, _ in quantities if q is not None] or [0.3])
        off = pick.choice([-0.08, -0.004, 0, 0.004, 0.08, 0.3]) * (100 if name == "risk" else 1)
        # The measured number itself as a decimal, which holds; or one beside it.
        threshold = round(around + off, 3 if off else 12)
        most = 100 if name == "risk" else 1
        low = 0.001 if bound == "min" else 0.0
        threshold = min(max(threshold, low), most - 0.001)
        if bound == "min" and name in LOWER_IS_BETTER:
            return
        if name == "rpc" and bound == "max":
            return
        is_waived = pick.random() < 0.15
        for case, (quantity, why) in zip(cases, quantities):
            verdict = self.verdict(case, quantity, why, name, category, how, bound, threshold, reference)
            if verdict == "hollow":
                # A model that is broken on clean images was measured, and is bad; a warning alone would let it through.
                verdict = "fail" if self.is_broken(case) and not is_waived else "error"
            self.expected[case[0]] = verdict, quantity, is_waived
        keys = [f"on = {on}", f"{bound} = {threshold}"] + ([f'metric = "{metric}"'] if metric else [])
        keys += [f'category = "{category}"'] if category else []
        keys += [f'aggregate = "{how}"'] if how else []
        keys += [f'reference = "{reference}"', 'rule = "point"'] if reference else []
        keys += ['level = "warn"', 'reason = "soak"'] if is_waived else []
        self.checks.append("[[check]]\n" + "\n".join(keys))

    def answers(self, model, conditions):
        """All that a model says under some conditions."""
        return {key[1:]: cell.results for key, cell in self.cells.items() if key[0] == model and key[2] in conditions}

    def figures(self, model, dataset, conditions, name, category):
        read = {"mpc": self.metric, "rpc": self.metric, "risk": "affected"}.get(name, name)
        return {c: self.cells[model, dataset.name, c].figure(read, category) for c in conditions}

    def silent(self, model, dataset, conditions, name):
        """The figures of a model that finds nothing under the conditions."""
        if name not in STABLE + ["risk"]:
            return {c: 0.0 for c in conditions}
        stable = references.stabilities(dataset.labels, self.cells[model, dataset.name, "clean"].results, [])
        return {c: mean(stable) if name == "stability" else mean(s < STRICTNESS for s in stable) for c in conditions}

    def quantity(self, case, name, category, how, bound, reference, ours=None):
        """What the threshold is held against; or `None`, and why not. `ours` are figures instead of the measured ones."""
        _, model, dataset, conditions = case
        sign = -1 if name in LOWER_IS_BETTER else 1
        ours = ours or self.figures(model, dataset, conditions, name, category)
        clean = self.figures(model, dataset, ["clean"], name, category)["clean"]
        if None in ours.values():
            return None, "nothing to measure"
        single = min(ours.values(), key=lambda v: sign * v) if how == "worst" else self.combined(how, ours)
        figure = single if single is not None else next(iter(ours.values()))
        if name == "rpc":
            if clean is None:
                return None, "no clean figure"
            if clean < LEAST_CLEAN:
                return None, "hollow"
            figure = figure / clean
        if bound in ("min", "max"):
            return figure, None
        if bound in ("max_drop", "max_relative_drop"):
            if clean is None:
                return None, "no clean figure"
            if bound == "max_relative_drop" and clean < LEAST_CLEAN:
                return None, "hollow"
            drop = sign * (clean - figure)
            return (drop if bound == "max_drop" else drop / clean), None
        theirs = self.figures(reference, dataset, conditions, name, category)
        if None in theirs.values():
            return None, "nothing to compare with"
        if how == "worst":
            lost = max(sign * (theirs[c] - ours[c]) for c in ours)
        else:
            other = self.combined(how, theirs)
            lost = sign * ((other if other is not None else next(iter(theirs.values()))) - figure)
        return (lost if bound == "max_regression" else -lost), None

    def verdict(self, case, quantity, why, name, category, how, bound, threshold, reference):
        _, model, dataset, conditions = case
        if len(dataset.images) < self.min_images:
            return "skipped"  # the dataset is the error
        if why:
            is_silent = why == "nothing to measure" and (name in STABLE or name == "risk")
            return "hollow" if why == "hollow" or is_silent else "error"
        if is_broken(bound, quantity, threshold):
            return "fail"
        # What even a model that finds nothing would stand is no pass.
        nothing, _ = self.quantity(case, name, category, how or name, bound, reference,
                                   self.silent(model, dataset, conditions, name))
        return "pass" if is_broken(bound, nothing, threshold) else "hollow"

    def is_broken(self, case):
        """Whether a model finds next to nothing on clean images."""
        found = self.cells[case[1], case[2].name, "clean"].figure("map50", None)
        return found is not None and found < BROKEN

    def text(self):
        parts = [f'version = 1\nname = "soak"\n[defaults]\nmetric = "{self.metric}"\nmin_images = {self.min_images}\n'
                 "resamples = 100"]
        parts += [f'[dataset.{d.name}]\nformat = "coco"\npath = "{d.name}.json"' for d in self.datasets]
        parts += [f'[model.{m}]\nkind = "precomputed"\npath = "{m}.{{dataset}}.{{condition}}.json"' for m in self.models]
        parts += [f'[perturbation.{n}]\nkind = "{kind}"\nseverity = {levels}'
                  for n, (kind, levels) in self.perturbations.items()]
        excluded = f'[matrix]\nexclude = [{{ model = "{self.models[-1]}", on = "p0" }}]' if self.excluded else ""
        return "\n".join([*parts, *self.checks, excluded]) + "\n"

    def exit_code(self):
        # A waiver forgives failures alone.
        counted = [verdict for verdict, _, is_waived in self.expected.values() if verdict == "error" or not is_waived]
        is_small = any(len(dataset.images) < self.min_images for dataset in self.datasets)
        return 3 if "error" in counted or is_small else 1 if "fail" in counted else 0


def is_other(ours, quantity):
    """Whether numbers are others; a failure for want of anything to judge has none."""
    if ours is None or quantity is None:
        return ours is not None
    return abs(ours - quantity) > SAME


def differences(suite, ended, folder):
    if ended.returncode == 2:
        return [f"the spec is refused: {ended.stderr[-1500:]}"]
    record = json.loads((folder / "record.json").read_text())
    found = {case["id"]: case for case in record["cases"]}
    wrong = [f"case {id} is not there" for id in suite.expected if id not in found]
    wrong += [f"case {id} is there" for id in found if id not in suite.expected]
    for id, (verdict, quantity, is_waived) in suite.expected.items():
        if id not in found:
            continue
        ours = found[id]["verdict"]
        if ours["outcome"]["outcome"] != verdict:
            wrong.append(f"{id}: {ours['outcome']}, not {verdict} ({quantity}; {ours['reason']})")
        elif verdict in ("pass", "fail") and is_other(ours["value"], quantity):
            wrong.append(f"{id}: {ours['value']}, not {quantity}")
        if (found[id]["waiver"] is not None) != is_waived:
            wrong.append(f"{id}: the waiver is {found[id]['waiver']}")
    if ended.returncode != suite.exit_code():
        wrong.append(f"exit code {ended.returncode}, not {suite.exit_code()}")
    return wrong


def main():
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    windtunnel = str(Path(sys.argv[1]).resolve())
    suites, first = (int(number) for number in (*sys.argv[2:], *["200", "0"][len(sys.argv) - 2:]))
    seen, wrong = {}, 0
    for seed in range(first, first + suites):
        folder = ROOT / f"target/soak/{seed}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        suite = Suite(seed, folder)
        (folder / "spec.toml").write_text(suite.text())
        command = [windtunnel, "run", "spec.toml", "--no-cache", "--json", "record.json", "-qq", "--no-github"]
        ended = subprocess.run(command, cwd=folder, text=True, capture_output=True)
        faults = differences(suite, ended, folder)
        for verdict, _, _ in suite.expected.values():
            seen[verdict] = seen.get(verdict, 0) + 1
        if faults:
            wrong += 1
            print(f"suite {seed}:", *faults[:8], sep="\n  ")
        else:
            shutil.rmtree(folder)
    print(f"{suites} suites, {sum(seen.values())} verdicts {seen}: {wrong} suites differ")
    return 1 if wrong or not all(seen.get(verdict) for verdict in ("pass", "fail", "error")) else 0


GREY = grey_png()

if __name__ == "__main__":
    sys.exit(main())
