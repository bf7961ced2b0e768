#!/usr/bin/env python3
"""Proves that what editors check specs with (taplo, tombi) accepts the shipped specs and refuses wrong ones.

    python .ci/editors.py       exit 1 with what is wrong

Both are the command-line programs of this environment; the schema is found as an editor finds it, by the line
`#:schema ./windtunnel.schema.json` of the spec.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import awkward

SPECS = awkward.ROOT / "specs"
PROGRAMS = Path(sys.executable).parent
LINTERS = {"taplo": ["lint", "--no-auto-config"], "tombi": ["lint", "--offline"]}
# What is wrong, and how a good spec becomes so.
WRONG = {
    "an unknown key of a check": ("max_drop = 0.05", "max_dorp = 0.05"),
    "an unknown key of a model": ("max_detections = 100", "max_detection = 100"),
    "an unknown kind of perturbation": ('kind = "gaussian_noise"', 'kind = "gaussian_nose"'),
    "a number in quotes": ("min = 0.42", 'min = "0.42"'),
    "an unknown metric": ('metric = "map50"', 'metric = "map51"'),
}


def lint(name, files):
    """The linter's exit code and words."""
    done = subprocess.run([PROGRAMS / name, *LINTERS[name], *files], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, cwd=files[0].parent)
    return done.returncode, done.stdout


def main():
    shipped, wrong = sorted(SPECS.glob("*.toml")), []
    good = (SPECS / "regression.toml").read_text()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(SPECS / "windtunnel.schema.json", folder)
        for name in LINTERS:
            code, words = lint(name, shipped)
            wrong += [f"{name} refuses a shipped spec: {words}"] * (code != 0)
            copy = Path(folder) / "unchanged.toml"
            copy.write_text(good)
            code, words = lint(name, [copy])
            wrong += [f"{name} refuses an unchanged copy: {words}"] * (code != 0)
            for what, (right, mistaken) in WRONG.items():
                path = Path(folder) / f"{re.sub('[^a-z]', '-', what)}.toml"
                if right not in good:
                    raise SystemExit(f"specs/regression.toml has no `{right}`")
                path.write_text(good.replace(right, mistaken, 1))
                code, words = lint(name, [path])
                wrong += [f"{name} lets {what} through: {words}"] * (code == 0)
    count = len(LINTERS) * (2 + len(WRONG))
    print("\n".join([*wrong, f"{len(shipped)} specs, {len(WRONG)} mistakes, {count} runs of linters: {len(wrong)} faults"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
