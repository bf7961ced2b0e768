#!/usr/bin/env python3
"""Runs examples/scale for real: the commands of the Kubernetes manifest and the Slurm scripts in an environment like
theirs, the Ray job on a Ray of two workers. What each merges into is held against the record of a single run.

    python .ci/scale.py WINDTUNNEL     exit 1 with what is wrong

Kubernetes' manifests are also validated by its own schemas (kubernetes-validate). No cluster is at hand: that pods and
array tasks are started with these variables is what the schedulers' documentation says.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import desk
import kubernetes_validate
import yaml

ROOT = Path(__file__).resolve().parent.parent
SCALE = ROOT / "examples/scale"


def workshop(folder):
    """A folder with `specs/` and what they need."""
    folder.mkdir()
    (folder / "specs").mkdir()
    (folder / "examples").symlink_to(ROOT / "examples")
    (folder / "specs/quickstart.toml").write_text((ROOT / "specs/quickstart.toml").read_text())
    return folder


def record(folder):
    """The record that was left, without times."""
    found = json.loads((folder / "target/windtunnel/quickstart/record.json").read_text())
    del found["times"]
    return found


def run(command, folder, **variables):
    environment = desk.environment() | {name: str(value) for name, value in variables.items()}
    done = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True)
    if done.returncode != 0:
        print(done.stdout[-2000:], done.stderr[-4000:])
    return done.returncode


def kubernetes(windtunnel, folder):
    """Every pod's container, by its arguments and variables."""
    answer, merge = yaml.safe_load_all((SCALE / "kubernetes.yaml").read_text())
    for manifest in (answer, merge):
        kubernetes_validate.validate(manifest, "1.31", strict=True)
    count = answer["spec"]["completions"]
    container = answer["spec"]["template"]["spec"]["containers"][0]
    variables = {variable["name"]: variable["value"] for variable in container["env"]}
    assert variables["JOB_COMPLETIONS"] == str(count), "JOB_COMPLETIONS is not the number of completions"
    store = str(folder / "pod.sqlite")
    for index in range(count):
        arguments = [store if argument.startswith("/tmp/") else argument for argument in container["args"]]
        if run([windtunnel, *arguments], folder, JOB_COMPLETION_INDEX=index, **variables) != 0:
            return f"pod {index} failed"
    merging = merge["spec"]["template"]["spec"]["containers"][0]["args"]
    return None if run([windtunnel, *merging], folder) == 0 else "the merge failed"


def slurm(windtunnel, folder):
    """Every task of the array by its script, with Slurm's variables."""
    script = (SCALE / "slurm-array.sh").read_text()
    first, last = map(int, script.split("#SBATCH --array=")[1].split("\n")[0].split("-"))
    path = f"{Path(windtunnel).parent}:{os.environ['PATH']}"
    for task in range(first, last + 1):
        variables = {"SLURM_ARRAY_JOB_ID": 7, "SLURM_ARRAY_TASK_ID": task, "SLURM_ARRAY_TASK_MIN": first,
                     "SLURM_ARRAY_TASK_MAX": last, "SLURM_ARRAY_TASK_COUNT": last - first + 1,
                     "SLURM_ARRAY_TASK_STEP": 1, "SLURM_CPUS_PER_TASK": 2, "PATH": path, "TMPDIR": folder}
        if run(["bash", SCALE / "slurm-array.sh"], folder, **variables) != 0:
            return f"task {task} failed"
    merged = run(["bash", SCALE / "slurm-merge.sh"], folder, PATH=path, SLURM_CPUS_PER_TASK=2)
    return None if merged == 0 else "the merge failed"


def ray(windtunnel, folder):
    """The job, on a Ray of its own with two workers, as the driver of which it runs."""
    head = [Path(sys.executable).parent / "ray", "start", "--head", "--num-cpus=2", "--include-dashboard=false",
            "--disable-usage-stats", f"--temp-dir={folder / 'ray'}"]
    if run(head, folder) != 0:
        return "Ray does not start"
    try:
        command = [sys.executable, SCALE / "ray_job.py", "specs/quickstart.toml", "--parts", "4", "--program", windtunnel]
        ended = run(command, folder, RAY_ADDRESS="auto")
    finally:
        run([Path(sys.executable).parent / "ray", "stop", "--force"], folder)
    return None if ended == 0 else "the job failed"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    windtunnel = str(Path(sys.argv[1]).resolve())
    wrong = 0
    with tempfile.TemporaryDirectory() as temporary:
        single = workshop(Path(temporary) / "single")
        assert run([windtunnel, "run", "specs"], single) == 0, "the single run failed"
        expected = record(single)
        for scheduler in (kubernetes, slurm, ray):
            folder = workshop(Path(temporary) / scheduler.__name__)
            fault = scheduler(windtunnel, folder)
            if not fault and record(folder) != expected:
                fault = "the record differs from a single run's"
            print(f"{scheduler.__name__}: {fault or 'as a single run'}")
            wrong += bool(fault)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
