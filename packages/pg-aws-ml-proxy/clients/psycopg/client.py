"""psycopg 3: `features`, or `text FILE` and `binary FILE` for the statements of a job."""

import asyncio
import json
import sys
import threading

import psycopg
from psycopg import sql

CALLS = "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs"


def statements(file, binary):
    sessions = {}
    for statement in json.load(open(file, encoding="utf8")):
        role = statement.get("as")
        if role not in sessions:
            sessions[role] = psycopg.connect(user=role or None, autocommit=True)
        with sessions[role].cursor(binary=binary) as cursor:
            try:
                cursor.execute(statement["sql"].rstrip().rstrip(";"))
                rows = [list(row) for row in cursor] if cursor.description else []
                print(json.dumps({"rows": rows}, default=str))
            except psycopg.Error as error:
                print(json.dumps({"error": error.sqlstate}))
    for session in sessions.values():
        session.close()


def show(title, *values):
    print(title, *[repr(value) for value in values])


def attempt(title, work):
    try:
        show(title, work())
    except psycopg.Error as error:
        show(title, type(error).__name__, error.sqlstate)


def features():
    connection = psycopg.connect(autocommit=True)
    for binary in (False, True):
        with connection.cursor(binary=binary) as cursor:
            cursor.execute(f"{CALLS} WHERE id <= %s AND at < %s ORDER BY id", (5, "2025-01-01"))
            show("rows", binary, cursor.fetchall(), [(c.name, c.type_code) for c in cursor.description], cursor.statusmessage)
            cursor.execute(
                "SELECT id, price, at, tags, (aws_comprehend.detect_sentiment(body, 'en')).confidence"
                " FROM docs WHERE id = ANY(%b) AND body <> %t ORDER BY id",
                ([1, 2, 3], "nothing"),
            )
            show("mixed parameters", cursor.fetchall())
            cursor.execute("SELECT aws_bedrock.invoke_model_get_embeddings('oracle.embed', 'application/json', 'embedding', %s)", ('{"inputText": "x"}',))
            show("embedding", cursor.fetchall())

    # A named statement from the second time on.
    connection.prepare_threshold = 1
    for i in range(1, 5):
        show("prepared", connection.execute(f"{CALLS} WHERE id = %s", (i,)).fetchall())
    show("how many", connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone())
    connection.prepare_threshold = 5

    with connection.transaction():
        with connection.cursor("mine", scrollable=True) as cursor:
            cursor.itersize = 4
            cursor.execute(f"{CALLS} ORDER BY id")
            show("server-side cursor", cursor.fetchmany(3), cursor.fetchone())
            cursor.scroll(-2)
            show("scrolled", cursor.fetchone(), len(list(cursor)))
        with connection.cursor("binary", binary=True) as cursor:
            cursor.execute(f"{CALLS} WHERE id < %s ORDER BY id", (9,))
            show("binary server-side cursor", cursor.fetchmany(2), len(cursor.fetchall()))
    with connection.cursor() as cursor:
        show("streamed", len(list(cursor.stream(f"{CALLS} ORDER BY id"))))

    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO moods SELECT %s, (aws_comprehend.detect_sentiment(%s, 'en')).sentiment", [(i, f"text {i}") for i in range(5)]
        )
        show("executemany", cursor.rowcount)
        cursor.executemany(f"{CALLS} WHERE id = %s", [(1,), (2,)], returning=True)
        results = [cursor.fetchall()]
        while cursor.nextset():
            results.append(cursor.fetchall())
        show("executemany, returning", results)
    show("written", connection.execute("SELECT * FROM moods ORDER BY id").fetchall())
    connection.execute("DELETE FROM moods")

    if psycopg.Pipeline.is_supported():
        with connection.pipeline(), connection.cursor() as one, connection.cursor() as two:
            one.execute(f"{CALLS} WHERE id = 1")
            two.execute("SELECT 2")
            show("pipeline", one.fetchall(), two.fetchall())
        try:
            with connection.pipeline():
                connection.execute("INSERT INTO moods SELECT 1, (aws_comprehend.detect_sentiment('x', 'en')).sentiment")
                connection.execute("SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment")
                connection.execute("INSERT INTO moods VALUES (2, 'skipped')")
        except psycopg.Error as error:
            show("failed pipeline", error.sqlstate)
        show("undone", connection.execute("SELECT count(*) FROM moods").fetchone())

    with connection.transaction():
        connection.execute("INSERT INTO moods VALUES (1, 'kept')")
        try:
            with connection.transaction():
                connection.execute("INSERT INTO moods SELECT 2, (aws_comprehend.detect_sentiment('x', 'en')).sentiment")
                connection.execute("SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment")
        except psycopg.Error as error:
            show("savepoint", error.sqlstate)
    show("kept", connection.execute("SELECT * FROM moods").fetchall())
    connection.execute("DELETE FROM moods")

    attempt("no column", lambda: connection.execute("SELECT (aws_comprehend.detect_sentiment(nowhere, 'en')).sentiment FROM docs"))
    attempt("no number", lambda: connection.execute(f"{CALLS} WHERE id = %s", ("x",)))

    for form in ("TEXT", "CSV", "BINARY"):
        with connection.cursor() as cursor, cursor.copy(
            "COPY (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs WHERE id < 4 ORDER BY id)"
            f" TO STDOUT (FORMAT {form})"
        ) as copy:
            show("copy out", form, b"".join(bytes(data) for data in copy))
    with connection.cursor() as cursor, cursor.copy("COPY moods FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int4", "text"])
        for i in range(3):
            copy.write_row((i, f"row {i}"))
    show("copied in", connection.execute("SELECT * FROM moods ORDER BY id").fetchall())
    connection.execute("DELETE FROM moods")

    timer = threading.Timer(1.0, connection.cancel)
    timer.start()
    attempt("cancelled", lambda: connection.execute("SELECT pg_sleep(60), (aws_comprehend.detect_sentiment('x', 'en')).*"))
    timer.join()
    show("goes on", connection.execute(sql.SQL(CALLS + " WHERE id = {}").format(sql.Literal(3))).fetchall())
    connection.close()
    asyncio.run(concurrently())


async def concurrently():
    async def one(i):
        async with await psycopg.AsyncConnection.connect() as connection:
            cursor = await connection.execute(f"{CALLS} WHERE id = %s", (i,))
            return await cursor.fetchall()

    show("at once", await asyncio.gather(*[one(i) for i in range(1, 6)]))


if __name__ == "__main__":
    features() if sys.argv[1] == "features" else statements(sys.argv[2], sys.argv[1] == "binary")
