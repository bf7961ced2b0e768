"""Runs a spec on a Ray cluster: every task answers a part, the driver merges and judges. Its exit code is the verdict.

    pip install ray
    python ray_job.py specs/quickstart.toml --parts 8
    ray job submit --working-dir . -- python ray_job.py specs/quickstart.toml --parts 64

Specs, datasets and models have to be where tasks run: in the job's working directory, or on a file system that all
machines see. Shards come back through Ray, so that nothing has to be written to a common folder. `windtunnel` has to be
installed on every machine (`--program` names it).
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import ray


@ray.remote(num_cpus=1, max_retries=2)
def answer(program: str, spec: str, part: int, parts: int) -> tuple[int, str, dict[str, bytes]]:
    """Answers one part: exit code, what it said, and its shards by name. Interrupted parts come back without shards."""
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "run", spec, "--partition", f"{part}/{parts}", "--jobs", "1", "--shards", folder]
        command += ["--store", f"{folder}/store.sqlite"]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        shards = {path.name: path.read_bytes() for path in pathlib.Path(folder).glob("*.jsonl.gz")}
        return done.returncode, done.stderr, shards


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spec", help="a spec, a folder of specs or a glob")
    parser.add_argument("--parts", type=int, default=8, help="into how many parts the images are split")
    parser.add_argument("--program", default="windtunnel", help="the program, as tasks find it")
    parser.add_argument("merge", nargs="*", help="after `--`: arguments of `windtunnel merge`, such as --junit junit.xml")
    args = parser.parse_args()
    ray.init(ignore_reinit_error=True)
    pending = [answer.remote(args.program, args.spec, part, args.parts) for part in range(1, args.parts + 1)]
    with tempfile.TemporaryDirectory() as folder:
        while pending:
            (done,), pending = ray.wait(pending)
            code, said, shards = ray.get(done)
            print(said, file=sys.stderr, end="")
            if code not in (0, 3):  # 3: some frames have no answer, which the merged run judges
                return code
            for name, shard in shards.items():
                (pathlib.Path(folder) / name).write_bytes(shard)
        return subprocess.run([args.program, "merge", folder, *args.merge], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
