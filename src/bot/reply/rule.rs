//! Faults and doubts in rules.

use super::{join, shortened};
use crate::bot::context::Ctx;
use crate::bot::keyboard::{self, RuleUse};
use crate::locale::Locale;
use ceasewire_model::{Message, RuleTrouble, Style, Text};
use ceasewire_rules::RuleError;
use ceasewire_rules::grammar::{Doubt, DoubtKind};
use ceasewire_rules::grammar::{MAX_CHARS, MAX_DEPTH, MAX_NEAR, MAX_PATTERN_CHARS, MAX_PATTERNS, MAX_TERMS, RuleFault};

/// Explains the fault of a rule, and marks its place.
pub(in crate::bot) fn rule_fault(locale: Locale, error: &RuleError) -> Text {
    let text = locale.text("rule-fault", &[("fault", explanation(locale, &error.fault).into())]);
    let text = join(text.with("\n", Style::Plain), Text::default().with(error.drawing(), Style::Code));
    if error.proposals.is_empty() {
        return text;
    }
    let proposals = error.proposals.iter().map(|rule| Text::default().with(shortened(rule), Style::Code)).collect();
    let question = locale.text("rule-did-you-mean", &[("rules", locale.either(proposals).into())]);
    join(text.with("\n", Style::Plain), question)
}

/// Explains the fault of a rule, with a button for each proposal.
pub(in crate::bot) fn rule_refused(ctx: &Ctx<'_>, error: &RuleError, rule_use: RuleUse) -> Message {
    let buttons = error.proposals.iter().flat_map(|rule| keyboard::use_rule(ctx.limits, rule_use, rule, None));
    Message { text: rule_fault(ctx.locale, error), buttons: buttons.collect(), ..Message::default() }
}

/// Explains a doubt about a typed rule.
pub(in crate::bot) fn doubt(locale: Locale, doubt: &Doubt) -> Text {
    let text = match &doubt.kind {
        DoubtKind::SmallOperator(word) => locale.text("rule-doubt-operator", &[("word", word.as_str().into())]),
        DoubtKind::Lines => locale.text("rule-doubt-lines", &[]),
        DoubtKind::Capitals(word) => {
            let args = [("word", word.as_str().into()), ("small", word.to_lowercase().into())];
            locale.text("rule-doubt-capitals", &args)
        }
        DoubtKind::CountryCode { code, language, .. } => {
            locale.text("rule-doubt-country", &[("code", code.as_str().into()), ("language", language.as_str().into())])
        }
    };
    match &doubt.proposal {
        Some(proposal) => {
            let rule = Text::default().with(shortened(proposal), Style::Code);
            let question = locale.text("rule-did-you-mean", &[("rules", rule.into())]);
            join(text.with(" ", Style::Plain), question)
        }
        None => text,
    }
}

/// Asks for the meaning of a rule before it is stored, with a button for each. `None` where a rule is too long for a
/// button.
pub(in crate::bot) fn rule_question(ctx: &Ctx<'_>, asked: &Doubt, normal: &str, rule_use: RuleUse) -> Option<Message> {
    let meant = keyboard::use_rule(ctx.limits, rule_use, asked.proposal.as_deref()?, None);
    let label = ctx.locale.label("rule-as-typed");
    let as_typed = keyboard::use_rule(ctx.limits, rule_use, normal, Some(label));
    if meant.is_empty() || as_typed.is_empty() {
        return None;
    }
    let text = doubt(ctx.locale, asked);
    Some(Message { text, buttons: [meant, as_typed].concat(), ..Message::default() })
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
        RuleFault::MaybeNot(sign) => locale.text("rule-maybe-not", &[("sign", sign.to_string().into())]),
        RuleFault::InnerStar => locale.text("rule-inner-star", &[]),
        RuleFault::Boost => locale.text("rule-boost", &[]),
        RuleFault::Fuzzy => locale.text("rule-fuzzy", &[]),
        RuleFault::PatternFlags => locale.text("rule-pattern-flags", &[]),
        RuleFault::UnknownLanguage { name, .. } => {
            locale.text("rule-unknown-language", &[("name", shortened(name).into())])
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
