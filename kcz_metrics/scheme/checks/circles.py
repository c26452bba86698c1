"""Circles in what refers to what, found in one pass however large the scheme is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

#: Links of a circle that are shown.
_SHOWN = 8


def circles(edges: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """Each thing that refers back to itself, to all that stand in the same circles: Tarjan's components, without recursion.

    >>> sorted(circles({"a": ["b"], "b": ["a", "c"], "c": []})["a"])
    ['a', 'b']
    """
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    open_: set[str] = set()
    found: dict[str, frozenset[str]] = {}
    for start in edges:
        if start in number:
            continue
        work: list[tuple[str, Iterator[str]]] = [(start, iter(edges[start]))]
        number[start] = lowest[start] = len(number)
        stack.append(start)
        open_.add(start)
        while work:
            here, following = work[-1]
            for other in following:
                if other not in number:
                    number[other] = lowest[other] = len(number)
                    stack.append(other)
                    open_.add(other)
                    work.append((other, iter(edges.get(other, ()))))
                    break
                if other in open_:
                    lowest[here] = min(lowest[here], number[other])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    lowest[above] = min(lowest[above], lowest[here])
                if lowest[here] == number[here]:
                    at = stack.index(here) if stack[-1] != here else len(stack) - 1
                    members = frozenset(stack[at:])
                    del stack[at:]
                    open_ -= members
                    if len(members) > 1 or here in edges.get(here, ()):
                        found.update(dict.fromkeys(members, members))
    return found


def way_round(start: str, edges: Mapping[str, Sequence[str]]) -> str:
    """The shortest way from a thing back to itself, ``a → b → a``, shortened where it is long."""
    came: dict[str, str] = {}
    waiting = [start]
    for here in waiting:
        for other in edges.get(here, ()):
            if other == start:
                path = [here]
                while path[-1] != start:
                    path.append(came[path[-1]])
                path.reverse()
                shown = path if len(path) <= _SHOWN else [*path[: _SHOWN - 1], "…"]
                return " → ".join([*shown, start])
            if other not in came:
                came[other] = here
                waiting.append(other)
    return start
