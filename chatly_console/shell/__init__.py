"""The screen's frame: the app, its bars, dialogs and keys, and the widgets that every pane uses."""
