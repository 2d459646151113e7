//! Owns the faults that a test scripts: bad answers, held requests, blocked chats. It must not know the methods; the
//! server asks it before and after a method runs.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use serde_json::json;

use super::{ApiRefusal, FakeBotApi, SharedState, params, state::State};

/// The fault that a request meets instead of its normal answer.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Answers 429 with `parameters.retry_after`; nothing is done.
    TooManyRequests {
        /// Seconds to wait.
        retry_after_secs: u64,
    },
    /// Answers 403 with this text after `Forbidden: `; nothing is done.
    Forbidden(&'static str),
    /// Answers 400 with this text after `Bad Request: `; nothing is done.
    BadRequest(&'static str),
    /// Answers this 5xx status with Telegram's JSON; nothing is done.
    ServerError(u16),
    /// Answers this code with this text as it stands; nothing is done.
    Refused(u16, &'static str),
    /// Answers this status with a proxy's HTML page; nothing is done.
    Html(u16),
    /// Takes the request and never answers, the connection stays open; nothing is done.
    Silence,
    /// Answers 200 with a body that goes on and on, as JSON that is right so far; nothing is done.
    Endless,
    /// Runs the method, then cuts the connection without an answer.
    LostAnswer,
    /// Answers 400 with `parameters.migrate_to_chat_id`, and from then on the old chat always does.
    Migrated(i64),
    /// Runs the method at once and answers after this delay.
    Delay(Duration),
}

impl Fault {
    /// Returns the answer of a fault that keeps the method from running.
    pub(super) fn refusal(self) -> Option<ApiRefusal> {
        let refusal = match self {
            Fault::TooManyRequests { retry_after_secs: secs } => ApiRefusal {
                parameters: Some(json!({ "retry_after": secs })),
                ..ApiRefusal::new(429, format!("Too Many Requests: retry after {secs}"))
            },
            Fault::Forbidden(text) => ApiRefusal::forbidden(text.trim_start_matches("Forbidden: ")),
            Fault::BadRequest(text) => ApiRefusal::bad_request(text.trim_start_matches("Bad Request: ")),
            Fault::ServerError(502) => ApiRefusal::new(502, "Bad Gateway"),
            Fault::ServerError(code) => ApiRefusal::new(code, "Internal Server Error"),
            Fault::Refused(code, text) => ApiRefusal::new(code, text),
            Fault::Migrated(to) => ApiRefusal::migrated(to),
            Fault::Html(_) | Fault::Silence | Fault::Endless | Fault::LostAnswer | Fault::Delay(_) => return None,
        };
        Some(refusal)
    }

    /// Panics at a code that no Telegram error has: a test of it would prove nothing.
    fn check(self) {
        let (code, errors) = match self {
            Fault::ServerError(code) => (code, 500..=599),
            Fault::Refused(code, _) | Fault::Html(code) => (code, 400..=599),
            _ => return,
        };
        assert!(errors.contains(&code), "{code} is no code of {self:?}");
    }
}

/// The script of faults, and the held methods.
#[derive(Default)]
pub(super) struct FaultScript {
    next: HashMap<&'static str, VecDeque<Fault>>,
    always: HashMap<&'static str, Fault>,
    holds: HashMap<&'static str, Hold>,
}

#[derive(Clone, Copy, Default)]
struct Hold {
    guards: usize,
    waiting: usize,
    /// Counts the times that waiting requests were discarded; a request that saw it grow was among them.
    discards: u64,
}

impl FaultScript {
    /// Takes the next fault of a method: the queue first, then the standing one.
    pub(super) fn take(&mut self, method: &'static str) -> Option<Fault> {
        let queued = self.next.get_mut(method).and_then(VecDeque::pop_front);
        queued.or_else(|| self.always.get(method).copied())
    }

    fn hold(&mut self, method: &'static str) -> &mut Hold {
        self.holds.entry(method).or_default()
    }
}

/// Keeps requests to one method waiting; dropping it lets them through.
#[must_use = "the method is held only as long as the guard lives"]
pub struct HoldGuard {
    method: &'static str,
    shared: Arc<SharedState>,
}

impl HoldGuard {
    /// Lets the waiting requests through and holds no more.
    pub fn release(self) {}

    /// Cuts the connections of the waiting requests without running them, and holds no more.
    ///
    /// After a kill of the bot's process none of its requests has an effect.
    pub fn discard(self) {
        self.shared.update(|state| state.faults.hold(self.method).discards += 1);
    }
}

impl Drop for HoldGuard {
    fn drop(&mut self) {
        self.shared.update(|state| state.faults.hold(self.method).guards -= 1);
    }
}

impl FakeBotApi {
    /// Appends a fault to the queue that the next requests to a method meet.
    pub fn answer_next(&self, method: &str, fault: Fault) {
        let method = known(method);
        fault.check();
        self.shared.update(|state| state.faults.next.entry(method).or_default().push_back(fault));
    }

    /// Makes every request to a method meet a fault once the queue is empty; `None` ends it.
    pub fn answer_always(&self, method: &str, fault: Option<Fault>) {
        let method = known(method);
        fault.iter().for_each(|fault| fault.check());
        self.shared.update(|state| match fault {
            Some(fault) => state.faults.always.insert(method, fault),
            None => state.faults.always.remove(method),
        });
    }

    /// Makes a user block the bot, or a group or channel remove it; the bot receives no update.
    pub fn block(&self, chat_id: i64) {
        self.shared.update(|state| state.chat_mut(chat_id).bot_status = "kicked".to_owned());
    }

    /// Undoes a block; the bot receives no update.
    pub fn unblock(&self, chat_id: i64) {
        self.shared.update(|state| state.chat_mut(chat_id).readmit_bot());
    }

    /// Keeps requests to a method waiting until the guard is dropped.
    pub fn hold(&self, method: &str) -> HoldGuard {
        let method = known(method);
        self.shared.update(|state| state.faults.hold(method).guards += 1);
        HoldGuard { method, shared: self.shared.clone() }
    }

    /// Waits until `n` requests to a held method have arrived, or returns an error text.
    pub async fn wait_for_held(&self, method: &str, n: usize, timeout: Duration) -> Result<(), String> {
        let reached = self.wait_until(timeout, |state| state.held(method) >= n).await;
        reached.map_err(|late| format!("{late}: {method} held {} of {n}", self.read(|state| state.held(method))))
    }
}

impl State {
    /// Counts the held requests to a method.
    pub fn held(&self, method: &str) -> usize {
        self.faults.holds.get(known(method)).map_or(0, |hold| hold.waiting)
    }
}

/// Waits while a method is held; returns false when the request was discarded.
pub(super) async fn pass_hold(shared: &SharedState, method: &'static str) -> bool {
    let Some(discards) = shared.update_quietly(|state| {
        let hold = state.faults.holds.get_mut(method).filter(|hold| hold.guards > 0)?;
        hold.waiting += 1;
        Some(hold.discards)
    }) else {
        return true;
    };
    // A client that leaves drops this future here.
    let _waiting = Waiting { shared, method };
    shared.changed.notify_waiters();
    shared
        .watch(|state| {
            let hold = *state.faults.hold(method);
            if hold.discards != discards { Some(false) } else { (hold.guards == 0).then_some(true) }
        })
        .await
}

struct Waiting<'a> {
    shared: &'a SharedState,
    method: &'static str,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.shared.update(|state| state.faults.hold(self.method).waiting -= 1);
    }
}

/// Returns a method's own spelling; a script for an unknown method would let its test pass for a wrong reason.
pub(super) fn known(method: &str) -> &'static str {
    params::find_method(method).unwrap_or_else(|| panic!("the fake Bot API serves no method {method}")).name
}
