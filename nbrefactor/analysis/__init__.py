"""What the code of a notebook means: names, canonical forms, call binding, target modules."""
