#!/usr/bin/env python3
"""Kills windtunnel at random moments, by SIGKILL and by SIGINT, and holds what is left against what it promises: reports
are whole or absent, the store is intact, nothing that was answered is asked again, and the run that follows has the record
of one that nobody disturbed. Its children end with it.

    python .ci/faults.py WINDTUNNEL [ROUNDS [FIRST]]     exit 1 with what is wrong

Round N draws its moment from the seed N: one that fails can be made again alone (`ROUNDS` 1, `FIRST` N).
"""
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from contextlib import closing
from pathlib import Path

import desk

ROOT = Path(__file__).resolve().parent.parent
NAME, STORE, OUT = "faults", ".windtunnel/store.sqlite", "target/windtunnel/faults"
REPORTS = ("record.json", "junit.xml", "report.html")
# Seconds: what was killed is gone at once, children as soon as they find their input ended.
GONE, CHILDREN_GONE = 10, 5

# Boxes drawn by the digest of the picture: the same picture, the same boxes.
CHILD = """
import hashlib, json, os, random, sys
open("pids", "a").write(f"{os.getpid()}\\n")
print('{"windtunnel": 1}', flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    drawn = random.Random(hashlib.sha256(asked["png_base64"].encode()).digest())
    found = [{"bbox": [drawn.uniform(0, 200), drawn.uniform(0, 200), 80, 80], "category": drawn.choice(["RBC", "WBC"]),
              "score": drawn.random()} for _ in range(9)]
    print(json.dumps({"id": asked["id"], "detections": found}), flush=True)
"""

SPEC = f"""
version = 1
name = "{NAME}"
[dataset.test]
format = "coco"
path = "{ROOT}/examples/bccd/annotations/test.json"
images = "{ROOT}/examples/bccd/images"
limit = 8
[model.inside]
kind = "onnx"
engine = "rten"
path = "{ROOT}/examples/models/bccd_a.onnx"
labels = ["RBC", "WBC", "Platelets"]
[model.child]
kind = "subprocess"
command = ["{sys.executable}", "child.py"]
files = ["child.py"]
workers = 2
[perturbation.blur]
kind = "gaussian_blur"
severity = [2, 4]
[perturbation.noise]
kind = "gaussian_noise"
severity = 3
[[check]]
on = "all"
min = 0.3
[[check]]
on = ["clean", "blur", "noise"]
max_regression = 0.5
"""


class Workshop:
    """A folder with the spec, in which the program is run, and killed."""

    def __init__(self, program, folder):
        self.program, self.folder = program, Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "spec.toml").write_text(SPEC)
        (self.folder / "child.py").write_text(CHILD)

    def start(self, *args):
        return subprocess.Popen([self.program, *args], cwd=self.folder, env=desk.environment(), stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True, errors="replace")

    def run(self, *args, codes=(0,)):
        """Runs to the end; the seconds it took."""
        before = time.monotonic()
        child = self.start(*args)
        _, told = child.communicate(timeout=120)
        assert child.returncode in codes, f"exit code {child.returncode}: {args}: {told[-2000:]}"
        return time.monotonic() - before

    def disturb(self, how, moment, *args, times=1):
        """Runs, and sends `how`, so many times, at `moment` seconds after the start; the exit code and what was said."""
        child = self.start(*args)
        time.sleep(moment)
        for _ in range(times):
            child.send_signal(how)
        _, told = child.communicate(timeout=GONE)
        return child.returncode, told

    def record(self):
        path = self.folder / OUT / "record.json"
        return json.loads(path.read_text()) if path.exists() else None

    def kept(self):
        """Answers in the store, which must be intact; read from a copy, so that its journal stays as the kill left it."""
        folder = self.folder / ".windtunnel"
        if not (folder / "store.sqlite").exists():
            return 0
        with tempfile.TemporaryDirectory() as copy:
            for file in folder.iterdir():
                shutil.copy(file, copy)
            with closing(sqlite3.connect(Path(copy) / "store.sqlite")) as store:
                assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the store is damaged"
                if not store.execute("SELECT 1 FROM sqlite_schema WHERE name = 'answers'").fetchone():
                    return 0
                return store.execute("SELECT count(*) FROM answers").fetchone()[0]

    def temporary(self):
        return [path for path in self.folder.rglob(".windtunnel-*") if path.is_file()]

    def children(self):
        """Children that are still there, after the time that they may take."""
        pids = self.folder / "pids"
        pids = pids.read_text().split() if pids.exists() else []
        end = time.monotonic() + CHILDREN_GONE
        while (left := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < end:
            time.sleep(0.02)
        return left


def is_alive(pid):
    """Whether a process runs; one that has ended and that nobody has asked after does not."""
    try:
        return (Path("/proc") / pid / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def judged(record):
    """A record without the times, which are no two runs' the same."""
    return {key: value for key, value in record.items() if key != "times"}


def whole(folder):
    """The record, JUnit XML and page in a folder, each of which must be whole where it is there."""
    record, junit, page = (folder / name for name in REPORTS)
    if record.exists():
        json.loads(record.read_text())
    if junit.exists():
        ET.parse(junit)
    assert not page.exists() or page.read_text().rstrip().endswith("</html>"), "half a page"


def says_interrupted(workshop):
    """Whether the reports of an interrupted run are there, and say what they are."""
    record = workshop.record()
    assert record and record["interrupted"] is True, "the record of an interrupted run does not say so"
    assert "interrupted" in (workshop.folder / OUT / "junit.xml").read_text(), "JUnit XML does not say so"
    assert "was interrupted" in (workshop.folder / OUT / "report.html").read_text(), "the page does not say so"


class Soak:
    """The rounds, and what one undisturbed run of each command is."""

    def __init__(self, program, folder, rounds, first):
        self.program, self.folder = program, Path(folder)
        self.seeds = range(first, first + rounds)
        self.left, self.wrong = 0, []
        calm = self.workshop("calm")
        self.seconds = calm.run("run", "spec.toml", codes=(1,))
        self.calm, self.record = calm, judged(calm.record())
        times = calm.record()["times"]
        assert times["from_store"] == 0 and not self.record["interrupted"]
        self.frames = times["asked"]

    def tried(self, name, work, *args):
        """Does some work, and notes what is wrong."""
        try:
            work(*args)
        except (AssertionError, OSError, ValueError, ET.ParseError, sqlite3.Error, subprocess.SubprocessError) as error:
            self.wrong.append(name)
            print(f"FAIL {name}: {error!r}", flush=True)

    def workshop(self, name):
        return Workshop(self.program, self.folder / name)

    def moment(self, drawn, seconds):
        """A moment of a command that takes so long; now and then one after its end."""
        return drawn.uniform(0, 1.03 * seconds)

    def goes_on(self, workshop, kept):
        """A run after the kill: it asks what is missing, and no more, and ends as if nothing had been."""
        workshop.run("run", "spec.toml", codes=(1,))
        record = workshop.record()
        times = record["times"]
        assert (times["from_store"], times["asked"]) == (kept, self.frames - kept), f"{kept} were kept, but {times}"
        assert judged(record) == self.record, "another record than that of an undisturbed run"
        assert workshop.kept() == self.frames

    def round(self, seed):
        """One run, killed once or twice, and what follows."""
        drawn = random.Random(seed)
        workshop = self.workshop(str(seed))
        kept, left = 0, 0
        for _ in range(drawn.choice([1, 1, 2])):
            # GNU timeout and some supervisors interrupt a process and its group: it is heard twice.
            how, times = drawn.choice([(signal.SIGKILL, 1), (signal.SIGINT, 1), (signal.SIGINT, 2)])
            code, told = workshop.disturb(how, self.moment(drawn, self.seconds), "run", "spec.toml", times=times)
            whole(workshop.folder / OUT)
            before, kept = kept, workshop.kept()
            assert kept >= before, "answers are lost"
            assert not workshop.children(), f"children are left: {workshop.children()}"
            assert "panicked" not in told, told
            new = len(workshop.temporary()) - left
            if how == signal.SIGINT:
                assert new == 0, f"an interrupt leaves {workshop.temporary()}"
                assert code in (1, 130, -signal.SIGINT), f"exit code {code}: {told[-2000:]}"
                if code == 130 and workshop.record():
                    says_interrupted(workshop)
            else:
                assert code in (1, -signal.SIGKILL), f"exit code {code}: {told[-2000:]}"
                assert new <= 1, f"a kill leaves {workshop.temporary()}"
            left += new
        self.goes_on(workshop, kept)
        self.left += left
        shutil.rmtree(workshop.folder)

    def shared(self, seed):
        """Two runs with one store, both killed."""
        drawn = random.Random(seed)
        one, other = self.workshop(f"{seed}-one"), self.workshop(f"{seed}-other")
        running = [one.start("run", "spec.toml"), other.start("run", "spec.toml", "--store", f"../{seed}-one/{STORE}")]
        for child in running:
            time.sleep(self.moment(drawn, self.seconds) / 2)
            child.kill()
            _, told = child.communicate(timeout=GONE)
            assert "panicked" not in told and "note: answers" not in told, told
        assert not one.children() + other.children(), "children are left"
        for workshop in (one, other):
            whole(workshop.folder / OUT)
        self.goes_on(one, one.kept())

    def command(self, seed, seconds, args, make, holds):
        """A command that only reads and writes files, killed; then run to its end."""
        drawn = random.Random(seed)
        workshop = self.workshop(f"{args[0]}-{seed}")
        make(workshop)
        how = drawn.choice([signal.SIGKILL, signal.SIGINT, signal.SIGINT])
        before = len(workshop.temporary())
        code, told = workshop.disturb(how, self.moment(drawn, seconds), *args)
        assert "panicked" not in told, told
        if how == signal.SIGINT:
            assert len(workshop.temporary()) == before, f"an interrupt leaves {workshop.temporary()}"
        assert code in (0, 1, 130, -how), f"exit code {code}: {told[-2000:]}"
        whole(workshop.folder / OUT)
        holds(workshop)
        self.left += len(workshop.temporary())
        shutil.rmtree(workshop.folder)


def copy_of(folder, *names):
    """Fills a workshop with parts of another."""
    def make(workshop):
        for name in names:
            source, target = folder / name, workshop.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    return make


def commands(soak, seeds):
    """Everything else that writes files: `run --partition`, `merge`, `report`, `baseline accept`, `cache clean`."""
    shards, base = soak.workshop("shards"), soak.workshop("base")
    for part in ("1/2", "2/2"):
        part_seconds = shards.run("run", "spec.toml", "--partition", part)
    places = [f"target/windtunnel/shards/{NAME}-{part}-of-2.jsonl.gz" for part in (1, 2)]
    copy_of(shards.folder, *places)(base)
    merge = ("merge", "target/windtunnel/shards")
    merge_seconds = base.run(*merge, codes=(1,))
    assert judged(base.record()) == soak.record, "shards merge into another record"

    def merged(workshop):
        workshop.run(*merge, codes=(1,))
        assert judged(workshop.record()) == soak.record

    def answered(workshop):
        for place in map(workshop.folder.joinpath, places):
            if place.exists():
                subprocess.run(["gzip", "--test", place], check=True)
        workshop.run("run", "spec.toml", "--partition", "1/2")
        copy_of(shards.folder, places[1])(workshop)
        merged(workshop)

    report = ("report", f"{OUT}/record.json", "--to", "html", "--out", "page.html")
    report_seconds = min(base.run(*report) for _ in range(5))
    page = (base.folder / "page.html").read_text()

    def reported(workshop):
        assert (workshop.folder / "page.html").read_text() == page, "a page that was there is damaged"
        workshop.run(*report)

    # Accepted once, then again for another reason: what lies there is the one or the other, or told to be neither.
    accept = ("baseline", "accept", f"{OUT}/record.json", "--failed", "--reason", "another")
    base.run(*accept[:-1], "first")
    accepted = [path.name for path in base.folder.glob("*.baseline*.json")]
    assert accepted, "no baseline was written"
    accept_seconds = min(base.run(*accept) for _ in range(5))

    def is_accepted(workshop):
        shown = workshop.start("baseline", "show")
        _, told = shown.communicate(timeout=GONE)
        assert shown.returncode == 0 or "do not belong together" in told, told
        workshop.run(*accept)
        workshop.run("baseline", "show")

    clean = ("cache", "clean", "--larger-than", "1")
    copy_of(soak.calm.folder, ".windtunnel")(base)
    clean_seconds = base.run(*clean)

    def cleaned(workshop):
        soak.goes_on(workshop, workshop.kept())

    kept = copy_of(base.folder, OUT, "page.html", *accepted)
    slow = [(part_seconds, ("run", "spec.toml", "--partition", "1/2"), lambda _: None, answered),
            (merge_seconds, merge, copy_of(shards.folder, *places), merged),
            (clean_seconds, clean, copy_of(soak.calm.folder, ".windtunnel"), cleaned)]
    quick = [(report_seconds, report, kept, reported), (accept_seconds, accept, kept, is_accepted)]
    for seed in seeds:
        for case in slow:
            soak.tried(f"{case[1][0]} {seed}", soak.command, seed, *case)
        # These take milliseconds, most of which they write in.
        for case in quick:
            for again in range(5):
                soak.tried(f"{case[1][0]} {seed} {again}", soak.command, f"{seed} {again}", *case)


def main():
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    program = str(Path(sys.argv[1]).resolve())
    rounds, first = [int(word) for word in sys.argv[2:]] + [50, 0][len(sys.argv) - 2:]
    before = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(program, folder, rounds, first)
        print(f"an undisturbed run: {soak.frames} frames in {soak.seconds:.2f} s", flush=True)
        for seed in soak.seeds:
            soak.tried(f"round {seed}", soak.round, seed)
        few = range(first, first + max(1, rounds // 8))
        for seed in few:
            soak.tried(f"two runs {seed}", soak.shared, seed)
        commands(soak, few)
    print(f"{rounds} runs and {15 * len(few)} other commands disturbed in {time.monotonic() - before:.0f} s; "
          f"{soak.left} temporary files left by kills; {len(soak.wrong)} faults")
    return 1 if soak.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
