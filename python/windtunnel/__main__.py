"""`python -m windtunnel`: the program of this environment."""

import subprocess
import sys

from ._program import program
from .errors import WindtunnelError

try:
    # A child, not `exec`: on Windows that returns to the shell at once.
    code = subprocess.run([str(program()), *sys.argv[1:]], check=False).returncode
except WindtunnelError as error:
    sys.exit(f"error: {error}")
except KeyboardInterrupt:
    code = 130
sys.exit(code)
