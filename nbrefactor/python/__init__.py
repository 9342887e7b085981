"""Python as text and tree: scopes, bindings, signatures, addresses."""
