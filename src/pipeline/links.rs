//! Stage 3: finds the public articles that stand at a page of another outlet.
//!
//! A host belongs to the outlet whose feeds, profile entry or articles have it. The owners of hosts that the profile does
//! not name are learned from public articles; after a start, the first fetch to be grouped reads the stored ones.

use std::sync::Arc;

use ceasewire_articles::identity::HostOwners;
use ceasewire_profile::Profile;
use parking_lot::Mutex;

use super::Pipeline;
use super::enrich::EnrichedArticle;
use super::group::Audience;

/// The owners of hosts, for every stage.
#[derive(Debug)]
pub(super) struct LinkOwners(Mutex<HostOwners>);

impl LinkOwners {
    pub(super) fn new(profile: &Profile) -> Self {
        let mut hosts = HostOwners::default();
        for outlet in profile.outlets.values() {
            outlet.hosts.iter().for_each(|host| hosts.state_host(&outlet.id, host));
        }
        for (outlet, feed) in &profile.feeds {
            hosts.state_feed(outlet, feed);
        }
        Self(Mutex::new(hosts))
    }

    /// Learns from the URL of a public article.
    pub(super) fn record(&self, outlet: &str, url: &str) {
        self.0.lock().record(outlet, url);
    }

    /// Learns the hosts of an outlet from a fetch of one of its public feeds.
    fn learn(&self, audience: &Audience, articles: &[EnrichedArticle]) {
        let mut hosts = self.0.lock();
        hosts.state_feed(&audience.outlet, &audience.url);
        for url in articles.iter().filter_map(|enriched| enriched.article.url.as_deref()) {
            hosts.record(&audience.outlet, url);
        }
    }

    /// Finds the outlet whose page a public article is at, if it is another one. The rules that name this outlet's
    /// domain then do not match the article.
    fn find_link(&self, enriched: &mut EnrichedArticle, profile: &Profile) {
        let article = &mut enriched.article;
        let hosts = self.0.lock();
        let owner = article.url.as_deref().and_then(|url| hosts.find_other_owner(&article.outlet, url));
        article.links_to = owner.map(str::to_owned);
        drop(hosts);
        if article.links_to.is_some() {
            let document = std::mem::take(&mut enriched.document);
            enriched.document = profile.describe(document, &article.outlet, None, article.language.as_deref());
        }
    }
}

impl Pipeline {
    /// Marks the public articles of a fetch that stand at a page of another outlet, before rules match them.
    pub(super) fn find_links(&self, audience: &Arc<Audience>, articles: &mut [EnrichedArticle]) {
        if audience.private_to().is_some() {
            return;
        }
        self.link_owners.learn(audience, articles);
        articles.iter_mut().for_each(|enriched| self.link_owners.find_link(enriched, &self.profile));
    }
}
