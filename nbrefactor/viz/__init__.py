"""Plots of attention heads and of their training, for notebooks.

Every function takes array-likes (NumPy, nested lists, torch and JAX tensors, anything that offers
``__array__`` or DLPack), draws with Matplotlib and returns the figure. Importing this module
imports neither Matplotlib nor torch and changes no setting of either.
"""

from ._attention import visualize_attention_matrix
from ._heads import (
    visualize_entropy_heatmap,
    visualize_gradient_norms,
    visualize_normalized_entropy,
)
from ._progress import visualize_training_progress
from ._scatter import visualize_entropy_vs_gradient

__all__ = [
    "visualize_attention_matrix",
    "visualize_entropy_heatmap",
    "visualize_entropy_vs_gradient",
    "visualize_gradient_norms",
    "visualize_normalized_entropy",
    "visualize_training_progress",
]
