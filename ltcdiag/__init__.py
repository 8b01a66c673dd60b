"""ltcdiag: how a Lead-to-Cash process really runs, from the exports a company already has."""
