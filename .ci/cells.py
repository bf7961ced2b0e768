#!/usr/bin/env python3
"""The classifiers of examples/classify run by other people's code (Pillow, onnxruntime, scikit-learn, imagecorruptions),
nothing of ours, and a record of specs/classify.toml held against it.

    windtunnel run specs/classify.toml
    python .ci/cells.py target/windtunnel/classify/record.json        exit 1 on any difference
    python .ci/cells.py --write       rewrites tests/fixtures/golden/cells.json, the clean figures, for `cargo test`

Clean: top-1, balanced accuracy, macro F1 and the recall of each class are equal; NLL and ECE to 1e-4, as engines differ in
the last digits. Perturbed, by the kinds that imagecorruptions has: within 0.005 where it draws nothing, and else within
four standard deviations of its own draws, and 0.005.
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image
from sklearn import metrics

import corruptions_reference
from classification import ece

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/fixtures/golden/cells.json"
LABELS = ROOT / "examples/bccd/annotations/test.json"
AROUND = 1.2
SAME, CLOSE, ALIKE = 1e-9, 1e-4, 0.005
DRAWS, DEVIATIONS = 3, 4
EQUAL = ("top1", "balanced_accuracy", "macro_f1")
MODELS = {"plain": ROOT / "examples/models/bccd_cells.onnx", "rough": ROOT / "examples/models/bccd_cells_rough.onnx"}
# Fewer than these are compared only where the spec or the record has changed beyond recognition.
LEAST = 40


def cells():
    """The cells as arrays, and their classes; a square around each box, black where it leaves the photo."""
    coco = json.loads(LABELS.read_text())
    ids = sorted(category["id"] for category in coco["categories"])
    files = {image["id"]: image["file_name"] for image in coco["images"]}
    photos = {key: Image.open(LABELS.parent.parent / "images" / name).convert("RGB") for key, name in files.items()}
    pictures = []
    for box in coco["annotations"]:
        x, y, width, height = box["bbox"]
        side = round(AROUND * max(width, height))
        left, top = round(x + width / 2 - side / 2), round(y + height / 2 - side / 2)
        pictures.append(np.asarray(photos[box["image_id"]].crop((left, top, left + side, top + side))))
    return pictures, np.array([ids.index(box["category_id"]) for box in coco["annotations"]])


def scores(path, pictures):
    """Probabilities, a row for each picture."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # more of them wait for each other: the network is small
    session = onnxruntime.InferenceSession(str(path), options)
    shape = session.get_inputs()[0].shape

    def of(picture):
        resized = Image.fromarray(picture).resize((shape[3], shape[2]), Image.Resampling.BILINEAR)
        return session.run(None, {"images": np.asarray(resized, np.float32).transpose(2, 0, 1)[None] / 255})[0][0]

    return np.array([of(picture) for picture in pictures], np.float64)


def figures(rows, labels):
    answers = rows.argmax(axis=1)
    balanced = metrics.balanced_accuracy_score(labels, answers)
    return {"top1": metrics.accuracy_score(labels, answers), "balanced_accuracy": balanced,
            "macro_f1": metrics.f1_score(labels, answers, average="macro"), "nll": metrics.log_loss(labels, rows),
            "ece": float(ece(rows, labels)), "recall": metrics.recall_score(labels, answers, average=None).tolist()}


def corrupted(module, pictures, kind, severity, seed):
    """Each by a seed of its own. By the functions themselves, as `corrupt` refuses what is smaller than 32 pixels."""
    function = getattr(module.corruptions, kind)
    made = []
    for at, picture in enumerate(pictures):
        np.random.seed(seed * 100_000 + at)
        made.append(np.uint8(function(Image.fromarray(picture), severity)))
    return made


class Comparison:
    """What was compared, and what differs."""

    def __init__(self):
        self.count, self.wrong = 0, []

    def hold(self, what, ours, wanted, within):
        self.count += 1
        if abs(ours - wanted) > within:
            self.wrong.append(f"{what}: {ours}, not {wanted} within {within}")


def hold_clean(comparison, cell, wanted):
    names = [category["name"] for category in json.loads(LABELS.read_text())["categories"]]
    for name in (*EQUAL, "nll", "ece"):
        comparison.hold(f"{cell['model']}, clean, {name}", cell["figures"][name], wanted[name], SAME if name in EQUAL else CLOSE)
    for name, recall in zip(names, wanted["recall"]):
        comparison.hold(f"{cell['model']}, clean, recall of {name}", cell["per_category"][name]["recall"], recall, SAME)


def hold_perturbed(comparison, cell, drawn):
    for name in ("top1", "balanced_accuracy"):
        values = [figures[name] for figures in drawn]
        within = ALIKE + (DEVIATIONS * np.std(values, ddof=1) if len(values) > 1 else 0)
        comparison.hold(f"{cell['model']}, {cell['condition']}, {name}", cell["figures"][name], np.mean(values), within)


def severity(condition):
    """That of the ladder of the literature; None where the level has a unit of its own."""
    level = condition["name"].rpartition("@")[2]
    return int(level) if level in "12345" and condition["steps"] else None


def write(pictures, labels):
    clean = {path.stem: {"clean": figures(scores(path, pictures), labels)} for path in MODELS.values()}
    about = "made by .ci/cells.py: model -> condition -> figures of the cells of examples/bccd; recall by category, by its id"
    GOLDEN.write_text(json.dumps({"about": about, "models": clean}, indent=1) + "\n")


def main(argument):
    """Exit code 0 if the record agrees."""
    if argument == "--write":
        write(*cells())
        return 0
    record = json.loads(Path(argument).read_text())
    cells_of = {(cell["model"], cell["condition"]): cell for cell in record["cells"]}
    module, (pictures, labels), comparison = corruptions_reference.load(), cells(), Comparison()
    for model, path in MODELS.items():
        hold_clean(comparison, cells_of[model, "clean"], figures(scores(path, pictures), labels))
    for condition in record["conditions"]:
        kinds, level = [step["kind"] for step in condition["steps"]], severity(condition)
        if level is None or kinds[0] not in corruptions_reference.KINDS:
            continue
        draws = 1 if kinds[0] in corruptions_reference.DETERMINISTIC else DRAWS
        made = [corrupted(module, pictures, kinds[0], level, seed) for seed in range(draws)]
        for model, path in MODELS.items():
            drawn = [figures(scores(path, draw), labels) for draw in made]
            hold_perturbed(comparison, cells_of[model, condition["name"]], drawn)
    print("\n".join([*comparison.wrong, f"{comparison.count} figures compared, {len(comparison.wrong)} differ"]))
    return 1 if comparison.wrong or comparison.count < LEAST else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
