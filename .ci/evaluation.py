#!/usr/bin/env python3
"""Holds the library's evaluation against pycocotools and against plain references, on sets made to be awkward.

    python .ci/evaluation.py PATH_OF_EXAMPLE_EVALUATE     compares all sets, all 1e-9, exit 1 on any failure
    python .ci/evaluation.py --write                      rewrites tests/fixtures/golden/evaluation.json for `cargo test`

What is compared, per category and for several weightings of the images, two of them resamples:
1. COCO's 12 figures with pycocotools' of the set in which each image is repeated as often as it weighs;
2. Pascal VOC's average precision, and the counts at the confidence 0.3, with those of `references.py` on that set;
3. the stability of each image with that of `references.py`;
4. TIDE's split of the errors with hotcoco's, its AP50 with pycocotools', and on sets of their own with `tidecv`'s (`tide.py`);
5. labels that are missing or of another category with hotcoco's.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import references
from figures import FIGURES, evaluated, of_category, overall
from tide import by_hotcoco, by_tidecv, label_errors

GOLDEN = Path(__file__).resolve().parent.parent / "tests/fixtures/golden/evaluation.json"
SAME = 1e-9
SIDE = 300

# What is awkward about each set.
SETS = {
    "plain": {},
    "crowds": {"crowds": 0.3},
    "empty images": {"empty": 0.5, "silent": 0.3},
    "absent classes": {"absent": 2, "first_id": 0},
    "many detections": {"images": 3, "categories": 1, "detections": 130, "objects": 12},
    "ties": {"decimals": 1, "images": 12},
    "equal overlaps": {"twins": True, "images": 20, "categories": 1},
    "no area": {"flat": 0.3, "crowds": 0.1},
    "everything": {"crowds": 0.1, "empty": 0.1, "silent": 0.1, "absent": 1, "decimals": 1, "flat": 0.1, "images": 20,
                   "first_id": 0, "shuffled": True},
}

# What COCO and `tidecv` have otherwise is left out of the sets; equal overlaps cannot be.
AS_TIDECV = {"crowds": 0, "decimals": 15}
NOT_AS_TIDECV = {"equal overlaps"}


def boxes(random, count, flat):
    size = np.exp(random.uniform(np.log(4), np.log(180), (count, 2)))
    size[random.random(count) < flat, random.integers(0, 2)] = 0
    return np.hstack([random.random((count, 2)) * (SIDE - size), size])


def made(seed, images=10, categories=3, objects=4, detections=12, crowds=0.0, empty=0.0, silent=0.0, absent=0, decimals=4,
         flat=0.0, first_id=1, shuffled=False, twins=False):
    """Labels, results, and results of a perturbed model. Twins are objects side by side, with detections on them and in
    the middle between two."""
    random = np.random.Generator(np.random.PCG64(seed))
    ids = np.sort(random.choice(1000, images, replace=False)).tolist()
    known = (10 + np.arange(categories + absent) * 3).tolist()
    annotations, results, perturbed = [], [], []
    for image in ids:
        count = 0 if random.random() < empty else random.integers(1, objects + 1)
        truth, kinds = boxes(random, count, flat), random.integers(0, categories, count)
        if twins:
            truth = truth.round()
            truth[1::2], kinds[1::2] = truth[: count // 2 * 2 : 2] + [4, 0, 0, 0], kinds[: count // 2 * 2 : 2]
        for box, kind in zip(truth.round(1).tolist(), kinds):
            annotations.append({"id": first_id + len(annotations), "image_id": image, "category_id": known[kind],
                                "bbox": box, "area": round(box[2] * box[3] * 0.7, 2), "iscrowd": int(random.random() < crowds)})
        if random.random() < silent:
            continue
        many = detections if detections > 100 else random.integers(1, detections + 1)
        for found in (results, perturbed):
            near = random.random(many) < (0.6 if count else 0)
            pick = random.integers(0, max(count, 1), many)
            around = truth[pick] if count else np.zeros((many, 4))
            noise = np.array([[2, 0, 0, 0]]) * random.integers(0, 3, (many, 1)) if twins else \
                random.normal(0, 0.1, (many, 4)) * np.tile(around[:, 2:], 2)
            moved = around + noise
            box = np.where(near[:, None], moved, boxes(random, many, flat)).round(1)
            box[:, 2:] = np.maximum(box[:, 2:], 0)
            kind = np.where(near & (random.random(many) < 0.9), kinds[pick] if count else 0,
                            random.integers(0, len(known), many))
            score = random.beta(2, 2, many).round(decimals)
            found += [{"image_id": image, "category_id": known[k], "bbox": b, "score": s}
                      for k, b, s in zip(kind, box.tolist(), score.tolist())]
    order = random.permutation(images) if shuffled else range(images)
    labels = {"images": [{"id": ids[i], "width": SIDE, "height": SIDE} for i in order], "annotations": annotations,
              "categories": [{"id": i, "name": f"class {i}"} for i in (known[::-1] if shuffled else known)]}
    return labels, results, perturbed


def weightings(seed, count):
    random = np.random.Generator(np.random.PCG64([seed, 1]))
    drawn = [np.bincount(random.integers(0, count, count), minlength=count) for _ in range(2)]
    return [np.ones(count, int), np.full(count, 2), *drawn, random.integers(0, 4, count)]


def repeated(labels, results, weights):
    """The set with each image as often as it weighs: copies side by side, in the order of ids. Annotations are numbered
    from 1, since pycocotools takes a match with number 0 for none."""
    images, annotations, found = [], [], []
    for image, weight in sorted(zip(labels["images"], weights), key=lambda pair: pair[0]["id"]):
        for _ in range(weight):
            images.append({**image, "id": len(images) + 1})
            copy = {"image_id": len(images)}
            annotations += [{**a, **copy} for a in labels["annotations"] if a["image_id"] == image["id"]]
            found += [{**d, **copy} for d in results if d["image_id"] == image["id"]]
    annotations = [{**a, "id": at + 1} for at, a in enumerate(annotations)]
    return {**labels, "images": images, "annotations": annotations}, found


def expected(labels, results, perturbed, weights):
    """What the example should print, from pycocotools and the plain references alone."""
    categories = [category["id"] for category in labels["categories"]]
    weighted = []
    for weight in weights:
        truth, found = repeated(labels, results, weight)
        evaluation = evaluated(truth, found)
        coco = [of_category(evaluation, category) for category in categories]
        counts = [references.counts(truth, found, category) for category in categories]
        weighted.append({
            "coco": [[figures[name] for figures in coco] for name in FIGURES],
            "voc07": [references.voc(truth, found, category, True) for category in categories],
            "voc12": [references.voc(truth, found, category, False) for category in categories],
            "operating": [references.operating_point(*count) for count in counts],
            "pooled": references.operating_point(*np.sum(counts, axis=0).tolist()),
        })
    evaluation = evaluated(*repeated(labels, results, np.ones(len(labels["images"]), int)))
    figures = overall(evaluation)
    empty, absent = references.unseen(labels, results)
    return {
        "categories": categories, "figures": [figures[name] for name in FIGURES],
        "per_category": [[of_category(evaluation, category)[name] for name in FIGURES] for category in categories],
        "weighted": weighted, "on_empty_images": empty, "of_absent_categories": absent,
        "stability": references.stabilities(labels, results, perturbed), 
        "tide": {**by_hotcoco(labels, results), "ap50": figures["map50"]},
        "label_errors": label_errors(labels, results, references.MIN_CONFIDENCE),
    }


def differences(ours, wanted, path=""):
    """Where two values differ, and how many numbers were compared."""
    if isinstance(wanted, dict):
        parts = [differences(ours[key], value, f"{path}.{key}") for key, value in wanted.items()]
    elif isinstance(wanted, list):
        parts = [differences(one, other, f"{path}[{at}]") for at, (one, other) in enumerate(zip(ours, wanted))]
        parts.append(([] if len(ours) == len(wanted) else [f"{path}: lengths {len(ours)}, {len(wanted)}"], 1))
    else:
        same = ours is None if wanted is None else ours is not None and abs(ours - wanted) <= SAME
        return ([] if same else [f"{path}: {ours}, not {wanted}"], 1)
    return [line for lines, _ in parts for line in lines], sum(count for _, count in parts)


def evaluate(example, labels, results, perturbed, weights):
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{name}.json" for name in ("labels", "results", "weights", "perturbed")]
        for path, content in zip(paths, (labels, results, [weight.tolist() for weight in weights], perturbed)):
            path.write_text(json.dumps(content))
        evaluated = json.loads(subprocess.run([example, *paths], check=True, capture_output=True).stdout)
    evaluated["label_errors"].sort()
    return evaluated


def compare(example):
    failures, numbers = 0, 0
    for name, options in SETS.items():
        wrong, count = [], 0
        for seed in range(5):
            labels, results, perturbed = made(seed, **options)
            weights = weightings(seed, len(labels["images"]))
            ours = evaluate(example, labels, results, perturbed, weights)
            found = [differences(ours, expected(labels, results, perturbed, weights), f"seed {seed}")]
            if name not in NOT_AS_TIDECV:
                labels, results, perturbed = made(seed, **{**options, **AS_TIDECV})
                ours = evaluate(example, labels, results, perturbed, weights)["tide"]
                found.append(differences(ours, by_tidecv(labels, results), f"seed {seed}, tidecv"))
            wrong, count = wrong + [line for lines, _ in found for line in lines], count + sum(number for _, number in found)
        print(f"{name}: {count} numbers, {len(wrong)} differences", *wrong[:10], sep="\n  FAIL " if wrong else "\n")
        failures, numbers = failures + len(wrong), numbers + count
    print(f"{numbers} numbers, {failures} differences")
    return 1 if failures or not numbers else 0


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, 12) if isinstance(value, float) else value


def write():
    """Small ones of some sets, with one resample each; `tidecv`'s split where it can be had."""
    lines = []
    for name in ("absent classes", "ties", "equal overlaps", "everything", "as tidecv"):
        options = {**SETS["everything"], **AS_TIDECV} if name == "as tidecv" else SETS[name]
        labels, results, perturbed = made(1, **{**options, "images": 7})
        weights = weightings(1, len(labels["images"]))[2:3]
        wanted = expected(labels, results, perturbed, weights)
        if name == "as tidecv":
            wanted["tide"] = by_tidecv(labels, results)
        one = {"labels": labels, "results": results, "perturbed": perturbed, "weights": [w.tolist() for w in weights],
               "expected": rounded(wanted)}
        lines.append(f"{json.dumps(name)}: {json.dumps(one, separators=(',', ':'))}")
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(write() if sys.argv[1] == "--write" else compare(sys.argv[1]))
