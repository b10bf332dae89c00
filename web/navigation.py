"""The main menu: which pages there are, in their order, and for whom."""

from dataclasses import dataclass

from accounts.tables import Role
from web.words import N_

_STAFF = frozenset({Role.ADMIN, Role.MANAGER})


@dataclass(frozen=True)
class Entry:
    """One line of the menu. `words` is translated where it is shown; `also`: further pages that are found from its."""

    path: str
    words: str
    roles: frozenset[Role]
    also: tuple[str, ...] = ()


MENU = (
    Entry("/campaigns", N_("Campaigns"), _STAFF),
    Entry("/contacts", N_("Contacts"), _STAFF),
    Entry("/board", N_("Board"), _STAFF),
    Entry("/workshops", N_("Events"), _STAFF),
    Entry("/leads", N_("Leads"), _STAFF),
    Entry("/partners", N_("Partners"), _STAFF, ("/claims",)),
    Entry("/fairness", N_("Fairness"), _STAFF, ("/policy", "/lab", "/reviews", "/precedents")),
    Entry("/do-not-call", N_("Do not call"), _STAFF, ("/privacy",)),
    Entry("/rules", N_("Rules"), _STAFF),
    Entry("/desk", N_("Desk"), frozenset({Role.AGENT})),
    Entry("/offers", N_("Offers"), frozenset({Role.PARTNER})),
    Entry("/own-leads", N_("My leads"), frozenset({Role.PARTNER}), ("/appointments",)),
    Entry("/registrations", N_("Registrations"), frozenset({Role.PARTNER})),
    Entry("/profile", N_("Profile"), frozenset({Role.PARTNER}), ("/connections",)),
    Entry("/decisions", N_("Why"), frozenset({Role.PARTNER}), ("/policy",)),
    Entry("/disputes", N_("Disputes"), frozenset({Role.PARTNER}), ("/precedents",)),
    Entry("/data-protection", N_("Data protection"), frozenset({Role.PARTNER})),
    Entry("/own-figures", N_("Figures"), frozenset({Role.PARTNER})),
    Entry("/people", N_("People"), frozenset({Role.ADMIN})),
)


def navigation(role: Role) -> list[Entry]:
    """The menu of a role."""
    return [entry for entry in MENU if role in entry.roles]


def entry_of(role: Role, path: str) -> Entry | None:
    """The line of a role's menu under which a page is found; None for one that is nobody's, such as the account."""
    return next((entry for entry in navigation(role) if _holds(entry, path)), None)


def _holds(entry: Entry, path: str) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in (entry.path, *entry.also))


def home(role: Role) -> str:
    """Where a role starts: the first line of its menu."""
    return navigation(role)[0].path
