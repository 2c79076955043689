"""Runs the ten points of the review, and shows each as soon as it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatly_console.advisor.views import ReviewView
from chatly_console.review.items import ITEMS, Reviewed
from chatly_console.review.service import review

if TYPE_CHECKING:
    from chatly_console.advisor.ui.pane import AdvisorPane


async def review_all(pane: AdvisorPane) -> None:
    """Look at one point after the other; nothing is written but in transactions that are rolled back."""
    database = pane.database()
    pane.waiting("Looking at the first point of the review")
    points: list[Reviewed] = []
    async for point in review(database, pane.folder):
        points.append(point)
        row = pane.row if isinstance(pane.view, ReviewView) else 0
        pane.show(ReviewView(tuple(points), len(ITEMS)), row)
