"""SQLite's log grows for whoever writes much, as long as nobody else has to wait for that."""

from sqlalchemy import text

from foundation.database import Database


def log_pages(database: Database) -> int:
    """Write something, and say how long the log may be now."""
    with database.transaction() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS notes (note INTEGER)"))
        session.execute(text("INSERT INTO notes VALUES (1)"))
        return int(session.execute(text("PRAGMA wal_autocheckpoint")).scalar_one())


def test_the_log_grows_while_nobody_else_writes_and_is_short_for_good_once_somebody_has(
    sqlite_database: Database,
) -> None:
    other = Database(sqlite_database.url)
    usual = log_pages(sqlite_database)
    sqlite_database.write_much()
    pages = [log_pages(sqlite_database) for _ in range(60)]
    assert pages[0] == usual
    assert pages[-1] > usual
    log_pages(other)
    assert [log_pages(sqlite_database) for _ in range(60)] == [usual] * 60
    other.dispose()


def test_the_log_does_not_grow_beside_somebody_who_writes_now_and_then(sqlite_database: Database) -> None:
    other = Database(sqlite_database.url)
    usual = log_pages(sqlite_database)
    sqlite_database.write_much()
    pages = []
    for number in range(60):
        pages.append(log_pages(sqlite_database))
        if number == 20:
            log_pages(other)
    assert pages == [usual] * 60
    other.dispose()
