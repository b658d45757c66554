"""Run a study's draws and replicates over threads, keep each on disk, and measure what happened."""
