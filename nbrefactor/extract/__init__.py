"""From copies to a module: choose, unify, write, and migrate the notebooks to it.

``reading`` groups the definitions of the notebooks, ``choosing`` decides which go, ``align`` and
``general`` make one definition of variants, ``needed`` finds imports and helpers, ``themes`` shares
the definitions out among modules, ``writing`` writes them, and ``planning`` asks the verdict about
every copy, with the module as if it stood there. What no verdict accepts stays.
"""
