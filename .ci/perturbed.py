#!/usr/bin/env python3
"""Reads perturbed datasets as other tools do.

    python .ci/perturbed.py PATH_OF_WINDTUNNEL        from the repository's root; exit 1 on any failure

Exports specs/quickstart.toml with a few conditions and proves, of each:
1. pycocotools loads it: every picture is there, of the size written, an RGB PNG; every annotation belongs to one;
2. its ground truth given back as detections has AP 1 in every category, and objects marked as ignored count neither for
   nor against: not as missed where nothing is said of them, not as false where something is;
3. FiftyOne's layout for COCO: labels in one file, pictures in one folder, names relative to it; read by FiftyOne's own
   importer where that is installed, which needs no database.
"""
import contextlib
import io
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from PIL import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

ROOT = Path(__file__).resolve().parent.parent
CONDITIONS = ["clean", "noise@3", "rotation@-15", "rotation@15"]


def export(binary, out):
    filters = [word for condition in CONDITIONS for word in ("-k", f"test/{condition}")]
    subprocess.run([binary, "export", "perturbed", "specs/quickstart.toml", "--out", out, "-q", *filters], cwd=ROOT,
                   check=True)


def pictures(folder, truth, fail):
    for image in truth.loadImgs(truth.getImgIds()):
        with Image.open(folder / "images" / image["file_name"]) as picture:
            picture.load()
            found = (picture.format, picture.mode, picture.size)
        if found != ("PNG", "RGB", (image["width"], image["height"])):
            fail(f"{image['file_name']}: {found}, {image['width']}x{image['height']} expected")
        if Path(image["original_file_name"]).stem != Path(image["file_name"]).stem:
            fail(f"{image['file_name']} was {image['original_file_name']}")
    listed = {image["file_name"] for image in truth.dataset["images"]}
    there = {str(path.relative_to(folder / "images")) for path in (folder / "images").rglob("*") if path.is_file()}
    if listed != there:
        fail(f"pictures that are not listed or not there: {sorted(listed ^ there)[:3]}")


def precision(truth, results):
    evaluation = COCOeval(truth, truth.loadRes(results), "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return evaluation.stats[0]


def evaluation(truth, fail):
    objects = truth.loadAnns(truth.getAnnIds())
    result = lambda o: {"image_id": o["image_id"], "category_id": o["category_id"], "bbox": o["bbox"], "score": 0.9}
    counted = [result(o) for o in objects if not o["ignore"]]
    for what, results in [("of its ground truth", counted), ("with ignored objects", [result(o) for o in objects])]:
        ap = precision(truth, results)
        if abs(ap - 1) > 1e-12:
            fail(f"AP {what} is {ap}")
    # The same detections must cost something once nothing is ignored, or the two above could not fail.
    ignored = sum(o["ignore"] for o in objects)
    for o in objects:
        o["iscrowd"] = o["ignore"] = 0
    if ignored and precision(truth, counted) >= 1:
        fail("ignored objects make no difference")
    return len(objects), ignored


def layout(folder, truth, fail):
    try:
        from fiftyone.utils.coco import COCODetectionDatasetImporter
    except ImportError:
        return "no FiftyOne"
    importer = COCODetectionDatasetImporter(dataset_dir=str(folder), data_path="images", labels_path="annotations.json")
    with importer:
        boxes = sum(len(labels["detections"].detections if isinstance(labels, dict) else labels.detections)
                    for _, _, labels in importer)
    if boxes != len(truth.dataset["annotations"]):
        fail(f"FiftyOne reads {boxes} boxes")
    return "FiftyOne reads it"


def main(binary):
    failures = []
    with tempfile.TemporaryDirectory() as out:
        export(binary, out)
        sizes = Counter()
        for condition in CONDITIONS:
            folder = Path(out) / "test" / condition
            fail = lambda what, condition=condition: failures.append(f"{condition}: {what}")
            with contextlib.redirect_stdout(io.StringIO()):
                truth = COCO(folder / "annotations.json")
                pictures(folder, truth, fail)
                objects, ignored = evaluation(truth, fail)
                told = layout(folder, truth, fail)
            made = truth.dataset["info"]["windtunnel"]
            if (made["dataset"], made["condition"]["name"]) != ("test", condition):
                fail(f"made by {made}")
            sizes += Counter(objects=objects, ignored=ignored)
            print(f"{condition}: {len(truth.imgs)} pictures, {objects} objects, {ignored} ignored; {told}")
    if not sizes["ignored"]:
        failures.append("no object is ignored in any condition: nothing was shown of them")
    print("\n".join(f"FAIL {failure}" for failure in failures) or "perturbed datasets: all hold")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main(sys.argv[1])
