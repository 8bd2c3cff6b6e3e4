"""The demo world: a small bicycle maker's helpdesk in four languages, built through the verbs."""
