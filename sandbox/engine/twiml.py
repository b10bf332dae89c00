"""Reads a TwiML document into verbs, or into the Twilio error it deserves. Running the verbs is left to `script`."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

MAX_DOCUMENT_BYTES = 64 * 1024
XML_TYPES = ("text/xml", "application/xml", "text/html", "application/rss+xml")


@dataclass(frozen=True, slots=True)
class Verb:
    """One element: its name, attributes, text, and the elements inside it."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: tuple[Verb, ...] = ()

    def get(self, key: str, default: str = "") -> str:
        """Return an attribute, or `default` when it is absent."""
        return self.attributes.get(key, default)

    def seconds(self, key: str, default: float) -> float:
        """Return an attribute that counts seconds; what is not a number counts as the default."""
        try:
            return max(0.0, float(self.attributes.get(key, default)))
        except ValueError:
            return default

    def flag(self, key: str, default: bool) -> bool:
        """Return a true/false attribute."""
        return self.attributes[key].strip().lower() == "true" if key in self.attributes else default


# What stands for a body that is no document but the sound to be played.
SOUND_ITSELF = Verb("Play", {})


@dataclass(frozen=True, slots=True)
class DocumentFault:
    """Why a document cannot be run; `code` is Twilio's error number."""

    code: int
    text: str


def read_document(body: str, content_type: str = "text/xml") -> tuple[Verb, ...] | DocumentFault:
    """Turn a response body into verbs. text/plain is spoken and audio is played, as Twilio does."""
    media = content_type.partition(";")[0].strip().lower()
    if len(body.encode()) > MAX_DOCUMENT_BYTES:
        return DocumentFault(11750, "TwiML response body too large")
    if media.startswith("audio/"):
        return (SOUND_ITSELF,)
    if media == "text/plain":
        return (Verb("Say", {}, body.strip()),)
    if media and media not in XML_TYPES:
        return DocumentFault(12300, f"Invalid Content-Type: {media}")
    return _read_xml(body)


def _read_xml(body: str) -> tuple[Verb, ...] | DocumentFault:
    if "<!DOCTYPE" in body or "<!ENTITY" in body:
        return DocumentFault(12100, "Document parse failure: document types are not read")
    try:
        root = ET.fromstring(body)  # noqa: S314 - entities and document types were refused above
    except ET.ParseError as error:
        return DocumentFault(12100, f"Document parse failure: {error}")
    if root.tag != "Response":
        return DocumentFault(12102, "The root element must be Response")
    return tuple(_read_element(element) for element in root)


def _read_element(element: ET.Element) -> Verb:
    return Verb(
        name=str(element.tag),
        attributes=dict(element.attrib),
        text=(element.text or "").strip(),
        children=tuple(_read_element(child) for child in element),
    )
