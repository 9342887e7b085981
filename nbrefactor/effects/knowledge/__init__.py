"""What is known of libraries, as data: one file a library, each entry reviewed by hand.

`nbrefactor.effects.known` reads it, and says there what the keys mean.
"""
