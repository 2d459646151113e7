//! `GET /metrics`: the program's state in numbers, for a monitor that reads Prometheus' text format
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>).

use std::fmt::Write;

use crate::store::{DeliveryCounts, FeedCounts};

/// A gauge: its name, what it says, its label's name, and its values by label.
type Gauge<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, i64)]);

/// The text of `/metrics`.
pub(super) fn text(feeds: &FeedCounts, deliveries: &DeliveryCounts) -> String {
    let well = feeds.polled - feeds.failing - feeds.silent;
    let feeds = [("well", well), ("failing", feeds.failing), ("silent", feeds.silent)];
    let deliveries = [("pending", deliveries.pending), ("sent", deliveries.sent), ("failed", deliveries.failed)];
    let gauges: [Gauge<'_>; 2] = [
        ("ceasewire_feeds", "Polled feeds by how they do.", "state", &feeds),
        ("ceasewire_deliveries", "Alerts in the outbox by what became of them.", "state", &deliveries),
    ];
    let mut text = String::new();
    for (name, help, label, values) in gauges {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (value, count) in values {
            let _ = writeln!(text, "{name}{{{label}=\"{value}\"}} {count}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_is_a_line() {
        let feeds = FeedCounts { polled: 5, failing: 1, silent: 2 };
        let deliveries = DeliveryCounts { pending: 3, sent: 40, failed: 0 };
        insta::assert_snapshot!(text(&feeds, &deliveries), @r#"
        # HELP ceasewire_feeds Polled feeds by how they do.
        # TYPE ceasewire_feeds gauge
        ceasewire_feeds{state="well"} 2
        ceasewire_feeds{state="failing"} 1
        ceasewire_feeds{state="silent"} 2
        # HELP ceasewire_deliveries Alerts in the outbox by what became of them.
        # TYPE ceasewire_deliveries gauge
        ceasewire_deliveries{state="pending"} 3
        ceasewire_deliveries{state="sent"} 40
        ceasewire_deliveries{state="failed"} 0
        "#);
    }
}
