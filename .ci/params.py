"""Makes tests/fixtures/crowded: a picture with 150 objects of a class, detections of it, and pycocotools' figures under
params that a suite may set (`max_dets`, `area_ranges`), in full doubles.

    python .ci/params.py            makes them anew and compares with the stored ones, exit 1 on a difference
    python .ci/params.py --write    rewrites them

`summarize` of pycocotools asks for 100 detections by that number, so figures under other caps are read from the arrays that
`accumulate` leaves, as `summarize` reads them: the mean over what is not -1.
"""
import contextlib
import io
import json
import random
import sys
import tempfile
from pathlib import Path

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

FOLDER = Path("tests/fixtures/crowded")
NAMES = ["map", "map50", "map75", "map_small", "map_medium", "map_large",
         "mar_1", "mar_10", "mar_100", "mar_small", "mar_medium", "mar_large"]
# (precision or recall, place in the IoUs or all, area, cap), in the order of NAMES
SLOTS = [("precision", None, 0, 2), ("precision", 0, 0, 2), ("precision", 5, 0, 2),
         ("precision", None, 1, 2), ("precision", None, 2, 2), ("precision", None, 3, 2),
         ("recall", None, 0, 0), ("recall", None, 0, 1), ("recall", None, 0, 2),
         ("recall", None, 1, 2), ("recall", None, 2, 2), ("recall", None, 3, 2)]
PARAMS = [([1, 10, 100], [1024, 9216]), ([1, 10, 300], [1024, 9216]), ([2, 30, 150], [150, 700]), ([5, 5, 5], [400, 9216])]


def scene():
    """Cells in a grid of 20 by 15, half of them with an object; most are found, some twice, at random places near."""
    random.seed(7)
    labels = {"images": [{"id": 1, "file_name": "a.png", "width": 800, "height": 600}],
              "categories": [{"id": 1, "name": "cell"}, {"id": 2, "name": "clump"}], "annotations": []}
    found = []
    for at in range(300):
        x, y = 40 * (at % 20), 40 * (at // 20)
        side = random.randint(8, 36)
        category = 2 if at % 23 == 0 else 1
        if at % 2 == 0:
            labels["annotations"].append({"id": at + 1, "image_id": 1, "category_id": category, "iscrowd": 0,
                                          "bbox": [x, y, side, side], "area": side * side})
        for _ in range(random.choice([0, 1, 1, 1, 2])):
            bbox = [x + random.randint(-2, 2), y + random.randint(-2, 2), side + random.randint(-3, 3), side]
            found.append({"image_id": 1, "category_id": category, "bbox": bbox, "score": round(random.random(), 3)})
    return labels, found


def figures(truth, path, max_dets, area_ranges):
    """The twelve figures by name; None where there is no ground truth."""
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, truth.loadRes(str(path)), "bbox")
        small, large = area_ranges
        evaluation.params.maxDets = max_dets
        evaluation.params.areaRng = [[0, 1e10], [0, small], [small, large], [large, 1e10]]
        evaluation.evaluate()
        evaluation.accumulate()

    def figure(kind, iou, area, cap):
        values = evaluation.eval[kind]  # IoU, (recall,) category, area, cap
        values = (values if iou is None else values[iou:iou + 1])[..., area, cap]
        values = values[values > -1]
        return float(values.mean()) if values.size else None

    return {name: figure(*slot) for name, slot in zip(NAMES, SLOTS)}


def files():
    """The three files by name."""
    labels, found = scene()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        (folder / Path("labels.json")).write_text(json.dumps(labels))
        (folder / Path("results.json")).write_text(json.dumps(found))
        truth = COCO(f"{folder}/labels.json")
        expected = [{"max_dets": dets, "area_ranges": areas, "figures": figures(truth, f"{folder}/results.json", dets, areas)}
                    for dets, areas in PARAMS]
    return {"labels.json": labels, "results.json": found, "expected.json": expected}


made = files()
if "--write" in sys.argv:
    FOLDER.mkdir(exist_ok=True)
    for name, content in made.items():
        (FOLDER / name).write_text(json.dumps(content, indent=1 if name == "expected.json" else None) + "\n")
    sys.exit()
others = [name for name, content in made.items() if json.loads((FOLDER / name).read_text()) != content]
count = sum(len(one["figures"]) for one in made["expected.json"])
print(f"{count} figures under {len(PARAMS)} sets of params, {len(others)} of {len(made)} files differ: {', '.join(others) or 'none'}")
sys.exit(bool(others))
