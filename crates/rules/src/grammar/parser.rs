//! Parses tokens to a tree, with one function for each production of the grammar in `lib.rs`.

use std::ops::Range;

use super::ast::{Expr, Term, TermForm, is_bare};
use super::field::Field;
use super::lexer::{RuleToken, SpannedToken, lex};
use super::pattern::Pattern;
use super::proposal::proposals;
use super::{Fault, MAX_CHARS, MAX_DEPTH, MAX_PATTERNS, MAX_TERMS, RuleError, RuleFault, Written};
use ceasewire_text::analysis;
use ceasewire_text::language_names;

/// Topics that a rule names, each with the byte range of its name.
pub type NamedTopics = Vec<(String, Range<usize>)>;

/// Parses a rule that a person typed.
///
/// # Errors
/// A [`RuleError`] names the fault and its place. A rule that matches an empty document is a fault too.
pub fn parse(rule: &str) -> Result<Expr, RuleError> {
    parse_with_topics(rule, Written::Typed).map(|(expr, _)| expr)
}

/// Parses a stored normal form, perhaps of an older version: it keeps its meaning.
///
/// # Errors
/// As [`parse`].
pub fn parse_stored(rule: &str) -> Result<Expr, RuleError> {
    parse_with_topics(rule, Written::Stored).map(|(expr, _)| expr)
}

/// Parses a rule and returns the topics that it names, with their places.
///
/// # Errors
/// As [`parse`].
pub fn parse_with_topics(rule: &str, written: Written) -> Result<(Expr, NamedTopics), RuleError> {
    parse_once(rule, written).map_err(|fault| explained(rule, fault))
}

fn explained(rule: &str, fault: Fault) -> RuleError {
    let proposals = proposals(rule, &fault);
    let (span, fault) = fault;
    RuleError { rule: rule.into(), span, fault, proposals: proposals.into() }
}

/// Parses a rule, without proposals for a fault.
pub(super) fn parse_once(rule: &str, written: Written) -> Result<(Expr, NamedTopics), Fault> {
    if rule.chars().count() > MAX_CHARS {
        return Err((0..rule.len(), RuleFault::TooLong));
    }
    let tokens = lex(rule, written)?;
    if tokens.is_empty() {
        return Err((0..0, RuleFault::Empty));
    }
    let mut parser = Parser {
        tokens,
        written,
        next: 0,
        depth: 0,
        terms: 0,
        patterns: 0,
        field: None,
        topics: Vec::new(),
        length: rule.len(),
    };
    let expr = parser.rule()?;
    if let Some((_, span)) = parser.tokens.get(parser.next) {
        // Only a closing parenthesis ends a rule early.
        return Err((span.clone(), RuleFault::StrayClose));
    }
    // A field before a group and a chain of NEARs print longer than the text they came from, and callers store the
    // printed form.
    if parser.terms * 2 > MAX_TERMS && expr.terms().len() > MAX_TERMS {
        return Err((0..rule.len(), RuleFault::TooManyTerms));
    }
    if rule.len() * GROWTH > MAX_CHARS && expr.to_string().chars().count() > MAX_CHARS {
        return Err((0..rule.len(), RuleFault::TooLong));
    }
    if expr.matches_empty_document() {
        return Err((0..rule.len(), RuleFault::OnlyNegative));
    }
    Ok((expr, parser.topics))
}

/// The largest growth of a rule in print: `a|` in a field becomes `title:a OR `.
const GROWTH: usize = 8;

type ParsedExpr = Result<Expr, Fault>;

struct Parser {
    tokens: Vec<SpannedToken>,
    written: Written,
    next: usize,
    depth: usize,
    terms: usize,
    patterns: usize,
    /// The field before the current operand.
    field: Option<(String, Range<usize>)>,
    topics: NamedTopics,
    length: usize,
}

impl Parser {
    fn peek(&self) -> Option<&RuleToken> {
        self.tokens.get(self.next).map(|(token, _)| token)
    }

    fn span(&self) -> Range<usize> {
        self.tokens.get(self.next).map_or(self.length..self.length, |(_, span)| span.clone())
    }

    fn take(&mut self, token: &RuleToken) -> bool {
        let is = self.peek() == Some(token);
        self.next += usize::from(is);
        is
    }

    /// `rule = any { "," any }`
    fn rule(&mut self) -> ParsedExpr {
        self.list(RuleToken::Comma, "a comma", Self::any)
    }

    /// `any = all { ( "OR" | "|" ) all }`
    fn any(&mut self) -> ParsedExpr {
        self.list(RuleToken::Or, "OR", Self::all)
    }

    fn list(&mut self, separator: RuleToken, name: &str, part: fn(&mut Self) -> ParsedExpr) -> ParsedExpr {
        if self.peek() == Some(&separator) {
            return Err((self.span(), RuleFault::NothingBefore(name.into())));
        }
        let mut parts = Vec::new();
        flatten_any(&mut parts, part(self)?);
        loop {
            let span = self.span();
            if !self.take(&separator) {
                break;
            }
            if matches!(self.peek(), None | Some(RuleToken::Close | RuleToken::Comma | RuleToken::Or)) {
                return Err((span, RuleFault::NothingAfter(name.into())));
            }
            flatten_any(&mut parts, part(self)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::Any(parts) })
    }

    /// `all = unit { [ "AND" ] unit }`
    fn all(&mut self) -> ParsedExpr {
        let mut parts = Vec::new();
        loop {
            match self.peek() {
                Some(RuleToken::And) => {
                    let span = self.span();
                    if parts.is_empty() {
                        return Err((span, RuleFault::NothingBefore("AND".into())));
                    }
                    self.next += 1;
                    if matches!(
                        self.peek(),
                        None | Some(RuleToken::Close | RuleToken::Comma | RuleToken::Or | RuleToken::And)
                    ) {
                        return Err((span, RuleFault::NothingAfter("AND".into())));
                    }
                }
                None | Some(RuleToken::Close | RuleToken::Comma | RuleToken::Or) => break,
                Some(_) => match self.unit()? {
                    Expr::All(inner) => parts.extend(inner),
                    part => parts.push(part),
                },
            }
        }
        match parts.len() {
            0 => Err((self.span(), RuleFault::EmptyGroup)),
            1 => Ok(parts.remove(0)),
            _ => Ok(Expr::All(parts)),
        }
    }

    /// `unit = ( "-" | "NOT" ) unit | near`
    fn unit(&mut self) -> ParsedExpr {
        let span = self.span();
        if self.take(&RuleToken::Not) {
            if matches!(self.peek(), None | Some(RuleToken::Close | RuleToken::Comma | RuleToken::Or | RuleToken::And))
            {
                return Err((span, RuleFault::NothingAfter("a minus or NOT".into())));
            }
            return self.deeper(span, |parser| {
                // A double negation cancels itself.
                Ok(match parser.unit()? {
                    Expr::Not(inner) => *inner,
                    inner => Expr::Not(Box::new(inner)),
                })
            });
        }
        self.near()
    }

    /// `near = operand { "NEAR/" number operand }`
    fn near(&mut self) -> ParsedExpr {
        let mut start = self.span().start;
        let first = self.operand()?;
        let mut left = first.clone();
        let mut pairs = Vec::new();
        while let Some(&RuleToken::Near(within)) = self.peek() {
            let span = self.span();
            self.next += 1;
            if matches!(
                self.peek(),
                None | Some(RuleToken::Close | RuleToken::Comma | RuleToken::Or | RuleToken::And | RuleToken::Not)
            ) {
                return Err((span, RuleFault::NothingAfter("NEAR".into())));
            }
            let right_start = self.span().start;
            let right = self.operand()?;
            let end = self.tokens.get(self.next - 1).map_or(self.length, |(_, span)| span.end);
            let side = |expr: &Expr| near_side(expr).ok_or((start..end, RuleFault::NearOperand));
            pairs.push(Expr::Near { left: side(&left)?, right: side(&right)?, within });
            (left, start) = (right, right_start);
        }
        Ok(match pairs.len() {
            0 => first,
            1 => pairs.remove(0),
            _ => Expr::All(pairs),
        })
    }

    /// `operand = [ field ":" ] ( "(" rule ")" | pattern | phrase | [ "=" ] word [ "*" ] )`
    fn operand(&mut self) -> ParsedExpr {
        let span = self.span();
        let Some((token, _)) = self.tokens.get(self.next).cloned() else {
            return Err((span, RuleFault::EmptyGroup));
        };
        self.next += 1;
        match token {
            RuleToken::Field(name) => {
                if self.field.is_some() {
                    return Err((span, RuleFault::NestedField));
                }
                if !matches!(
                    self.peek(),
                    Some(
                        RuleToken::Open
                            | RuleToken::Pattern(_)
                            | RuleToken::Phrase { .. }
                            | RuleToken::Word { .. }
                            | RuleToken::Exact
                    )
                ) {
                    return Err((span, RuleFault::NothingAfter(format!("{name}:"))));
                }
                self.field = Some((name, span));
                let operand = self.operand();
                self.field = None;
                operand
            }
            RuleToken::Open => self.deeper(span.clone(), |parser| {
                if parser.take(&RuleToken::Close) {
                    return Err((span.start..parser.tokens[parser.next - 1].1.end, RuleFault::EmptyGroup));
                }
                if parser.peek().is_none() {
                    return Err((span, RuleFault::UnclosedGroup));
                }
                let inner = parser.rule()?;
                if !parser.take(&RuleToken::Close) {
                    return Err((span, RuleFault::UnclosedGroup));
                }
                Ok(inner)
            }),
            RuleToken::Exact => match self.tokens.get(self.next).cloned() {
                Some((RuleToken::Word { text, prefix } | RuleToken::Phrase { text, prefix }, inner)) => {
                    self.next += 1;
                    self.leaf(text, prefix, TermForm::Exact, span.start..inner.end)
                }
                _ => Err((span, RuleFault::NothingAfter("=".into()))),
            },
            // A word that would not print as a bare word prints in quotes, so it means a phrase.
            RuleToken::Word { text, prefix } if is_bare(&text) => self.leaf(text, prefix, TermForm::Inflected, span),
            RuleToken::Word { text, prefix } | RuleToken::Phrase { text, prefix } => {
                self.leaf(text, prefix, TermForm::Quoted, span)
            }
            RuleToken::Pattern(source) => self.pattern(&source, span),
            RuleToken::Near(_) => Err((span, RuleFault::NothingBefore("NEAR".into()))),
            RuleToken::Close | RuleToken::Comma | RuleToken::Or | RuleToken::And | RuleToken::Not => {
                Err((span, RuleFault::EmptyGroup))
            }
        }
    }

    fn field_name(&self) -> Option<&str> {
        self.field.as_ref().map(|(name, _)| name.as_str())
    }

    fn pattern(&mut self, source: &str, span: Range<usize>) -> ParsedExpr {
        self.patterns += 1;
        if self.patterns > MAX_PATTERNS {
            return Err((span, RuleFault::TooManyPatterns));
        }
        let field = match self.field_name() {
            None => Field::Anywhere,
            Some("title") => Field::Title,
            Some(name) => return Err((span, RuleFault::WholeName(name.to_owned()))),
        };
        match Pattern::new(field, source) {
            Ok(pattern) => Ok(Expr::Pattern(pattern)),
            Err(fault) => Err((span, fault)),
        }
    }

    fn leaf(&mut self, text: String, prefix: bool, form: TermForm, span: Range<usize>) -> ParsedExpr {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err((span, RuleFault::TooManyTerms));
        }
        let tokens = analysis::words(&text);
        if tokens.is_empty() {
            let fault = if text.is_empty() && !prefix { RuleFault::EmptyGroup } else { RuleFault::NoWord };
            return Err((span, fault));
        }
        let field = self.field_name();
        if let Some(name @ ("source" | "lang" | "topic")) = field
            && (prefix || form == TermForm::Exact)
        {
            return Err((span, RuleFault::WholeName(name.to_owned())));
        }
        Ok(match field {
            Some("source") => match analysis::source_key(&text) {
                key if key.is_empty() => return Err((span, RuleFault::NoWord)),
                key => Expr::Source(key),
            },
            Some("lang") => Expr::Language(self.language(&text, span)?),
            Some("topic") => {
                let topic = text.to_lowercase();
                self.topics.push((topic.clone(), span));
                Expr::Topic(topic)
            }
            field => {
                let field = if field.is_some() { Field::Title } else { Field::Anywhere };
                Expr::Term(Term { field, text, tokens, prefix, form, spellings: None })
            }
        })
    }

    /// Finds the tag of a language. A stored rule may have one that no language has; it matches nothing.
    fn language(&self, text: &str, span: Range<usize>) -> Result<String, Fault> {
        match language_names::find_tag(text) {
            Some(tag) => Ok(tag),
            None if self.written == Written::Stored => Ok(analysis::language_key(text)),
            None => Err((span, RuleFault::UnknownLanguage { name: text.to_owned(), similar: similar_language(text) })),
        }
    }

    fn deeper(&mut self, span: Range<usize>, parse: impl FnOnce(&mut Self) -> ParsedExpr) -> ParsedExpr {
        if self.depth >= MAX_DEPTH {
            return Err((span, RuleFault::TooDeep));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }
}

/// Finds the tag of the language that a name may stand for: of the country with this code, or of a similar name.
fn similar_language(typed: &str) -> Option<String> {
    let typed = typed.trim().to_lowercase();
    let similar = || {
        let slips = |name: &str| strsim::damerau_levenshtein(&typed, name);
        let most = typed.chars().count() / 4;
        let near = language_names::spellings().filter(|(name, _)| name.len() > 3 && slips(name) <= most);
        near.min_by_key(|(name, _)| slips(name)).map(|(_, tag)| tag)
    };
    language_names::of_country(&typed).or_else(similar).map(str::to_owned)
}

fn flatten_any(parts: &mut Vec<Expr>, part: Expr) {
    match part {
        Expr::Any(inner) => parts.extend(inner),
        part => parts.push(part),
    }
}

fn near_side(expr: &Expr) -> Option<Vec<Term>> {
    let term = |expr: &Expr| match expr {
        Expr::Term(term) if term.field == Field::Anywhere => Some(term.clone()),
        _ => None,
    };
    match expr {
        Expr::Any(parts) => parts.iter().map(term).collect(),
        expr => term(expr).map(|term| vec![term]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_print_in_normal_form() {
        for (rule, normal) in [
            ("karabakh ceasefire", "karabakh ceasefire"),
            ("a OR b c", "a OR b c"),
            ("a | b,c d", "a OR b OR c d"),
            ("(a OR b) c", "(a OR b) c"),
            ("a AND b", "a b"),
            ("a NOT b", "a -b"),
            ("a -(b, c)", "a -(b OR c)"),
            ("“Minsk  Group”", "\"Minsk Group\""),
            ("«перемирие»", "\"перемирие\""),
            ("/cease-?fire/ title:/\\bU\\.?N\\b|a\\/b/", "/cease-?fire/ title:/\\bU\\.?N\\b|a\\/b/"),
            ("https://osce.org/minsk", "\"https://osce.org/minsk\""),
            ("Nagorno-Karabakh", "Nagorno-Karabakh"),
            ("negotiat*", "negotiat*"),
            ("\"minsk gr*\"", "\"minsk gr*\""),
            ("title:(a OR \"b c\")", "title:a OR title:\"b c\""),
            ("source:https://www.osce.org/rss", "source:osce.org"),
            ("source:OSCE.org -topic:casualties", "source:osce.org -topic:casualties"),
            ("shusha NEAR/5 (captured, taken)", "shusha NEAR/5 (captured OR taken)"),
            ("a NEAR/2 b NEAR/3 c", "a NEAR/2 b b NEAR/3 c"),
            ("=Shusha lang:EN", "=Shusha lang:en"),
            ("title AND =truce", "title AND =truce"),
            ("10 AND 000 refugees", "10 AND 000 refugees"),
            ("or not near", "or not near"),
            ("a --b", "a b"),
            ("((a))", "a"),
            ("\"OR\"", "\"OR\""),
            ("=\"NEAR\"", "=\"NEAR\""),
            ("c -(a NEAR/1 b)", "c -a NEAR/1 b"),
            ("lang:en_US", "lang:en-us"),
            ("source:\"www. www.osce\"", "source:osce"),
        ] {
            let expr = parse(rule).unwrap_or_else(|error| panic!("{rule}: {error}"));
            assert_eq!(expr.to_string(), normal, "{rule}");
            assert_eq!(parse(normal).unwrap().to_string(), normal, "{rule}");
        }
    }

    #[test]
    fn faults_name_the_place() {
        for (rule, place, fault) in [
            ("", "", RuleFault::Empty),
            ("   ", "", RuleFault::Empty),
            ("a (b", "(", RuleFault::UnclosedGroup),
            ("a (", "(", RuleFault::UnclosedGroup),
            ("a b)", ")", RuleFault::StrayClose),
            ("a \"b c", "\"", RuleFault::UnclosedQuote),
            ("a ()", "()", RuleFault::EmptyGroup),
            ("a \"\"", "\"\"", RuleFault::EmptyGroup),
            ("a OR", "OR", RuleFault::NothingAfter("OR".into())),
            ("OR a", "OR", RuleFault::NothingBefore("OR".into())),
            ("a,,b", ",", RuleFault::NothingAfter("a comma".into())),
            ("a AND", "AND", RuleFault::NothingAfter("AND".into())),
            ("a NOT", "NOT", RuleFault::NothingAfter("a minus or NOT".into())),
            ("a - b", "-", RuleFault::NothingAfter("a minus".into())),
            ("author:tass", "author:", RuleFault::UnknownField("author".into())),
            ("title:", "title:", RuleFault::NothingAfter("title:".into())),
            ("source:bbc*", "bbc*", RuleFault::WholeName("source".into())),
            ("topic:=meeting", "=meeting", RuleFault::WholeName("topic".into())),
            ("source:\"www.\"", "\"www.\"", RuleFault::NoWord),
            ("title:(a source:b)", "source:", RuleFault::NestedField),
            ("a ***", "***", RuleFault::NoWord),
            ("a *", "*", RuleFault::BareStar),
            ("a NEAR b", "NEAR", RuleFault::BadNear),
            ("a NEAR/999 b", "NEAR/999", RuleFault::BadNear),
            ("a NEAR/5 title:b", "a NEAR/5 title:b", RuleFault::NearOperand),
            ("a /b", "/", RuleFault::UnclosedPattern),
            ("source:/b/", "/b/", RuleFault::WholeName("source".into())),
            ("/a*/", "/a*/", RuleFault::OnlyNegative),
            ("-a", "-a", RuleFault::OnlyNegative),
            ("a OR -b", "a OR -b", RuleFault::OnlyNegative),
        ] {
            let error = parse(rule).expect_err(rule);
            assert_eq!(error.fault, fault, "{rule}");
            assert_eq!(&rule[error.span.clone()], place, "{rule}");
        }
        assert_eq!(parse(&"(".repeat(100)).unwrap_err().fault, RuleFault::TooDeep);
        assert_eq!(parse(&"a ".repeat(501)).unwrap_err().fault, RuleFault::TooManyTerms);
        assert_eq!(parse(&"a".repeat(5000)).unwrap_err().fault, RuleFault::TooLong);
        assert_eq!(parse(&format!("/{}/", "a".repeat(300))).unwrap_err().fault, RuleFault::LongPattern);
        assert_eq!(parse(&"/a/ ".repeat(20)).unwrap_err().fault, RuleFault::TooManyPatterns);
        for bad in ["/(/", "/a{1000}{1000}/", "/(?=a)/"] {
            assert!(matches!(parse(bad).unwrap_err().fault, RuleFault::BadPattern(_)), "{bad}");
        }
    }

    /// Pairs of a kind of sign, as typed and in normal form.
    #[test]
    fn signs_of_all_keyboards_are_read() {
        for (typed, normal) in [
            // Dashes.
            ("a ‐b ‑c ‒d –e —f ―g −h ﹣i －j ⁻k ֊l ¬m", "a -b -c -d -e -f -g -h -i -j -k -l -m"),
            ("Nagorno‑Karabakh", "Nagorno-Karabakh"),
            // Invisible signs.
            ("\u{200B}a \u{2060}-b\u{FE0F} O\u{AD}R\u{200E} \u{FEFF}c", "a -b OR c"),
            ("\u{202B}title\u{200F}:\u{2067}truce\u{2069}", "title:truce"),
            ("آتش\u{200C}نشان", "آتش\u{200C}نشان"),
            ("район", "район"),
            // Commas, semicolons and bars.
            ("a; b، c，d、e؛ f、g；h՝ i፣ j", "a OR b OR c OR d OR e OR f OR g OR h OR i OR j"),
            ("a || b ｜ c ¦ d", "a OR b OR c OR d"),
            ("a, b,", "a OR b"),
            ("(a, b,) c", "(a OR b) c"),
            ("a && b & c ＆ d + e +f", "a b c d e f"),
            ("drone+strike R&D", "drone strike \"R&D\""),
            // Quotes.
            ("'border village'", "\"border village\""),
            (
                "‘a b’ ‚c d‘ ‹e f› ＂g h＂ ″i j″ `k l` 「m n」 『o p』",
                "\"a b\" \"c d\" \"e f\" \"g h\" \"i j\" \"k l\" \"m n\" \"o p\"",
            ),
            ("\"a b” „c d\" »e f« “g h“ «i j\"", "\"a b\" \"c d\" \"e f\" \"g h\" \"i j\""),
            ("«Группа \"Минск\" ОБСЕ» мир", "\"Группа Минск ОБСЕ\" мир"),
            ("'armenia soldiers' homes", "\"armenia soldiers\" homes"),
            ("soldiers' l’Arménie 'tis", "soldiers l’Arménie tis"),
            // Brackets.
            ("[a OR b] {c, d} （e OR f） <g OR h> 【i】", "(a OR b) (c OR d) (e OR f) (g OR h) i"),
            // Signs around words.
            ("#warehouse @osce $oil warehouse! w? w… _u_ ^v w™", "warehouse osce oil warehouse w w u v w"),
            ("🔥warehouse🔥 🔥 • truce", "warehouse truce"),
            ("U.N. ceasefire. 5%", "U.N. ceasefire 5"),
            ("Armenia's ruling", "Armenia ruling"),
            // Digits and numbers.
            ("10,000 refugees", "10000 refugees"),
            ("1 250 000 or 10.000 or ۱۰٬۰۰۰", "1250000 or 10000 or ۱۰۰۰۰"),
            ("1, 2", "1 OR 2"),
            // Distances.
            ("a near/5 b", "a NEAR/5 b"),
            ("a W/3 b NEAR5 c AROUND(4) d", "a NEAR/3 b b NEAR/5 c c NEAR/4 d"),
            ("a ＮＥＡＲ／５ b", "a NEAR/5 b"),
            // Fields.
            ("title：truce Title=corridor title :a title = b", "title:truce title:corridor title:a title:b"),
            (
                "source:@osce source:www.osce.org/minsk-group source:*.osce.org",
                "source:osce source:osce.org source:osce.org",
            ),
            (
                "source:osce.org:443 source:http://osce.org:80 source:osce.org.",
                "source:osce.org source:osce.org source:osce.org",
            ),
            ("lang:english lang:rus lang:русский lang:arm lang:en-GB", "lang:en lang:ru lang:ru lang:hy lang:en-gb"),
            // Regular expressions.
            ("/truce/i /x/gi title:/y/u /z/s", "/truce/ /x/ title:/y/ /(?s)z/"),
            // Lists.
            ("1. ceasefire", "ceasefire"),
            ("1) ceasefire\n2) truce", "ceasefire truce"),
            ("۱. ceasefire", "ceasefire"),
            ("- a\n- b", "a b"),
            ("• a\n• b", "a b"),
        ] {
            let expr = parse(typed).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(expr.to_string(), normal, "{typed}");
            assert_eq!(parse(normal).as_ref(), Ok(&expr), "{typed}");
            assert_eq!(parse_stored(normal).as_ref(), Ok(&expr), "{typed}");
        }
    }

    #[test]
    fn signs_that_mean_nothing_are_faults_with_proposals() {
        for (typed, place, proposals) in [
            ("shusha !football", "!", &["shusha -football", "shusha football"][..]),
            ("shusha ！football ~chess", "！", &["shusha -football -chess", "shusha football chess"]),
            ("shusha !(a b)", "!", &["shusha -(a b)", "shusha a b"]),
            ("*fire", "*fire", &["/\\b\\w*fire\\b/"]),
            ("wom?n", "wom?n", &["/\\bwom\\wn\\b/"]),
            ("neg*t*", "neg*t*", &["/\\bneg\\w*t\\w*\\b/"]),
            ("a.*b", "a.*b", &["/\\ba\\w*b\\b/"]),
            ("bomb% truce", "bomb%", &["/\\bbomb\\w*\\b/ truce"]),
            ("%bomb%", "%bomb%", &["/\\b\\w*bomb\\w*\\b/"]),
            ("\"*fire\"", "*", &["\"fire\""]),
            ("warehouse^2 truce", "warehouse^2", &["warehouse truce"]),
            ("\"a b\"~5", "\"a b\"~5", &["a NEAR/5 b", "\"a b\""]),
            ("ceasefire~2", "ceasefire~2", &["ceasefire"]),
            ("ceasefire~", "ceasefire~", &["ceasefire"]),
            ("/r/armenia", "/r/armenia", &["\"/r/armenia\""]),
            ("/news/2020 truce", "/news/2020", &["\"/news/2020\" truce"]),
            ("headline:truce", "headline:", &["title:truce"]),
            ("site:osce.org", "site:", &["source:osce.org"]),
            ("titel:truce", "titel:", &["title:truce"]),
            ("lang:englich", "englich", &["lang:en"]),
            ("lang:ge", "ge", &["lang:ka"]),
            ("lang:xx", "xx", &[]),
            ("🔥", "🔥", &[]),
        ] {
            let error = parse(typed).expect_err(typed);
            assert_eq!(&typed[error.span.clone()], place, "{typed}");
            assert_eq!(*error.proposals, *proposals, "{typed}");
        }
    }

    #[test]
    fn a_stored_rule_means_what_it_did() {
        for (stored, leaves) in [
            ("title =Shusha", 2),
            ("10 300 soldiers", 3),
            ("1. ceasefire", 2),
            ("\"*fire\"", 1),
            ("\"!football\" shusha", 2),
            ("\"Minsk “Group” talks\"", 1),
            ("/truce/ i", 2),
            ("shusha OR lang:xx", 2),
        ] {
            let expr = parse_stored(stored).unwrap_or_else(|error| panic!("{error}"));
            let mut count = 0;
            expr.for_each_leaf(&mut |_| count += 1);
            assert_eq!(count, leaves, "{stored}: {expr}");
        }
    }

    #[test]
    fn an_address_with_a_scheme_is_words_not_a_field() {
        assert_eq!(parse("https://osce.org/minsk").unwrap().terms()[0].tokens, ["https", "osce", "org", "minsk"]);
        assert_eq!(parse("10:30").unwrap().terms()[0].tokens, ["10", "30"]);
    }
}
