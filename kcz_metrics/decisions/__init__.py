"""From scores to decisions. What these functions say is a proposal; only a recorded decision changes anything."""
