"""Draws README's picture: what `windtunnel run specs/regression.toml` prints, as docs/images/regression.svg.

    python .ci/picture.py PATH_OF_WINDTUNNEL       needs the package rich
"""
import re
import subprocess
import sys

from rich.console import Console
from rich.text import Text

WIDTH = 100
COMMAND = ["run", "specs/regression.toml", "-q", "--color", "always"]

ran = subprocess.run([sys.argv[1], *COMMAND], capture_output=True, text=True, check=False)
assert ran.returncode == 1, ran.stderr
report = re.sub(r"reports: .*$", "", ran.stdout, flags=re.DOTALL)
# The sentence with the table, and one failure, are enough for a picture.
parts = re.split(r"(?m)^(?=\x1b\[\S*(?:FAIL|regression))", report)
shown = "".join([*parts[:3], parts[-1]]).rstrip()
console = Console(record=True, width=WIDTH, file=open("/dev/null", "w", encoding="utf-8"), force_terminal=True)
console.print(Text("$ windtunnel run specs/regression.toml", style="bold"))
console.print(Text.from_ansi(shown))
console.print(Text("$ echo $?\n1", style="bold"))
svg = console.export_svg(title="windtunnel")
svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S)  # no fonts from the network: the viewer's own monospace
svg = svg.replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")
with open("docs/images/regression.svg", "w", encoding="utf-8") as file:
    file.write(svg)
