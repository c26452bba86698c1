"""What runs in a process of its own: the reading of a file that nobody has looked at yet.

Nothing here imports anything but the standard library and its neighbours, so that the process starts in a few hundredths of a second. It is
started as a package of its own; hence the relative imports.
"""
