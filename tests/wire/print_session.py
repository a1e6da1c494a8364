"""print_session: the session of section 8.2 of docs/wire.md, as the library plays it now.

    python3 print_session.py FOLDER-OF-THE-EXECUTABLES

Prints the two blocks of the document; for whoever has changed the dialect on purpose.
"""
import os
import subprocess
import sys

import document


def record(folder):
    """What wire_session prints: for each client its messages, in order, as (bytes, sign)."""
    said = subprocess.run([os.path.join(folder, "wire_session")], stdout=subprocess.PIPE, text=True, timeout=60,
                          check=True).stdout
    heard = {}
    for line in said.splitlines():
        who, sign, data = line.split()
        heard.setdefault(who, []).append((bytes.fromhex(data), sign))
    return heard


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for client, messages in record(sys.argv[1]).items():
        print("```vectors %s" % client)
        for message in messages:
            print(document.session_line(*message))
        print("```\n")
