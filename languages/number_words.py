#!/usr/bin/env python3
"""Compares numbers.txt of each language with the number words of PyPI num2words, and prints where they differ.

    pip install num2words && languages/number_words.py

A word of num2words that numbers.txt lacks is printed as `lacks`, a word of numbers.txt with another value there as
`differs`. num2words knows no Armenian and no Georgian. Words of several parts ("twenty one") are left out: the text is
read word by word.
"""

import pathlib
import sys
import unicodedata

from num2words import num2words

FOLDER = pathlib.Path(__file__).resolve().parent
NUMBERS = [*range(2, 21), 30, 40, 50, 60, 70, 80, 90, *range(100, 1000, 100)]


def folded(word):
    """The word in lower case and without accents, as `ceasewire_text::analysis::fold` leaves it, nearly."""
    parts = unicodedata.normalize("NFKD", word.lower().replace("ı", "i").replace("ß", "ss").replace("й", "\0"))
    bare = "".join(part for part in parts if not unicodedata.combining(part)).replace("\0", "й")
    return bare.replace("ي", "ی").replace("ى", "ی").replace("ك", "ک").replace("’", "'")


def ours(code):
    """The words of a language with their values."""
    values = {}
    for line in (FOLDER / code / "numbers.txt").read_text(encoding="utf-8").splitlines():
        key, _, words = line.partition(":")
        number = key.split()[-1] if key and not key.startswith("#") else ""
        if number.isdigit() and not key.startswith("people"):
            values.update({folded(word): int(number) for word in words.split()})
    return values


def main():
    differences = 0
    for folder in sorted(path.parent for path in FOLDER.glob("*/numbers.txt")):
        values = ours(folder.name)
        for number in NUMBERS:
            try:
                word = folded(num2words(number, lang=folder.name))
            except NotImplementedError:
                break
            if " " in word or "-" in word:
                continue
            if word not in values:
                print(f"{folder.name} lacks {word} ({number})")
            elif values[word] != number:
                print(f"{folder.name} differs: {word} is {number}, not {values[word]}")
            else:
                continue
            differences += 1
    print(f"{differences} differences")


if __name__ == "__main__":
    sys.exit(main())
