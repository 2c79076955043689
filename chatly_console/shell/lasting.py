"""Takes what lasts as long as the console out of the sight of Python's garbage collector.

Every few seconds of typing, drawing fills the memory with lines that refer to themselves, and the collector looks
through all that there is to find them. Modules, styles and widgets are most of that and never garbage: with them in its
sight a look took 50 to 80 ms, in which no key is answered; without them it takes 10 to 25 ms.

The quick looks at what is young come seldom too. What a pane makes that draws itself anew each second takes the place
of what it made the second before, and that is gone by itself; yet it is more than Python lets pass without a look.
"""

import gc

_YOUNG = 5_000
"""How many more objects there may be than at the last look until the young ones are looked at; Python's own is 700."""


def set_aside() -> None:
    """Never look again at what there is now: called when a pane has been built, and its modules imported."""
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
    if gc.get_freeze_count():
        gc.collect()  # or what was thrown away since the last time would be kept; at first that is next to nothing
    gc.freeze()


def look_again() -> None:
    """Find what has become garbage of all that was set aside: called when another database has come in place of one."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
