"""The guides in ``.github/docs``: what of them is made from the program, and whether they hold."""
