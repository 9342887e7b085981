"""A notebook like those that `nbrefactor.viz` was made for, run with a stand-in for its model.

It installs packages, loads a language model and a data set, measures its attention heads in a
training loop and plots them with functions of its own. The model and the data are made here, of
NumPy alone, under the names by which such notebooks import them.
"""

from __future__ import annotations

import textwrap
from datetime import datetime, timezone
from pathlib import Path

import pytest

from nbrefactor import viz
from nbrefactor.config import Settings
from nbrefactor.engine import migrate_bytes, read_modules
from nbrefactor.report.verification import verdict
from nbrefactor.run.values import ExecutionSettings
from nbrefactor.verify.known_words import words_of
from nbrefactor.verify.run import verify
from nbrefactor.verify.values import Verification, VerifySettings

from ..notebooks import code, notebook

TRANSFORMERS = '''
import numpy as np

class Model:
    """Four layers of six heads that learn something."""

    def __init__(self, name):
        self.rng = np.random.default_rng(len(name))
        self.gates = np.ones((4, 6))
        self.sharpness = self.rng.uniform(0.2, 2.0, (4, 6))

    def attention(self, tokens):
        n = len(tokens)
        scores = self.rng.normal(size=(4, 6, n, n)) * self.sharpness[:, :, None, None]
        scores += np.triu(np.full((n, n), -1e9), 1)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        return weights / weights.sum(-1, keepdims=True)

    def step(self, tokens):
        self.sharpness *= 1.01
        return 3.0 * np.exp(-self.sharpness.mean()), self.rng.gamma(2.0, 0.1, (4, 6)) * self.gates

class AutoModelForCausalLM:
    @staticmethod
    def from_pretrained(name):
        return Model(name)
'''
DATASETS = """
def load_dataset(name, split="train"):
    return [[(start * 7 + place) % 50 for place in range(12)] for start in range(40)]
"""
CELLS = {
    "install": """
        %pip install -q transformers datasets
        !apt-get install -y fonts-dejavu
        import matplotlib.pyplot as plt
        import numpy as np
    """,
    "load": """
        from datasets import load_dataset
        from transformers import AutoModelForCausalLM
        model = AutoModelForCausalLM.from_pretrained("a/model")
        batches = load_dataset("some/text")
    """,
    "plots": """
        def visualize_gradient_norms(grad_norm_values, pruned_heads=None, revived_heads=None,
                                     title="Gradient Norms", save_path=None):
            fig = plt.figure(figsize=(10, 5))
            plt.imshow(grad_norm_values, cmap="plasma", aspect="auto")
            plt.colorbar(label="Gradient norm")
            for layer, head in pruned_heads or []:
                plt.text(head, layer, "P", ha="center", va="center", color="white", weight="bold")
            for layer, head in revived_heads or []:
                plt.text(head, layer, "R", ha="center", va="center", color="white", weight="bold")
            plt.title(title)
            plt.xlabel("Head")
            plt.ylabel("Layer")
            if save_path:
                plt.savefig(save_path)
            return fig

        def visualize_entropy_heatmap(entropy_values, title="Attention Entropy Heatmap",
                                      save_path=None, min_value=0.0, annotate=True):
            fig = plt.figure(figsize=(10, 5))
            plt.imshow(entropy_values, cmap="viridis", aspect="auto", vmin=min_value,
                       vmax=max(0.1, entropy_values.max()))
            plt.colorbar(label="Entropy")
            plt.title(title)
            plt.xlabel("Head")
            plt.ylabel("Layer")
            if annotate:
                for layer in range(entropy_values.shape[0]):
                    for head in range(entropy_values.shape[1]):
                        plt.text(head, layer, f"{entropy_values[layer, head]:.2f}", ha="center",
                                 va="center", color="white")
            if save_path:
                plt.savefig(save_path)
            return fig

        def visualize_attention_matrix(attn_matrix, layer_idx=0, head_idx=0, title=None,
                                       save_path=None):
            fig = plt.figure(figsize=(8, 6))
            plt.imshow(attn_matrix[head_idx], cmap="viridis", vmin=0, vmax=1)
            plt.colorbar(label="Attention probability")
            plt.title(title or f"Attention pattern (layer {layer_idx}, head {head_idx})")
            plt.xlabel("Key position")
            plt.ylabel("Query position")
            if save_path:
                plt.savefig(save_path)
            return fig
    """,
    "measure": """
        def entropy_of(attention):
            return -(attention * np.log(attention + 1e-12)).sum(-1).mean(-1)

        attention = model.attention(batches[0])
        entropy = entropy_of(attention)
        print(f"mean entropy {entropy.mean():.3f}")
        fig = visualize_entropy_heatmap(entropy, title="Entropy before training")
        plt.show()
    """,
    "train": """
        losses, pruned = [], []
        for epoch in range(3):
            for tokens in batches[:10]:
                loss, norms = model.step(tokens)
                losses.append(loss)
            weakest = np.unravel_index(np.where(model.gates > 0, norms, np.inf).argmin(), norms.shape)
            model.gates[weakest] = 0
            pruned.append(tuple(int(place) for place in weakest))
            print(f"epoch {epoch}: loss {np.mean(losses[-10:]):.3f}, pruned {pruned[-1]}")
            fig = visualize_gradient_norms(norms, pruned_heads=pruned, title=f"Epoch {epoch}")
            plt.show()
    """,
    "look": """
        fig = visualize_attention_matrix(model.attention(batches[1])[2], layer_idx=2, head_idx=4)
        plt.show()
        visualize_gradient_norms(norms, pruned, [(0, 1)], "After training", save_path="norms.png");
    """,
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Verification:
    folder = tmp_path_factory.mktemp("standin")
    (folder / "transformers.py").write_text(TRANSFORMERS)
    (folder / "datasets.py").write_text(DATASETS)
    cells = [code(textwrap.dedent(source).strip(), id=name) for name, source in CELLS.items()]
    path = folder / "Plasticity.ipynb"
    path.write_bytes(notebook(*cells))
    settings = Settings(bump="none")
    now = datetime(2025, 1, 1, tzinfo=timezone.utc)
    modules = read_modules(settings, path)
    outcome = migrate_bytes(path.read_bytes(), settings, modules, path=str(path), now=now)
    return verify(
        outcome,
        None,
        folder=folder,
        needs=(),
        execution=ExecutionSettings(timeout=120, sandbox=True),
        settings=VerifySettings(known_words=words_of([Path(viz.__file__)])),
    )


@pytest.mark.slow
class TestStandIn:
    def test_every_replaced_call_shows_the_same_data(self, found: Verification) -> None:
        assert {finding.name for finding in found.outcome.replaced} == {
            "visualize_gradient_norms",
            "visualize_entropy_heatmap",
            "visualize_attention_matrix",
        }
        pictures = [
            output for cell in found.cells for output in cell.outputs if output.family == "picture"
        ]
        assert [output.status for output in pictures] == ["restyled"] * 6, verdict(found)
        assert found.passed

    def test_the_saved_picture_is_compared_with_its_twin(self, found: Verification) -> None:
        (saved,) = [file for cell in found.cells for file in cell.files]
        assert saved.before is not None
        assert (saved.before.name, saved.status) == ("norms.png", "restyled")

    def test_nothing_was_installed_and_no_file_written(self, found: Verification) -> None:
        (note,) = [note for note in found.notes if "--allow-installs" in note]
        assert "%pip install -q transformers datasets" in note
        assert "!apt-get install -y fonts-dejavu" in note
        folder = Path(found.path).parent
        assert {file.name for file in folder.iterdir()} == {
            "Plasticity.ipynb",
            "transformers.py",
            "datasets.py",
        }

    def test_the_verdict_says_it_in_numbers(self, found: Verification) -> None:
        said = verdict(found)
        assert said.startswith("verified: 6 of 6 code cells, ")
        assert "6 restyled with the same data (" in said
        assert "size 6" in said
