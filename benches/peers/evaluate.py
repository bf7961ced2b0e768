#!/usr/bin/env python3
"""COCO evaluation side by side: from two JSON files to the twelve figures, on a made-up set of COCO val2017's size.

    python3 -m venv benches/peers/.venv
    benches/peers/.venv/bin/pip install -r benches/peers/requirements.txt
    cargo build --release --example figures
    benches/peers/.venv/bin/python benches/peers/evaluate.py [--images 5000] [--reps 3] [--cpus 0] [--only hotcoco,...]
        [--windtunnel target/release/examples/figures] [--markdown out.md]

The set: 5,000 images, 80 categories with a long tail, 36,781 objects (1.2 % crowds, with outlines, so that the file is as
long as COCO's), 500,000 detections: most near an object and often of its category, by falling score. Random numbers of one
seed; nothing of COCO is in it. Every contender is a process of its own, pinned to the CPUs given; contenders alternate
inside a repetition. Times and peak memory are of the whole process (wait4): start and imports count. The figures of all must
agree within 1e-6, else the exit code is 1.
"""
import argparse
import contextlib
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = "windtunnel"
TOOLS = ["pycocotools", "faster-coco-eval", "hotcoco", "vernier"]
CATEGORIES, OBJECTS, DETECTIONS, CROWDS = 80, 7.3562, 100, 0.0121
SAME = 1e-6


# ------------------------------------------------------------------ the set
def write_set(folder, images):
    """Labels and results as JSON files."""
    import numpy as np
    random = np.random.Generator(np.random.PCG64(2017))
    sides = np.array([(640, 480), (480, 640), (640, 427), (500, 375)])[random.choice(4, images, p=[0.5, 0.2, 0.2, 0.1])]
    ids = np.sort(random.choice(120 * images, images, replace=False)) + 1
    share = np.concatenate([[0.3], 0.7 * np.exp(-np.linspace(0, 5.4, CATEGORIES - 1)) / np.exp(-np.linspace(0, 5.4, 79)).sum()])
    count = int(OBJECTS * images)
    of = np.sort(random.choice(images, count, p=(weights := random.gamma(1.35, 1.0, images) + 0.02) / weights.sum()))
    kind = random.choice(CATEGORIES, count, p=share)
    size = np.minimum(np.exp(random.uniform(np.log(8), np.log(400), (count, 1)) + random.normal(0, 0.3, (count, 2))),
                      0.95 * sides[of])
    place = random.random((count, 2)) * (sides[of] - size)
    crowd = random.random(count) < CROWDS
    area = size.prod(1) * random.uniform(0.45, 0.78, count)
    corners = np.clip(np.exp(random.normal(3.1, 0.55, count)), 5, 90).astype(int)

    # Detections: on an object, well or badly placed, or anywhere.
    shown = np.repeat(np.arange(images), DETECTIONS)
    first, number = np.searchsorted(of, np.arange(images)), np.bincount(of, minlength=images)
    found = len(shown)
    near = (random.random(found) < 0.55) & (number[shown] > 0)
    object_ = np.minimum(first[shown] + (random.random(found) * np.maximum(number[shown], 1)).astype(int), count - 1)
    off = random.normal(0, 1, (found, 4)) * np.exp(random.normal(-2.3, 0.8, (found, 1)))
    box_size = np.where(near[:, None], size[object_] * np.exp(off[:, 2:]),
                        np.minimum(np.exp(random.uniform(np.log(8), np.log(400), (found, 2))), 0.95 * sides[shown]))
    box_place = np.where(near[:, None], place[object_] + off[:, :2] * size[object_],
                         random.random((found, 2)) * (sides[shown] - box_size))
    right = near & (random.random(found) < 0.7)
    label = np.where(right, kind[object_], random.choice(CATEGORIES, found, p=share))
    quality = right * 2.5 - np.abs(off).sum(1) * 2.0 - 2.5 + random.normal(0, 1.2, found)
    score = 1 / (1 + np.exp(-quality))
    order = np.lexsort((-score, shown))

    categories = [{"id": i + 1, "name": f"class {i + 1}"} for i in range(CATEGORIES)]
    pictures = [{"id": int(i), "file_name": f"{i:012}.jpg", "width": int(w), "height": int(h)}
                for i, (w, h) in zip(ids, sides)]
    objects = []
    for at in range(count):
        (x, y), (w, h) = place[at], size[at]
        angle = np.linspace(0, 2 * np.pi, corners[at], endpoint=False)
        outline = np.stack([x + w / 2 * (1 + np.cos(angle)), y + h / 2 * (1 + np.sin(angle))], 1).round(2).ravel().tolist()
        width, height = sides[of[at]].tolist()
        objects.append({"id": at + 1, "image_id": int(ids[of[at]]), "category_id": int(kind[at]) + 1,
                        "segmentation": {"counts": [0, width * height], "size": [height, width]} if crowd[at] else [outline],
                        "bbox": [round(float(v), 2) for v in (x, y, w, h)], "area": round(float(area[at]), 4),
                        "iscrowd": int(crowd[at])})
    results = [{"image_id": int(ids[shown[at]]), "category_id": int(label[at]) + 1,
                "bbox": [round(float(v), 3) for v in (*box_place[at], *box_size[at])], "score": round(float(score[at]), 5)}
               for at in order]
    labels, answers = Path(folder) / "labels.json", Path(folder) / "results.json"
    labels.write_text(json.dumps({"images": pictures, "annotations": objects, "categories": categories}))
    answers.write_text(json.dumps(results))
    return labels, answers, f"{images} images, {CATEGORIES} categories, {count} objects, {found} detections"


# ------------------------------------------------------------------ a peer, inside its own process
def evaluate(tool, labels, results):
    """Prints the twelve figures as JSON."""
    with contextlib.redirect_stdout(io.StringIO()):
        if tool == "vernier":
            from vernier.instance import Bbox, CocoDataset, Evaluator
            truth, found = CocoDataset.from_json(Path(labels).read_bytes()), Path(results).read_bytes()
            cores = len(os.sched_getaffinity(0))
            figures = Evaluator(iou=Bbox(), parity_mode="strict").evaluate(truth, found, num_threads=cores).stats
        else:
            options = {}
            if tool == "pycocotools":
                from pycocotools.coco import COCO
                from pycocotools.cocoeval import COCOeval
            elif tool == "hotcoco":
                from hotcoco import COCO, COCOeval
            else:
                from faster_coco_eval import COCO, COCOeval_faster as COCOeval
                options = {"print_function": lambda *_: None}
            truth = COCO(labels)
            found = truth.load_res(results) if tool == "hotcoco" else truth.loadRes(results)
            evaluation = COCOeval(truth, found, "bbox", **options)
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
            figures = evaluation.stats
    print(json.dumps([float(figure) for figure in list(figures)[:12]]))


# ------------------------------------------------------------------ the measuring side
def run(command, cpus):
    """Wall and CPU seconds, peak MB, and the figures."""
    cores = str(len(cpus))
    environment = {**os.environ, "RAYON_NUM_THREADS": cores, "OMP_NUM_THREADS": cores, "OPENBLAS_NUM_THREADS": cores}
    with tempfile.TemporaryFile() as out:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, env=environment, preexec_fn=lambda: os.sched_setaffinity(0, cpus))
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(f"exit code {child.returncode}: {command}")
        out.seek(0)
        figures = json.loads(out.read())
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024, "figures": figures}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--cpus", default="0")
    parser.add_argument("--only", default=",".join(TOOLS))
    parser.add_argument("--windtunnel", default=str(ROOT / "target/release/examples/figures"))
    parser.add_argument("--markdown", type=Path, help="also write the table there")
    parser.add_argument("--evaluate", nargs=3, metavar=("TOOL", "LABELS", "RESULTS"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.evaluate:
        return evaluate(*args.evaluate)
    cpus = {int(cpu) for cpu in args.cpus.split(",")}
    with tempfile.TemporaryDirectory() as folder:
        labels, results, size = write_set(folder, args.images)
        megabytes = [path.stat().st_size / 1e6 for path in (labels, results)]
        runs = {}
        for rep in range(args.reps):
            for tool in [OURS, *args.only.split(",")]:
                command = ([args.windtunnel] if tool == OURS else [sys.executable, __file__, "--evaluate", tool])
                result = run([*command, str(labels), str(results)], cpus)
                runs.setdefault(tool, []).append(result)
                print(f"{rep} {tool}: wall {result['wall']:.2f} CPU {result['cpu']:.2f}", file=sys.stderr, flush=True)
    middle = {tool: {key: statistics.median(r[key] for r in results) for key in ("wall", "cpu", "memory")}
              for tool, results in runs.items()}
    reference = middle.get("pycocotools")
    rows = []
    for tool, value in middle.items():
        times = f"{reference['cpu'] / value['cpu']:.1f}" if reference else ""
        low, high = min(r["cpu"] for r in runs[tool]), max(r["cpu"] for r in runs[tool])
        version = "" if tool == OURS else f" {metadata.version(tool)}"
        rows.append(f"| {tool}{version} | {value['cpu']:.2f} | {low:.2f} to {high:.2f} | {times} | {value['wall']:.2f} | "
                    f"{value['memory']:.0f} | {runs[tool][0]['figures'][0]:.6f} |")
    text = "\n".join([
        f"{time.strftime('%Y-%m-%d')}; {size} (JSON of {megabytes[0]:.0f} and {megabytes[1]:.0f} MB); CPUs {args.cpus}; "
        f"Python {platform.python_version()}; medians of {args.reps}.", "",
        "| evaluator | CPU s | range | x pycocotools | wall s | peak MB | mAP |",
        "| --- | --: | --: | --: | --: | --: | --: |", *rows])
    print(text)
    if args.markdown:
        args.markdown.write_text(text + "\n")
    ours = runs[OURS][0]["figures"]
    apart = {tool: max(abs(a - b) for a, b in zip(ours, results[0]["figures"])) for tool, results in runs.items()}
    print("largest difference to windtunnel: " + ", ".join(f"{tool} {gap:.1e}" for tool, gap in apart.items()), file=sys.stderr)
    return int(any(gap > SAME for gap in apart.values()))


if __name__ == "__main__":
    sys.exit(main())
