"""Trains a small classifier of blood cells with one of two augmentation recipes, and exports it as ONNX.

For redoing the experiment of this folder: two classifiers of one architecture that differ in their augmentations.

    python train.py train.json images --recipe plain --out bccd_cells.onnx
    python train.py train.json images --recipe rough --out bccd_cells_rough.onnx

Both recipes flip and turn by quarters, as cells lie any way round. Recipe rough also adds noise, blurs, and changes
brightness and contrast, each every second time.

Data: the training split of BCCD (GitHub Shenggan/BCCD_Dataset, MIT; 205 photos of 640x480, 2804 boxes of RBC, WBC and
Platelets) as COCO JSON. This repository holds its test split only; the original's labels are Pascal VOC XML, so convert
them first (boxes of zero size left out). Nothing here looks at the test split.

Each box becomes a picture of its own, as `crops = 1.2` in a spec makes it: a square, its side 1.2 times the box's longer
one, black where it leaves the photo.

The classifier has 0.03 M parameters. Input "images" [1, 3, 64, 64] is RGB / 255, resized by Pillow's bilinear filter;
output "output0" [1, 3] holds probabilities. Metadata says task, names and size, in the words of Ultralytics' exports.

What to expect: an epoch of recipe plain takes about 1.5 s of one core of a server (2026), one of recipe rough 3 s, so a
minute for each. Measured with seed 0 and the commands above, by specs/classify.toml on the 945 cells of BCCD's test split:

             clean               noise, severity 3   noise, severity 5
    recipe   top-1  balanced     top-1  balanced     top-1  balanced
    plain    0.999     0.995     0.940     0.725     0.909     0.587
    rough    0.997     0.986     0.999     0.995     0.996     0.981

The models in examples/models are these two. The same seed gives the same bytes on the same machine with the same
versions and number of threads.

Tried with Python 3.11, torch 2.15.0, numpy 2.4.6, pillow 13.0.0 and onnx 1.23.2, on the CPU.
"""

import argparse
import json
import math
import pathlib
import time

import numpy as np
import onnx
import torch
from PIL import Image, ImageEnhance, ImageFilter
from torch import nn
from torch.nn import functional

SIZE = 64
AROUND = 1.2  # side of a crop, in longer sides of its box: a cell with a little of what surrounds it


# ---- The classifier: four strided convolutions, one residual block, the mean over what is left ----


def conv(inputs, outputs, kernel=3, stride=1):
    layers = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    return nn.Sequential(*layers)


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.branch = nn.Sequential(conv(width, width // 2, kernel=1), conv(width // 2, width))

    def forward(self, x):
        return x + self.branch(x)


class Classifier(nn.Module):
    """Pictures [n, 3, 64, 64] in 0..1 to logits [n, classes]."""

    def __init__(self, classes):
        super().__init__()
        stem = conv(3, 16, stride=2), conv(16, 24, stride=2), conv(24, 32, stride=2)
        self.features = nn.Sequential(*stem, Residual(32), conv(32, 48, stride=2))
        self.classes = nn.Linear(48, classes)

    def forward(self, pictures):
        return self.classes(self.features(pictures).mean(dim=(2, 3)))


class Exported(nn.Module):
    """The classifier as Ultralytics' exports look: probabilities, not logits."""

    def __init__(self, classifier):
        super().__init__()
        self.classifier = classifier

    def forward(self, pictures):
        return self.classifier(pictures).softmax(dim=1)


# ---- The cells: cut out once, augmented and resized anew each time ----


def crop(photo, box):
    """The square around a box (x, y, width, height). Pillow fills what lies outside of the photo with black."""
    x, y, width, height = box
    side = round(AROUND * max(width, height))
    left, top = round(x + width / 2 - side / 2), round(y + height / 2 - side / 2)
    return photo.crop((left, top, left + side, top + side))


def read_cells(annotations, images):
    """Cells as (picture, class), and the classes' names in the order of their ids."""
    coco = json.loads(pathlib.Path(annotations).read_text())
    categories = sorted(coco["categories"], key=lambda category: category["id"])
    index = {category["id"]: position for position, category in enumerate(categories)}
    cells = []
    for image in sorted(coco["images"], key=lambda image: image["id"]):
        photo = Image.open(pathlib.Path(images) / image["file_name"]).convert("RGB")
        boxes = [a for a in coco["annotations"] if a["image_id"] == image["id"] and not a.get("iscrowd")]
        cells += [(crop(photo, box["bbox"]), index[box["category_id"]]) for box in boxes]
    return cells, [category["name"] for category in categories]


def turned(picture, rng):
    """One of the eight ways in which a square can lie, each equally often."""
    if rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    turns = (None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
    turn = turns[rng.integers(4)]
    return picture if turn is None else picture.transpose(turn)


def roughened(picture, rng):
    """Recipe rough's brightness, contrast, Gaussian blur and Gaussian noise, each every second time. Before resizing:
    cameras are noisy in their own pixels."""
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast):
        if rng.random() < 0.5:
            picture = enhance(picture).enhance(rng.uniform(0.5, 1.5))
    if rng.random() < 0.5:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 5)))
    if rng.random() < 0.5:
        noisy = np.asarray(picture) + rng.normal(0, rng.uniform(5, 90), (*picture.size[::-1], 3))
        picture = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
    return picture


def pixels(picture):
    """A cell as the classifier sees it, [3, 64, 64]. Pillow smooths before it shrinks."""
    picture = picture.resize((SIZE, SIZE), Image.Resampling.BILINEAR)
    return torch.from_numpy(np.asarray(picture, np.float32).transpose(2, 0, 1) / 255)


def example(picture, recipe, rng):
    picture = turned(picture, rng)
    return pixels(roughened(picture, rng) if recipe == "rough" else picture)


# ---- Training ----


def train(classifier, cells, options):
    rng = np.random.default_rng(options.seed)
    steps = options.epochs * math.ceil(len(cells) / options.batch)
    optimizer = torch.optim.AdamW(classifier.parameters(), options.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, total_steps=steps, pct_start=0.1)
    started = time.monotonic()
    for epoch in range(options.epochs):
        order, losses = rng.permutation(len(cells)), []
        for first in range(0, len(cells), options.batch):
            batch = [cells[i] for i in order[first : first + options.batch]]
            pictures = torch.stack([example(picture, options.recipe, rng) for picture, _ in batch])
            loss = functional.cross_entropy(classifier(pictures), torch.tensor([label for _, label in batch]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        seconds = time.monotonic() - started
        print(f"epoch {epoch + 1}/{options.epochs}  loss {np.mean(losses):.4f}  {seconds:.0f} s", flush=True)


def export(classifier, names, path):
    """Batch 1, opset 17, input "images", output "output0"; batch normalization is folded into the convolutions."""
    exported = {"input_names": ["images"], "output_names": ["output0"], "opset_version": 17}
    # The TorchScript exporter: PyTorch calls it legacy, but its successor needs another package and a later opset.
    torch.onnx.export(Exported(classifier).eval(), (torch.zeros(1, 3, SIZE, SIZE),), path, dynamo=False, **exported)
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {
        "description": "blood cells, trained by examples/classify/train.py", "task": "classify",
        "imgsz": str([SIZE, SIZE]), "names": str(dict(enumerate(names)))})
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def arguments():
    parser = argparse.ArgumentParser(description="Trains a small classifier of blood cells and exports it as ONNX.")
    parser.add_argument("annotations", help="COCO instances JSON of the training split")
    parser.add_argument("images", help="the folder that its file names are relative to")
    parser.add_argument("--recipe", choices=["plain", "rough"], required=True, help="flips and turns alone, or noise and blur")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=4e-3, help="the highest learning rate of the cycle")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the ONNX file")
    return parser.parse_args()


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    cells, names = read_cells(options.annotations, options.images)
    classifier = Classifier(len(names))
    parameters = sum(p.numel() for p in classifier.parameters())
    counts = ", ".join(f"{sum(label == at for _, label in cells)} {name}" for at, name in enumerate(names))
    print(f"{len(cells)} cells ({counts}), {parameters} parameters", flush=True)
    train(classifier, cells, options)
    export(classifier, names, options.out)
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
