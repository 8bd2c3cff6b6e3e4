"""The browser doors: they fetch through the right, call one verb, and answer. Rules live below."""
