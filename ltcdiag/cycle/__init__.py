"""The improvement cycle: the one thing that remembers, in plain files."""
