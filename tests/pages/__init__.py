"""Pages as portals of many systems serve them, written by us, and what is the article on each."""
