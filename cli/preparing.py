"""What is done once before the programs start: the database is migrated, and the first start makes an administrator."""

from sqlalchemy.exc import OperationalError

from accounts import audit, users
from accounts.audit import Act
from accounts.sign_in import new_sign_in_link
from accounts.tables import Role
from cli.access import first_line
from cli.options import single
from cli.output import say, show
from foundation.database import Database
from foundation.errors import Unavailable
from foundation.one_writer import be_only_writer
from foundation.settings import Settings, load_settings
from migrations import upgrade

FIRST_ADMIN = "admin@localhost"


def prepare(settings: Settings) -> str:
    """Migrate, and make the first administrator where there is none: their sign-in address, empty otherwise.

    Raises:
        Unavailable: the database does not answer.
    """
    database = Database(settings.database_url, 1)
    try:
        upgrade(database)
        return _first_sign_in(database, settings)
    except OperationalError as error:
        raise Unavailable(f"The database does not answer; check DATABASE_URL. It says: {first_line(error)}") from error
    finally:
        database.dispose()


def migrate() -> None:
    """Bring the database to the present shape, and make the first administrator where there is none."""
    sign_in = prepare(load_settings())
    say("The database is in the present shape.")
    if sign_in:
        show(sign_in)


def _first_sign_in(database: Database, settings: Settings) -> str:
    now = settings.clock().now()
    with database.transaction() as session:
        be_only_writer(session, "first administrator")
        if users.has_any_admin(session):
            return ""
        admin = users.create_user(session, users.NewUser(FIRST_ADMIN, "Administrator", Role.ADMIN, language=""), now)
        audit.record(session, Act("cli", "user_added", admin.id, {"role": Role.ADMIN.value}), now)
        return sign_in_address(settings, new_sign_in_link(session, admin.id, now))


def sign_in_address(settings: Settings, secret: str) -> str:
    """Where a browser goes to sign in with a link's secret."""
    return f"{settings.web_url}/sign-in/{secret}"


migrate_command = single(migrate)
