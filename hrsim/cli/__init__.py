"""The command line: thin verbs over the library; heavy imports live inside them."""

from hrsim.cli.app import main

__all__ = ["main"]
