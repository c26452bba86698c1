"""Flags on records: what looks wrong, said with its evidence. A flag changes no score; a recorded decision of a person does.

Imported by module, not from here: reading the rules loads what they compute with.
"""
