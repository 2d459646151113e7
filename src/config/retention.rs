//! The section `[retention]`: when finished deliveries and old articles are deleted.

use serde::Deserialize;

use super::{ArticlesConfig, SettingFault};

/// Articles of up to three days join a story for a week; a story whose delivery is deleted sooner would alert again.
const MIN_DELIVERY_DAYS: u64 = 14;
/// `/latest` goes back thirty days.
const MIN_ARTICLE_DAYS: u64 = 30;
const MAX_DAYS: u64 = 36_500;

/// When finished deliveries and old articles are deleted; 0 days: never.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionConfig {
    pub deliveries_days: u64,
    pub articles_days: u64,
    pub step_rows: u64,
}

impl RetentionConfig {
    /// Checks the section beyond its types.
    pub(super) fn check(&self, articles: &ArticlesConfig, faults: &mut Vec<SettingFault>) {
        let mut fault = |place: &str, problem: String| faults.push(SettingFault { place: place.into(), problem });
        for (place, days, fewest) in [
            ("retention.deliveries_days", self.deliveries_days, MIN_DELIVERY_DAYS),
            ("retention.articles_days", self.articles_days, MIN_ARTICLE_DAYS),
        ] {
            if days != 0 && !(fewest..=MAX_DAYS).contains(&days) {
                fault(place, format!("is {days}; give a number from {fewest} to {MAX_DAYS}, or 0 to keep all"));
            }
        }
        let days = self.articles_days;
        // A deleted article that comes again must be too old to alert.
        if days != 0 && days.saturating_mul(24) <= articles.max_age_hours {
            let problem = format!(
                "is {days} days, not more than articles.max_age_hours, which is {}; a deleted article could alert again",
                articles.max_age_hours
            );
            fault("retention.articles_days", problem);
        }
        if !(1..=10_000).contains(&self.step_rows) {
            fault("retention.step_rows", format!("is {}; give a number from 1 to 10000", self.step_rows));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_let_old_news_alert_again_are_faults() {
        for (deliveries_days, articles_days, step_rows, max_age_hours, wrong) in [
            (90, 365, 500, 72, ""),
            (0, 0, 1, 24 * 365, ""),
            (14, 30, 10_000, 72, ""),
            (13, 365, 500, 72, "retention.deliveries_days"),
            (90, 29, 500, 72, "retention.articles_days"),
            (90, 40, 500, 40 * 24, "retention.articles_days"),
            (90, 365, 0, 72, "retention.step_rows"),
            (u64::MAX, u64::MAX, u64::MAX, 72, "retention.deliveries_days retention.articles_days retention.step_rows"),
        ] {
            let mut faults = Vec::new();
            let retention = RetentionConfig { deliveries_days, articles_days, step_rows };
            retention.check(&ArticlesConfig { max_age_hours, burst: 1, many_killed: 5 }, &mut faults);
            let places: Vec<_> = faults.into_iter().map(|fault| fault.place).collect();
            assert_eq!(places.join(" "), wrong, "{retention:?}");
        }
    }
}
