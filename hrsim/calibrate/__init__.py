"""Calibration: fit a setting to published series with likelihoods, and carry the posterior into studies."""
