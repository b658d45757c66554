"""Benchmarks: `python -m tests.benchmarks` prints speeds as ratios from one run."""
