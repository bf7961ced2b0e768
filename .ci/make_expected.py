"""Writes tests/fixtures/detections/expected.json: pycocotools' figures for the detections beside it, in full doubles.

The 12 summary figures, and per category with ground truth [AP, AP50].
"""
import contextlib
import io
import json
import pathlib

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

FOLDER = pathlib.Path("tests/fixtures/detections")
LABELS = {"bccd-test": "examples/bccd/annotations/test.json", "coco-mini-val": "examples/coco-mini/annotations/val.json"}
NAMES = ["map", "map50", "map75", "map_small", "map_medium", "map_large",
         "mar_1", "mar_10", "mar_100", "mar_small", "mar_medium", "mar_large"]


def mean(values):
    """The mean of the cells that have ground truth; None if there is none."""
    valid = values[values > -1]
    return float(valid.mean()) if valid.size else None


expected = {}
for path in sorted(FOLDER.glob("*.*.json")):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(LABELS[path.name.split(".")[1]])
        evaluation = COCOeval(truth, truth.loadRes(str(path)), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    precision = evaluation.eval["precision"]  # IoU, recall, category, area, max dets
    per_category = {}
    for index, category_id in enumerate(evaluation.params.catIds):
        figures = [mean(precision[:, :, index, 0, 2]), mean(precision[0, :, index, 0, 2])]
        if figures[0] is not None:
            per_category[truth.cats[category_id]["name"]] = figures
    stats = {name: None if value == -1 else float(value) for name, value in zip(NAMES, evaluation.stats)}
    expected[path.stem] = {"figures": stats, "per_category": per_category}
(FOLDER / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
