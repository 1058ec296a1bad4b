"""The machine that the program runs on: folders of a profile, writing of files, logs, resources."""
