"""The validation dossier: verdicts and held-out years as Markdown pages with figures."""
