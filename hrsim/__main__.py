"""Let `python -m hrsim` do what the command `hrsim` does."""

from hrsim.cli import main

if __name__ == "__main__":
    main()
