"""Defects of the data: found in cells before they have types, and in rows after; each rule by its name."""
