"""What the columns of a list may hold, and how people name them in German, French, Italian and English. Pure."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from foundation.marking import N_

FIELDS = (
    *("phone", "company", "person", "first_name", "last_name", "email", "language", "postcode", "place"),
    *("canton", "country", "employees", "uid", "existing_partner", "partner_evidence", "external_id", "notes"),
)
# Several columns may hold one of these; a list often has a direct number, a mobile and a main number.
REPEATABLE = frozenset({"phone", "existing_partner", "notes"})

# How the names of columns begin that our own exports add. They are no facts of a contact when they come back.
OWN_COLUMN = "! "

_NAMES: dict[str, str] = {
    "phone": """
        phone telephone phone_number telephone_number tel tel_nr telno number phone_1 phone_2 mobile mobile_number
        cell direct_dial main_number telefon telefonnummer telefon_nr tel_nummer rufnummer nummer telefon_1 telefon_2
        telefon_g telefon_geschaeft telefon_firma telefon_zentrale zentrale direktwahl mobil mobiltelefon mobilnummer
        handy natel numero_de_telephone no_de_telephone n_de_telephone no_telephone n_telephone n_tel telephone_1
        telephone_2 telephone_fixe telephone_professionnel portable numero telefono numero_di_telefono numero_telefono
        telefono_1 telefono_2 telefono_fisso cellulare
    """,
    "company": """
        company company_name organisation organization firm account account_name business firma firmenname
        firmenbezeichnung unternehmen organisationsname betrieb name_firma kunde kundenname entreprise
        nom_de_l_entreprise societe raison_sociale nom_societe client azienda ditta societa impresa ragione_sociale
        nome_azienda cliente
    """,
    "person": """
        person contact contact_person contact_name full_name ansprechpartner ansprechperson kontakt kontaktperson
        kontaktname ansprechpartner_in personne personne_de_contact interlocuteur nom_complet persona
        persona_di_contatto contatto referente nome_completo
    """,
    "first_name": "first_name firstname given_name vorname prenom nome",
    "last_name": "last_name lastname surname family_name nachname familienname nom nom_de_famille cognome",
    "email": """
        email e_mail mail email_address e_mail_address e_mail_adresse email_adresse mailadresse adresse_e_mail
        courriel adresse_electronique posta_elettronica indirizzo_e_mail indirizzo_email
    """,
    "language": """
        language lang preferred_language sprache korrespondenzsprache sprachcode langue langue_de_correspondance
        lingua lingua_di_corrispondenza
    """,
    "postcode": "postcode post_code postal_code zip zip_code plz postleitzahl npa code_postal cp cap codice_postale",
    "place": """
        place city town location ort ortschaft stadt wohnort sitz lieu localite ville commune luogo localita citta
        comune
    """,
    "canton": "canton state region province kanton kt ct cantone regione provincia",
    "country": "country country_code land landescode laendercode pays code_pays paese nazione stato",
    "employees": """
        employees number_of_employees headcount staff company_size size mitarbeiter mitarbeitende mitarbeiterzahl
        anzahl_mitarbeiter anzahl_mitarbeitende anzahl_ma ma beschaeftigte firmengroesse employes nombre_d_employes
        collaborateurs effectif nombre_de_collaborateurs taille dipendenti numero_dipendenti collaboratori
        numero_di_dipendenti addetti
    """,
    "uid": "uid uid_nummer uid_nr uid_number mwst_nummer mwst_nr che ide numero_ide idi numero_idi vat vat_number",
    "existing_partner": """
        existing_partner partner reseller current_partner partner_name incumbent bestehender_partner partnerfirma
        fachhaendler haendler betreuender_partner aktueller_partner partenaire partenaire_actuel revendeur
        partner_attuale partner_esistente rivenditore
    """,
    "partner_evidence": """
        partner_evidence partner_since partner_contract partnernachweis partner_nachweis partner_seit partnervertrag
        partner_beleg preuve_partenaire partenaire_depuis contrat_partenaire prova_partner partner_dal contratto_partner
    """,
    "external_id": """
        id external_id record_id customer_id customer_number account_id account_number crm_id reference kundennummer
        kunden_nr kundennr kd_nr kdnr adressnummer adress_nr datensatz_id referenz referenznummer numero_client
        no_client id_client reference_client numero_cliente id_cliente riferimento
    """,
    "notes": """
        note notes remark remarks comment comments notiz notizen bemerkung bemerkungen kommentar kommentare anmerkung
        anmerkungen remarque remarques commentaire commentaires nota osservazione osservazioni annotazioni commento
        commenti
    """,
}


_WITHOUT_NAME = "column "


def name_of_unnamed(number: int) -> str:
    """What a column without a name is called: `column 3`."""
    return f"{_WITHOUT_NAME}{number}"


def shown_name(name: str, translate: Callable[[str], str]) -> str:
    """A column's name for people: its own, or in their language which one it is."""
    number = name.removeprefix(_WITHOUT_NAME)
    if number == name or not number.isdecimal():
        return name
    return translate(N_("Column %(number)s")) % {"number": number}


def field_named(column: str) -> str:
    """The field that a column of this name holds; empty when the name says nothing to us."""
    return _fields_by_name().get(plain_word(column), "")


def plain_word(text: str) -> str:
    """A name without case, accents, umlauts and punctuation: `Téléphone (n°)` becomes `telephone_n`."""
    text = text.strip().casefold()
    for umlaut, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        text = text.replace(umlaut, written)
    letters = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


@lru_cache(maxsize=1)
def _fields_by_name() -> dict[str, str]:
    return {plain_word(name): field for field, names in _NAMES.items() for name in names.split()}
