"""Define the one exception that a user's input may cause, and print it without a traceback."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable


class InputError(Exception):
    """Say that something the user gave cannot be used.

    The message says what was asked, where it was looked for, what exists and what to type
    next. Scripts print it without a traceback and exit with status 2.
    """


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint for a mistyped name: ' (nearest: X)' or the list of what exists."""
    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f" (nearest: {close[0]})"
    return f" (known: {', '.join(known) or 'none'})"


def run_script(main: Callable[[], int | None]) -> None:
    """Run a script's main and turn InputError into one clear line and exit status 2.

    So does a file or folder that the system refuses, and a package that is not installed.
    Ctrl-C ends with status 130, a closed output pipe quietly.
    """
    try:
        sys.exit(main() or 0)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except ModuleNotFoundError as error:
        if (error.name or "tts").partition(".")[0] == "tts":
            raise
        print(
            f"error: the Python package {error.name} is not installed in {sys.executable}: run "
            "tools/setup.sh, then . .venv/bin/activate (tools/check_environment.py lists all)",
            file=sys.stderr,
        )
        sys.exit(2)
    except OSError as error:
        if error.filename is None:
            raise
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
