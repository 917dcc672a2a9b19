"""The seed: believable customers of Cochabamba, the same ones every time, by a few statements each over all of them."""
