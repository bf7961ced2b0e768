"""Models elsewhere, for real: a shipped model behind MLServer (tensors as JSON) and KServe (as JSON and as bytes) through
`kind = "oip"` must give the figures of the same file inside windtunnel (1e-3), and the Python example of
`kind = "subprocess"` must find white blood cells.

    elsewhere.py WINDTUNNEL [PYTHON_WITH_KSERVE]

Without a Python that has `requirements-kserve.txt` (800 MB) KServe is left out.
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "examples/models/bccd_a.onnx"
START_SECONDS = 180
LABELS = 'labels = ["RBC", "WBC", "Platelets"]\nconfidence = 0.01\n'


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def start_mlserver(folder):
    """MLServer with the model as `cells`, and its address."""
    http, grpc, metrics = free_ports(3)
    settings = {"host": "127.0.0.1", "http_port": http, "grpc_port": grpc, "metrics_port": metrics, "parallel_workers": 0}
    model = {"name": "cells", "implementation": "server_model.Onnx", "parameters": {"uri": str(MODEL), "version": "1"}}
    (folder / "settings.json").write_text(json.dumps(settings))
    (folder / "model-settings.json").write_text(json.dumps(model))
    (folder / "server_model.py").write_bytes((ROOT / ".ci/oip_model/server_model.py").read_bytes())
    command = [sys.executable, "-c", "from mlserver.cli import main; main()", "start", str(folder)]
    return start(command, folder, f"http://127.0.0.1:{http}")


def start_kserve(folder, python):
    """KServe's model server with the model as `cells`, and its address."""
    [http] = free_ports(1)
    command = [python, str(ROOT / ".ci/oip_model/kserve_model.py"), str(MODEL), str(http)]
    return start(command, folder, f"http://127.0.0.1:{http}")


def start(command, folder, url):
    log = open(folder / "server.log", "wb")
    server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(START_SECONDS):
        time.sleep(1)
        try:
            opener.open(f"{url}/v2/models/cells/ready")
            return server, url
        except (urllib.error.URLError, ConnectionError):
            if server.poll() is not None:
                break
    server.kill()
    sys.exit(f"the server does not start:\n{(folder / 'server.log').read_text()[-3000:]}")


def run(program, folder, name, models, checks, images=72):
    """The record of a run on some of the 72 images."""
    dataset = (
        f'[dataset.test]\nformat = "coco"\npath = "{ROOT}/examples/bccd/annotations/test.json"\n'
        f'images = "{ROOT}/examples/bccd/images"\nlimit = {images}\n[perturbation.blur]\nkind = "gaussian_blur"\nseverity = 3\n'
    )
    (folder / f"{name}.toml").write_text(f'version = 1\nname = "{name}"\n{dataset}{models}{checks}')
    environment = os.environ | {"NO_PROXY": "127.0.0.1"}
    ran = subprocess.run([program, "run", f"{name}.toml"], cwd=folder, env=environment)
    if ran.returncode:
        sys.exit(f"exit code {ran.returncode}")
    return json.loads((folder / f"target/windtunnel/{name}/record.json").read_text())


def oip(program, folder, name, started, ways, images):
    """`ways`: the lines of the spec for each way to send tensors."""
    server, url = started
    try:
        models = f'[model.here]\nkind = "onnx"\npath = "{MODEL}"\n{LABELS}'
        for way, lines in ways.items():
            models += f'[model.{way}]\nkind = "oip"\nurl = "{url}"\nmodel = "cells"\n{LABELS}{lines}\n'
        record = run(program, folder, name, models, '[[check]]\non = "clean"\nmin = 0.4\n[[check]]\non = "blur"\nmax_drop = 0.1\n', images)
    finally:
        server.terminate()
        server.wait()
    figures = {(cell["model"], cell["condition"]): cell["figures"] for cell in record["cells"]}
    for way in ways:
        worst = 0.0
        for condition in ("clean", "blur@3"):
            here, there = figures["here", condition], figures[way, condition]
            worst = max([worst] + [abs(here[name] - there[name]) for name in here if here[name] is not None])
        print(f"{name}, {way}: figures of the server and of the file differ by at most {worst:.1e}")
        assert worst <= 1e-3, figures


def child(program, folder):
    shutil.copy(ROOT / "examples/python/nuclei.py", folder)
    os.environ["PYTHONPATH"] = str(ROOT / "python")
    command = json.dumps([sys.executable, "-m", "windtunnel.serve", "nuclei:predict"])
    models = f'[model.f]\nkind = "subprocess"\ncommand = {command}\nfiles = ["nuclei.py"]\nworkers = 2\n'
    checks = '[[check]]\non = ["clean", "blur"]\nmetric = "map50"\ncategory = "WBC"\nmin = 0.3\n'
    run(program, folder, "child", models, checks)


if __name__ == "__main__":
    program = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        oip(program, folder, "mlserver", start_mlserver(folder), {"text": ""}, 72)
        if len(sys.argv) > 2:
            oip(program, folder, "kserve", start_kserve(folder, sys.argv[2]), {"text": "", "bytes": "binary = true"}, 12)
        child(program, folder)
