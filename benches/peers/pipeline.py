#!/usr/bin/env python3
"""A whole run, side by side: windtunnel, and the loop that one writes by hand in Python (OpenCV reads, imagecorruptions
or albumentations perturbs, ONNX Runtime infers, pycocotools scores), on the same images, model, conditions and cores.

    python3 -m venv benches/peers/.venv
    benches/peers/.venv/bin/pip install -r benches/peers/requirements.txt
    benches/peers/.venv/bin/pip install --no-deps imagecorruptions==1.1.2    # alone: it would bring a second OpenCV
    cargo build --release
    benches/peers/.venv/bin/python benches/peers/pipeline.py [--models fastestdet,yolox_nano] [--cpus 0 --cpus 0,1]
        [--reps 3] [--windtunnel target/release/windtunnel] [--markdown out.md]

Data: the 44 images of examples/coco-mini under clean and ten perturbations at severity 3: 484 frames. Every contender is
a process of its own that is pinned to the CPUs given, starts with nothing kept (windtunnel: an empty store), and uses
as many threads as it has CPUs; contenders alternate inside a repetition. The hand-written loop gives its threads to ONNX
Runtime and OpenCV, windtunnel runs that many frames at once.

wall, CPU and peak memory are of the whole process, from its start (wait4). Phases are CPU seconds: the Python loops measure
them; windtunnel's record has seconds of its threads, which other work on the machine stretches, so the process's CPU is
split in their proportion. `not inference` is the CPU without that of the engine: what the harness costs. Medians; the
smallest wall is given beside, as the nearest to a quiet machine. mAPs differ where the perturbation does: imagecorruptions
and windtunnel draw other random numbers, albumentations has another fog, snow, motion blur, brightness and contrast.
"""
import argparse
import contextlib
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LABELS, IMAGES = ROOT / "examples/coco-mini/annotations/val.json", ROOT / "examples/coco-mini/images"
KINDS = ["gaussian_noise", "gaussian_blur", "motion_blur", "defocus_blur", "brightness", "contrast", "jpeg_compression",
         "pixelate", "fog", "snow"]
SEVERITY = 3
CAP = 100  # detections per image
CONFIDENCE = 0.01
IOU = {"fastestdet": 0.45, "yolox_nano": 0.65}
PHASES = ["read", "perturb", "preprocess", "inference", "decode", "store", "score"]
ENGINES, LIBRARIES = ["rten", "onnxruntime"], ["imagecorruptions", "albumentations"]


# ------------------------------------------------------------------ the loop by hand, inside its own process
class Spent(dict):
    """CPU seconds by phase."""

    @contextlib.contextmanager
    def __call__(self, phase):
        before = time.process_time()
        yield
        self[phase] = self.get(phase, 0.0) + time.process_time() - before


def with_imagecorruptions():
    import numpy as np
    sys.path.insert(0, str(ROOT / ".ci"))
    import corruptions_reference
    module = corruptions_reference.load()

    def perturb(rgb, kind, seed):
        np.random.seed(seed)
        return module.corrupt(rgb, severity=SEVERITY, corruption_name=kind)
    return perturb


def with_albumentations():
    """Each kind at the strength of imagecorruptions' severity 3, where the library has it."""
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
    import albumentations as A
    import cv2
    area_then_nearest = {"downscale": cv2.INTER_AREA, "upscale": cv2.INTER_NEAREST}
    light = A.RandomBrightnessContrast
    made = {
        "gaussian_noise": A.GaussNoise(std_range=(0.18, 0.18), p=1),
        "gaussian_blur": A.GaussianBlur(blur_limit=0, sigma_limit=(3, 3), p=1),
        "motion_blur": A.MotionBlur(blur_limit=(31, 31), p=1),
        "defocus_blur": A.Defocus(radius=(6, 6), alias_blur=(0.5, 0.5), p=1),
        "brightness": light(brightness_limit=(0.3, 0.3), contrast_limit=(0, 0), p=1),
        "contrast": light(brightness_limit=(0, 0), contrast_limit=(-0.8, -0.8), p=1),
        "jpeg_compression": A.ImageCompression(quality_range=(15, 15), p=1),
        "pixelate": A.Downscale(scale_range=(0.4, 0.4), interpolation_pair=area_then_nearest, p=1),
        "fog": A.RandomFog(fog_coef_range=(0.5, 0.5), p=1),
        "snow": A.RandomSnow(snow_point_range=(0.3, 0.3), method="texture", p=1),
    }

    def perturb(rgb, kind, seed):
        made[kind].set_random_seed(seed)
        return made[kind](image=rgb)["image"]
    return perturb


def network(name):
    """Preprocessing, and boxes (x, y, w, h), scores and classes from the output."""
    import cv2
    import numpy as np

    def fit_yolox(bgr, side):
        ratio = min(side / bgr.shape[0], side / bgr.shape[1])
        small = cv2.resize(bgr, (int(bgr.shape[1] * ratio), int(bgr.shape[0] * ratio)))
        square = np.full((side, side, 3), 114, np.uint8)
        square[:small.shape[0], :small.shape[1]] = small
        return np.ascontiguousarray(square.transpose(2, 0, 1)[None], dtype=np.float32)

    cells = {}

    def decode_yolox(output, shape, side):
        if not cells:
            grids = [(stride, np.indices((side // stride,) * 2)[::-1].reshape(2, -1).T) for stride in (8, 16, 32)]
            cells["at"] = np.concatenate([grid for _, grid in grids]).astype(np.float32)
            cells["stride"] = np.concatenate([np.full((len(g), 1), s, np.float32) for s, g in grids])
        rows = output[0]
        label = rows[:, 5:].argmax(1)
        score = rows[:, 4] * rows[np.arange(len(rows)), 5 + label]
        keep = score >= CONFIDENCE
        rows, at, stride = rows[keep], cells["at"][keep], cells["stride"][keep]
        centre, size = (rows[:, :2] + at) * stride, np.exp(rows[:, 2:4]) * stride
        ratio = min(side / shape[0], side / shape[1])
        return np.concatenate([centre - size / 2, size], 1) / ratio, score[keep], label[keep]

    def fit_fastestdet(bgr, side):
        small = cv2.resize(bgr, (side, side))
        return np.ascontiguousarray(small.transpose(2, 0, 1)[None], dtype=np.float32) / np.float32(255)

    def decode_fastestdet(output, shape, _side):
        planes, lines, columns = output.shape[1:]
        rows = output[0].reshape(planes, -1).T
        label = rows[:, 5:].argmax(1)
        score = rows[:, 0] ** 0.6 * rows[np.arange(len(rows)), 5 + label] ** 0.4
        at = np.nonzero(score >= CONFIDENCE)[0]
        rows = rows[at]
        width, height = (shape[side] / (1 + np.exp(-rows[:, 3 + at_])) for at_, side in ((0, 1), (1, 0)))
        x = (at % columns + np.tanh(rows[:, 1])) / columns * shape[1]
        y = (at // columns + np.tanh(rows[:, 2])) / lines * shape[0]
        return np.stack([x - width / 2, y - height / 2, width, height], 1), score[at], label[at]

    return {"yolox_nano": (fit_yolox, decode_yolox), "fastestdet": (fit_fastestdet, decode_fastestdet)}[name]


def by_hand(library, model, threads):
    """Runs the loop; prints its phases and mAPs as JSON."""
    warnings.filterwarnings("ignore")
    spent = Spent()
    with spent("start"):
        import cv2
        import numpy as np
        import onnxruntime
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
        cv2.setNumThreads(threads)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        session = onnxruntime.InferenceSession(str(ROOT / f"examples/models/{model}.onnx"), options,
                                               providers=["CPUExecutionProvider"])
        port = session.get_inputs()[0]
        fit, decode = network(model)
        perturb = {"imagecorruptions": with_imagecorruptions, "albumentations": with_albumentations}[library]()
        with contextlib.redirect_stdout(io.StringIO()):
            labels = COCO(str(LABELS))
        images, categories = labels.loadImgs(labels.getImgIds()), sorted(labels.getCatIds())
    maps = {}
    for number, kind in enumerate(["clean", *KINDS]):
        results = []
        for place, image in enumerate(images):
            with spent("read"):
                bgr = cv2.imread(str(IMAGES / image["file_name"]))
            if number:
                with spent("perturb"):
                    rgb = perturb(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), kind, 1000 * place + number)
                    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
            with spent("preprocess"):
                values = fit(bgr, port.shape[2])
            with spent("inference"):
                output = session.run(None, {port.name: values})[0]
            with spent("decode"):
                boxes, scores, found = decode(output, bgr.shape[:2], port.shape[2])
                sides = bgr.shape[1::-1]
                corners = [np.clip(boxes[:, :2], 0, sides), np.clip(boxes[:, :2] + boxes[:, 2:], 0, sides)]
                boxes = np.concatenate([corners[0], corners[1] - corners[0]], 1)
                kept = cv2.dnn.NMSBoxesBatched(boxes.tolist(), scores.tolist(), found.tolist(), 0.0, IOU[model])
                kept = np.asarray(kept, dtype=int).ravel()
                for at in kept[np.argsort(-scores[kept], kind="stable")][:CAP]:
                    results.append({"image_id": image["id"], "category_id": categories[found[at]],
                                    "bbox": boxes[at].tolist(), "score": float(scores[at])})
        with spent("score"), contextlib.redirect_stdout(io.StringIO()):
            evaluation = COCOeval(labels, labels.loadRes(results), "bbox")
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
            maps[kind] = float(evaluation.stats[0])
    print(json.dumps({"phases": spent, "maps": maps}))


# ------------------------------------------------------------------ the measuring side
def spec(engine, model):
    """The same run as windtunnel has it."""
    kinds = "".join(f'[perturbation.{kind}]\nkind = "{kind}"\nseverity = {SEVERITY}\n' for kind in KINDS)
    return (f'version = 1\nname = "pipeline"\n'
            f'[dataset.val]\nformat = "coco"\npath = "{LABELS}"\nimages = "{IMAGES}"\n'
            f'[model.m]\nkind = "onnx"\nengine = "{engine}"\npath = "{ROOT}/examples/models/{model}.onnx"\n'
            f'labels = "coco"\nconfidence = {CONFIDENCE}\niou = {IOU[model]}\nmax_detections = {CAP}\n'
            f'{kinds}[[check]]\non = "all"\nmin = 0.0001\n')


def run(command, cpus, folder):
    """Wall and CPU seconds, peak MB, and what was printed."""
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        environment[name] = str(len(cpus))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=err,
                                 preexec_fn=lambda: os.sched_setaffinity(0, cpus))
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode:
            sys.exit(f"exit code {child.returncode}: {command}\n{out.read().decode()}{err.read().decode()}")
        return dict(wall=wall, cpu=used.ru_utime + used.ru_stime, memory=used.ru_maxrss / 1024), out.read().decode()


def of_windtunnel(program, engine, model, cpus):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "spec.toml").write_text(spec(engine, model))
        result, _ = run([program, "run", "spec.toml", "-qq", "--json", "record.json"], cpus, folder)
        record = json.loads((Path(folder) / "record.json").read_text())
    phases = record["times"]["phases"]
    phases["score"] += phases.pop("judge") + phases.pop("draw")
    scale = result["cpu"] / sum(phases.values())
    phases = {phase: seconds * scale for phase, seconds in phases.items()}
    maps = {cell["condition"].split("@")[0]: cell["figures"]["map"] for cell in record["cells"]}
    return {**result, "phases": phases, "maps": maps, "harness": result["cpu"] - phases["inference"]}


def of_python(library, model, cpus):
    command = [sys.executable, __file__, "--by-hand", library, model, str(len(cpus))]
    result, printed = run(command, cpus, ROOT)
    told = json.loads(printed)
    return {**result, **told, "harness": result["cpu"] - told["phases"]["inference"]}


def table(head, rows):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + " --- |" + " --: |" * (len(head) - 1)]
                     + ["| " + " | ".join(row) + " |" for row in rows])


def middle(results, *path):
    def value(result):
        for step in path:
            result = result.get(step, 0.0)
        return result
    return statistics.median(value(result) for result in results)


def report(model, cpus, measured):
    """Two tables: costs by contender, mAP by condition."""
    reference = {library: measured[library] for library in LIBRARIES}
    rows = []
    for name, results in measured.items():
        harness = middle(results, "harness")
        of = [f"1/{middle(reference[library], 'harness') / harness:.1f}" for library in LIBRARIES]
        rows.append([name, f"{middle(results, 'wall'):.2f}", f"{min(r['wall'] for r in results):.2f}",
                     f"{middle(results, 'cpu'):.2f}", f"{harness:.2f}", *of,
                     *[f"{middle(results, 'phases', phase):.2f}" for phase in PHASES],
                     f"{middle(results, 'memory'):.0f}"])
    of = [f"of {library}'s" for library in LIBRARIES]
    costs = table([f"{model}, CPUs {','.join(map(str, sorted(cpus)))}", "wall s", "smallest", "CPU s", "not inference",
                   *of, *PHASES, "peak MB"], rows)
    maps = table(["mAP", *measured], [[kind, *[f"{middle(r, 'maps', kind):.4f}" for r in measured.values()]]
                                      for kind in ["clean", *KINDS]])
    return costs, maps


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default="fastestdet,yolox_nano")
    parser.add_argument("--cpus", action="append", help="CPUs to pin to; may be given several times; default 0, and 0,1")
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--windtunnel", default=str(ROOT / "target/release/windtunnel"))
    parser.add_argument("--markdown", type=Path, help="also write the tables there")
    parser.add_argument("--by-hand", nargs=3, metavar=("LIBRARY", "MODEL", "THREADS"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.by_hand:
        library, model, threads = args.by_hand
        return by_hand(library, model, int(threads))
    names = ["onnxruntime", "opencv-python-headless", "imagecorruptions", "albumentations", "pycocotools", "numpy"]
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in names)
    program = subprocess.run([args.windtunnel, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    texts = [f"{time.strftime('%Y-%m-%d')}, {program}, Python {platform.python_version()}, {versions}; "
             f"medians of {args.reps}."]
    for model in args.models.split(","):
        for cpus in args.cpus or ["0", "0,1"]:
            cpus = {int(cpu) for cpu in cpus.split(",")}
            measured = {}
            for rep in range(args.reps):
                for name in [*(f"windtunnel, {engine}" for engine in ENGINES), *LIBRARIES]:
                    load = os.getloadavg()[0]
                    engine = name.removeprefix("windtunnel, ")
                    result = (of_python(name, model, cpus) if name in LIBRARIES
                              else of_windtunnel(str(Path(args.windtunnel).resolve()), engine, model, cpus))
                    measured.setdefault(name, []).append(result)
                    print(f"{model} {sorted(cpus)} {rep} {name}: wall {result['wall']:.2f} CPU {result['cpu']:.2f} "
                          f"not inference {result['harness']:.2f}, load {load:.1f}", file=sys.stderr, flush=True)
            costs, maps = report(model, cpus, measured)
            texts += [costs] + ([maps] if len(cpus) == 1 else [])
    text = "\n\n".join(texts)
    print(text)
    if args.markdown:
        args.markdown.write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
