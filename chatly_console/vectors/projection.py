"""Puts vectors on a plane by principal components (numpy only): an overview, not a map of distances."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plane:
    """Two axes through the middle of the data, and the share of all variance that each of them shows."""

    middle: Points
    axes: Points
    shares: tuple[float, float]

    def project(self, vectors: Points) -> Points:
        """The two coordinates of each vector."""
        placed: Points = ((vectors - self.middle) @ self.axes).astype(np.float32)
        return placed


def principal_plane(vectors: Points) -> Plane:
    """The plane that shows most of the variance of these vectors (one a row, at least one, all numbers finite).

    The covariance matrix has the size of the dimensions, so its eigenvectors cost the same for any number of rows;
    where there are fewer rows than dimensions, those of the rows' inner products give the same plane for less.
    """
    middle: Points = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred = vectors - middle
    rows, dimensions = centred.shape
    if rows >= dimensions:
        values, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
        axes = directions[:, ::-1][:, :2]
    else:
        values, directions = np.linalg.eigh((centred @ centred.T).astype(np.float64))
        axes = centred.T.astype(np.float64) @ directions[:, ::-1][:, :2]
        lengths = np.linalg.norm(axes, axis=0)
        axes = axes / np.where(lengths > 0, lengths, 1)
    values = np.clip(values[::-1], 0, None)
    total = float(values.sum())
    padded = np.concatenate([values[:2], np.zeros(2)])
    shares = (float(padded[0]) / total, float(padded[1]) / total) if total > 0 else (0.0, 0.0)
    if axes.shape[1] < 2:
        axes = np.hstack([axes, np.zeros((dimensions, 2 - axes.shape[1]))])
    return Plane(middle, _pointing_up(axes).astype(np.float32), shares)


def _pointing_up(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The axes with their largest entry positive: the sign of an eigenvector is chance, and a map should not flip."""
    largest = np.abs(axes).argmax(axis=0)
    signs = np.sign(axes[largest, np.arange(axes.shape[1])])
    turned: NDArray[np.float64] = axes * np.where(signs == 0, 1, signs)
    return turned
