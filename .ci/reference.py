#!/usr/bin/env python3
"""The detectors of examples/ run by other people's code: onnxruntime, OpenCV and pycocotools, nothing of ours.

Makes the golden files in tests/fixtures/golden/ that windtunnel's figures and boxes are held against:
  reference.json  the 12 COCO figures of every detector, clean; of the blood-cell detectors also blurred and flipped
  ultraface.json  the faces that the face detector finds on a few pictures

    python .ci/reference.py            makes them anew, compares with the stored ones (1e-3), exit 1 on a difference
    python .ci/reference.py --write    rewrites them

Protocol: score > 0.01, best class per box, boxes clipped to the image, then greedy suppression per class at IoU 0.5, at
most 100 boxes per image; OpenCV's bilinear resize. A perturbation acts on the whole picture, before that resize.
"""
import json
import sys
from pathlib import Path

import cv2
import numpy as np

from detectors import bccd, detections, fastestdet, session, ultraface, yolox_nano
from figures import evaluated, overall

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/fixtures/golden"
BCCD = ROOT / "examples/bccd/annotations/test.json"
COCO_MINI = ROOT / "examples/coco-mini/annotations/val.json"
BLURS = [1, 2, 3, 4, 6]  # sigma in pixels of the severities 1 to 5
FACES = ["000000229358.jpg", "000000329323.jpg", "000000349860.jpg"]  # their scores keep away from the 0.5 asked for
TOLERANCE = 1e-3  # another CPU takes other kernels of onnxruntime, which can flip the order of two equal boxes


def blurred(bgr, sigma):
    side = 6 * sigma + 1
    return cv2.GaussianBlur(bgr, (side, side), sigma)


def perturbed(bgr, condition):
    kind, _, sigma = condition.partition(":")
    return {"clean": lambda: bgr, "horizontal_flip": lambda: np.ascontiguousarray(bgr[:, ::-1]),
            "gaussian_blur": lambda: blurred(bgr, int(sigma))}[kind]()


def flipped(labels):
    """The labels of the pictures mirrored left to right."""
    widths = {image["id"]: image["width"] for image in labels["images"]}
    moved = [{**a, "bbox": [widths[a["image_id"]] - a["bbox"][0] - a["bbox"][2], *a["bbox"][1:]]}
             for a in labels["annotations"]]
    return {**labels, "annotations": moved}


def reference(annotations, decoders, conditions):
    labels = json.loads(annotations.read_text())
    ids = [category["id"] for category in labels["categories"]]
    models = {name: session(name) for name in decoders}
    figures = {name: {} for name in decoders}
    for condition in conditions:
        results = {name: [] for name in decoders}
        for image in labels["images"]:
            bgr = perturbed(cv2.imread(annotations.parent.parent / "images" / image["file_name"]), condition)
            for name, decode in decoders.items():
                found = detections(*decode(models[name], bgr), (image["width"], image["height"]))
                results[name] += [{"image_id": image["id"], "category_id": ids[label], "bbox": box.tolist(),
                                   "score": float(score)} for box, label, score in zip(*found)]
        moved = flipped(labels) if condition == "horizontal_flip" else labels
        for name in decoders:
            figures[name][condition] = overall(evaluated(moved, results[name]))
    return figures


def faces():
    model = session("ultraface-rfb-320")
    found = {}
    for name in FACES:
        bgr = cv2.imread(COCO_MINI.parent.parent / "images" / name)
        boxes, _, scores = detections(*ultraface(model, bgr), bgr.shape[1::-1], confidence=0.5, iou=0.3)
        by_left = sorted(zip(boxes.tolist(), scores.tolist()))
        found[name] = [{"bbox": box, "score": score} for box, score in by_left]
    return found


def differences(path, stored, made):
    if isinstance(made, dict) and isinstance(stored, dict) and stored.keys() == made.keys():
        return [line for key in made for line in differences(f"{path}/{key}", stored[key], made[key])]
    if isinstance(made, list) and isinstance(stored, list) and len(stored) == len(made):
        return [line for at, pair in enumerate(zip(stored, made)) for line in differences(f"{path}/{at}", *pair)]
    if isinstance(made, float) and isinstance(stored, (int, float)) and abs(stored - made) <= TOLERANCE * max(1, abs(stored)):
        return []
    return [] if stored == made else [f"{path}: stored {stored}, made {made}"]


def main():
    blood = reference(BCCD, {f"bccd_{letter}": bccd for letter in "abc"},
                      ["clean", *(f"gaussian_blur:{sigma}" for sigma in BLURS), "horizontal_flip"])
    common = reference(COCO_MINI, {"yolox_nano": yolox_nano, "fastestdet": fastestdet}, ["clean"])
    golden = {
        "reference.json": {
            "about": "made by .ci/reference.py: model -> condition (gaussian_blur:sigma in pixels) -> the 12 COCO figures",
            "models": {**blood, **common}},
        "ultraface.json": {
            "about": "made by .ci/reference.py: picture of examples/coco-mini -> its faces from left to right; input RGB "
                     "(value - 127) / 128 stretched to 320x240, score > 0.5, suppression at IoU 0.3, "
                     "bbox x, y, width, height in pixels of the picture",
            "faces": faces()}}
    different = []
    for name, made in golden.items():
        made = json.loads(json.dumps(made), parse_float=lambda number: round(float(number), 9))
        if "--write" in sys.argv[1:]:
            (GOLDEN / name).write_text(json.dumps(made, indent=1) + "\n")
        different += differences(name, json.loads((GOLDEN / name).read_text()), made)
    print("\n".join(different + [f"{len(different)} differences beyond {TOLERANCE}"]))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
