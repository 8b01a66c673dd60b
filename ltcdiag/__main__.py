"""`python -m ltcdiag` for a computer that does not find the command `ltcdiag`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
