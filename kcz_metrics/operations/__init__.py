"""Keeping the house: backup, restore and its drill, the doctor, and what changed between two snapshots."""
