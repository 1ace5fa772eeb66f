"""Each revision up, down and up again, with rows; then the whole chain, in one run, in other orders, and as SQL."""
