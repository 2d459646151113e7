#!/usr/bin/env python3
"""Writes cldr_calendar.txt: the names of months, weekdays and halves of the day in CLDR's Gregorian calendar.

Run it with the package Babel, which carries CLDR's tables: `pip install babel==2.19.0 && python3 cldr_calendar.py`.
"""

import pathlib
import re

import babel
from babel import Locale, UnknownLocaleError, dates

LOCALES = """
    af ar ar_IQ ar_LB ar_MA ar_TN az az_Cyrl be bg bn bs ca ckb cs cy da de de_AT el en en_AU es et eu fa fi fil fr fr_CA ga gl
    he hi hr hu hy id is it ja ka kk ko ku ky lb lt lv mk mn mr ms mt nb nl nn pa pl ps pt pt_PT ro ru sk sl so sq sr
    sr_Latn sv sw ta te tg th tk tr uk ur uz uz_Cyrl vi zh zh_Hant
""".split()

HEAD = f"""\
# Names of months, weekdays and halves of the day, from the Unicode CLDR (https://cldr.unicode.org, Unicode License v3)
# as packed in Babel {babel.__version__}. cldr_calendar.py writes this file: do not edit it. Forms beyond CLDR stand in each
# language's calendar.txt.
#
# `code key: names`, January and Monday first. `months` are the wide names inside a date, `months-alone` outside of one,
# `months-short` the abbreviations, `months-short-alone` abbreviations outside of a date; weekdays likewise. `am` and `pm` are names
# of the halves of the day beside "AM" and "PM", `words` the words of date patterns. A line equal
# to an earlier one of its language is left out, and so are months that CLDR only numbers.
"""


def names(locale, kind, width, context):
    table = (dates.get_month_names if kind == "months" else dates.get_day_names)(width, context, locale)
    keys = range(1, 13) if kind == "months" else range(7)
    return [str(table[key]).strip() for key in keys]


def literal_words(locale):
    """The words of the date patterns: "de" in Spanish, "г." in Russian."""
    patterns = [locale.date_formats[width].pattern for width in ("full", "long", "medium")]
    patterns += [str(locale.datetime_formats.get(width, "")) for width in ("full", "long", "medium")]
    found = set()
    for pattern in patterns:
        literals = re.findall(r"'([^']*)'", pattern) + re.findall(r"[^\x00-\x7f]+", re.sub(r"'[^']*'", " ", pattern))
        found.update(word for literal in literals for word in re.findall(r"[^\W\d_]+", literal))
    return sorted(found)


def main():
    lines = [HEAD]
    for code in LOCALES:
        try:
            locale = Locale.parse(code)
        except UnknownLocaleError:
            print("Babel does not know", code)
            continue
        tag, seen = code.replace("_", "-"), []
        for kind in ("months", "weekdays"):
            for width, short in (("wide", ""), ("abbreviated", "-short")):
                for context, alone in (("format", ""), ("stand-alone", "-alone")):
                    row = names(locale, kind, width, context)
                    if row not in seen and not any(c.isdigit() for name in row for c in name):
                        seen.append(row)
                        lines.append(f"{tag} {kind}{short}{alone}: {' | '.join(row)}\n")
        halves = {"am": [], "pm": []}
        for width in ("wide", "abbreviated"):
            periods = dates.get_period_names(width, context="format", locale=locale)
            for half in halves:
                name = str(periods.get(half, "")).strip()
                if name and name not in halves[half] and name.upper() != half.upper():
                    halves[half].append(name)
        lines += [f"{tag} {half}: {' | '.join(found)}\n" for half, found in halves.items() if found]
        if words := literal_words(locale):
            lines.append(f"{tag} words: {' | '.join(words)}\n")
    pathlib.Path(__file__).with_name("cldr_calendar.txt").write_text("".join(lines), encoding="utf-8")


main()
