"""Small widgets that several pages share, each in a module of its own."""
