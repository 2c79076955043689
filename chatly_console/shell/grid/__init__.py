"""The grid of rows: results, catalogue lists and findings, and the details of one row or one cell."""

from chatly_console.shell.grid.result_grid import ResultGrid

__all__ = ["ResultGrid"]
