"""No random word answers two questions: answers of every process are independent of the row and of each other."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_word_answers_two_questions_and_every_process_was_heard() -> None:
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-m", "tests.full_model.words"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    idle, count, *faults = done.stdout.splitlines()
    assert idle == "idle:"
    assert int(count.removeprefix("words:")) > 20_000
    assert faults == []
