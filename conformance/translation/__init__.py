"""The same call elsewhere: read in one framework's words, written in another's, run in both and compared.

    text --code--> a written call --arguments by name--> a reading, which the part `readings` of a kind makes
    --translating--> a plan in the target's words --experiment--> verdicts --telling--> text or JSON

Must not know: any kind, reports and journals. Nothing here evaluates what a user wrote.
"""
