"""A project as users have it: drawn pictures with red and blue boxes, a spec, and a module whose function finds them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

pytest_plugins = ["pytester"]

# Python 3.9 knows no groups to ask for.
if sys.version_info >= (3, 10):
    PLUGINS = entry_points(group="pytest11")
else:
    PLUGINS = entry_points().get("pytest11", ())
IS_INSTALLED = any(entry.value == "windtunnel.pytest_plugin" for entry in PLUGINS)
# In a checkout nothing tells pytest of the plugin.
PLUGIN = [] if IS_INSTALLED else ["-p", "windtunnel.pytest_plugin"]

SIZE = (96, 64)
OBJECTS = [[("red", (10, 8, 30, 38))], [("blue", (40, 20, 64, 36))], [("red", (60, 4, 76, 20)), ("blue", (4, 30, 34, 50))]]

# A function that finds what there is; each start of the module leaves a line in `starts`.
MODELS = '''
import os
import numpy

open("starts", "a").write("start\\n")

def predict(image):
    boxes, labels = [], []
    for name, channel in (("red", 0), ("blue", 2)):
        rows, columns = numpy.nonzero(image[..., channel] > 128)
        if len(rows):
            boxes.append([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
            labels.append(name)
    return boxes, labels, [0.9] * len(boxes)

def half(image):
    boxes, labels, scores = predict(image)
    return boxes[:1], labels[:1], scores[:1]

def broken(image):
    raise ValueError("too red")
'''

SPEC = '''version = 1
[dataset.test]
format = "coco"
path = "labels.json"
images = "."
[model.good]
kind = "subprocess"
command = [PYTHON, "-m", "windtunnel.serve", "models:predict"]
[perturbation.flip]
kind = "horizontal_flip"
[perturbation.gray]
kind = "brightness"
delta = [-0.1, -0.9]
'''

CHECKS = '''
[[check]]
name = "finds all"
on = "clean"
min = 0.9
[[check]]
name = "stands darkness"
on = "gray"
max_drop = 0.05
[[check]]
on = "flip"
max_regression = 0.01
[[check]]
on = "gray@-0.9"
metric = "map50"
max_drop = 0.1
level = "warn"
reason = "known"
'''


def spec(checks: str = CHECKS, function: str = "predict", more: str = "") -> str:
    """A spec whose model is this function of `models.py`."""
    return (SPEC + more + checks).replace("PYTHON", json.dumps(sys.executable)).replace("models:predict", f"models:{function}")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all of that, which is the current one; the spec is `site.toml`."""
    annotations: list[dict[str, object]] = []
    images: list[dict[str, object]] = []
    for number, objects in enumerate(OBJECTS, 1):
        picture = Image.new("RGB", SIZE)
        for name, (x0, y0, x1, y1) in objects:
            ImageDraw.Draw(picture).rectangle((x0, y0, x1 - 1, y1 - 1), fill=name)
            annotations.append({"id": len(annotations) + 1, "image_id": number, "category_id": 1 + (name == "blue"),
                                "bbox": [x0, y0, x1 - x0, y1 - y0], "area": (x1 - x0) * (y1 - y0), "iscrowd": 0})
        picture.save(tmp_path / f"{number}.png")
        images.append({"id": number, "file_name": f"{number}.png", "width": SIZE[0], "height": SIZE[1]})
    categories = [{"id": 1, "name": "red"}, {"id": 2, "name": "blue"}]
    labels = {"images": images, "annotations": annotations, "categories": categories}
    (tmp_path / "labels.json").write_text(json.dumps(labels))
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "site.toml").write_text(spec())
    monkeypatch.chdir(tmp_path)
    # The package of this checkout is the children's, too.
    package = str(Path(__file__).resolve().parent.parent)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")])))
    return tmp_path


@pytest.fixture
def run_pytest(project: Path, pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Runs pytest in the project, as a process of its own."""

    def run(*words: str) -> pytest.RunResult:
        os.chdir(project)
        return pytester.runpytest_subprocess(*PLUGIN, f"--rootdir={project}", *words)

    return run


def starts(project: Path) -> int:
    """How often the model was started."""
    return len((project / "starts").read_text().splitlines()) if (project / "starts").exists() else 0
