"""Pictures, compared by their decoded pixels."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

from nbrefactor.model.errors import NbrefactorError
from nbrefactor.verify.values import PictureDifference

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_MOST_PIXELS = 50_000_000
_MOST_FRAMES = 100


class PictureError(NbrefactorError):
    """A picture cannot be decoded; the text says why."""


def decode(data: bytes) -> Pixels:
    """Decode a picture.

    Parameters
    ----------
    data : bytes
        PNG, JPEG, GIF, WebP or anything else that Pillow reads.

    Returns
    -------
    ndarray of uint8, shape (height, width, 4)
        Red, green, blue and alpha; the frames of an animation below each other.

    Raises
    ------
    PictureError
        If it is none of them, or too large.
    """
    import numpy as np
    from PIL import Image, ImageSequence

    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data)) as image:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            frames = min(getattr(image, "n_frames", 1), _MOST_FRAMES)
            if image.width * image.height * frames > _MOST_PIXELS:
                raise PictureError(f"{image.width} x {image.height} pixels are too many to compare")
            decoded = [
                np.asarray(frame.convert("RGBA"))
                for _, frame in zip(range(frames), ImageSequence.Iterator(image))  # noqa: B905
            ]
    except PictureError:
        raise
    except Exception as error:
        raise PictureError(f"it cannot be decoded ({type(error).__name__})") from error
    return np.concatenate(decoded)


def encode(pixels: Pixels) -> bytes:
    """Write pixels as PNG."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def compare(before: Pixels, after: Pixels) -> PictureDifference:
    """Compare two pictures.

    Parameters
    ----------
    before, after : ndarray of uint8, shape (height, width, 4)
        Pixels as `decode` gives them.

    Returns
    -------
    PictureDifference
        Its `rms` and `share` are 0 for equal pixels. Pictures of different sizes are compared on
        white paper that holds both.
    """
    import numpy as np

    height = max(before.shape[0], after.shape[0])
    width = max(before.shape[1], after.shape[1])
    old, new = (_on_paper(pixels, height, width) for pixels in (before, after))
    distance = np.abs(old.astype(np.int16) - new.astype(np.int16))
    rms = float(np.sqrt(np.mean(np.square(distance, dtype=np.float64))))
    differs = distance.any(axis=-1)
    sizes = (before.shape[1], before.shape[0]), (after.shape[1], after.shape[0])
    picture = encode(_highlighted(new, distance)) if differs.any() else b""
    return PictureDifference(rms, float(differs.mean()), *sizes, picture)


def _on_paper(pixels: Pixels, height: int, width: int) -> Pixels:
    import numpy as np

    paper = np.full((height, width, 3), 255, np.uint8)
    colour = pixels[..., :3].astype(np.float32)
    alpha = pixels[..., 3:].astype(np.float32) / 255
    blended = np.rint(colour * alpha + 255 * (1 - alpha)).astype(np.uint8)
    paper[: pixels.shape[0], : pixels.shape[1]] = blended
    return paper


def _highlighted(new: Pixels, distance: Any) -> Pixels:
    """Show the new picture pale and grey, and what differs in red, the more the stronger."""
    import numpy as np

    grey = 255 - (255 - new.mean(axis=-1, keepdims=True)) * 0.25
    strength = distance.max(axis=-1, keepdims=True) / 255
    # Weak differences are the ones that a reader cannot find alone.
    strength = np.where(strength > 0, 0.35 + 0.65 * strength, 0)
    red = np.array([214, 31, 57])
    highlighted: Pixels = np.rint(grey * (1 - strength) + red * strength).astype(np.uint8)
    return highlighted
