"""The command line: thin verbs over the library; heavy imports live inside them."""

import sys

INTERRUPTED_EXIT_CODE = 130
STOPPED = (
    "stopped: what was finished is kept; type the same command again (a run or a calibration: with --resume)"
)


def main() -> None:
    """Run the command line and exit; a stop is words and an exit code from the first import on."""
    try:
        from hrsim.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write(STOPPED + "\n")
        sys.exit(INTERRUPTED_EXIT_CODE)
