"""Which administrative region an area of the table of places lies in.

The directory of branches goes by regions, callers and the table of places by prefectures.
"""

from __future__ import annotations

_REGIONS = {
    "Αττική": "Αττικής Πειραιά",
    "Θεσσαλονίκη": "Θεσσαλονίκης",
    "Ανατολική Μακεδονία και Θράκη": "Καβάλας Ξάνθης Ροδόπης Έβρου Δράμας",
    "Κεντρική Μακεδονία": "Σερρών Πιερίας Ημαθίας Πέλλας Κιλκίς Χαλκιδικής",
    "Δυτική Μακεδονία": "Κοζάνης Γρεβενών Καστοριάς Φλώρινας",
    "Ήπειρος": "Ιωαννίνων Άρτας Πρέβεζας Θεσπρωτίας",
    "Θεσσαλία": "Λάρισας Βόλου Τρικάλων Καρδίτσας",
    "Στερεά Ελλάδα": "Εύβοιας Φθιώτιδας Βοιωτίας Φωκίδας Ευρυτανίας",
    "Ιόνια Νησιά": "Κέρκυρας Λευκάδας Κεφαλονιάς Ζακύνθου",
    "Δυτική Ελλάδα": "Αχαΐας Αιτωλοακαρνανίας Ηλείας",
    "Πελοπόννησος": "Κορινθίας Αργολίδας Αρκαδίας Λακωνίας Μεσσηνίας",
    "Νότιο Αιγαίο": "Δωδεκανήσου Κυκλάδων",
    "Κρήτη": "Κρήτης",
}
_OF_AREA = {area: region for region, areas in _REGIONS.items() for area in areas.split()}
_OF_AREA["Βορείου Αιγαίου"] = "Βόρειο Αιγαίο"


def region_of(area: str) -> str | None:
    """The region of an area (in the genitive, as `places.Place.area`); None when not known.

    >>> region_of("Βόλου")
    'Θεσσαλία'
    """
    return _OF_AREA.get(area)
