#!/usr/bin/env python3
"""Proves that the action does what it promises: its steps run here, by bash, in an environment like GitHub's.

    python .ci/action.py WINDTUNNEL     exit 1 with what is wrong

The `run` steps are those of action.yml, with its expressions filled in; nested actions (the cache) are not run. A download
and a build are tried with stand-ins for curl and cargo, which hand out WINDTUNNEL or what must be refused.
"""
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import yaml

import awkward

ACTION = awkward.ROOT / ".github/actions/windtunnel"
DEFINITION = yaml.safe_load((ACTION / "action.yml").read_text())
VERSION = (ACTION / "version").read_text().strip()
EXPRESSION = re.compile(r"\$\{\{ *([a-z_.-]+) *\}\}")
ASSET = f"windtunnel-{VERSION}-x86_64-unknown-linux-musl.tar.gz"
# Lines that a shell would run, if any script took inputs for code.
INJECTION = "nothing$(touch injected)\n`touch injected`\n; touch injected; \"; touch injected #\n${IFS}"


class Job:
    """A workspace and a runner's folders, in which the action's steps run."""

    def __init__(self, folder, path=None, **environment):
        self.folder, self.outputs, self.strategy = Path(folder), {}, (0, 1)
        self.workspace, self.temp = self.folder / "workspace", self.folder / "temp"
        for part in (self.workspace, self.temp, self.folder / "home"):
            part.mkdir(parents=True)
        self.summary = self.folder / "summary.md"
        self.environment = {
            "PATH": path or "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.folder / "home"), "CI": "true",
            "GITHUB_ACTIONS": "true", "GITHUB_ACTION_PATH": str(ACTION), "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_STEP_SUMMARY": str(self.summary), "RUNNER_TEMP": str(self.temp), "RUNNER_OS": "Linux",
            "GITHUB_SERVER_URL": "https://github.invalid"} | environment

    def step(self, step, inputs, repository):
        """Runs one step; its exit code and what it printed."""
        context = {f"inputs.{key}": value for key, value in inputs.items()} | {
            f"steps.{name}.outputs.{key}": value for name, known in self.outputs.items() for key, value in known.items()
        } | {"github.action_repository": repository, "strategy.job-index": str(self.strategy[0]),
             "strategy.job-total": str(self.strategy[1])}
        filled = {key: EXPRESSION.sub(lambda found: context.get(found[1], ""), value)
                  for key, value in step["env"].items()}
        output = self.folder / f"output-{step['id']}"
        output.touch()
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], text=True,
                              env=self.environment | filled | {"GITHUB_OUTPUT": str(output)}, cwd=self.workspace,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.outputs[step["id"]] = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return done.returncode, done.stdout

    def play(self, repository="", **given):
        """Runs the action; the exit code of the first step that fails, and what all printed."""
        inputs = {name: value.get("default", "") for name, value in DEFINITION["inputs"].items()} | given
        printed = ""
        for step in DEFINITION["runs"]["steps"]:
            if "run" in step:
                code, text = self.step(step, inputs, repository)
                printed += text
                if code != 0:
                    return code, printed
        return 0, printed

    def output(self, name):
        """An output of the action."""
        step, key = re.fullmatch(r"\$\{\{ steps\.(\w+)\.outputs\.(\w+) \}\}", DEFINITION["outputs"][name]["value"]).groups()
        return self.outputs.get(step, {}).get(key, "")


class Check:
    """What was found wrong."""

    def __init__(self):
        self.wrong, self.count = [], 0

    def holds(self, condition, what):
        self.count += 1
        if not condition:
            self.wrong.append(what)

    def definition(self):
        """What a reader of action.yml may rely on."""
        steps = DEFINITION["runs"]["steps"]
        for step in steps:
            self.holds("${{" not in step.get("run", ""), f"an expression inside `run`: {step.get('run')}")
            self.holds("uses" not in step or re.search("@[0-9a-f]{40}$", step["uses"]), f"not pinned: {step.get('uses')}")
        used = str([step.get("env", {}) for step in steps]) + str([step.get("if") for step in steps])
        for name in DEFINITION["inputs"]:
            self.holds(f"inputs.{name}" in used, f"the input `{name}` is not used")
        package = re.search('^version = "(.*)"$', (awkward.ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
        self.holds(package == VERSION, f"the action installs {VERSION}, the package is {package}")

    def run(self, windtunnel, name, code, result, counts, **inputs):
        """Plays the action on the awkward spec; `counts` are passed, failed, errors, or None where nothing is run."""
        with tempfile.TemporaryDirectory() as folder:
            job = Job(folder, WINDTUNNEL_BIN=windtunnel)
            awkward.write(job.workspace)
            (job.workspace / "wrong.toml").write_text("version = 1\nunknown = 2\n")
            ended, printed = job.play(**({"spec": "sound.toml"} | inputs))
            self.holds(ended == code, f"{name}: exit code {ended}, not {code}: {printed[-2000:]}")
            self.holds(job.output("result") == result, f"{name}: result `{job.output('result')}`, not `{result}`")
            self.holds(job.output("exit_code") == str(code), f"{name}: the output exit_code is {job.output('exit_code')}")
            seen = [job.output(key) for key in ("passed", "failed", "errors")]
            self.holds(seen == [str(count) for count in counts or ["", "", ""]], f"{name}: counts {seen}")
            summary = job.summary.read_text() if job.summary.exists() else ""
            self.holds(summary and ("ran nothing" in summary) == (counts is None), f"{name}: summary `{summary[:200]}`")
            self.holds(not list(Path(folder).rglob("injected")), f"{name}: an input was run as code")
            for report in ("junit", "json"):
                paths = [job.workspace / path for path in job.output(report).split(",") if path]
                self.holds(bool(paths) == (counts is not None) and all(path.is_file() for path in paths),
                           f"{name}: {report} is `{job.output(report)}`")
            if inputs.get("junit") and counts:
                self.holds((job.workspace / inputs["junit"]).is_file(), f"{name}: no file at the input junit")
            silent = re.search("::stop-commands::(.+)", printed)
            self.holds(not counts or silent and f"::{silent[1]}::" in printed, f"{name}: commands stay stopped, or never were")

    def shards(self, windtunnel):
        """Plays a matrix of two jobs, and the one that merges: with both shards, and with one."""
        with tempfile.TemporaryDirectory() as folder:
            judge = Job(Path(folder) / "judge", WINDTUNNEL_BIN=windtunnel)
            awkward.write(judge.workspace)
            for index in range(2):
                job = Job(Path(folder) / str(index), WINDTUNNEL_BIN=windtunnel)
                job.strategy = (index, 2)
                awkward.write(job.workspace)
                ended, printed = job.play(spec="sound.toml", partition="auto", filter="good/test/clean/map:min")
                self.holds(ended == 0, f"part {index + 1}: exit code {ended}: {printed[-2000:]}")
                self.holds(job.output("result") == "answered", f"part {index + 1}: result {job.output('result')}")
                self.holds(not job.output("passed"), f"part {index + 1} has counts")
                shard = job.workspace / job.output("shard")
                self.holds(shard.is_file(), f"part {index + 1}: no shard at {shard}")
                place = judge.workspace / f"shards/shard-{index}"
                place.mkdir(parents=True)
                (place / shard.name).write_bytes(shard.read_bytes())
            ended, printed = judge.play(merge="shards")
            self.holds((ended, judge.output("result"), judge.output("passed")) == (0, "passed", "1"), f"merge: {printed}")
            shard.unlink()
            (place / shard.name).unlink()
            ended, printed = judge.play(merge="shards")
            self.holds((ended, judge.output("result")) == (5, "error"), f"a shard missing: {ended} {printed}")
            self.holds("shards are missing" in judge.summary.read_text(), "a shard missing: the summary does not say so")

    def install(self, name, code, tools, repository="", where="", **environment):
        """Plays the first step, with `tools` on the PATH in front."""
        with tempfile.TemporaryDirectory() as folder:
            job = Job(Path(folder) / "job", path=f"{tools}:/usr/bin:/bin", **environment)
            ended, printed = job.step(DEFINITION["runs"]["steps"][0], {}, repository)
            self.holds(ended == code, f"{name}: exit code {ended}, not {code}: {printed[-2000:]}")
            binary = job.outputs["install"].get("binary", "")
            self.holds((where in binary) if code == 0 else not binary, f"{name}: the binary is `{binary}`")
            if code == 0:
                told = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
                self.holds(told.strip() == f"windtunnel {VERSION}", f"{name}: version `{told}`")
            return printed

    def installs(self, windtunnel, folder):
        tools, release = folder / "tools", folder / "release"
        tools.mkdir()
        release.mkdir()
        self.install("a binary that is named", 0, tools, WINDTUNNEL_BIN=windtunnel)
        self.install("a name without a binary", 1, tools, WINDTUNNEL_BIN="/no/such/file")
        link = tools / "windtunnel"
        link.symlink_to(windtunnel)
        self.install("a binary on the PATH", 0, tools, where=str(tools))
        link.unlink()
        self.write(link, 'echo "windtunnel 0.0.0"')
        # Stand-ins: a release in a folder, and a cargo that says what it was asked for.
        self.write(tools / "curl", f'for last; do :; done\nwhile [ "$1" != --output ]; do shift; done\ncase $last in '
                   f'https://github.invalid/OWNER/windtunnel/releases/download/v{VERSION}/*) ;; *) exit 22 ;; esac\n'
                   f'cp "{release}/$(basename "$last")" "$2"')
        self.write(tools / "cargo", 'echo "cargo: $*"\nwhile [ "$1" != --path ]; do shift; done\ntest -f "$2/Cargo.toml"\n'
                   f'mkdir -p "$4/bin" && ln -s "{windtunnel}" "$4/bin/windtunnel"')
        built = self.install("no release, but sources", 0, tools, "OWNER/windtunnel", "temp")
        self.holds("cargo: install --locked --path" in built, f"no build from sources: {built}")
        with tarfile.open(release / ASSET, "w:gz", compresslevel=1) as archive:
            archive.add(windtunnel, "windtunnel")
        digest = hashlib.sha256((release / ASSET).read_bytes()).hexdigest()
        (release / "SHA256SUMS").write_text(f"{digest}  {ASSET}\n")
        got = self.install("a release", 0, tools, "OWNER/windtunnel", "temp")
        self.holds("cargo:" not in got, "a build, though there is a release")
        (release / "SHA256SUMS").write_text(f"{'0' * 64}  {ASSET}\n")
        refused = self.install("a release with a wrong checksum", 1, tools, "OWNER/windtunnel")
        self.holds("cargo:" not in refused, "a build after a wrong checksum")
        (release / "SHA256SUMS").write_text(f"{digest}  another file\n")
        self.install("a release without a checksum", 1, tools, "OWNER/windtunnel")

    @staticmethod
    def write(path, script):
        path.write_text(f"#!/bin/bash\nset -e\n{script}\n")
        path.chmod(0o755)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    windtunnel, check = str(Path(sys.argv[1]).resolve()), Check()
    check.definition()
    check.run(windtunnel, "passing", 0, "passed", (1, 0, 0), filter="good/test/clean/map:min", junit="out/junit.xml")
    check.run(windtunnel, "failing", 1, "failed", (2, 1, 0), filter="good/test/clean/map:min\r\ngood/test/*/map:max_drop",
              args="--limit\n12\n-k\ngood/test/blur@2/map:max_drop")
    check.run(windtunnel, "not judged", 3, "error", (6, 4, 1), spec="awkward.toml")
    check.run(windtunnel, "a broken spec", 2, "error", None, spec="wrong.toml")
    check.run(windtunnel, "an unknown option", 2, "error", None, args="--no-such-option")
    check.run(windtunnel, "an unknown profile", 2, "error", None, profile="quick")
    check.run(windtunnel, "nothing selected", 4, "error", None, filter=INJECTION.replace("`", "'"))
    check.run(windtunnel, "inputs that look like code", 2, "error", None, spec=INJECTION, args="")
    check.shards(windtunnel)
    with tempfile.TemporaryDirectory() as folder:
        check.installs(windtunnel, Path(folder))
    print("\n".join([*check.wrong, f"{check.count} properties of the action: {len(check.wrong)} faults"]))
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
