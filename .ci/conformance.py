#!/usr/bin/env python3
"""Holds both engines against ONNX: no graph may be computed silently otherwise than ONNX says.

    python .ci/conformance.py PROGRAM            from the repository's root; exit 1 on any difference from the table
    python .ci/conformance.py PROGRAM --write    writes the table anew and prints what is different
    python .ci/conformance.py --raise VERSION    the same with another version of rten, pinned in Cargo.toml and built

PROGRAM is `examples/conformance.rs`, built. The cases are ONNX's own of single operators (`conformance/suite.py`) and
those of what vision models are made of (`conformance/vision.py`), each in up to four forms: as it is, all inputs as
constants, sizes left open, and inside both branches of an If. What comes of each is in `conformance/table.tsv`, but where
it is equal in all forms; a case that is in no line has to be. The words:

    equal            as ONNX says: |d| <= 1e-7 + 1e-3 |y|, whole numbers exactly
    near             but for the rounding of long sums: |d| <= max(1e-5, 2e-6 max |y|) + 1e-3 |y|
    refused:RULE     by that rule of windtunnel
    lacking          the engine says by itself that it cannot: an operator, a type or an attribute that it does not have
    wrong            silently otherwise: never on rten but for AGREED, on ONNX Runtime but for THEIRS
    -                not a form of its own

Where qemu-x86_64 is there, a part is run again as on a processor without AVX-512 and VNNI.
"""
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / ".ci/conformance"))
warnings.filterwarnings("ignore")

import numpy
import onnx

import suite
import vision
from case import FED, compare, element, form

TABLE = ROOT / ".ci/conformance/table.tsv"
FORMS = ["plain", "constant", "open", "branch"]
ENGINES = ["rten", "onnxruntime"]
SECONDS = 60  # no case takes one
# Named by the way that windtunnel says it: a rule's words come from `windtunnel explain rten`.
BY_RULE = "does not compute it as ONNX says"
# Where the embedded engine may differ from the suite.
AGREED = {
    # Both engines stretch by whole sides, and give [1, 4] where the suite has [1, 3.14]: of 4 columns times 0.6 it takes 2.4,
    # the engines the 2 that come out. ONNX's text has them right: "`length_resized` as the length of the resized tensor".
    # Only a scale that gives no whole side tells them apart; exporters write sides, or whole factors.
    "node/test_resize_downsample_scales_linear_align_corners",
}
# Where ONNX Runtime differs from the suite, and why.
THEIRS = {
    "node/test_attention_4d_causal_fp16": "halves, rounded elsewhere on the way: up to 4.9e-4 away",
    "node/test_maxunpool_export_with_output_shape": "its indices are those of the smaller picture, and are not taken over",
    "node/test_resize_downsample_scales_cubic_align_corners": "stretched by whole sides: see above",
    "node/test_resize_downsample_scales_linear_align_corners": "stretched by whole sides: see above",
    "node/test_training_dropout": "random numbers, of which ONNX does not say from where",
    "node/test_training_dropout_default": "the same",
    "node/test_training_dropout_default_mask": "the same",
    "node/test_training_dropout_mask": "the same",
}
ALLOWED = {"rten": AGREED, "onnxruntime": THEIRS}


def run(command, jobs, folder):
    """What the program says of each job; started anew behind one that ended or hung it."""
    lines = ["\t".join(map(str, job)) for job in jobs]
    (folder / "list").write_text("\n".join(lines))
    said, start = [("ended", "")] * len(jobs), 0
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
    while start < len(jobs):
        arguments = [*command, folder / "list", str(start)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as child:
            current = start
            while True:
                if not select.select([child.stdout], [], [], SECONDS)[0]:
                    child.kill()
                    break
                line = child.stdout.readline()
                if not line:
                    break
                word, number, *rest = line.rstrip("\n").split(" ", 2)
                current = int(number)
                if word != "begin":
                    said[current] = (word, rest[0] if rest else "")
                    start = current + 1
        if start <= current:
            start = current + 1
        elif start < len(jobs) and child.returncode:
            sys.exit(f"the program ended with {child.returncode} before a case")
    return said


def written(inputs):
    """The inputs as `examples/conformance.rs` reads them."""
    out = []
    for value in inputs.values():
        kind = FED[element(value)]
        numbers = " ".join(repr(one) for one in value.reshape(-1).tolist())
        out.append(f"{' '.join([kind, *map(str, value.shape)])}\n{numbers}\n")
    return "".join(out)


def read(path):
    lines = path.read_text().split("\n")
    for head, numbers in zip(lines[::2], lines[1::2]):
        kind, *shape = head.split()
        yield numpy.array(numbers.split(), numpy.float32).astype(numpy.float64).reshape([int(side) for side in shape])


def judged(said, why, case, path, rules):
    if said == "done":
        found = list(read(path))
        if len(found) != len(case.expected):
            return f"wrong: {len(found)} outputs"
        words = [compare(got, want) for got, want in zip(found, case.expected)]
        for word in words:
            if word not in ("equal", "near"):
                return f"wrong: {word}"
        return "near" if "near" in words else "equal"
    if BY_RULE in why:
        return "refused:" + ",".join(name for name, text in rules.items() if text in why)
    if said == "ended":
        return "wrong: it ended the program"
    if "engine fails" in why:
        return f"wrong: {why}"
    return "lacking"


def rules():
    """Every rule's name and what it says in messages."""
    folder, found = ROOT / "src/predict/onnx/rules", {}
    for path in sorted(folder.glob("*.rs")):
        text = re.sub(r"\\\n\s*", "", path.read_text())  # a text that goes on in the next line
        name, why = re.search(r'name: "([^"]+)"', text), re.search(r'why: "([^"]+)"', text)
        if name and why:
            found[name[1]] = why[1]
    return found


def outcomes(command, cases, folder, forms=FORMS, engines=ENGINES):
    """By case and engine: a word for every form."""
    known, jobs, meta = rules(), [], []
    for case in cases:
        for kind in forms:
            made = form(case, kind)
            if made is None:
                continue
            model, inputs = made
            at = folder / str(len(jobs))
            onnx.save(model, f"{at}.onnx")
            Path(f"{at}.in").write_text(written(inputs))
            jobs.append((f"{at}.onnx", f"{at}.in", f"{at}.out"))
            meta.append((case, kind))
    found = {}
    for engine in engines:
        said = run([*command, engine], jobs, folder)
        for (case, kind), (word, why), (_, _, out) in zip(meta, said, jobs):
            words = found.setdefault((case.name, engine), dict.fromkeys(forms, "-"))
            words[kind] = judged(word, why, case, Path(out), known)
            Path(out).unlink(missing_ok=True)
    return found


def lines(found):
    """The table: cases that are not equal in all forms."""
    out = []
    for (name, engine), words in found.items():
        if any(word not in ("equal", "-") for word in words.values()):
            out.append("\t".join([name, engine, *(word.split(":")[0] if word.startswith("wrong") else word for word in words.values())]))
    return sorted(out)


def count(found, engine):
    """How many cases are how, judged by their worst form."""
    worst = {}
    for (name, of), words in found.items():
        if of == engine:
            kinds = {word.split(":")[0] for word in words.values()}
            word = next((one for one in ["wrong", "refused", "lacking", "near"] if one in kinds), "equal")
            worst.setdefault((name.split("/")[0], word), []).append(name)
    return ", ".join(f"{part}: {word} {len(names)}" for (part, word), names in sorted(worst.items()))


def differences(old, new):
    old, new = ({tuple(line.split("\t")[:2]): line for line in lines} for lines in (old, new))
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            equal = "equal in all forms"
            tell = lambda table: " ".join(table[key].split("\t")[2:]) if key in table else equal
            yield f"{' on '.join(key)}: {tell(old)} -> {tell(new)}"


def raised(version):
    """The program, built with another version of rten."""
    path = ROOT / "Cargo.toml"
    path.write_text(re.sub(r'^(rten[a-z-]* = .*?)"=[0-9.]+"', rf'\1"={version}"', path.read_text(), flags=re.M))
    subprocess.run(["cargo", "build", "--release", "--example", "conformance"], cwd=ROOT, check=True)
    return ROOT / "target/release/examples/conformance"


def main():
    arguments = sys.argv[1:]
    writes = "--write" in arguments or "--raise" in arguments
    if arguments[0] == "--raise":
        program = raised(arguments[1])
    else:
        program = Path(arguments[0]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        own = list(suite.cases())
        seen = list(vision.cases())
        found = outcomes([program], own + seen, folder)
        failures = 0
        for engine in ENGINES:
            print(f"{engine}: {count(found, engine)}")
        for (name, engine), words in sorted(found.items()):
            for kind, word in words.items():
                if word.startswith("wrong") and name not in ALLOWED[engine]:
                    print(f"FAIL {name} as {kind} on {engine}: {word}")
                    failures += 1
        old = TABLE.read_text().splitlines() if TABLE.exists() else []
        for line in differences(old, lines(found)):
            print(f"{'    ' if writes else 'FAIL'} {line}")
            failures += not writes
        emulator = shutil.which("qemu-x86_64")
        if emulator and not writes:
            part = [case for case in own + seen if re.search(r"conv|gemm|matmul|qdq|softmax", case.name)]
            again = outcomes([emulator, "-cpu", "Haswell", program], part, folder, ["plain"], ["rten"])
            for (name, _), words in again.items():
                if words["plain"].split(":")[0] != found[name, "rten"]["plain"].split(":")[0]:
                    print(f"FAIL {name} without AVX-512: {words['plain']}")
                    failures += 1
            print(f"{len(again)} cases again without AVX-512 and VNNI")
    if writes:
        TABLE.write_text("".join(line + "\n" for line in lines(found)))
    print(f"{'FAIL' if failures else 'ok  '} {len(own)} cases of ONNX's suite, {len(seen)} of vision, in {len(FORMS)} forms")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
