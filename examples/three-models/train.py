"""Trains a small detector of blood cells with one of three augmentation recipes, and exports it as ONNX.

For redoing the experiment of this folder: three detectors of one architecture that differ in their augmentations.

    python train.py train.json images --recipe a --epochs 60 --out a.onnx
    python train.py train.json images --recipe b --epochs 90 --out b.onnx
    python train.py train.json images --recipe c --epochs 30 --out c.onnx --start a.pt --rate 1e-3

Recipe a augments nothing. Recipe b flips, rotates, scales, shears and shifts, changes brightness, contrast, saturation
and hue, blurs and adds noise. Recipe c goes on from a's weights with horizontal and vertical flips.

Data: the training split of BCCD (GitHub Shenggan/BCCD_Dataset, MIT; 205 photos of 640x480, 2804 boxes of RBC, WBC and
Platelets) as COCO JSON. This repository holds its test split only; the original's labels are Pascal VOC XML, so convert
them first (boxes of zero size left out). Nothing here looks at the test split.

The detector has 0.30 M parameters and one grid of stride 8, without anchors. Input "images" [1, 3, 192, 256] is RGB /
255; output "output0" [1, 7, 768], as YOLOv8 exports it: cx, cy, w, h in input pixels, then the three scores, before
suppression. To measure it, put the files in place of the models in specs/three-models.toml and run that.

What to expect: one epoch takes about 3 s of one core of a server (2026), so recipe a takes about 3 minutes on a core of
its own, b 6 and c 2. Measured once, with seed 0 and the commands above, on BCCD's 72 test images with that spec:

    recipe  epochs  mAP clean  under 22 perturbations  of its clean mAP  risk
    a           60      0.434                   0.311              0.72  43.3
    b           90      0.546                   0.445              0.81  10.3
    c     60 + 30       0.448                   0.321              0.72  41.1

So b is the most robust, as among the models in examples/models, but here it is also much better on clean images, which
it is not among those. Fewer epochs of b may bring the three closer; that was not tried.

The models in examples/models have this architecture, but another program trained them: this script does not give their
weights again. The same seed gives the same bytes on the same machine with the same versions and number of threads.

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

WIDTH, HEIGHT, STRIDE = 256, 192, 8
GREY = (114, 114, 114)  # fills what lies outside the photo, as in Ultralytics' letterbox
MIN_VISIBLE = 0.25  # a box of which less remains inside the picture is dropped (windtunnel's own default)
CENTRE_RADIUS = 1.5 * STRIDE  # a cell learns a box whose centre is nearer than this (FCOS's centre sampling)
PRIOR = 0.01  # the score that an untrained detector gives to everything (RetinaNet's prior)

# Centres of the grid's cells in input pixels, [768, 2], row by row.
CELLS = np.stack(np.meshgrid(np.arange(WIDTH // STRIDE), np.arange(HEIGHT // STRIDE)), axis=-1).reshape(-1, 2)
CELLS = ((CELLS + 0.5) * STRIDE).astype(np.float32)


# ---- The detector: a small residual network, a feature pyramid summed at stride 8, one decoupled head ----


def conv(inputs, outputs, kernel=3, stride=1):
    layers = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    return nn.Sequential(*layers)


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.branch = nn.Sequential(conv(width, width // 2, kernel=1), conv(width // 2, width))

    def forward(self, x):
        return x + self.branch(x)


class Detector(nn.Module):
    """Pictures [n, 3, 192, 256] in 0..1 to class logits [n, classes, 768] and distances [n, 4, 768] in pixels from
    each cell's centre to the left, upper, right and lower side of its box."""

    def __init__(self, classes):
        super().__init__()
        stem = conv(3, 12, stride=2), conv(12, 24, stride=2), conv(24, 48, stride=2)
        self.stride8 = nn.Sequential(*stem, Residual(48), Residual(48))
        self.stride16 = nn.Sequential(conv(48, 72, stride=2), Residual(72), Residual(72))
        self.stride32 = nn.Sequential(conv(72, 96, stride=2), Residual(96))
        self.lateral8, self.lateral16, self.lateral32 = (conv(width, 48, kernel=1) for width in (48, 72, 96))
        self.neck, self.class_tower, self.box_tower = conv(48, 48), conv(48, 48), conv(48, 48)
        self.classes, self.sides = nn.Conv2d(48, classes, 1), nn.Conv2d(48, 4, 1)
        nn.init.constant_(self.classes.bias, -math.log((1 - PRIOR) / PRIOR))
        nn.init.constant_(self.sides.bias, 0.7)  # exp(0.7) * 8 px: half of a red cell

    def forward(self, pictures):
        fine = self.stride8(pictures)
        middle = self.stride16(fine)
        coarse = self.lateral32(self.stride32(middle))
        merged = self.lateral16(middle) + functional.interpolate(coarse, scale_factor=2.0)
        merged = self.neck(self.lateral8(fine) + functional.interpolate(merged, scale_factor=2.0))
        sides = self.sides(self.box_tower(merged)).flatten(2).clamp(-4, 4).exp() * STRIDE
        return self.classes(self.class_tower(merged)).flatten(2), sides


class Exported(nn.Module):
    """The detector as YOLOv8 exports look: [n, 4 + classes, 768], rows cx, cy, w, h in input pixels, scores 0..1."""

    def __init__(self, detector):
        super().__init__()
        self.detector = detector
        self.register_buffer("cells", torch.from_numpy(CELLS.T.copy())[None])

    def forward(self, pictures):
        logits, sides = self.detector(pictures)
        upper, lower = self.cells - sides[:, :2], self.cells + sides[:, 2:]
        return torch.cat([(upper + lower) / 2, lower - upper, logits.sigmoid()], dim=1)


# ---- The photos: read once, then placed into the input and augmented anew each time ----


def read_coco(annotations, images):
    """Photos as (picture, boxes [n, 4] x0 y0 x1 y1 in its pixels, classes [n]), and the classes' names by id."""
    coco = json.loads(pathlib.Path(annotations).read_text())
    categories = sorted(coco["categories"], key=lambda category: category["id"])
    index = {category["id"]: position for position, category in enumerate(categories)}
    photos = []
    for image in sorted(coco["images"], key=lambda image: image["id"]):
        found = [a for a in coco["annotations"] if a["image_id"] == image["id"] and not a.get("iscrowd")]
        boxes = np.array([a["bbox"] for a in found], np.float32).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        picture = Image.open(pathlib.Path(images) / image["file_name"]).convert("RGB")
        photos.append((picture, boxes, np.array([index[a["category_id"]] for a in found], np.int64)))
    return photos, [category["name"] for category in categories]


def letterbox(size):
    """The 3x3 matrix that places a photo of this size, whole and centred, into the input."""
    scale = min(WIDTH / size[0], HEIGHT / size[1])
    return np.array([[scale, 0, (WIDTH - scale * size[0]) / 2], [0, scale, (HEIGHT - scale * size[1]) / 2], [0, 0, 1]])


def flips(rng):
    """Horizontal and vertical, each every second time, about the origin."""
    return np.diag([rng.choice([-1, 1]), rng.choice([-1, 1]), 1])


def rotation_scale_shear(rng):
    """Up to 25 degrees, 0.75 to 1.25 times and 10 degrees, about the origin."""
    angle, scale = math.radians(rng.uniform(-25, 25)), rng.uniform(0.75, 1.25)
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    shear_x, shear_y = (math.tan(math.radians(rng.uniform(-10, 10))) for _ in range(2))
    turned = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    return turned @ np.array([[1, shear_x, 0], [shear_y, 1, 0], [0, 0, 1]])


def geometry(recipe, rng):
    """The recipe's 3x3 matrix in input pixels, drawn anew: about the input's centre, then shifted by up to a tenth."""
    to_centre = np.array([[1, 0, -WIDTH / 2], [0, 1, -HEIGHT / 2], [0, 0, 1]])
    moved, shift = np.eye(3), np.eye(3)
    if recipe == "c":
        moved = flips(rng)
    if recipe == "b":
        moved = rotation_scale_shear(rng) @ flips(rng)
        shift[:2, 2] = rng.uniform(-0.1, 0.1) * WIDTH, rng.uniform(-0.1, 0.1) * HEIGHT
    return shift @ np.linalg.inv(to_centre) @ moved @ to_centre


def moved_boxes(boxes, matrix):
    """Encloses each box's moved inscribed ellipse: cells are round, their moved corners' boxes would be too large."""
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 @ matrix[:2, :2].T + matrix[:2, 2]
    halves = np.sqrt(((boxes[:, 2:] - boxes[:, :2]) / 2) ** 2 @ (matrix[:2, :2] ** 2).T)
    return np.concatenate([centres - halves, centres + halves], axis=1)


def clipped(boxes):
    """Boxes cut at the input's border, and which of them keep enough of their area to be learned."""
    inside = np.clip(boxes, 0, [WIDTH, HEIGHT, WIDTH, HEIGHT])
    area, before = (np.prod(b[:, 2:] - b[:, :2], axis=1) for b in (inside, boxes))
    return inside, area > MIN_VISIBLE * before


def recoloured(picture, rng):
    """Recipe B's brightness, contrast, saturation, hue, Gaussian blur and Gaussian noise, each every second time."""
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        if rng.random() < 0.5:
            picture = enhance(picture).enhance(rng.uniform(0.6, 1.4))
    if rng.random() < 0.5:
        hue, saturation, value = picture.convert("HSV").split()
        turn = rng.integers(-10, 11)  # of 256: up to 14 degrees
        picture = Image.merge("HSV", (hue.point(lambda h: (h + turn) % 256), saturation, value)).convert("RGB")
    if rng.random() < 0.5:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 1.5)))
    if rng.random() < 0.5:
        noisy = np.asarray(picture) + rng.normal(0, rng.uniform(2, 25), (HEIGHT, WIDTH, 3))
        picture = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
    return picture


def example(photo, recipe, rng):
    """One photo as the detector sees it: picture [3, 192, 256]; per grid cell a class (-1: none) and a box [768, 4]."""
    picture, boxes, classes = photo
    matrix = geometry(recipe, rng) @ letterbox(picture.size)
    # Pillow's affine does not smooth before it shrinks; nor does OpenCV's bilinear resize, which detectors meet in use.
    back = np.linalg.inv(matrix)[:2].ravel().tolist()
    how = Image.Transform.AFFINE, back, Image.Resampling.BILINEAR
    picture = picture.transform((WIDTH, HEIGHT), *how, fillcolor=GREY)
    if recipe == "b":
        picture = recoloured(picture, rng)
    boxes, kept = clipped(moved_boxes(boxes, matrix))
    pixels = torch.from_numpy(np.asarray(picture, np.float32).transpose(2, 0, 1) / 255)
    return pixels, *assigned(boxes[kept].astype(np.float32), classes[kept])


def assigned(boxes, classes):
    """Gives each cell the box with the nearest centre among those that hold the cell's centre and are near enough."""
    if not len(boxes):
        return torch.full((len(CELLS),), -1), torch.zeros(len(CELLS), 4)
    offset = np.abs(CELLS[:, None] - (boxes[:, :2] + boxes[:, 2:]) / 2).max(axis=2)
    inside = ((CELLS[:, None] > boxes[:, :2]) & (CELLS[:, None] < boxes[:, 2:])).all(axis=2)
    offset[~inside | (offset > CENTRE_RADIUS)] = np.inf
    nearest = offset.argmin(axis=1)
    found = np.where(np.isfinite(offset.min(axis=1)), classes[nearest], -1)
    return torch.from_numpy(found), torch.from_numpy(boxes[nearest])


# ---- Training ----


def overlaps(a, b):
    """IoU and generalized IoU (Rezatofighi et al. 2019) of boxes [n, 4] pair by pair."""
    def area(box):
        return (box[:, 2:] - box[:, :2]).clamp(min=0).prod(dim=1)

    shared = area(torch.cat([torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])], dim=1))
    hull = area(torch.cat([torch.minimum(a[:, :2], b[:, :2]), torch.maximum(a[:, 2:], b[:, 2:])], dim=1))
    union = area(a) + area(b) - shared
    return shared / union, shared / union - (hull - union) / hull


def loss_of(logits, sides, classes, boxes):
    """Quality focal loss (Li et al. 2020: the score shall be the box's IoU) plus twice the generalized IoU loss."""
    image, cell = torch.nonzero(classes >= 0, as_tuple=True)
    centres, distances = torch.from_numpy(CELLS)[cell], sides[image, :, cell]
    predicted = torch.cat([centres - distances[:, :2], centres + distances[:, 2:]], dim=1)
    iou, generalized = overlaps(predicted, boxes[image, cell])
    wanted = torch.zeros_like(logits)
    wanted[image, classes[image, cell], cell] = iou.detach()
    entropy = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    quality = ((wanted - logits.sigmoid()) ** 2 * entropy).sum()
    return (quality + 2 * (1 - generalized).sum()) / max(len(cell), 1)


def train(detector, photos, options):
    rng = np.random.default_rng(options.seed)
    steps = options.epochs * math.ceil(len(photos) / options.batch)
    optimizer = torch.optim.AdamW(detector.parameters(), options.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, total_steps=steps, pct_start=0.1)
    started = time.monotonic()
    for epoch in range(options.epochs):
        order, losses = rng.permutation(len(photos)), []
        for first in range(0, len(photos), options.batch):
            batch = [example(photos[i], options.recipe, rng) for i in order[first : first + options.batch]]
            pictures, classes, boxes = (torch.stack(part) for part in zip(*batch))
            loss = loss_of(*detector(pictures.contiguous(memory_format=torch.channels_last)), classes, boxes)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(detector.parameters(), 10.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        seconds = time.monotonic() - started
        print(f"epoch {epoch + 1}/{options.epochs}  loss {np.mean(losses):.3f}  {seconds:.0f} s", flush=True)


def export(detector, path):
    """Batch 1, opset 17, input "images", output "output0"; batch normalization is folded into the convolutions."""
    picture = torch.zeros(1, 3, HEIGHT, WIDTH)
    names = {"input_names": ["images"], "output_names": ["output0"]}
    # The TorchScript exporter: PyTorch calls it legacy, but its successor needs another package and a later opset.
    torch.onnx.export(Exported(detector).eval(), (picture,), path, opset_version=17, dynamo=False, **names)
    onnx.checker.check_model(onnx.load(path), full_check=True)


def arguments():
    parser = argparse.ArgumentParser(description="Trains a small detector of blood cells and exports it as ONNX.")
    parser.add_argument("annotations", help="COCO instances JSON of the training split")
    parser.add_argument("images", help="the folder that its file names are relative to")
    parser.add_argument("--recipe", choices="abc", required=True, help="no augmentation, many, flips (with --start)")
    parser.add_argument("--start", type=pathlib.Path, help="weights (.pt) to go on from; recipe c needs them")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2e-3, help="the highest learning rate of the cycle")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the ONNX file; weights go beside it as .pt")
    options = parser.parse_args()
    if options.recipe == "c" and options.start is None:
        parser.error("recipe c goes on from a trained detector: give its weights with --start a.pt")
    return options


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    photos, names = read_coco(options.annotations, options.images)
    detector = Detector(len(names)).to(memory_format=torch.channels_last)
    if options.start:
        detector.load_state_dict(torch.load(options.start, weights_only=True))
    parameters = sum(p.numel() for p in detector.parameters())
    boxes = sum(len(boxes) for _, boxes, _ in photos)
    print(f"{len(photos)} photos, {boxes} boxes, classes {names}, {parameters} parameters", flush=True)
    train(detector, photos, options)
    torch.save(detector.state_dict(), options.out.with_suffix(".pt"))
    export(detector, options.out)
    print(f"wrote {options.out} and {options.out.with_suffix('.pt')}")


if __name__ == "__main__":
    main()
