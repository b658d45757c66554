"""Compare harm-reduction service mixes: a study in, costs and outcomes out."""

__version__ = "0.1.0"
