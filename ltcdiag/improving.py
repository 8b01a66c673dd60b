"""The half of the front door that goes round the improvement cycle: each function joins rooms that must not see each
other."""

from __future__ import annotations
