"""`make bench`: the hub's pages beside a bare Flask page, in one run, as ratios. Never a timed test."""
