"""The plotting functions that the bundled module stands in for, where notebooks define them."""

from __future__ import annotations

import ast
import re

from .meanings import Notebook

NAMES = (
    "visualize_gradient_norms",
    "visualize_attention_matrix",
    "visualize_entropy_heatmap",
    "visualize_normalized_entropy",
    "visualize_entropy_vs_gradient",
    "visualize_training_progress",
)


def by_text(notebook: Notebook, names: tuple[str, ...] = NAMES) -> int:
    """Count the definitions that the text of the cells shows."""
    pattern = re.compile(rf"^\s*def (?:{'|'.join(names)})\b", re.M)
    return sum(len(pattern.findall(text)) for text in notebook.sources.values())


def in_parsed_cells(notebook: Notebook, names: tuple[str, ...] = NAMES) -> list[tuple[int, str]]:
    """List the definitions in cells that parse: the cell, counted from 0, and the name."""
    return [
        (number, node.name)
        for number, tree in notebook.trees.items()
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, ast.FunctionDef) and node.name in names
    ]
