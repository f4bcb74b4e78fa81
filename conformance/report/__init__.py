"""What is told: terminal, Markdown, HTML, JSON and JUnit, every one a function of journals only.

`summary` counts, `document` gathers what the formats share, one module a format renders it, and `writing` puts
files where they belong. Nothing here runs a trial, imports a framework, or knows what is true.
"""
