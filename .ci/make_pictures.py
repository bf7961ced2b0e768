#!/usr/bin/env python3
"""Makes tests/fixtures/pictures: one small picture in every form that datasets hold, and what Pillow makes of each.

    .ci/.venv/bin/python .ci/make_pictures.py

NAME.EXT is the file; NAME.png in `expected/` is the same file opened by Pillow, turned the right way up and made RGB.
Pillow 11 and libjpeg-turbo made the files in the repository.
"""
import pathlib
import struct
import zlib

from PIL import Image, ImageOps

ROOT = pathlib.Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "pictures"
WIDTH, HEIGHT = 24, 16


def scene():
    image = Image.new("RGB", (WIDTH, HEIGHT))
    for y in range(HEIGHT):
        for x in range(WIDTH):
            image.putpixel((x, y), (10 * x, 15 * y, 255 - 5 * x - 5 * y))
    return image


def rgb16(path):
    """A PNG of 16 bits a channel, which Pillow cannot write; its upper bytes are the scene, its lower ones are not 0."""
    rows = b""
    for y in range(HEIGHT):
        rows += b"\0"
        for x in range(WIDTH):
            rows += b"".join(bytes((value, 0x40)) for value in scene().getpixel((x, y)))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def main():
    (ROOT / "expected").mkdir(parents=True, exist_ok=True)
    image = scene()
    alpha = image.convert("RGBA")
    alpha.putalpha(Image.linear_gradient("L").resize((WIDTH, HEIGHT)))
    grey16 = image.convert("L").convert("I").point(lambda value: value * 257).convert("I;16")
    files = {
        "grey.png": (image.convert("L"), {}),
        "grey16.png": (grey16, {}),
        "grey_alpha.png": (alpha.convert("LA"), {}),
        "one_bit.png": (image.convert("1"), {}),
        "palette.png": (image.convert("P", palette=Image.Palette.ADAPTIVE, colors=32), {}),
        "palette_transparent.png": (image.convert("P", palette=Image.Palette.ADAPTIVE, colors=32), {"transparency": 3}),
        "rgba.png": (alpha, {}),
        "grey.jpg": (image.convert("L"), {"quality": 95}),
        "cmyk.jpg": (image.convert("CMYK"), {"quality": 95}),
        "progressive.jpg": (image, {"quality": 95, "progressive": True}),
        "colours.bmp": (image, {}),
        "colours.tiff": (image, {"compression": "tiff_lzw"}),
        "lossless.webp": (image, {"lossless": True}),
    }
    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        files[f"turned_{orientation}.jpg"] = (image, {"quality": 95, "exif": exif.tobytes()})
    for name, (picture, options) in files.items():
        picture.save(ROOT / name, **options)
    rgb16(ROOT / "rgb16.png")
    for path in sorted(ROOT.iterdir()):
        if path.is_file():
            opened = Image.open(path)
            if opened.mode == "I;16":
                opened = opened.point(lambda value: value / 256).convert("L")
            name = f"{path.stem}_{path.suffix[1:]}.png"
            ImageOps.exif_transpose(opened).convert("RGB").save(ROOT / "expected" / name)


if __name__ == "__main__":
    main()
