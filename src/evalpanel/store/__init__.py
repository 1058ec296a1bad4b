"""The encrypted store: one SQLCipher file behind typed tables, and a folder of sealed documents."""
