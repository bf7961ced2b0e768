#!/usr/bin/env python3
"""A whole run of a classifier, side by side: windtunnel, and the loop that one writes by hand in Python (Pillow cuts and
resizes, imagecorruptions perturbs, ONNX Runtime infers, scikit-learn scores), on the same cells, model, conditions and cores.

    benches/peers/.venv as pipeline.py says, and scikit-learn in it
    cargo build --release
    benches/peers/.venv/bin/python benches/peers/classify.py [--data photos] [--cpus 0] [--reps 3]
        [--windtunnel target/release/windtunnel]

Data: `cells`, the 945 labelled cells of examples/bccd, cut out as `crops = 1.2` does (10,395 frames of 133 pixels in the mean), or
`photos`, the 44 of examples/coco-mini as ImageNet-C is made: the short side 256, the middle 224 perturbed (484 frames; as nobody
has labelled them, the label is what the loop says of the clean one, so that windtunnel's clean figure is to be 1). Clean and
ten perturbations at severity 3. What is measured, and how, is as in pipeline.py: every contender is a process of its own, pinned to the CPUs
given, with nothing kept, and contenders alternate. `not inference` is the CPU without that of the engine.
"""
import argparse
import json
import statistics
import sys
import tempfile
import warnings
from pathlib import Path

from pipeline import KINDS, PHASES, ROOT, SEVERITY, Spent, middle, run, table, with_imagecorruptions

LABELS, IMAGES = ROOT / "examples/bccd/annotations/test.json", ROOT / "examples/bccd/images"
PHOTOS = ROOT / "examples/coco-mini/images"
NAMES = ["RBC", "WBC", "Platelets"]  # in the order of the model
RESIZE, CROP = 256, 224
MODEL = ROOT / "examples/models/bccd_cells.onnx"
AROUND = 1.2
ENGINES, BY_HAND = ["rten", "onnxruntime"], "by hand"


def cells():
    """Functions that open each cell, and its class."""
    from PIL import Image
    labels = json.loads(LABELS.read_text())
    ids = sorted(category["id"] for category in labels["categories"])
    files = {image["id"]: image["file_name"] for image in labels["images"]}
    photos = {}

    def cell(box):
        image = box["image_id"]
        if image not in photos:
            photos.clear()
            photos[image] = Image.open(IMAGES / files[image]).convert("RGB")
        x, y, width, height = box["bbox"]
        edge = round(AROUND * max(width, height))
        left, top = round(x + width / 2 - edge / 2), round(y + height / 2 - edge / 2)
        return photos[image].crop((left, top, left + edge, top + edge))
    return [(lambda box=box: cell(box), ids.index(box["category_id"])) for box in labels["annotations"]]


def photos():
    """Functions that open each photo's middle; nobody has said of what class it is."""
    from PIL import Image

    def view(path):
        picture = Image.open(path).convert("RGB")
        width, height = picture.size
        short = min(width, height)
        picture = picture.resize((int(RESIZE * width / short), int(RESIZE * height / short)), Image.Resampling.BILINEAR)
        left, top = (int(round((side - CROP) / 2)) for side in picture.size)
        return picture.crop((left, top, left + CROP, top + CROP))
    return [(lambda path=path: view(path), None) for path in sorted(PHOTOS.glob("*.jpg"))]


def by_hand(data, threads):
    """Runs the loop; prints its phases, figures and answers to clean pictures as JSON."""
    warnings.filterwarnings("ignore")
    spent = Spent()
    with spent("start"):
        import numpy as np
        import onnxruntime
        from PIL import Image
        from sklearn.metrics import balanced_accuracy_score
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        session = onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])
        port = session.get_inputs()[0]
        side = port.shape[2]
        perturb = with_imagecorruptions()
        pictures = {"cells": cells, "photos": photos}[data]()
    truth = [label for _, label in pictures]
    figures = {}
    for number, kind in enumerate(["clean", *KINDS]):
        said = []
        for place, (opened, _) in enumerate(pictures):
            with spent("read"):
                cell = opened()
            if number:
                with spent("perturb"):
                    cell = Image.fromarray(perturb(np.asarray(cell), kind, 1000 * place + number))
            with spent("preprocess"):
                small = np.asarray(cell.resize((side, side), Image.Resampling.BILINEAR), np.float32)
                values = np.ascontiguousarray(small.transpose(2, 0, 1)[None]) / np.float32(255)
            with spent("inference"):
                output = session.run(None, {port.name: values})[0]
            with spent("decode"):
                said.append(int(output[0].argmax()))
        if not number and None in truth:
            truth = said
        with spent("score"):
            figures[kind] = float(balanced_accuracy_score(truth, said))
    print(json.dumps({"phases": spent, "figures": figures, "truth": truth}))


def spec(data, engine):
    """The same run as windtunnel has it."""
    dataset = {
        "cells": f'format = "coco"\npath = "{LABELS}"\nimages = "{IMAGES}"\ncrops = {AROUND}\n',
        "photos": f'format = "csv"\npath = "labels.csv"\nallow_outside = true\n'
                  f'view = {{ resize = {RESIZE}, crop = {CROP} }}\n'}[data]
    kinds = "".join(f'[perturbation.{kind}]\nkind = "{kind}"\nseverity = {SEVERITY}\n' for kind in KINDS)
    return (f'version = 1\nname = "classify"\ntask = "classify"\n[defaults]\nmetric = "balanced_accuracy"\n'
            f'[dataset.d]\n{dataset}'
            f'[model.m]\nkind = "onnx"\nengine = "{engine}"\npath = "{MODEL}"\n'
            f'{kinds}[[check]]\non = "all"\nmin = 0.01\n')


def of_windtunnel(program, data, engine, truth, cpus):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "spec.toml").write_text(spec(data, engine))
        if data == "photos":
            rows = [f"{path},{NAMES[label]}" for path, label in zip(sorted(PHOTOS.glob("*.jpg")), truth)]
            (Path(folder) / "labels.csv").write_text("\n".join(rows) + "\n")
        result, _ = run([program, "run", "spec.toml", "-qq", "--json", "record.json"], cpus, folder)
        record = json.loads((Path(folder) / "record.json").read_text())
    phases = record["times"]["phases"]
    phases["score"] += phases.pop("judge") + phases.pop("draw")
    scale = result["cpu"] / sum(phases.values())
    phases = {phase: seconds * scale for phase, seconds in phases.items()}
    figures = {cell["condition"].split("@")[0]: cell["figures"]["balanced_accuracy"] for cell in record["cells"]}
    return {**result, "phases": phases, "figures": figures, "harness": result["cpu"] - phases["inference"]}


def of_python(data, cpus):
    result, printed = run([sys.executable, __file__, "--data", data, "--by-hand", str(len(cpus))], cpus, ROOT)
    told = json.loads(printed)
    return {**result, **told, "harness": result["cpu"] - told["phases"]["inference"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=["cells", "photos"], default="cells")
    parser.add_argument("--cpus", default="0")
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--windtunnel", default=str(ROOT / "target/release/windtunnel"))
    parser.add_argument("--by-hand", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.by_hand:
        by_hand(args.data, int(args.by_hand))
        return 0
    cpus = {int(cpu) for cpu in args.cpus.split(",")}
    program = str(Path(args.windtunnel).resolve())
    measured = {}
    for _ in range(args.reps):
        loop = of_python(args.data, cpus)
        measured.setdefault(BY_HAND, []).append(loop)
        for engine in ENGINES:
            ours = of_windtunnel(program, args.data, engine, loop["truth"], cpus)
            measured.setdefault(f"windtunnel, {engine}", []).append(ours)
    reference = middle(measured[BY_HAND], "harness")
    rows = [[name, f"{middle(results, 'wall'):.2f}", f"{middle(results, 'cpu'):.2f}", f"{middle(results, 'harness'):.2f}",
             f"1/{reference / middle(results, 'harness'):.1f}",
             *[f"{middle(results, 'phases', phase):.2f}" for phase in PHASES],
             f"{statistics.median(result['memory'] for result in results):.0f}"] for name, results in measured.items()]
    print(table([f"CPUs {args.cpus}", "wall s", "CPU s", "not inference", "of the loop's", *PHASES, "peak MB"], rows))
    print()
    print(table(["balanced accuracy", *measured],
                [[kind, *[f"{results[0]['figures'][kind]:.4f}" for results in measured.values()]]
                 for kind in ["clean", *KINDS]]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
