"""What a scorecard means: what made a score, what moved, how sure it is. Pure functions of scorecards."""
