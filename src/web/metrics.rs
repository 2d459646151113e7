//! `GET /metrics`: the program's state in Prometheus' text format
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>).

use std::fmt::Write;

use ceasewire_model::{DeliveryState, FeedTrouble};

use crate::store::{DeliveryCounts, FeedCounts};

/// A metric with one value per label.
struct Gauge {
    name: &'static str,
    help: &'static str,
    label: &'static str,
    values: Vec<(&'static str, i64)>,
}

/// The text of `/metrics`. `too_old` has the new entries of each outlet too old for an alert.
pub(super) fn text(
    feeds: &FeedCounts,
    too_old: &[(String, i64)],
    deliveries: &DeliveryCounts,
    rules_cut_off: u64,
) -> String {
    let well = feeds.polled - feeds.failing - feeds.silent - feeds.too_old;
    let gauges = [
        Gauge {
            name: "ceasewire_feeds",
            help: "Polled feeds by state.",
            label: "state",
            values: vec![
                ("well", well),
                (FeedTrouble::Failing.as_str(), feeds.failing),
                (FeedTrouble::Silent.as_str(), feeds.silent),
                (FeedTrouble::TooOld.as_str(), feeds.too_old),
            ],
        },
        Gauge {
            name: "ceasewire_deliveries",
            help: "Deliveries in the outbox by state.",
            label: "state",
            values: DeliveryState::ALL.map(|state| (state.as_str(), deliveries.of(state))).to_vec(),
        },
    ];
    let mut text = String::new();
    for Gauge { name, help, label, values } in gauges {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (value, count) in values {
            let _ = writeln!(text, "{name}{{{label}=\"{value}\"}} {count}");
        }
    }
    let name = "ceasewire_entries_too_old_total";
    let _ = writeln!(
        text,
        "# HELP {name} New entries of an outlet's feeds that were too old to alert of.\n# TYPE {name} counter"
    );
    for (outlet, count) in too_old {
        let _ = writeln!(text, "{name}{{outlet=\"{}\"}} {count}", escape_label(outlet));
    }
    let _ = writeln!(
        text,
        "# HELP ceasewire_rules_cut_off_total Rules that were not evaluated to their end, since the start of the process.\n\
         # TYPE ceasewire_rules_cut_off_total counter\n\
         ceasewire_rules_cut_off_total {rules_cut_off}"
    );
    text
}

/// Escapes the value of a label.
fn escape_label(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_is_a_line() {
        let feeds = FeedCounts { polled: 6, failing: 1, silent: 2, too_old: 1 };
        let deliveries = DeliveryCounts { pending: 3, parked: 2, sent: 40, failed: 0, cancelled: 1 };
        insta::assert_snapshot!(text(&feeds, &[("the \"Wire\"".to_owned(), 7)], &deliveries, 4), @r#"
        # HELP ceasewire_feeds Polled feeds by state.
        # TYPE ceasewire_feeds gauge
        ceasewire_feeds{state="well"} 2
        ceasewire_feeds{state="failing"} 1
        ceasewire_feeds{state="silent"} 2
        ceasewire_feeds{state="too-old"} 1
        # HELP ceasewire_deliveries Deliveries in the outbox by state.
        # TYPE ceasewire_deliveries gauge
        ceasewire_deliveries{state="pending"} 3
        ceasewire_deliveries{state="parked"} 2
        ceasewire_deliveries{state="sent"} 40
        ceasewire_deliveries{state="failed"} 0
        ceasewire_deliveries{state="cancelled"} 1
        # HELP ceasewire_entries_too_old_total New entries of an outlet's feeds that were too old to alert of.
        # TYPE ceasewire_entries_too_old_total counter
        ceasewire_entries_too_old_total{outlet="the \"Wire\""} 7
        # HELP ceasewire_rules_cut_off_total Rules that were not evaluated to their end, since the start of the process.
        # TYPE ceasewire_rules_cut_off_total counter
        ceasewire_rules_cut_off_total 4
        "#);
    }
}
