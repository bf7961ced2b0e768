"""Holds windtunnel's 19 corruptions against imagecorruptions 1.1.2 on one photograph (the cat Chelsea, CC0).

    python .ci/corruptions.py PATH_OF_EXAMPLE_PERTURB      compares, exit 1 on a difference
    python .ci/corruptions.py --write                      makes the golden files of tests/fixtures/corruptions anew

Kinds without randomness: the mean absolute difference of the pictures is at most 1.0 of 255 at every severity.
Random kinds: mean and standard deviation of the picture, and PSNR and SSIM to the clean one, averaged over seeds, agree
within 3 % beyond three standard errors (frost, whose texture is our own: 10 %).
The published forms are compared, as ours by default keep labels with their objects. gaussian_blur is compared in its
default form, too: rounded, half a level brighter.

Golden files: stats.json holds the statistics, NAME_SEVERITY.png the middle 64x48 pixels of each picture
without randomness (JPEG: the whole).
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.metrics import structural_similarity

from corruptions_reference import DETERMINISTIC, KINDS, corrupt, load

FOLDER = Path("tests/fixtures/corruptions")
# Seeds that random kinds are averaged over. Fields of a few large blobs differ so much from seed to seed that eight
# seeds of the reference do not agree with eight others of its own within 3 %.
SEEDS = 8
SEEDS_OF_FIELDS = 120
FIELDS = ["frost", "fog", "spatter"]
SEVERITIES = range(1, 6)


# Kept whole: two JPEG encoders differ more in the middle, where this picture has the most detail, than overall.
WHOLE = "jpeg_compression"

# Kinds whose default form keeps within the limit as well.
BOTH = ["gaussian_blur"]


def read(path):
    return np.asarray(Image.open(path).convert("RGB"))


def statistics(clean, picture):
    """Mean and standard deviation over all values, PSNR and SSIM to the clean picture."""
    error = np.mean((picture.astype(float) - clean) ** 2)
    similarity = structural_similarity(clean, picture, channel_axis=-1, data_range=255, gaussian_weights=True, sigma=1.5,
                                       use_sample_covariance=False)
    return {"mean": picture.mean(), "std": picture.std(), "psnr": 10 * np.log10(255**2 / error), "ssim": similarity}


def seeds_of(kind):
    return range(1 if kind in DETERMINISTIC else SEEDS_OF_FIELDS if kind in FIELDS else SEEDS)


def averaged(clean, pictures):
    """Each statistic's mean over the pictures, and the standard error of that mean."""
    every = [statistics(clean, picture) for picture in pictures]
    series = {key: [one[key] for one in every] for key in every[0]}
    error = {key: np.std(values) / max(len(values) - 1, 1) ** 0.5 for key, values in series.items()}
    return {key: [round(float(np.mean(values)), 4), round(float(error[key]), 5)] for key, values in series.items()}


def excess(found, wanted):
    """The relative difference of two means, less what the spread of the seeds explains (three standard errors)."""
    (one, error), (other, other_error) = found, wanted
    return (abs(one - other) - 3 * (error**2 + other_error**2) ** 0.5) / other


def middle(picture):
    height, width = picture.shape[:2]
    return picture[height // 2 - 24:height // 2 + 24, width // 2 - 32:width // 2 + 32]


def write():
    module, clean, stats = load(), read(FOLDER / "picture.png"), {}
    for kind in KINDS:
        for severity in SEVERITIES:
            pictures = [corrupt(module, clean, kind, severity, seed) for seed in seeds_of(kind)]
            stats[f"{kind}_{severity}"] = averaged(clean, pictures)
            if kind in DETERMINISTIC:
                golden = pictures[0] if kind == WHOLE else middle(pictures[0])
                Image.fromarray(golden).save(FOLDER / f"{kind}_{severity}.png", optimize=True)
    (FOLDER / "stats.json").write_text(json.dumps(stats, indent=1) + "\n")


def compare(program):
    module, clean, stats = load(), read(FOLDER / "picture.png"), json.loads((FOLDER / "stats.json").read_text())
    failures = 0
    with tempfile.TemporaryDirectory() as out:
        for seed in range(SEEDS_OF_FIELDS):
            kinds = ",".join(kind for kind in KINDS if seed in seeds_of(kind))
            command = [program, FOLDER / "picture.png", f"{out}/{seed}", kinds, "--published", "--seed", str(seed)]
            subprocess.run(command, check=True)
        subprocess.run([program, FOLDER / "picture.png", f"{out}/default", ",".join(BOTH)], check=True)
        for kind in KINDS:
            worst = 0.0
            for severity in SEVERITIES:
                places = [*seeds_of(kind), *(["default"] if kind in BOTH else [])]
                ours = [read(f"{out}/{place}/{kind}_{severity}.png") for place in places]
                if kind in DETERMINISTIC:
                    theirs = corrupt(module, clean, kind, severity, 0)
                    differences = [float(np.abs(one.astype(float) - theirs).mean()) for one in ours]
                    worst = max(worst, *differences)
                else:
                    found, wanted = averaged(clean, ours), stats[f"{kind}_{severity}"]
                    worst = max(worst, max(excess(found[key], wanted[key]) for key in wanted))
            limit = 1.0 if kind in DETERMINISTIC else 0.10 if kind == "frost" else 0.03
            unit = "levels" if kind in DETERMINISTIC else "relative"
            state = "ok" if worst <= limit else "FAIL"
            failures += state == "FAIL"
            print(f"{state:4} {kind:18} largest difference {worst:.4f} {unit} (at most {limit})")
    print(f"{len(KINDS)} corruptions, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        sys.exit(compare(sys.argv[1]))
