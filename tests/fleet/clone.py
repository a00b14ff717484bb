"""Copies of a result as those of other nodes.

    clone.py RESULT FILE HOST [SECONDS [RUN_ID]]     one, that began SECONDS later
    clone.py RESULT FOLDER -n COUNT                  FOLDER/n001.db, n002.db, ...
"""
import hashlib
import os
import shutil
import sqlite3
import sys


def clone(source, path, host, seconds, run_id=None):
    shutil.copy(source, path)
    database = sqlite3.connect(path)
    run_id = run_id or hashlib.sha256(f"{host} {seconds}".encode()).hexdigest()[:32]
    if host:
        database.execute("UPDATE host SET value=? WHERE name='hostname'", (host,))
    else:
        database.execute("UPDATE host SET value=NULL, reason='not recorded' WHERE name='hostname'")
    database.execute(
        "UPDATE run SET id=?, origin_calendar_ns=origin_calendar_ns+?,"
        " finished_calendar_ns=finished_calendar_ns+?",
        (run_id, seconds * 10**9, seconds * 10**9),
    )
    database.commit()
    database.close()


def main():
    source, place = sys.argv[1:3]
    if sys.argv[3] != "-n":
        clone(source, place, sys.argv[3], int((sys.argv[4:5] or ["0"])[0]), *sys.argv[5:6])
        return
    os.makedirs(place, exist_ok=True)
    for i in range(1, int(sys.argv[4]) + 1):
        clone(source, f"{place}/n{i:03d}.db", f"n{i:03d}", i)


main()
