"""Engines that turn records, or a file, into the values of an index's indicators."""
