//! Words with a full stop that need not end a sentence.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What the full stop after a word can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The end of the sentence.
    Word,
    /// An abbreviation's that stands before a name: the sentence goes on.
    BeforeName,
    /// An abbreviation's before a number, and the end of the sentence before anything else.
    BeforeNumber,
    /// An abbreviation's and, it may be, also the end.
    Anywhere,
}

/// Ranks, forms of address, kinds of places: a name follows.
const BEFORE_NAME: &str = "\
    mr mrs ms messrs dr prof gen lt col maj capt sgt cpl cmdr brig adm st sen rep gov hon rev amb vs \
    м-р г-н г-жа гр ул пос дер обл р-н ген полк подполк майор кап лейт акад доц проф просп пл бул \
    mme mlle mm mgr cf \
    yrd doç org korg tümg tuğg alb yb bnb yzb ütğm sn av cad sok mah bkz örn dos gen-l gen-mayor \
    գեն գնդ պրոֆ ակադ փող \
    გენ პოლკ პროფ აკად მაგ იხ";

/// Numbers and places in a text: a number follows.
const BEFORE_NUMBER: &str = "no nos nr art arts vol fig ch pp sec para стр ст гл рис səh nəş sf md էջ გვ მუხ";

/// Units, years, months, firms and the like: anything follows.
const ANYWHERE: &str = "\
    approx jan feb mar apr aug sept sep oct nov dec inc ltd co corp jr sr bros est dept min km kg al gov't ft lb \
    гг вв тыс млн млрд трлн руб коп долл пр им см мин сек чел кв куб янв фев февр апр авг сент \
    сен окт нояб ноя дек тел \
    env janv févr avr juil déc hab \
    yy yak tl dk mln mlrd qəp \
    թթ մլն մլրդ հազ կմ հոկտ սեպտ նոյ դեկտ \
    მლნ მლრდ ათ კმ წწ სს";

/// What the full stop after `word` can be; the word stands without it, in its own case.
pub(super) fn kind(word: &str) -> Kind {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let pieces = || word.split('.').filter(|piece| !piece.is_empty());
    if letters > 0 && pieces().all(|piece| piece.chars().count() == 1) {
        // "и т.д." ends a list, and mostly its sentence.
        if matches!(pieces().next_back(), Some("д" | "п" | "შ")) && letters > 1 {
            return Kind::Word;
        }
        // "J." is somebody's first name, "г." a year or a town, "U.S." a country.
        return match (letters, word.chars().next().is_some_and(char::is_uppercase)) {
            (1, true) => Kind::BeforeName,
            _ => Kind::Anywhere,
        };
    }
    static KINDS: LazyLock<HashMap<&str, Kind>> = LazyLock::new(|| {
        let lists = [(BEFORE_NAME, Kind::BeforeName), (BEFORE_NUMBER, Kind::BeforeNumber), (ANYWHERE, Kind::Anywhere)];
        lists.iter().flat_map(|&(list, kind)| list.split_whitespace().map(move |word| (word, kind))).collect()
    });
    KINDS.get(word.to_lowercase().as_str()).copied().unwrap_or(Kind::Word)
}
