//! Faults in rules.

use super::{join, shortened};
use crate::locale::Locale;
use ceasewire_model::{RuleTrouble, Style, Text};
use ceasewire_rules::RuleError;
use ceasewire_rules::grammar::{MAX_CHARS, MAX_DEPTH, MAX_NEAR, MAX_PATTERN_CHARS, MAX_PATTERNS, MAX_TERMS, RuleFault};

/// Explains the fault of a rule, and marks its place.
pub(in crate::bot) fn rule_fault(locale: Locale, error: &RuleError) -> Text {
    let text = locale.text("rule-fault", &[("fault", explanation(locale, &error.fault).into())]);
    join(text.with("\n", Style::Plain), Text::default().with(error.drawing(), Style::Code))
}

/// Says that a rule matches nothing any more, and why.
pub(in crate::bot) fn rule_trouble(locale: Locale, rule: &str, trouble: RuleTrouble) -> Text {
    let id = match trouble {
        RuleTrouble::Ended => "rule-ended",
        RuleTrouble::Unreadable => "rule-unreadable",
    };
    locale.text(id, &[("rule", shortened(rule).into())])
}

fn explanation(locale: Locale, fault: &RuleFault) -> Text {
    match fault {
        RuleFault::Empty => locale.text("rule-empty", &[]),
        RuleFault::UnclosedQuote => locale.text("rule-unclosed-quote", &[]),
        RuleFault::UnclosedGroup => locale.text("rule-unclosed-group", &[]),
        RuleFault::StrayClose => locale.text("rule-stray-close", &[]),
        RuleFault::EmptyGroup => locale.text("rule-empty-group", &[]),
        RuleFault::NothingAfter(operator) => {
            locale.text("rule-nothing-after", &[("operator", operator.as_str().into())])
        }
        RuleFault::NothingBefore(operator) => {
            locale.text("rule-nothing-before", &[("operator", operator.as_str().into())])
        }
        RuleFault::UnknownField(field) => locale.text("rule-unknown-field", &[("field", shortened(field).into())]),
        RuleFault::NestedField => locale.text("rule-nested-field", &[]),
        RuleFault::UnknownTopic { name, similar, topics } => {
            let mut args = vec![("name", shortened(name).into()), ("topics", topics.join(", ").into())];
            match similar {
                Some(similar) => {
                    args.push(("similar", similar.as_str().into()));
                    locale.text("rule-unknown-topic-similar", &args)
                }
                None => locale.text("rule-unknown-topic", &args),
            }
        }
        RuleFault::NoWord => locale.text("rule-no-word", &[]),
        RuleFault::BareStar => locale.text("rule-bare-star", &[]),
        RuleFault::WholeName(field) => locale.text("rule-whole-name", &[("field", field.to_string().into())]),
        RuleFault::BadNear => locale.text("rule-bad-near", &[("most", i64::from(MAX_NEAR).into())]),
        RuleFault::NearOperand => locale.text("rule-near-operand", &[]),
        RuleFault::UnclosedPattern => locale.text("rule-unclosed-pattern", &[]),
        RuleFault::BadPattern(fault) => locale.text("rule-bad-pattern", &[("fault", fault.as_str().into())]),
        RuleFault::LongPattern => locale.text("rule-long-pattern", &[("most", MAX_PATTERN_CHARS.into())]),
        RuleFault::TooManyPatterns => locale.text("rule-too-many-patterns", &[("most", MAX_PATTERNS.into())]),
        RuleFault::TooLong => locale.text("rule-too-long", &[("most", MAX_CHARS.into())]),
        RuleFault::TooDeep => locale.text("rule-too-deep", &[("most", MAX_DEPTH.into())]),
        RuleFault::TooManyTerms => locale.text("rule-too-many-terms", &[("most", MAX_TERMS.into())]),
        RuleFault::OnlyNegative => locale.text("rule-only-negative", &[]),
    }
}
