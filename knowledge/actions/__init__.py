"""The only way anything happens to an article. All verbs have one shape: lock, leave if unchanged, change, note."""
