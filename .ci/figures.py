"""COCO figures by pycocotools, under windtunnel's names; None where there is nothing to measure (pycocotools: -1)."""
import contextlib
import io

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

FIGURES = ["map", "map50", "map75", "map_small", "map_medium", "map_large",
           "mar_1", "mar_10", "mar_100", "mar_small", "mar_medium", "mar_large"]


def evaluated(labels, results):
    """Labels as COCO instances, results as COCO results, both as read from JSON."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth, found = COCO(), COCO()
        truth.dataset = labels
        truth.createIndex()
        if results:  # pycocotools cannot load an empty list
            found = truth.loadRes(results)
        else:
            found.dataset = {**labels, "annotations": []}
            found.createIndex()
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


def overall(evaluation):
    """The 12 figures of pycocotools' summary."""
    return {name: None if value == -1 else float(value) for name, value in zip(FIGURES, evaluation.stats)}


def of_category(evaluation, category_id):
    """The same 12 figures for one category, which pycocotools has but does not print."""
    at = evaluation.params.catIds.index(category_id)
    precision, recall = evaluation.eval["precision"], evaluation.eval["recall"]  # IoU, (recall,) category, area, most
    iou50, iou75 = slice(0, 1), slice(5, 6)
    values = [precision[:, :, at, 0, 2], precision[iou50, :, at, 0, 2], precision[iou75, :, at, 0, 2],
              *(precision[:, :, at, area, 2] for area in (1, 2, 3)),
              *(recall[:, at, 0, most] for most in (0, 1, 2)), *(recall[:, at, area, 2] for area in (1, 2, 3))]
    measured = [value[value > -1] for value in values]
    return {name: float(value.mean()) if value.size else None for name, value in zip(FIGURES, measured)}
