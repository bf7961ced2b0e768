#!/usr/bin/env python3
"""Holds slices against other people's code: what is measured on pictures against numpy and OpenCV, figures of slices
against pycocotools on labels cut by hand.

    python .ci/slices.py --write         rewrites tests/fixtures/golden/looks.json for `cargo test`
    python .ci/slices.py WINDTUNNEL      compares the golden file and a run of the program, exit 1 on any difference

A slice of images is pycocotools' evaluation of those images alone. In a slice of objects, labels outside are ignored, and
so are detections outside that match nothing: what pycocotools does with area ranges, so each label and detection is given
the area 1 inside and 100 outside, and the range is 0 to 10.
"""
import contextlib
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from evaluation import SIDE, made

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/fixtures/golden/looks.json"
PHOTOS = ["000000006818.jpg", "000000229358.jpg", "000000475678.jpg"]
MADE = [(40, 30), (256, 17), (1, 9), (2, 2)]
SAME = 1e-9


def look(rgb):
    """The attributes of a picture, in plain numpy and OpenCV."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    r, g, b = (rgb[..., channel].astype(float) for channel in range(3))
    opponents = [r - g, (r + g) / 2 - b]
    spread = np.hypot(*(channel.std() for channel in opponents))
    return {"brightness": grey.mean() / 255, "contrast": grey.astype(float).std() / 255,
            "sharpness": cv2.Laplacian(grey, cv2.CV_64F).var(),
            "colourfulness": spread + 0.3 * np.hypot(*(channel.mean() for channel in opponents))}


def pattern(width, height):
    y, x = np.mgrid[:height, :width]
    return (np.dstack([x * x * 3 + y * 5, x * 7 + y * y, x * y * 11 + 13]) % 256).astype(np.uint8)


def golden():
    photo = lambda name: cv2.cvtColor(cv2.imread(ROOT / "examples/coco-mini/images" / name), cv2.COLOR_BGR2RGB)
    return {"about": "made by .ci/slices.py: attributes of pictures by numpy and OpenCV",
            "made": {f"{w}x{h}": look(pattern(w, h)) for w, h in MADE},
            "photos": {name: look(photo(name)) for name in PHOTOS}}


def mean_ap(labels, results, images=None, inside=None):
    """pycocotools' mAP on some images, and on the labels and detections that `inside` names."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = json.loads(json.dumps(labels))
        truth.createIndex()
        found = truth.loadRes(json.loads(json.dumps(results)))
        evaluation = COCOeval(truth, found, "bbox")
        if inside:
            for side, own_area in ((truth, True), (found, False)):
                for one in side.dataset["annotations"]:
                    x, y, w, h = one["bbox"]
                    one["area"] = 1 if inside([x, y, w, h], one["area"] if own_area else w * h) else 100
            evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 10]], ["slice"]
        if images is not None:
            evaluation.params.imgIds = images
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    return float(precision[precision > -1].mean())


def touches(bbox, _):
    x, y, w, h = bbox
    return min(x, y, SIDE - x - w, SIDE - y - h) <= 1


def centred(bbox, area):
    x, y, w, h = bbox
    return not touches(bbox, area) and max(abs((x + w / 2) / SIDE - 0.5), abs((y + h / 2) / SIDE - 0.5)) <= 0.25


def thirds(values):
    order = np.argsort(values, kind="stable")
    first, second = round(len(values) / 3), round(2 * len(values) / 3)
    return {"low": order[:first], "middle": order[first:second], "high": order[second:]}


def run(windtunnel):
    random = np.random.default_rng(5)
    labels, clean, perturbed = made(5, images=60, objects=8, detections=25, crowds=0.1)
    for one in [*labels["annotations"], *clean, *perturbed]:
        if one["bbox"][0] < 40:
            one["bbox"][0] = 0.5  # at the border, and what was found near it too
    perturbed = perturbed[::3]
    brightness = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for at, image in enumerate(labels["images"]):
            image["file_name"] = f"{at}.png"
            rgb = np.clip(random.normal(random.uniform(20, 230), 30, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
            cv2.imwrite(folder / image["file_name"], cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
            brightness.append(look(rgb)["brightness"])
        ids = [image["id"] for image in labels["images"]]
        bins = {f"brightness:{word}": [ids[at] for at in some] for word, some in thirds(brightness).items()}
        objects = {"size:small": lambda _, area: area <= 1024, "size:medium": lambda _, area: 1024 <= area <= 9216,
                   "position:border": touches, "position:center": centred,
                   "position:edge": lambda bbox, area: not touches(bbox, area) and not centred(bbox, area)}
        slices = [*((name, {"images": images}) for name, images in bins.items()),
                  *((name, {"inside": inside}) for name, inside in objects.items())]
        (folder / "labels.json").write_text(json.dumps(labels))
        (folder / "clean.json").write_text(json.dumps(clean))
        (folder / "blur@3.json").write_text(json.dumps(perturbed))
        checks = "".join(f'[[check]]\non = "{on}"\nslice = "{name}"\nmin = 0.000001\n'
                         for name, _ in slices for on in ("clean", "blur"))
        (folder / "spec.toml").write_text(
            'version = 1\nname = "s"\n[defaults]\nresamples = 100\n[dataset.d]\nformat = "coco"\npath = "labels.json"\n'
            '[model.m]\nkind = "precomputed"\npath = "{condition}.json"\n'
            f'[perturbation.blur]\nkind = "gaussian_blur"\nseverity = 3\n[slices]\nmin_performance_drop = 0\n{checks}')
        subprocess.run([Path(windtunnel).resolve(), "run", "spec.toml", "-q", "--exit-zero"], cwd=folder, check=True)
        record = json.loads((folder / "target/windtunnel/s/record.json").read_text())
    figures = {(case["slice"], case["conditions"][0]): case["verdict"]["figure"] for case in record["cases"]}
    wrong = []
    for name, how in slices:
        for condition, results in (("clean", clean), ("blur@3", perturbed)):
            wanted, ours = mean_ap(labels, results, **how), figures[name, condition]
            if ours is None or abs(ours - wanted) > SAME:
                wrong.append(f"{name} {condition}: {ours}, not {wanted}")
    # What clusters tell of a slice is what cases read of it, and of the rest what pycocotools finds there.
    rest = {"images": lambda images: {"images": [i for i in ids if i not in images]},
            "inside": lambda inside: {"inside": lambda bbox, area: not inside(bbox, area)}}
    told = {cluster["slice"]: cluster for cluster in record["slices"]["clusters"]}
    compared = 0
    for name, how in slices:
        if name in told:
            compared += 1
            (kind, what), cluster = next(iter(how.items())), told[name]
            others = rest[kind](what)
            wanted = [figures[name, "clean"], figures[name, "blur@3"],
                      mean_ap(labels, clean, **others) - mean_ap(labels, perturbed, **others)]
            ours = [cluster["clean"], cluster["figure"], cluster["rest_drop"]]
            wrong += [f"cluster {name}: {ours}, not {wanted}"] if np.abs(np.subtract(ours, wanted)).max() > SAME else []
    print(f"{2 * len(slices)} figures of slices and {compared} clusters compared")
    return wrong if compared else [*wrong, "no cluster was compared"]


def main(argument):
    made_now = golden()
    if argument == "--write":
        GOLDEN.write_text(json.dumps(made_now, indent=1) + "\n")
        return 0
    stored, wrong = json.loads(GOLDEN.read_text()), []
    for sort in ("made", "photos"):
        for name, wanted in made_now[sort].items():
            wrong += [f"{name} {key}: stored {stored[sort][name][key]}, made {value}" for key, value in wanted.items()
                      if abs(stored[sort][name][key] - value) > 1e-6 * max(1, abs(value))]
    wrong += run(argument)
    print(f"{len(wrong)} differences", *wrong[:20], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
