"""Sensitivity: what results depend on, from the draws of a stored run and from new simulations with the same luck."""
