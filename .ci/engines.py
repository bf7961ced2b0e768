#!/usr/bin/env python3
"""Holds the two engines against each other, on the shipped detectors and on a model of every output layout.

    python .ci/engines.py PATH_OF_WINDTUNNEL       from the repository's root; exit 1 on any failure

ONNX Runtime is the wheel of this Python environment, found by windtunnel itself. Each model answers the same pictures
under both engines; the same boxes must come out: class equal, scores within 1e-3, places within 1e-3 of 640 pixels.
Where two boxes of almost one score overlap, or at the cap, the last bits decide which is kept: one in 1000 may differ.
Inputs and outputs of 16 bits give bccd_a's figure on both engines, a picture of one channel the same on both, and
`windtunnel check --engines` tells differences that are rounding, and warns where they are not: of bccd_a behind numbers
of 64 bits, of which the embedded engine has 32.
Also held: two threads give what one gives, an operator that only ONNX Runtime has runs there, a provider that the
library lacks is an error, weights in other files give what weights inside give, and a model whose files are replaced while
a run goes on is still the one that it began with.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOLERANCE = 1e-3
SIDE = 640  # the longer side of the shipped pictures
FLIPPED = 1e-3
EXAMPLES, FIXTURES = ROOT / "examples", ROOT / "tests/fixtures/models"
BLOOD = ("bccd", "test", '["RBC", "WBC", "Platelets"]')
COMMON = ("coco-mini", "val", '"coco"')
SHIPPED = [(f"bccd_{letter}", *BLOOD) for letter in "abc"] + [("yolox_nano", *COMMON), ("fastestdet", *COMMON)]


def dataset(name, split):
    folder = EXAMPLES / name
    return f'[dataset.d]\nformat = "coco"\npath = "{folder}/annotations/{split}.json"\nimages = "{folder}/images"\n'


def spec(data, models):
    check = '[[check]]\non = "clean"\nmin = 0.000001\n'
    return f'version = 1\nname = "engines"\n{data}' + "".join(models) + check


def model(name, path, engine, labels=None, rest=""):
    labels = f"labels = {labels}\n" if labels else ""
    return f'[model.{name}]\nkind = "onnx"\npath = "{path}"\nengine = "{engine}"\n{labels}{rest}'


def run(binary, text, *arguments, codes=(0, 1)):
    """The detections of every model, or what is printed if the exit code is another one of `codes`."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "spec.toml", Path(folder) / "out"
        path.write_text(text)
        command = [binary, "run", path, "-q", "--json", out / "record.json", "--detections", out, *arguments]
        environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode not in codes:
            sys.exit(f"exit code {done.returncode}: {done.stderr}")
        record = json.loads((out / "record.json").read_text())
        cards = {m["name"]: (m["card"] or {}).get("settings", {}) for m in record["models"]}
        found = {name: json.loads((out / name / "d/clean.json").read_text())
                 for name in cards if (out / name / "d/clean.json").exists()}
        return found, cards, done.stdout + done.stderr


def apart(one, other):
    """How far two boxes are apart; infinite if they are not of one picture and class."""
    if (one["image_id"], one["category_id"]) != (other["image_id"], other["category_id"]):
        return float("inf")
    places = max(abs(a - b) for a, b in zip(one["bbox"], other["bbox"])) / SIDE
    return max(places, abs(one["score"] - other["score"]))


def differences(ours, theirs):
    """The largest distance of partners, and the boxes without one. Order does not count: equal scores may swap."""
    by_image = {}
    for box in theirs:
        by_image.setdefault((box["image_id"], box["category_id"]), []).append(box)
    largest, alone = 0.0, []
    for box in ours:
        rest = by_image.get((box["image_id"], box["category_id"]), [])
        nearest = min(rest, key=lambda other: apart(box, other), default=None)
        if nearest is None or apart(box, nearest) > TOLERANCE:
            alone.append(box)
            continue
        largest = max(largest, apart(box, nearest))
        rest.remove(nearest)
    return largest, alone + [box for rest in by_image.values() for box in rest]


def tiny():
    """A dataset of one picture for the models of every layout."""
    from PIL import Image

    folder = tempfile.mkdtemp()
    Image.new("RGB", (64, 32), (204, 102, 51)).save(f"{folder}/a.png")
    labels = {"images": [{"id": 1, "file_name": "a.png", "width": 64, "height": 32}],
              "annotations": [{"id": 1, "image_id": 1, "category_id": 7, "bbox": [0, 0, 9, 9], "area": 81, "iscrowd": 0}],
              "categories": [{"id": 7, "name": "dog"}, {"id": 9, "name": "cat"}]}
    Path(f"{folder}/labels.json").write_text(json.dumps(labels))
    return f'[dataset.d]\nformat = "coco"\npath = "{folder}/labels.json"\nimages = "{folder}"\n'


def compare(binary, data, models):
    """`models`: name, path, labels."""
    failures = 0
    found = {}
    for engine in ["rten", "onnxruntime"]:
        text = spec(data, [model(name, path, engine, labels) for name, path, labels in models])
        found[engine], cards, _ = run(binary, text)
        wrong = [name for name, card in cards.items() if engine not in card.get("engine", "")]
        failures += len(wrong)
        print("".join(f"FAIL {name} did not run on {engine}\n" for name in wrong), end="")
    for name, _, _ in models:
        ours, theirs = found["rten"][name], found["onnxruntime"][name]
        largest, alone = differences(ours, theirs)
        wrong = not ours or len(alone) > FLIPPED * (len(ours) + len(theirs))
        failures += wrong
        print(f"{'FAIL' if wrong else 'ok  '} {name}: {len(ours)} boxes, largest distance {largest:.2g}, "
              f"without a partner {len(alone)}")
    return failures


def outside(name, folder):
    """A shipped model with all of its weights in another file."""
    import onnx

    path = Path(folder) / f"{name}.onnx"
    options = {"save_as_external_data": True, "location": f"{name}.onnx.data", "size_threshold": 0}
    onnx.save(onnx.load(EXAMPLES / f"models/{name}.onnx"), path, **options)
    return path


def made_of(name, folder):
    """bccd_a with 16 bits at its ends, or with a picture of one channel, or behind numbers of 64 bits."""
    import numpy
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(EXAMPLES / "models/bccd_a.onnx")
    graph, half, single = model.graph, TensorProto.FLOAT16, TensorProto.FLOAT
    given, answer = graph.input[0].name, graph.output[0].name

    def rename(old, new):
        for node in graph.node:
            node.input[:] = [new if one == old else one for one in node.input]
            node.output[:] = [new if one == old else one for one in node.output]

    if name == "half_io":
        rename(given, "wide")
        graph.node.insert(0, helper.make_node("Cast", [given], ["wide"], to=single))
        graph.input[0].type.tensor_type.elem_type = half
    if name in ("half_io", "half_out"):
        rename(answer, "exact")
        graph.node.append(helper.make_node("Cast", ["exact"], [answer], to=half))
        graph.output[0].type.tensor_type.elem_type = half
    if name == "grey":
        rename(given, "three")
        graph.node.insert(0, helper.make_node("Concat", [given] * 3, ["three"], axis=1))
        graph.input[0].type.tensor_type.shape.dim[1].dim_value = 1
    if name == "large":
        # There and back, by numbers that 64 bits hold and 32 do not: no look at the graph tells how large they are.
        rename(answer, "exact")
        numbers = {"thousand": numpy.float32(1000), "much": numpy.int64(10**7)}
        graph.initializer.extend(numpy_helper.from_array(numpy.array(value), key) for key, value in numbers.items())
        graph.node.extend([
            helper.make_node("Mul", ["exact", "thousand"], ["thousands"]),
            helper.make_node("Cast", ["thousands"], ["whole"], to=TensorProto.INT64),
            helper.make_node("Mul", ["whole", "much"], ["large"]),
            helper.make_node("Div", ["large", "much"], ["again"]),
            helper.make_node("Cast", ["again"], ["single"], to=single),
            helper.make_node("Div", ["single", "thousand"], [answer]),
        ])
    path = Path(folder) / f"{name}.onnx"
    onnx.save(model, path)
    return path


def figure(binary, data, path, engine, labels):
    """mAP of a model's detections, by the record."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "spec.toml").write_text(spec(data, [model("m", path, engine, labels)]))
        command = [binary, "run", "spec.toml", "-q", "--no-cache", "--json", "record.json"]
        environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"exit code {done.returncode}: {done.stderr}")
        return json.loads((Path(folder) / "record.json").read_text())["cells"][0]["figures"]["map"]


def narrow(binary, blood, folder):
    """Models of 16 bits, and of one channel."""
    failures = 0
    wide = figure(binary, blood, EXAMPLES / "models/bccd_a.onnx", "rten", BLOOD[2])
    for name in ["half_io", "half_out", "grey"]:
        path = made_of(name, folder)
        found = [figure(binary, blood, path, engine, BLOOD[2]) for engine in ["rten", "onnxruntime"]]
        # Places of up to 256 pixels are an eighth of one apart in 16 bits.
        holds = abs(found[0] - found[1]) < 2e-3 and (name == "grey" or abs(found[1] - wide) < 2e-3)
        failures += not holds
        print(f"{'ok  ' if holds else 'FAIL'} {name}: mAP {found[0]:.4f} on rten, {found[1]:.4f} on ONNX Runtime, {wide:.4f} in 32 bits")
    return failures


def told(binary, data, path, labels):
    """What `check --engines` says of a model."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "spec.toml").write_text(spec(data, [model("m", path, "rten", labels)]))
        environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
        done = subprocess.run([binary, "check", "--engines", "spec.toml"], cwd=folder, env=environment, capture_output=True,
                              text=True, check=False)
        return " ".join((done.stdout + done.stderr).split())


def held(binary, folder):
    """Whether `check --engines` tells rounding from other differences."""
    failures = 0
    for name, data, split, labels in SHIPPED:
        said = told(binary, dataset(data, split), EXAMPLES / f"models/{name}.onnx", labels)
        apart = [float(one) for one in re.findall(r"up to ([0-9.e-]+) (?:apart|pixels)|scores up to ([0-9.e-]+),", said) for one in one if one]
        holds = len(apart) == 3 and max(apart) < 1e-2 and "0 found by one alone" in said and "warning" not in said
        failures += not holds
        print(f"{'ok  ' if holds else 'FAIL'} check --engines {name}: {apart}")
    said = told(binary, dataset(*BLOOD[:2]), made_of("large", folder), BLOOD[2])
    holds = "warning: the engines differ" in said
    failures += not holds
    print(f"{'ok  ' if holds else f'FAIL {said}'} check --engines warns of a model that the engines compute otherwise")
    return failures


def replaced(binary, data, labels):
    """Whether a run whose model's files are replaced once it has begun finds what another one finds."""
    def command(folder, out):
        return [binary, "run", folder / "spec.toml", "--no-cache", "--json", out / "r.json", "--detections", out, "-j", "4"]

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        path = outside("bccd_a", folder)
        (folder / "spec.toml").write_text(spec(data, [model("m", path, "onnxruntime", labels)]))
        found = []
        for name in ["before", "after"]:
            environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
            child = subprocess.Popen(command(folder, folder / name), cwd=folder, env=environment, text=True,
                                     stderr=subprocess.PIPE)
            while name == "after" and "predictions on" not in (line := child.stderr.readline()):
                assert line, "the run ended before it began"
            if name == "after":
                path.write_bytes(path.read_bytes()[:1000])
                weights = path.with_name("bccd_a.onnx.data")
                weights.write_bytes(bytes(weights.stat().st_size))
            assert child.wait() in (0, 1), child.stderr.read()
            found.append((folder / name / "m/d/clean.json").read_text())
        return found[0] == found[1] and json.loads(found[0])


def main():
    binary = Path(sys.argv[1]).resolve()
    failures = 0
    for _, (data, split, labels) in {m[1]: m[1:] for m in SHIPPED}.items():
        names = [m[0] for m in SHIPPED if m[1] == data]
        failures += compare(binary, dataset(data, split), [(n, EXAMPLES / f"models/{n}.onnx", labels) for n in names])
    data = tiny()
    families = sorted(path for path in FIXTURES.glob("family_*.onnx"))
    failures += compare(binary, data, [(path.stem, path, '["cat", "dog"]') for path in families])

    with tempfile.TemporaryDirectory() as folder:
        blood = dataset(*BLOOD[:2])
        failures += narrow(binary, blood, folder) + held(binary, folder)
        path = outside("bccd_a", folder)
        failures += compare(binary, blood, [("weights_outside", path, BLOOD[2])])
        for engine in ["rten", "onnxruntime"]:
            models = [model(n, p, engine, BLOOD[2]) for n, p in [("in", EXAMPLES / "models/bccd_a.onnx"), ("out", path)]]
            found = run(binary, spec(blood, models))[0]
            same = found["in"] == found["out"]
            failures += not same
            print(f"{'ok  ' if same else 'FAIL'} {engine}: weights in another file give what weights inside give")
    holds = replaced(binary, blood, BLOOD[2])
    failures += not holds
    print(f"{'ok  ' if holds else 'FAIL'} a model that is replaced while a run goes on is the one that it began with")

    yolox = model("m", EXAMPLES / "models/yolox_nano.onnx", "onnxruntime", '"coco"')
    text = spec(dataset("coco-mini", "val"), [yolox])
    same = run(binary, text, "-j", "1")[0] == run(binary, text, "-j", "2")[0]
    failures += not same
    print(f"{'ok  ' if same else 'FAIL'} two threads give what one gives, bit for bit")

    path = FIXTURES / "roi_align.onnx"
    answered = run(binary, spec(data, [model("m", path, "auto", '["dog"]', 'decoder = "yolov8"\n')]), codes=(0, 1, 3))[1]
    holds = "onnxruntime" in answered["m"].get("engine", "")
    failures += not holds
    print(f"{'ok  ' if holds else 'FAIL'} RoiAlign runs on ONNX Runtime")

    cuda = model("m", path, "onnxruntime", '["dog"]', 'providers = ["tensorrt", "cuda", "cpu"]\n')
    _, cards, printed = run(binary, spec(data, [cuda]), codes=(0, 1, 3))
    holds = "is not to be had" in " ".join(printed.split()) or "tensorrt" in cards["m"].get("engine", "")
    failures += not holds
    print(f"{'ok  ' if holds else 'FAIL'} a provider that the library lacks is an error")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
