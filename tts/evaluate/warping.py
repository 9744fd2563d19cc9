"""Find which frames of two signals belong together, by dynamic time warping."""

from __future__ import annotations

import numpy as np

# What a warping path may do: both a frame on, the first alone, the second alone.
STEPS = ((1, 1), (1, 0), (0, 1))


def dtw(cost_TU: np.ndarray) -> np.ndarray:
    """Find the cheapest monotonic path through a matrix of costs, from corner to corner.

    Steps (1, 1), (1, 0) and (0, 1) weigh the same (Sakoe and Chiba 1978, without slope
    constraint); of equally cheap paths the shortest counts, so that the mean cost along the
    path does not change when the matrix is transposed.

    Args:
      cost_TU: costs of at least 0, at least one row and one column.

    Returns: int64 (P, 2), the rows and columns that the path visits.
    """
    num_rows, num_columns = cost_TU.shape
    num_diagonals = num_rows + num_columns - 1
    flat = np.ascontiguousarray(cost_TU, dtype=np.float64).ravel()
    moves = np.zeros((num_diagonals, num_rows), dtype=np.int8)
    # Of the last two diagonals, total cost and length of the path to each row; row i stands in
    # column i + 1, and what lies outside of the matrix is infinitely far.
    outside = np.full((2, num_rows + 1), np.inf)
    last, before_last = outside.copy(), outside
    last[:, 1] = flat[0], 1
    for diagonal in range(1, num_diagonals):
        low, high = max(0, diagonal - num_columns + 1), min(num_rows, diagonal + 1)
        here, down = slice(low, high), slice(low + 1, high + 1)
        # In the order of STEPS.
        cost, length = np.stack((before_last[:, here], last[:, here], last[:, down]), axis=1)
        cheapest = cost.min(0)
        length = np.where(cost == cheapest, length, np.inf)
        moves[diagonal, here] = length.argmin(0)
        row = np.arange(low, high)
        now = outside.copy()
        now[0, down] = cheapest + flat[row * (num_columns - 1) + diagonal]
        now[1, down] = length.min(0) + 1
        last, before_last = now, last
    return _walk_back(moves, num_rows - 1, num_columns - 1)


def _walk_back(moves: np.ndarray, row: int, column: int) -> np.ndarray:
    """Return the path that ends at (row, column); moves (diagonal, row) are indices of STEPS."""
    path = [(row, column)]
    while row + column > 0:
        down, right = STEPS[moves[row + column, row]]
        row, column = row - down, column - right
        path.append((row, column))
    return np.array(path[::-1])
