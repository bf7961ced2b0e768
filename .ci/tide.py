"""TIDE's split of errors under windtunnel's names: by `tidecv`, its authors' package, and by hotcoco."""
import json
import sys
import tempfile
import types
from pathlib import Path

import numpy as np
from hotcoco import COCO, COCOeval

# What draws and what downloads wants packages of its own; nothing is drawn or downloaded here.
for name in ("matplotlib", "matplotlib.pyplot", "tidecv.plotting", "tidecv.datasets"):
    sys.modules[name] = types.ModuleType(name)
from tidecv.data import Data  # noqa: E402
from tidecv.errors import main_errors as errors  # noqa: E402
from tidecv.quantify import TIDE, TIDERun  # noqa: E402

FOUND, NEAR, MOST = 0.5, 0.1, 100
NAMES = {"Cls": "classification", "Loc": "localization", "Both": "both", "Dupe": "duplicate", "Bkg": "background",
         "Miss": "missed"}


def evaluated(labels, results):
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("labels.json", "results.json")]
        for path, content in zip(paths, (labels, results)):
            Path(path).write_text(json.dumps(content))
        truth = COCO(paths[0])
        evaluation = COCOeval(truth, truth.load_res(paths[1]), "bbox")
    evaluation.evaluate()
    return evaluation


def by_hotcoco(labels, results):
    """Of any set: it follows COCO where `tidecv` does not."""
    split = evaluated(labels, results).tide_errors(FOUND, NEAR)
    return {"ap50": split["ap_base"], **{name: split["delta_ap"][kind] for kind, name in NAMES.items()}}


def label_errors(labels, results, confidence):
    """Image, whether the label is missing and not of another category, score and IoU, sorted; by hotcoco."""
    errors = evaluated(labels, results).image_diagnostics(FOUND, confidence)["label_errors"]
    return sorted([e["image_id"], int(e["type"] == "missing_annotation"), e["dt_score"], e["iou"]] for e in errors)


def by_tidecv(labels, results):
    """Of a set without crowds, equal scores and equal overlaps, with at most a hundred detections of an image: elsewhere it
    departs from COCO. Which detections are right with the errors of one kind mended is its word; the average precision and the mean
    over the categories with objects are COCO's. Its own has recall thresholds of other last digits, which counts where seven
    of ten objects are found, takes categories without objects in, and leaves out those whose objects are all missed."""
    truth, found = Data("truth", MOST), Data("found", MOST)
    for image in labels["images"]:
        truth.add_image(image["id"], str(image["id"]))
    for one in labels["annotations"]:
        truth.add_ground_truth(one["image_id"], one["category_id"], one["bbox"])
    for one in results:
        found.add_detection(one["image_id"], one["category_id"], one["score"], one["bbox"])
    run = TIDERun(truth, found, FOUND, NEAR, TIDE.BOX, MOST)
    measured = [category for category, objects in run.ap_data.get_gt_positives().items() if objects]

    def mean(data):
        return float(np.mean([average_precision(data.objs[category]) for category in measured]))

    split = {"ap50": mean(run.ap_data)}
    for kind in TIDE._error_types:
        split[NAMES[kind.short_name]] = mean(run.fix_errors(lambda error: isinstance(error, kind))) - split["ap50"]
    return split


def average_precision(category):
    right = np.cumsum([is_right for _, is_right, _ in sorted(category.data_points.values(), key=lambda point: -point[0])])
    if not right.size or not category.num_gt_positives:
        return 0.0
    precision = right / np.arange(1, right.size + 1)
    highest = np.maximum.accumulate(precision[::-1])[::-1]
    reached = np.searchsorted(right / category.num_gt_positives, np.linspace(0, 1, 101))
    return highest[reached[reached < right.size]].sum() / 101
