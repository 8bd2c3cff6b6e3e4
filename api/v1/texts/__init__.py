"""Texts for programs: templates, snippets, checklists, texts in several languages, automatic replies, notices."""
