"""The same call elsewhere: read in one framework's words, written in another's, run in both and compared.

    text --code--> a written call --signature--> arguments by name --readings--> a reading (geometry, TensorFlow's call,
    notation) --writing--> a plan in the target's words --experiment--> verdicts --telling--> text or JSON

Must not know: reports and journals. Nothing here evaluates what a user wrote.
"""
