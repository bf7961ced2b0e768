"""Writes tests/fixtures/golden/resizing.json: what Pillow makes of drawn pictures, and where torchvision's `Resize` and
`CenterCrop` leave them. Small results are there in full, large ones as a check sum of every byte in its place.

Pillow is asked for rows and columns apart: up to version 12 it makes them in this order, while 13 begins with the
columns where the height shrinks much more than the width. torchvision is not asked: `resized` and `cropped` are its functions of the same purpose (`transforms/functional.py`,
0.29: `_compute_resized_output_size`, `center_crop`) without what they do for tensors.
"""
import json
import pathlib

import numpy as np
from PIL import Image

FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def drawn(width, height):
    """A picture with edges everywhere, so that filters overshoot."""
    x, y, c = np.meshgrid(np.arange(width), np.arange(height), np.arange(3), indexing="xy")
    return Image.fromarray(((x * x * 7 + y * 13 * x + c * 101 + (x ^ y) * 29) % 256).astype(np.uint8))


def made(picture, size, how):
    """Rows first."""
    return picture.resize((size[0], picture.height), how).resize(size, how)


def resized(size, short):
    width, height = size
    least, most = min(size), max(size)
    long = int(short * most / least)
    return (short, long) if width <= height else (long, short)


def cropped(picture, width, height):
    around = [max(width - picture.width, 0) // 2, max(height - picture.height, 0) // 2]
    if picture.width < width or picture.height < height:
        padded = Image.new("RGB", (max(width, picture.width), max(height, picture.height)))
        padded.paste(picture, around)
        picture = padded
    top = int(round((picture.height - height) / 2.0))
    left = int(round((picture.width - width) / 2.0))
    return picture.crop((left, top, left + width, top + height))


def check_sum(data):
    """FNV-1a, 64 bits."""
    total = 0xCBF29CE484222325
    for byte in data:
        total = (total ^ byte) * 0x100000001B3 % 2**64
    return f"{total:016x}"


def bytes_of(picture):
    data = picture.tobytes()
    return data.hex() if len(data) <= 400 else check_sum(data)


SIZES = [
    ((23, 17), (9, 7)), ((23, 17), (12, 17)), ((23, 17), (23, 5)), ((5, 4), (11, 9)), ((7, 3), (1, 1)), ((1, 1), (4, 3)),
    ((1, 9), (3, 3)), ((2, 2), (3, 1)), ((64, 48), (10, 11)), ((500, 375), (341, 256)), ((375, 500), (232, 309)),
    ((640, 427), (224, 224)), ((100, 80), (320, 256)), ((1300, 3), (224, 224)), ((33, 1000), (48, 47)),
]
CROPS = [
    ((500, 375), 256, (224, 224)), ((375, 500), 232, (224, 224)), ((65, 43), 40, (33, 33)), ((21, 13), 13, (10, 10)),
    ((13, 21), 13, (10, 10)), ((40, 30), 16, (24, 24)), ((30, 40), 17, (20, 24)), ((9, 9), 5, (8, 6)), ((1, 300), 8, (8, 8)),
    ((2000, 2), 256, (224, 224)), ((48, 48), 48, (48, 48)), ((51, 50), 48, (48, 48)),
]
golden = {
    "resized": [
        {"from": start, "to": size, "filter": name, "bytes": bytes_of(made(drawn(*start), size, which))}
        for start, size in SIZES for name, which in FILTERS.items()
    ],
    "cropped": [
        {"from": start, "short": short, "resized": resized(start, short), "crop": crop, "filter": name,
         "bytes": bytes_of(cropped(made(drawn(*start), resized(start, short), which), *crop))}
        for start, short, crop in CROPS for name, which in FILTERS.items()
    ],
}
lines = {key: ",\n  ".join(json.dumps(case) for case in cases) for key, cases in golden.items()}
text = ",\n ".join(f'"{key}": [\n  {cases}\n ]' for key, cases in lines.items())
pathlib.Path("tests/fixtures/golden/resizing.json").write_text("{\n " + text + "\n}\n")
