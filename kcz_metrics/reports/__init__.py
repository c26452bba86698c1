"""Reports to hand on: workbooks of a ranking and of a unit's profile."""
