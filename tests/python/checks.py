"""Runs the check_... functions of a script and prints `ok NAME` or `not ok NAME: why` for each."""

import sys
import traceback
import uuid

PATIENCE_SECONDS = 20


def unique(purpose):
    return f"test.{purpose}.{uuid.uuid4().hex}"


def run(script, **context):
    failed = 0
    for name, check in script.items():
        if not name.startswith("check_"):
            continue
        try:
            check(**context)
            print("ok", name[len("check_") :], flush=True)
        except Exception as e:  # every check is reported, whatever it raised
            failed += 1
            traceback.print_exc()
            print("not ok", name[len("check_") :] + ":", repr(e).replace("\n", " "), flush=True)
    sys.exit(1 if failed else 0)


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: wanted {wanted!r}, got {got!r}")


class refused:
    """`with refused(Kind, code):` expects that exception with that reply code."""

    def __init__(self, kind, code):
        self.kind, self.code = kind, code

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            raise AssertionError(f"not refused, wanted {self.code}")
        if not issubclass(kind, self.kind):
            return False
        code = getattr(error, "reply_code", None)
        if code != self.code:
            raise AssertionError(f"refused with {code}, wanted {self.code}: {error}")
        return True
