"""Hostile and damaged lists, each with the exact outcome that it must have."""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.workbook_files import SHEET, packed, sheet_of_xml, sheet_xml, workbook, zipped

A, B, C = "+41446681800", "+41791234567", "+41313222111"


@dataclass(frozen=True)
class Case:
    """One file. Either `problem` are words of the one error that it costs, or its rows come to this."""

    name: str
    make: Callable[[], bytes]
    numbers: Sequence[str] = ()
    refused: Sequence[tuple[int, str]] = ()  # row, reason
    repaired: int = 0
    problem: str = ""


def _text(text: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: text.encode(encoding)


def _raw(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def _cells(*cells: str) -> Callable[[], bytes]:
    return _text("Firma;Telefon\n" + "".join(f'"F{n}";"{cell}"\n' for n, cell in enumerate(cells)))


def _book(*rows: Sequence[str | int | float | None]) -> Callable[[], bytes]:
    return lambda: workbook([("Firma", "Telefon"), *rows])


_LIST = f"Firma;Telefon\nMüller;{A}\nZoë;{B}\n"
_LINES = f"Firma;Telefon\nA;{A}\nB;{B}\n"

CASES = (
    # --- how it is written
    Case("utf-8", _text(_LIST), (A, B)),
    Case("utf-8 with its mark", _text(_LIST, "utf-8-sig"), (A, B)),
    Case("utf-8 with its mark twice", _text("\ufeff" + _LIST, "utf-8-sig"), (A, B)),
    Case("windows-1252", _text(_LIST, "cp1252"), (A, B)),
    Case("windows-1252 with a byte that it has not", _raw(_LIST.encode("cp1252").replace(b"M\xfc", b"M\x81")), (A, B)),
    Case("utf-16 as Excel saves it", _text(_LIST, "utf-16"), (A, B)),
    Case("utf-16 big-endian", _raw(b"\xfe\xff" + _LIST.encode("utf-16-be")), (A, B)),
    Case("utf-16 without its mark", _text(_LIST, "utf-16-le"), (A, B)),
    Case("utf-16 cut in the middle of a letter", _raw(_LIST.encode("utf-16")[:-1]), (A,), ((3, "not_a_number"),)),
    Case(
        "one line in another encoding",
        _raw(_LIST.encode() + "Bär;044 668 18 01\n".encode("cp1252")),
        (A, B, "+41446681801"),
    ),
    Case(
        "utf-8 with its mark and a foreign line",
        _raw(b"\xef\xbb\xbf" + _LIST.encode() + b"B\xe4r;0446681801\n"),
        (A, B, "+41446681801"),
    ),
    Case("a zero byte in a name", _text(_LIST.replace("Zoë", "Zo\0e")), (A, B)),
    Case("a zero byte in a number", _text(_LIST.replace("+41446", "+41\x00446")), (B,), ((2, "not_a_number"),)),
    # --- how it is laid out
    Case("commas", _text(_LINES.replace(";", ",")), (A, B)),
    Case("tabs", _text(_LINES.replace(";", "\t")), (A, B)),
    Case("bars", _text(_LINES.replace(";", "|")), (A, B)),
    Case("CR alone ends lines", _text(_LINES.replace("\n", "\r")), (A, B)),
    Case("CRLF ends lines", _text(_LINES.replace("\n", "\r\n")), (A, B)),
    Case("all three end lines", _text(f"Firma;Telefon\rA;{A}\r\nB;{B}\n"), (A, B)),
    Case("sep= names the delimiter", _text("sep=,\r\n" + _LINES.replace(";", ",")), (A, B)),
    Case("sep= in quotes after a mark", _text('\ufeff"sep=;"\n' + _LINES), (A, B)),
    Case("blank lines and lines of delimiters", _text(f"\n\nFirma;Telefon\n;\nA;{A}\n  ;  \n\nB;{B}\n\n\n"), (A, B)),
    Case("no line end at the end", _text(_LINES.rstrip()), (A, B)),
    Case("short rows", _text(f"Telefon;Firma;Ort\n{A}\n{B};B\n"), (A, B)),
    Case("a row with an extra cell", _text(f"Firma;Telefon\nA;{A};x\nB;{B}\n"), (B,), ((2, "too_many_cells"),)),
    Case("extra cells that are empty", _text(f"Firma;Telefon\nA;{A};;;\nB;{B}\n"), (A, B)),
    Case("line breaks in a quoted cell", _text(f'Firma;Telefon\n"A\nB\r\nC";{A}\nB;{B}\n'), (A, B)),
    Case("delimiters and quotes in a cell", _text(f'Firma;Telefon\n"A; ""B""";{A}\n'), (A,)),
    Case("a quote in the middle of a cell", _text(f'Firma;Telefon\n5" Rohre AG;{A}\nB;{B}\n'), (A, B)),
    Case("columns of the same name", _text(f"Telefon;Telefon\n{A};{B}\n"), (A,)),
    Case("no header", _text(f"A;{A}\nB;{B}\n"), (A, B)),
    Case("one column and no header", _text(f"{A}\n{B}\n"), (A, B)),
    Case(
        "the end mark of ours in the file",
        _text(f"Firma;Telefon\n\ue000end of the list\ue000\nB;{B}\n"),
        (B,),
        ((2, "missing_number"),),
    ),
    # --- what spreadsheets do to numbers
    Case("a lost zero", _cells("446681800"), (A,), repaired=1),
    Case("a lost plus", _cells("41446681800"), (A,), repaired=1),
    Case("a number as a float", _cells("0446681800.0", "41791234567.0"), (A, B), repaired=2),
    Case(
        "a shortened number",
        _cells("4.14E+10", "4,14467E+10"),
        (),
        ((2, "shortened_by_spreadsheet"), (3, "shortened_by_spreadsheet")),
    ),
    Case("formulas around numbers", _text(f'Firma;Telefon\nA;"=""{A}"""\nB;={B}\nC;\'{C}\n'), (A, B, C)),
    Case(
        "errors of formulas",
        _cells("#REF!", "#N/A", "#NAME?"),
        (),
        ((2, "not_a_number"), (3, "not_a_number"), (4, "not_a_number")),
    ),
    Case("invisible marks around a number", _cells(f"\u200e{A}\u200f", "\u00a0079\u00a0123\u202f45\u00a067"), (A, B)),
    Case("other scripts' digits", _cells("０４４ ６６８ １８ ００", "٠٧٩١٢٣٤٥٦٧"), (A, B)),
    # --- what people write
    Case("a remark behind the number", _cells("079 123 45 67 (privat)"), (B,)),
    Case("an extension", _cells("044 668 18 00 intern 12"), (A + ";12",)),
    Case("one number with two extensions", _cells("0446681800 ext 1", "0446681800 ext 2"), (A + ";1", A + ";2")),
    Case("two numbers in a cell", _cells("044 668 18 00 / 079 123 45 67"), (A,)),
    Case(
        "a number that stood second before",
        _cells("044 668 18 00 / 079 123 45 67", B),
        (A,),
        ((3, "duplicate_in_file"),),
    ),
    Case("letters for digits", _cells("0800 FLOWERS", "1-800-FLOWERS"), (), ((2, "too_short"), (3, "too_short"))),
    Case(
        "words for no number",
        _cells("unbekannt", "N/A", "-", "siehe oben"),
        (),
        tuple((n, "not_a_number") for n in range(2, 6)),
    ),
    Case(
        "the same number in four spellings",
        _cells(A, "0446681800", "0041 44 668 18 00", "+41 (0)44 668 18 00"),
        (A,),
        tuple((n, "duplicate_in_file") for n in range(3, 6)),
    ),
    Case("emergency numbers", _cells("112", "117", "144"), (), tuple((n, "emergency_number") for n in range(2, 5))),
    Case(
        "premium, shared cost, personal, voicemail, toll free",
        _cells("0900 123 456", "0848 123 456", "0878 123 456", "0800 123 456"),
        (),
        ((2, "premium_rate"), (3, "shared_cost"), (4, "personal_number"), (5, "toll_free")),
    ),
    Case(
        "too short, too long, not in use",
        _cells("044 668", "0446681800123456789", "0740 123 45 67 89"),
        (),
        ((2, "too_short"), (3, "too_long"), (4, "not_in_use")),
    ),
    Case("satellites belong to no country", _cells("+881 612345678"), (), ((2, "no_country"),)),
    Case("another country's number", _cells("+49 30 1234567", "+423 237 60 00"), ("+49301234567", "+4232376000")),
    # --- companies
    Case(
        "a company twice under two numbers",
        _text(f"Firma;Telefon;UID\nA;{A};CHE-109.322.551\nA2;{B};CHE109322551 MWST\n"),
        (A,),
        ((3, "duplicate_uid_in_file"),),
    ),
    Case(
        "a company number with a wrong check digit tells nothing",
        _text(f"Firma;Telefon;UID\nA;{A};CHE-109.322.552\nB;{B};CHE-109.322.552\n"),
        (A, B),
    ),
    # --- what is no list
    Case("nothing", _raw(b""), problem="empty"),
    Case("a mark alone", _raw(b"\xef\xbb\xbf"), problem="empty"),
    Case("blank space", _raw(b" \n\r\n\t\n"), problem="empty"),
    Case("a header alone", _raw(b"Firma;Telefon\n"), problem="no rows below"),
    Case(
        "a quote that is never closed", _text(f'Firma;Telefon\nA;"{A}\nB;{B}\n'), problem="Row 2 has a quotation mark"
    ),
    Case(
        "a quote that swallows a long file",
        lambda: b'Firma;Telefon\n"A;1\n' + b"B;0446681800\n" * 50_000,
        problem="Row 2 has a quotation mark",
    ),
    Case("an enormous cell", lambda: b"Firma;Telefon\n" + b"x" * 40_000 + b";0446681800\n", problem="enormous"),
    Case("an enormous line", lambda: b"x" * (5 << 20), problem="enormous"),
    Case(
        "300 columns",
        lambda: b";".join(b"c%d" % n for n in range(300)) + b"\n" + b"1;" * 299 + b"1\n",
        problem="300 columns",
    ),
    Case("any bytes", lambda: bytes(range(256)) * 40, problem="not a text file"),
    Case("utf-16 of nothing", _raw(b"\xff\xfe"), problem="empty"),
    Case("a PDF", _raw(b"%PDF-1.7 x"), problem="PDF"),
    Case("a picture", _raw(b"\x89PNG\r\n\x1a\n"), problem="picture"),
    Case("a compressed list", lambda: gzip.compress(_LIST.encode()), problem="compressed"),
    Case("a web page", _raw(b"<html><table><tr><td>1</td></tr></table></html>"), problem="web page"),
    Case("an old or locked workbook", _raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), problem="password"),
    # --- workbooks
    Case("a workbook", _book(("A", A), ("B", "079 123 45 67")), (A, B)),
    Case("numbers stored as numbers", _book(("A", 446681800), ("B", 41791234567)), (A, B), repaired=2),
    Case("a number with a fraction", _book(("A", A), ("B", 0.5)), (A,), ((3, "too_short"),)),
    Case(
        "a number too long to be exact",
        _book(("A", A), ("B", 4179123456712345678)),
        (A,),
        ((3, "shortened_by_spreadsheet"),),
    ),
    Case(
        "blank rows and columns in a workbook", lambda: workbook([(), ("", "Firma", "Telefon"), (), ("", "A", A)]), (A,)
    ),
    Case(
        "an empty first sheet",
        lambda: packed(sheet_xml([]), sheets=[sheet_xml([("Firma", "Telefon"), ("A", A)])]),
        (A,),
    ),
    Case("a workbook of nothing", lambda: packed(sheet_xml([])), problem="no rows"),
    Case(
        "a cell at the far end aborts a reader",
        lambda: packed(
            sheet_of_xml('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
        ),
        problem="reaches to row 1048576",
    ),
    Case("a zip bomb", lambda: packed(b"<worksheet>" + b" " * (60 << 20)), problem="unpacks to far more"),
    Case(
        "entities that grow",
        lambda: packed(sheet_of_xml("<row/>", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>')),
        problem="instructions",
    ),
    Case("macros", lambda: workbook([("Firma", "Telefon"), ("A", A)], {"xl/vbaProject.bin": b"x"}), problem="macros"),
    Case("a binary workbook", lambda: zipped({"xl/workbook.bin": b"x"}), problem="binary"),
    Case("another packed file", lambda: zipped({"word/document.xml": b"<x/>"}), problem="no Excel workbook"),
    Case("too many parts", lambda: zipped({f"p{n}": b"" for n in range(2100)}), problem="too many parts"),
    Case("a workbook cut off", lambda: workbook([("Firma", "Telefon"), ("A", A)])[:-80], problem="damaged"),
    Case(
        "a workbook with a byte changed",
        lambda: _spoiled(workbook([("Firma", "Telefon"), ("A", A)])),
        problem="damaged",
    ),
    Case("a sheet that is no XML", lambda: packed(b"\x00\x01nonsense"), problem="damaged"),
    Case(
        "no sheet where the workbook says",
        lambda: zipped({"xl/workbook.xml": b"<workbook/>", "[Content_Types].xml": b"<x/>"}),
        problem="damaged",
    ),
    Case("path names that climb", lambda: workbook([("Firma", "Telefon"), ("A", A)], {"../../etc/passwd": b"x"}), (A,)),
)


def _spoiled(content: bytes) -> bytes:
    at = content.index(SHEET.encode()) + len(SHEET) + 12
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
