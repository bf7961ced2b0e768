#!/usr/bin/env python3
"""Classifiers' figures by other people's code: scikit-learn, scipy, and Hendrycks' arithmetic on his published numbers.

Makes tests/fixtures/golden/classification.json, which `cargo test` holds the library against, all 1e-9:
  cases    tables of probabilities, made to be awkward, with the figures of all images and of weighted ones; `ranks` is
           how many classes come before the true one; null is a figure of a class that nothing tells of
  softmax  logits and their probabilities
  mce      errors per corruption and severity, with mCE and relative mCE

    python .ci/classification.py                  makes it anew, compares with the stored one, exit 1 on a difference
    python .ci/classification.py --write          rewrites it
    python .ci/classification.py --torchmetrics   also compares with torchmetrics 1.9.0 where that agrees; by hand, as
                                                  PyTorch is large and no requirement of this folder

Where others differ, and what is taken here:
- Ties: among equal scores the class of lower index comes first, as numpy's argmax has it. scikit-learn's
  `top_k_accuracy_score` takes the higher index, so top-k is computed here, and compared where no scores are equal.
- Classes without images: balanced accuracy leaves them out, as scikit-learn; torchmetrics counts some of them as 0 or 1.
- Macro F1: over classes with images or answers, as scikit-learn.
- NLL: a probability counts as at least 2.2e-16, as with scikit-learn; it would be infinite otherwise.
- ECE: 15 bins of equal width, (a, b] as in Guo et al. 2017. torchmetrics has [a, b), which differs for a confidence
  on an edge, and puts 1.0 into a sixteenth bin, which differs where there are others above 14/15.
"""
import json
import sys
from pathlib import Path

import numpy as np
from scipy.special import softmax
from sklearn import metrics

GOLDEN = Path(__file__).resolve().parent.parent / "tests/fixtures/golden/classification.json"
SAME = 1e-9
BINS = 15
LEAST = float(np.finfo(np.float64).eps)
# Of more classes the file has no figures of each.
MOST_CLASSES = 20

# AlexNet's errors on ImageNet-C at the severities 1 to 5 (hendrycks/robustness, issue 10) and on clean images
# (torchvision: top-1 56.522 %).
ALEXNET_CLEAN = 0.43478
ALEXNET = {
    "gaussian_noise": [0.69528, 0.82542, 0.93554, 0.98138, 0.99452],
    "shot_noise": [0.71224, 0.85108, 0.93574, 0.98182, 0.99146],
    "impulse_noise": [0.78374, 0.89808, 0.94870, 0.98720, 0.99548],
    "defocus_blur": [0.65624, 0.73202, 0.85036, 0.91364, 0.94714],
    "glass_blur": [0.64308, 0.75054, 0.88806, 0.91622, 0.93344],
    "motion_blur": [0.58430, 0.70048, 0.82108, 0.89750, 0.92638],
    "zoom_blur": [0.70008, 0.76992, 0.80784, 0.84198, 0.87198],
    "snow": [0.71726, 0.88392, 0.86468, 0.91870, 0.94952],
    "frost": [0.61390, 0.79734, 0.88790, 0.89942, 0.93430],
    "fog": [0.67474, 0.76050, 0.84378, 0.87260, 0.94500],
    "brightness": [0.45140, 0.48502, 0.54048, 0.62166, 0.72440],
    "contrast": [0.64548, 0.76150, 0.88874, 0.97760, 0.99270],
    "elastic_transform": [0.52596, 0.70116, 0.55686, 0.64076, 0.80554],
    "pixelate": [0.52218, 0.54620, 0.73728, 0.87092, 0.91262],
    "jpeg_compression": [0.51002, 0.54718, 0.57294, 0.65458, 0.74778],
}
# Hendrycks & Dietterich 2019, table 1, in the order of ALEXNET: clean error, mCE and each corruption's CE, in percent, as
# printed, and relative mCE from figure 3's data. CEs are rounded, so mCE comes out within half a percent.
PUBLISHED = {
    "resnet18": (30.2, 84.7, 103.9, [87, 88, 91, 84, 91, 87, 89, 86, 84, 78, 69, 78, 90, 80, 85]),
    "resnet50": (23.9, 76.7, 105.0, [80, 82, 83, 75, 89, 78, 80, 78, 75, 66, 57, 71, 85, 77, 77]),
}
ROUNDED, ROUNDED_RELATIVE = 0.5, 1.5


# ---- Tables of probabilities ----


def table(seed, classes, images, sharp=2.0, known=0.6, present=None, steps=None):
    """Rows of probabilities and true classes. `sharp`: how sure the model is; `known`: how often it leans to the truth;
    `present`: the classes that images have; `steps`: probabilities are multiples of 1/steps, so that many are equal."""
    random = np.random.Generator(np.random.PCG64(seed))
    labels = random.choice(present or classes, images)
    logits = random.normal(0, sharp, (images, classes))
    logits[np.arange(images), labels] += np.where(random.random(images) < known, 2.5 * sharp, 0)
    rows = softmax(logits, axis=1)
    grain = steps or 10**7  # of seven decimals: the file would be large otherwise
    parts = np.floor(rows * grain)
    parts[np.arange(images), rows.argmax(axis=1)] += grain - parts.sum(axis=1)
    return parts / grain, labels


def on_edges():
    """Confidences on the edges of ECE's bins, and beside them; every second answer is right."""
    confidences = [edge / BINS for edge in range(8, BINS + 1)] * 2 + [0.5, 0.55, 0.9, 0.99, 1.0, 1.0]
    return np.array([[p, 1 - p] for p in confidences]), np.arange(len(confidences)) % 2


def cases():
    """Name: rows, labels."""
    return {
        "two classes": table(1, 2, 40),
        "three classes": table(2, 3, 60),
        "three classes, one rare, one absent": table(3, 3, 50, known=0.9, present=[0, 0, 0, 1]),
        "three classes, always the same answer": (np.tile([0.25, 0.5, 0.25], (12, 1)), np.array([1] * 8 + [0] * 3 + [2])),
        "ten classes": table(4, 10, 200),
        "ten classes, four absent": table(5, 10, 60, present=[1, 2, 3, 5, 8, 9]),
        "ten classes, eight bits": table(6, 10, 100, sharp=1.0, steps=256),
        "ten classes, coarse": table(7, 10, 100, sharp=0.7, steps=16),
        "ten classes, all equal": (np.full((5, 10), 0.1), np.array([0, 1, 4, 5, 9])),
        "on the edges of bins": on_edges(),
        "sure and wrong": (np.eye(4)[[1, 2, 3, 3]] * 0.97 + 0.0075, np.array([0, 1, 2, 3])),
        "one image": table(8, 5, 1),
        "one image, wrong": (np.array([[0.625, 0.25, 0.125]]), np.array([2])),
        "six classes, seven images": table(9, 6, 7, known=0.2),
        "thousand classes": table(10, 1000, 12, sharp=2.5, known=0.8),
        "thousand classes, far ranks": table(11, 1000, 8, sharp=1.5, known=0.3),
    }


# ---- Figures ----


def ranks(rows, labels):
    """How many classes come before the true one: those with more, and equal ones of lower index."""
    own = rows[np.arange(len(labels)), labels][:, None]
    before = np.arange(rows.shape[1]) < labels[:, None]
    return ((rows > own) | ((rows == own) & before)).sum(axis=1)


def ece(rows, labels):
    confidence, right = rows.max(axis=1), rows.argmax(axis=1) == labels
    edges = np.arange(BINS + 1) / BINS
    at = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, BINS - 1)
    gaps = [abs(right[at == i].sum() - confidence[at == i].sum()) for i in range(BINS)]
    return sum(gaps) / len(labels)


def share(part, whole):
    return float(part / whole) if whole else None


def figures(rows, labels):
    answers, place = rows.argmax(axis=1), ranks(rows, labels)
    classes = np.arange(rows.shape[1])
    right = np.array([((answers == c) & (labels == c)).sum() for c in classes])
    answered, there = np.bincount(answers, minlength=len(classes)), np.bincount(labels, minlength=len(classes))
    own = rows[np.arange(len(labels)), labels]
    made = {
        "top1": float((place < 1).mean()), "top5": float((place < 5).mean()),
        "balanced_accuracy": float(np.mean([right[c] / there[c] for c in classes if there[c]])),
        "macro_f1": float(metrics.f1_score(labels, answers, average="macro", zero_division=0)),
        "nll": float(-np.log(np.clip(own, LEAST, None)).mean()),
        "ece": float(ece(rows, labels)),
        "recall": [share(right[c], there[c]) for c in classes],
        # Of a class that has images and was never answered, 0, as with scikit-learn.
        "precision": [share(right[c], answered[c]) if answered[c] else share(0, there[c]) for c in classes],
        "f1": [share(2 * right[c], there[c] + answered[c]) for c in classes],
    }
    held_against_sklearn(made, rows, labels, answers)
    if len(classes) > MOST_CLASSES:
        made = {name: value for name, value in made.items() if not isinstance(value, list)}
    return made


def held_against_sklearn(made, rows, labels, answers):
    classes = np.arange(rows.shape[1])
    wanted = {"top1": metrics.accuracy_score(labels, answers), "balanced_accuracy": None,
              "nll": metrics.log_loss(labels, rows, labels=classes)}
    if len(np.unique(labels)) > 1:
        recalls = metrics.recall_score(labels, answers, labels=np.unique(labels), average=None)
        # `balanced_accuracy_score` warns where an answer is a class without images, and leaves it out as well.
        wanted["balanced_accuracy"] = recalls.mean()
    if len(classes) > 5 and all(len(set(row)) == len(row) for row in rows.tolist()):
        wanted["top5"] = metrics.top_k_accuracy_score(labels, rows, k=5, labels=classes)
    for name, value in wanted.items():
        assert value is None or abs(made[name] - value) <= SAME, (name, made[name], value)
    by_class = metrics.precision_recall_fscore_support(labels, answers, labels=classes, zero_division=0)
    for name, values in zip(("precision", "recall", "f1"), by_class):
        # What has no figure here is 0 there.
        mine = [value or 0 for value in made[name]]
        assert np.allclose(mine, values, rtol=0, atol=SAME), (name, mine, values)


def expected(seed, rows, labels):
    """The figures, and those of images that count several times or not at all, as resamples have it."""
    random = np.random.Generator(np.random.PCG64(1000 + seed))
    weighted = []
    for _ in range(2 if len(labels) > 1 else 0):
        weights = np.bincount(random.integers(0, len(labels), len(labels)), minlength=len(labels))
        repeated = np.repeat(np.arange(len(labels)), weights)
        weighted.append({"weights": weights.tolist(), "expected": figures(rows[repeated], labels[repeated])})
    return {"expected": figures(rows, labels), "weighted": weighted}


def told(name, seed, rows, labels):
    names = [f"c{at}" for at in range(rows.shape[1])]
    answers = {"predicted": rows.argmax(axis=1).tolist(), "ranks": ranks(rows, labels).tolist()}
    return {"name": name, "classes": names, "scores": rows.tolist(), "labels": labels.tolist(), **answers,
            **expected(seed, rows, labels)}


def logits():
    random = np.random.Generator(np.random.PCG64(20))
    rows = [[0.0, 0.0], [1e4, -1e4, 9999.0], [-745.0, 0.0], [30.5], *random.normal(0, 5, (3, 6)).round(6).tolist()]
    return [{"logits": row, "probabilities": softmax(np.array(row)).tolist()} for row in rows]


# ---- ImageNet-C ----


def mce(clean, errors):
    """mCE and relative mCE in percent, each corruption's sum of errors over that of AlexNet."""
    plain = [sum(errors[kind]) / sum(ALEXNET[kind]) for kind in ALEXNET]
    relative = [sum(e - clean for e in errors[kind]) / sum(e - ALEXNET_CLEAN for e in ALEXNET[kind]) for kind in ALEXNET]
    return float(100 * np.mean(plain)), float(100 * np.mean(relative))


def of_published(clean, ces):
    """Errors that have these CEs: AlexNet's, scaled, and by severity a little otherwise, which sums must not tell."""
    tilt = [0.98, 0.99, 1.0, 1.01, 1.02]
    errors = {}
    for kind, ce in zip(ALEXNET, ces):
        tilted = [error * by for error, by in zip(ALEXNET[kind], tilt)]
        errors[kind] = [round(float(e * ce / 100 * sum(ALEXNET[kind]) / sum(tilted)), 9) for e in tilted]
    return errors


def corruptions():
    made = []
    for name, clean, errors, wanted in [
        ("alexnet", ALEXNET_CLEAN, ALEXNET, (100.0, 100.0)),
        ("never wrong", 0.0, {kind: [0.0] * 5 for kind in ALEXNET}, (0.0, 0.0)),
        *((name, clean / 100, of_published(clean, ces), (wanted, relative))
          for name, (clean, wanted, relative, ces) in PUBLISHED.items())]:
        plain, relative = mce(clean, errors)
        assert abs(plain - wanted[0]) <= ROUNDED and abs(relative - wanted[1]) <= ROUNDED_RELATIVE, (name, plain, relative)
        made.append({"name": name, "clean_error": clean, "errors": errors, "mce": plain, "relative_mce": relative,
                     "published": {"mce": wanted[0], "relative_mce": wanted[1]}})
    return made


# ---- By hand ----


def by_torchmetrics():
    """Lines about cases in which torchmetrics differs where it should not."""
    import torch
    from torchmetrics.functional import classification as theirs

    compared = []
    for name, (rows, labels) in cases().items():
        mine, (p, y) = figures(rows, labels), (torch.tensor(rows), torch.tensor(labels))
        count = rows.shape[1]
        distinct = all(len(set(row)) == len(row) for row in rows.tolist())
        confidence = rows.max(axis=1)
        # Only where no confidence lies on an edge, and none is 1 while others are in the last bin.
        plain = not np.isclose(confidence * BINS, np.round(confidence * BINS), rtol=0, atol=1e-9).any()
        pairs = {"ece": theirs.multiclass_calibration_error(p, y, count, n_bins=BINS, norm="l1")} if plain else {}
        if distinct:
            pairs["top1"] = theirs.multiclass_accuracy(p, y, count, average="micro")
            if count > 5:
                pairs["top5"] = theirs.multiclass_accuracy(p, y, count, average="micro", top_k=5)
            if len(np.unique(labels)) == count:
                pairs["balanced_accuracy"] = theirs.multiclass_accuracy(p, y, count, average="macro")
                pairs["macro_f1"] = theirs.multiclass_f1_score(p, y, count, average="macro")
        for key, value in pairs.items():
            # They reckon in 32 bits.
            compared.append((abs(mine[key] - float(value)) <= 1e-6, f"{name}: {key} {mine[key]}, torchmetrics {float(value)}"))
    print(f"{len(compared)} figures compared with torchmetrics")
    return [line for same, line in compared if not same]


def differences(path, stored, made):
    if isinstance(made, dict) and isinstance(stored, dict) and stored.keys() == made.keys():
        return [line for key in made for line in differences(f"{path}/{key}", stored[key], made[key])]
    if isinstance(made, list) and isinstance(stored, list) and len(stored) == len(made):
        return [line for at, pair in enumerate(zip(stored, made)) for line in differences(f"{path}/{at}", *pair)]
    if isinstance(made, float) and isinstance(stored, (int, float)) and abs(stored - made) <= SAME * max(1, abs(stored)):
        return []
    return [] if stored == made else [f"{path}: stored {stored}, made {made}"]


def written(golden):
    """A line for each row of scores: a thousand numbers on lines of their own could not be read."""
    def case(of):
        rows = ",\n".join(json.dumps(row) for row in of["scores"])
        rest = {key: value for key, value in of.items() if key != "scores"}
        return f'{json.dumps(rest)[:-1]}, "scores": [\n{rows}]}}'

    parts = [f'"about": {json.dumps(golden["about"])}', '"cases": [\n' + ",\n".join(map(case, golden["cases"])) + "]",
             *(f'"{key}": ' + json.dumps(golden[key], indent=0) for key in ("softmax", "mce"))]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main():
    """Exit code 0 if nothing differs."""
    golden = {"about": "made by .ci/classification.py, which says what is in it",
              "cases": [told(name, at, *made) for at, (name, made) in enumerate(cases().items())],
              "softmax": logits(), "mce": corruptions()}
    made = json.loads(written(golden))
    if "--write" in sys.argv[1:]:
        GOLDEN.write_text(written(golden))
    different = differences("", json.loads(GOLDEN.read_text()), made)
    if "--torchmetrics" in sys.argv[1:]:
        different += by_torchmetrics()
    print("\n".join([*different, f"{len(made['cases'])} tables, {len(different)} differences beyond {SAME}"]))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
