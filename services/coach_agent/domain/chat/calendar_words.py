"""Names of weekdays and months as people write them, the months in six languages."""

from __future__ import annotations

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_MONTHS = (
    "january jan januar janvier enero gennaio janeiro",
    "february feb februar f\u00e9vrier fevrier febrero febbraio fevereiro",
    "march mar m\u00e4rz maerz mars marzo mar\u00e7o",
    "april apr avril abril aprile",
    "may mai mayo maggio maio",
    "june jun juni juin junio giugno junho",
    "july jul juli juillet julio luglio julho",
    "august aug ao\u00fbt aout agosto",
    "september sep sept septembre septiembre settembre setembro",
    "october oct oktober okt octobre octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec dezember dez d\u00e9cembre decembre diciembre dicembre dezembro",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
# Names that are other words as well: months only where a day, a year or a word of time stands beside them.
DOUBTFUL_MONTHS = frozenset({"may", "mar", "march", "mai", "dec", "mars"})

SHORT_WEEKDAYS = {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
