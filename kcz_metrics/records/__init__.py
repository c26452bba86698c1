"""Records: bringing them in, reading them back, and inventing them."""
