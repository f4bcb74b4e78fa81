"""The run: every trial in every lane, each record into the journal as it comes.

Next stage: `conformance.report`, from the journal alone.
"""

from conformance.journal import Footer, Header, Journal, JournalWriter
from conformance.journal.records import trial_entry
from conformance.running.assignment import Assignment, Listener
from conformance.running.lane_run import Threads
from conformance.running.memory import give_back_freed_memory
from conformance.running.progress import Executor, Progress


def run(
    assignment: Assignment,
    header: Header,
    writer: JournalWriter,
    previous: Journal | None,
    listener: Listener,
    executor: Executor = Threads,
) -> Footer:
    """Run what the previous journal (the one that is resumed) does not hold yet, and write the footer.

    Raises UsageError for a lane whose adapter cannot be loaded, before anything is written, and IncompleteError where
    the journal cannot be written.
    """
    give_back_freed_memory()
    progress = Progress(assignment, writer, listener)
    execution = executor(progress)
    if previous is None:
        writer.write(header)
    else:
        progress.remember(previous)
    for trial in assignment.trials:
        if previous is None or trial.id not in previous.trials:
            writer.write(trial_entry(trial))
    interrupted = execution.work()
    progress.examination.forget()  # reports need memory of their own
    footer = progress.footer(execution.finished, interrupted)
    writer.write(footer)
    return footer
