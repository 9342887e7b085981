"""nbrefactor moves helper code out of Jupyter notebooks and proves that nothing else changed."""

__version__ = "0.1.0"
