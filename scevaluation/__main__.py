"""`python -m scevaluation` is the command line."""

from scevaluation.cli import main

if __name__ == "__main__":
    main()
