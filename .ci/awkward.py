"""A run with everything that a report can hold: passed, failed, waived, skipped and unjudged cases, several suites, and
names that break careless writers of XML. No model runs: the detections are the labels themselves, or half of them.
"""
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LABELS = ROOT / "examples/bccd/annotations/test.json"
# What one reader or another has stumbled over: the end of CDATA, markup, quotes, a workflow command, a table's bar,
# backticks, an emoji, other scripts, and (dropped by the reports) colours, NUL and a non-character.
HOSTILE = "]]> <b>&amp; \"q\" 'a' ::error::x | `code` %0A @all 🩸 µ±é 血 \x1b[31mred\x1b[0m\x01\uffff"
# Datasets refuse categories with control characters.
HOSTILE_CATEGORY = "".join(letter for letter in HOSTILE if letter >= " ")
IMAGES = 12

SPEC = """
version = 1
name = "awkward"
[defaults]
min_images = 5
confidence = 0.9
resamples = 100
[dataset.test]
format = "coco"
path = "labels.json"
images = {images}
[model.good]
kind = "precomputed"
path = "{{condition}}.json"
[model.other]
kind = "precomputed"
path = "{{condition}}.json"
{broken}
[perturbation.blur]
kind = "gaussian_blur"
severity = [1, 2]
[[check]]
name = {hostile}
on = "clean"
min = 0.9
[[check]]
name = {hostile_and_long}
on = "blur"
max_drop = 0.1
[[check]]
on = "blur@2"
category = {hostile_category}
min = 0.9
[[check]]
name = "only told"
on = "blur"
min = 0.95
level = "warn"
reason = {hostile}
[[check]]
name = "no baseline yet"
on = "clean"
max_regression = 0.01
"""

BROKEN = """[model.broken]
kind = "onnx"
path = "broken.onnx"
"""


def quoted(text):
    """A basic string of TOML: JSON's escapes are TOML's, but for surrogate pairs, which are not escaped here."""
    return json.dumps(text, ensure_ascii=False).replace("\uffff", "\\uffff").replace("\x7f", "\\u007f")


def write(folder):
    """The spec and its files, in `folder`; beside it `sound.toml`, the same without the model that cannot be loaded."""
    labels = json.loads(LABELS.read_text())
    labels["images"] = labels["images"][:IMAGES]
    ids = {image["id"] for image in labels["images"]}
    labels["annotations"] = [label for label in labels["annotations"] if label["image_id"] in ids]
    labels["categories"][0]["name"] = HOSTILE_CATEGORY
    (folder / "labels.json").write_text(json.dumps(labels))
    found = [{key: label[key] for key in ("image_id", "category_id", "bbox")} | {"score": 0.9}
             for label in labels["annotations"]]
    for condition, detections in {"clean": found, "blur@1": found[:-1], "blur@2": found[::2]}.items():
        (folder / f"{condition}.json").write_text(json.dumps(detections))
    (folder / "broken.onnx").write_bytes(b"no model")
    for name, broken in {"awkward": BROKEN, "sound": ""}.items():
        text = SPEC.format(images=quoted(str(LABELS.parent.parent / "images")), hostile=quoted(HOSTILE),
                           hostile_category=quoted(HOSTILE_CATEGORY),
                           hostile_and_long=quoted(HOSTILE + "long " * 2000), broken=broken)
        (folder / f"{name}.toml").write_text(text)
    return folder / "awkward.toml"


def run(windtunnel, folder):
    """Runs it in `folder`; the record."""
    spec = write(folder)
    done = subprocess.run([windtunnel, "run", spec.name, "--no-github", "-qq"], cwd=folder, text=True,
                          capture_output=True)
    record = folder / "target/windtunnel/awkward/record.json"
    if done.returncode != 3 or not record.is_file():
        raise SystemExit(f"the awkward run ended with {done.returncode}, not 3: {done.stderr}")
    return record


def render(windtunnel, records, form):
    """The records as one report."""
    command = [windtunnel, "report", *map(str, records), "--to", form]
    return subprocess.run(command, check=True, capture_output=True).stdout
