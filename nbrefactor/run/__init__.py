"""Running notebooks: kernels, papermill, parameters, and the recorder that kernels carry."""
