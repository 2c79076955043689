"""What the recall lab of the pane holds: the curve, what it is laid beside, and how it is asked."""

from dataclasses import dataclass

from chatly_console.vectors.lab import Curve, Point, Settings
from chatly_console.vectors.saved import Circumstances, SavedCurve


@dataclass
class LabState:
    """One measurement and the choices around it; another column begins afresh."""

    curve: Curve | None = None
    about: Circumstances | None = None
    trials_about: Circumstances | None = None
    """Those of the trials that are on show in the Index view."""
    other: SavedCurve | None = None
    sweep: tuple[Settings, ...] = ()
    own: bool = False
    shows_worst: bool = False
    worst_of: Point | None = None
