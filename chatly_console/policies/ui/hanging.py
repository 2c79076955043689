"""Lines that are folded under their own beginning, so that an indented line stays indented."""

from collections.abc import Iterable

from textual.content import Content

_DEEPER = 2


def hanging(lines: Iterable[Content], width: int) -> Content:
    """The lines in at most `width` cells each; what does not fit goes on a little deeper. Width 0 is unknown."""
    folded: list[Content] = []
    for line in lines:
        plain = line.plain
        indent = len(plain) - len(plain.lstrip(" "))
        if width <= indent + 20 or line.cell_length <= width:
            folded.append(line)
            continue
        first, *rest = line[indent:].wrap(width - indent - _DEEPER)
        folded.append(Content(" " * indent) + first)
        folded += [Content(" " * (indent + _DEEPER)) + more for more in rest]
    return Content("\n").join(folded)
