//! Names of states and kinds as literals for the text of SQL statements, from the model's enums: the one place of the
//! store where they meet SQL. A bound parameter would not do: a partial index serves only a literal condition.

use ceasewire_model::attention::Digests;
use ceasewire_model::event::MeetingStatus;
use ceasewire_model::story::UpdateKind;
use ceasewire_model::{DateNote, DeliveryKind, DeliveryState, FeedOrigin, RuleTrouble};

pub(super) const PENDING: &str = DeliveryState::Pending.quoted();
pub(super) const PARKED: &str = DeliveryState::Parked.quoted();
pub(super) const SENT: &str = DeliveryState::Sent.quoted();
pub(super) const FAILED: &str = DeliveryState::Failed.quoted();
pub(super) const CANCELLED: &str = DeliveryState::Cancelled.quoted();

pub(super) const ALERT: &str = DeliveryKind::Alert.quoted();
/// Every kind of update has the same name; the delivery's number tells them apart.
pub(super) const UPDATE: &str = DeliveryKind::Update(UpdateKind::OtherSide).quoted();

pub(super) const REVISED: &str = DeliveryKind::Revised.quoted();
pub(super) const NEWS: &str = DeliveryKind::News.quoted();

pub(super) const PLANNED: &str = MeetingStatus::Planned.quoted();

pub(super) const CHAT_FEED: &str = FeedOrigin::Chat.quoted();
pub(super) const FUTURE: &str = DateNote::Future.quoted();
pub(super) const NO_DIGESTS: &str = Digests::Off.quoted();

pub(super) const RULE_ENDED: &str = RuleTrouble::Ended.quoted();

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ceasewire_model::{FeedTrouble, SilentReason, VerdictName};

    use super::*;

    /// The sources of the store, without the tests at their feet.
    fn sources() -> Vec<(String, String)> {
        let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
        let mut sources = Vec::new();
        for folder in [store.clone(), store.join("sql")] {
            for path in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                sources.push((name, text.split("#[cfg(test)]").next().unwrap().to_owned()));
            }
        }
        sources
    }

    #[test]
    fn no_statement_quotes_the_name_of_a_state_or_kind() {
        let mut names: Vec<&str> = [ALERT, UPDATE, REVISED, NEWS, NO_DIGESTS].to_vec();
        names.extend([DeliveryKind::DayBefore, DeliveryKind::HourBefore].map(DeliveryKind::quoted));
        names.extend([Digests::Hourly, Digests::Daily(0)].map(Digests::quoted));
        names.extend(DateNote::ALL.map(DateNote::quoted));
        names.extend(DeliveryState::ALL.map(DeliveryState::quoted));
        names.extend(FeedOrigin::ALL.map(FeedOrigin::quoted));
        names.extend(FeedTrouble::ALL.map(FeedTrouble::quoted));
        names.extend(MeetingStatus::ALL.map(MeetingStatus::quoted));
        names.extend(RuleTrouble::ALL.map(RuleTrouble::quoted));
        names.extend(SilentReason::ALL.map(SilentReason::quoted));
        names.extend(VerdictName::ALL.map(VerdictName::quoted));
        let mut quoting = Vec::new();
        for (file, source) in sources() {
            quoting.extend(names.iter().filter(|name| source.contains(**name)).map(|name| format!("{file}: {name}")));
        }
        assert_eq!(quoting, [""; 0]);
    }

    #[test]
    fn no_line_of_the_store_is_longer_than_120_columns() {
        let mut long = Vec::new();
        for (file, source) in sources() {
            let lines = source.lines().enumerate().filter(|(_, line)| line.chars().count() > 120);
            long.extend(lines.map(|(number, _)| format!("{file}:{}", number + 1)));
        }
        assert_eq!(long, [""; 0]);
    }
}
