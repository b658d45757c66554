"""Figures of a report: what each shows, how it is drawn, and the one place where Altair becomes SVG."""
