"""What all browser doors share: signing in, files, live hints, errors, the tags of the templates."""
