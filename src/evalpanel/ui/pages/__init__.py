"""One module a page. Pages do not know each other; they meet in the shell and in the store."""
