"""Starting up: help needs none of the heavy libraries, and so is quick."""

import subprocess
import sys

HEAVY = ("numpy", "pandas", "scipy", "numba", "pydantic", "duckdb", "jinja2", "rich", "yaml", "simpy")
PROGRAM = """
import sys
sys.argv = ["hrsim", "--help"]
from hrsim.cli import main
try:
    main()
finally:
    print("loaded:", [name for name in {heavy} if name in sys.modules])
"""


def test_help_loads_no_heavy_library():
    shown = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(heavy=HEAVY)], capture_output=True, text=True, check=True
    )
    assert shown.stdout.endswith("loaded: []\n")
