#!/usr/bin/env python3
"""Proves that `pip install` brings the program and the Python package, and that the program finds the ONNX Runtime which the
extra brings.

    python .ci/wheel.py [PROFILE]       exit 1 with what is wrong; PROFILE of cargo, default release

The wheel is built by pip and maturin (of this Python environment) from the sources, with what is already compiled in
`target`. It is installed into a fresh environment that is never activated, and run in folders of their own: on the example that
it writes itself, then on a copy of the shipped examples (the whole of specs/quickstart.toml, the package with examples/python),
then one model on each engine before and after the extra.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

import awkward

ENGINE = """version = 1
name = "engine"
[dataset.test]
format = "coco"
path = "../examples/bccd/annotations/test.json"
images = "../examples/bccd/images"
limit = 4
[model.a]
kind = "onnx"
engine = "{}"
path = "../examples/models/bccd_a.onnx"
labels = ["RBC", "WBC", "Platelets"]
[[check]]
on = "clean"
min = 0.05
"""


def build(profile, folder):
    """The wheel."""
    environment = os.environ | {"MATURIN_PEP517_ARGS": f"--profile {profile} --locked",
                                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder,
                    awkward.ROOT], check=True, env=environment)
    (wheel,) = folder.glob("*.whl")
    return wheel


def told(wheel):
    """What is wrong with the wheel's contents."""
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        (metadata,) = (packed.read(name).decode() for name in names if name.endswith(".dist-info/METADATA"))
    inside = [".data/scripts/windtunnel", "LICENSE-MIT", "LICENSE-APACHE", ".dist-info/RECORD", "windtunnel/py.typed"]
    package = awkward.ROOT / "python"
    inside += [str(path.relative_to(package)) for path in sorted((package / "windtunnel").rglob("*.py"))]
    yield from (f"the wheel has no {name}" for name in inside if not any(found.endswith(name) for found in names))
    if "py3-none-" not in wheel.name:
        yield f"{wheel.name} is for one Python alone"
    lines = ["Name: windtunnel", "License-Expression: MIT OR Apache-2.0", "Provides-Extra: onnxruntime", "Requires-Python: >=3.9",
             "Requires-Dist: onnxruntime>=1.17 ; extra == 'onnxruntime'"]
    yield from (f"the wheel does not say `{line}`" for line in lines if line not in metadata.splitlines())


def run(windtunnel, work, *arguments):
    """The exit code and what is printed, in a shell that knows of no Python."""
    done = subprocess.run([windtunnel, *arguments], cwd=work, env={"PATH": "/usr/bin:/bin", "HOME": str(work)}, text=True,
                          capture_output=True, check=False)
    return done.returncode, done.stdout + done.stderr


def package(fresh, work):
    """What is wrong with the package: pytest finds its plugin, and a served function is judged."""
    code, words = run(fresh / "bin/python", work, "-m", "pytest", "-q", "examples/python", "--windtunnel", "examples/python/nuclei.toml")
    if code != 0:
        yield f"pytest: exit code {code}: {words}"
    code, words = run(fresh / "bin/python", work, "-m", "windtunnel", "--version")
    if code != 0 or not words.startswith("windtunnel "):
        yield f"python -m windtunnel: exit code {code}: {words}"


def example(windtunnel, work):
    """What is wrong with README's first commands, in an empty folder: the example passes, and fails as it is told."""
    work.mkdir()
    severe = "perturbation.archive.severity=5"
    for arguments, wanted in (["init", "--example"], 0), (["run"], 0), (["run", "specs/example.toml", "--set", severe], 1):
        code, words = run(windtunnel, work, *arguments)
        if code != wanted:
            yield f"{' '.join(arguments)}: exit code {code}: {words}"


def engine(windtunnel, work, wanted):
    """What runs a model for which `wanted` is asked, else what is printed."""
    (work / "specs/engine.toml").write_text(ENGINE.format(wanted))
    code, words = run(windtunnel, work, "run", "specs/engine.toml", "--no-cache", "--json", "record.json")
    if code != 0:
        return " ".join(words.split())
    return json.loads((work / "record.json").read_text())["models"][0]["card"]["settings"]["engine"]


def main():
    profile = sys.argv[1] if len(sys.argv) > 1 else "release"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        work, fresh = folder / "work", folder / "fresh"
        wheel = build(profile, folder)
        wrong = list(told(wheel))
        for part in ("bccd", "models", "python"):
            shutil.copytree(awkward.ROOT / "examples" / part, work / "examples" / part)
        (work / "specs").mkdir()
        shutil.copy(awkward.ROOT / "specs/quickstart.toml", work / "specs")
        venv.create(fresh, with_pip=True)
        pip, windtunnel = [fresh / "bin/python", "-m", "pip", "install", "--quiet"], fresh / "bin/windtunnel"
        subprocess.run([*pip, wheel], check=True)
        wrong += example(windtunnel, folder / "new")
        code, words = run(windtunnel, work, "run", "specs/quickstart.toml")
        reports = [name for name in ("junit.xml", "record.json", "report.html")
                   if not (work / "target/windtunnel/quickstart" / name).is_file()]
        if code != 0 or reports:
            wrong.append(f"quickstart: exit code {code}, without {reports}: {words}")
        subprocess.run([*pip, f"{wheel}[pytest,serve]"], check=True)
        wrong += package(fresh, work)
        alone = engine(windtunnel, work, "auto"), engine(windtunnel, work, "onnxruntime")
        if not alone[0].startswith("rten") or "pip install onnxruntime" not in alone[1]:
            wrong.append(f"without the extra: {alone}")
        subprocess.run([*pip, f"{wheel}[onnxruntime]"], check=True)
        found = engine(windtunnel, work, "auto"), engine(windtunnel, work, "onnxruntime")
        if found[0] != found[1] or not found[0].startswith("onnxruntime"):
            wrong.append(f"with the extra: {found}")
        size = wheel.stat().st_size / 1e6
        print("\n".join([*wrong, f"{wheel.name}, {size:.1f} MB, on {alone[0]}, then on {found[0]}: {len(wrong)} faults"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
