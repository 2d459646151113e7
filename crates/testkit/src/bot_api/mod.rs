//! Owns a strict stand-in for Telegram's Bot API on a local port: the server, and the view of a test on it. It must not
//! know the bot under test. `updates` plays the people, `faults` the scripted faults.
//!
//! Strict means: the stand-in refuses all that Telegram refuses, in Telegram's words, and also mistakes of the bot that
//! Telegram ignores (an unknown parameter, a `null`). Rate limits and faults by chance are off until a test turns them
//! on.

mod chance;
mod content;
mod faults;
mod files;
mod groups;
mod html;
mod ledger;
mod limits;
mod methods;
mod multipart;
mod params;
mod state;
#[cfg(test)]
mod tests;
mod updates;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
};

use chance::Chance;
use limits::Limiter;

pub use chance::Odds;
pub use faults::{Fault, HoldGuard};
pub use files::{Media, SentFile, grey_png};
pub use html::{Entity, ParsedText, parse_html};
pub use ledger::{Attempt, Ledger, Marks, Outcome};
pub use limits::RateLimits;
pub use state::{BOT_ID, BOT_USERNAME, HiddenPeople, Sent, State};

/// The only token the server takes.
const TOKEN: &str = "123456:TEST-TOKEN";
/// Telegram's limit for an upload, and some room for the other parts of the request.
const MAX_BODY_BYTES: usize = 50 * 1024 * 1024 + 64 * 1024;

/// A running server; it and all its connections end when this is dropped.
pub struct FakeBotApi {
    address: SocketAddr,
    shared: Arc<SharedState>,
    /// Its drop is the signal to stop.
    stop: watch::Sender<()>,
}

impl FakeBotApi {
    /// Starts a server on a free port of 127.0.0.1.
    pub async fn start() -> FakeBotApi {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free local port");
        FakeBotApi::start_on(listener)
    }

    /// Starts a server on a given listener, for a test that needs the same port twice; called inside a runtime.
    pub fn start_on(listener: TcpListener) -> FakeBotApi {
        let address = listener.local_addr().expect("a bound listener");
        let (stop, stopped) = watch::channel(());
        let shared = Arc::new(SharedState { state: Mutex::new(State::new()), changed: Notify::new() });
        serve(listener, 0, &shared, stopped);
        FakeBotApi { address, shared, stop }
    }

    /// Serves this Telegram at one more address and returns it; the ledger has `node` for requests there.
    pub async fn listen_too(&self, node: usize) -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free local port");
        let address = listener.local_addr().expect("a bound listener");
        serve(listener, node, &self.shared, self.stop.subscribe());
        format!("http://{address}")
    }

    /// RateLimits the rates from now on; `None` ends it.
    pub fn limit(&self, limits: Option<RateLimits>) {
        self.shared.update(|state| state.limiter = limits.map(Limiter::new));
    }

    /// Turns on faults by chance, by a seed.
    pub fn play_odds(&self, odds: Odds, seed: u64) {
        self.shared.update(|state| state.chance = (odds != Odds::default()).then(|| Chance::new(odds, seed)));
    }

    /// Replaces the list of messages by a light record, for a load of many messages.
    pub fn record_lightly(&self, marks: Marks) {
        self.shared.update(|state| state.ledger = Some(Ledger::new(marks)));
    }

    /// Returns the address for the bot's configuration.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the token for the bot's configuration.
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// Lists the messages sent by the bot, in order, deleted ones included.
    pub fn sent(&self) -> Vec<Sent> {
        self.read(|state| state.sent().to_vec())
    }

    /// Lists the parameters of the requests to a method, in order; `null` stands for a body that could not be read.
    pub fn calls(&self, method: &str) -> Vec<Value> {
        self.read(|state| state.calls(method))
    }

    /// Counts the requests to a method, refused ones included.
    pub fn requests(&self, method: &str) -> usize {
        self.read(|state| state.requests(method))
    }

    /// Counts the answers 429 given.
    pub fn too_many_served(&self) -> usize {
        self.read(State::too_many_served)
    }

    /// Returns how many bytes the bot took of the last answer without an end.
    pub fn endless_bytes(&self) -> usize {
        self.read(|state| state.endless_bytes)
    }

    /// Lists the commands and descriptions set for all chats and languages.
    pub fn commands(&self) -> Vec<(String, String)> {
        self.read(State::commands)
    }

    /// Looks at the state once.
    pub fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.shared.lock())
    }

    /// Waits until the bot has sent at least `n` messages and returns them all, or an error text.
    pub async fn wait_for_sent(&self, n: usize, timeout: Duration) -> Result<Vec<Sent>, String> {
        let reached = self.wait_until(timeout, |state| state.sent().len() >= n).await;
        let sent = self.sent();
        match reached {
            Ok(()) => Ok(sent),
            Err(late) => {
                let texts: Vec<&str> = sent.iter().map(|sent| sent.plain.as_str()).collect();
                Err(format!("{late}: sent {} of {n}: {texts:?}", sent.len()))
            }
        }
    }

    /// Waits for a state, checked after every change, or returns an error text.
    pub async fn wait_until(&self, timeout: Duration, mut wanted: impl FnMut(&State) -> bool) -> Result<(), String> {
        let reached = self.shared.watch(|state| wanted(state).then_some(()));
        tokio::time::timeout(timeout, reached).await.map_err(|_| format!("not within {timeout:?}"))
    }
}

/// The state behind its lock, and the bell that rings after every change.
struct SharedState {
    state: Mutex<State>,
    changed: Notify,
}

impl SharedState {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A test that panics inside a closure must not take every later look down with it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update_quietly<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        change(&mut self.lock())
    }

    fn update<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = self.update_quietly(change);
        self.changed.notify_waiters();
        result
    }

    /// Looks after every change until `look` returns a value.
    async fn watch<R>(&self, mut look: impl FnMut(&mut State) -> Option<R>) -> R {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // Registered before the look, or a change in between would go unheard.
            changed.as_mut().enable();
            if let Some(seen) = self.update_quietly(&mut look) {
                return seen;
            }
            changed.await;
        }
    }
}

/// An answer with `ok: false`.
#[derive(Clone, Debug)]
struct ApiRefusal {
    code: u16,
    description: String,
    parameters: Option<Value>,
}

impl ApiRefusal {
    fn new(code: u16, description: impl Into<String>) -> ApiRefusal {
        let description = description.into();
        ApiRefusal { code, description, parameters: None }
    }

    fn bad_request(text: &str) -> ApiRefusal {
        ApiRefusal::new(400, format!("Bad Request: {text}"))
    }

    fn forbidden(text: &str) -> ApiRefusal {
        ApiRefusal::new(403, format!("Forbidden: {text}"))
    }

    fn migrated(to: i64) -> ApiRefusal {
        let parameters = Some(json!({ "migrate_to_chat_id": to }));
        ApiRefusal { parameters, ..ApiRefusal::bad_request("group chat was upgraded to a supergroup chat") }
    }
}

fn serve(listener: TcpListener, node: usize, shared: &Arc<SharedState>, stop: watch::Receiver<()>) {
    let (served, ending) = (shared.clone(), stop.clone());
    let router = Router::new().fallback(move |request: Request| handle(served.clone(), ending.clone(), node, request));
    let server = axum::serve(listener, router).with_graceful_shutdown(until_dropped(stop));
    tokio::spawn(async move { server.await });
}

async fn until_dropped(mut stop: watch::Receiver<()>) {
    // The channel never has a value, so the wait ends only with the sender.
    while stop.changed().await.is_ok() {}
}

async fn handle(shared: Arc<SharedState>, stop: watch::Receiver<()>, node: usize, request: Request) -> Response {
    tokio::select! {
        () = until_dropped(stop) => cut_connection(),
        response = respond(&shared, node, request) => response,
    }
}

async fn respond(shared: &Arc<SharedState>, node: usize, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = params::percent_decoded(parts.uri.path().as_bytes());
    let Some((token, name)) = path.strip_prefix("/bot").and_then(|path| path.split_once('/')) else {
        return answer(Err(ApiRefusal::new(404, "Not Found")));
    };
    if token != TOKEN {
        return answer(Err(ApiRefusal::new(401, "Unauthorized")));
    }
    let Some(method) = params::find_method(name) else {
        return answer(Err(ApiRefusal::new(404, "Not Found")));
    };
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return answer(Err(ApiRefusal::new(413, "Request Entity Too Large")));
    };
    let decoded = decode(method, parts.uri.query(), &parts.headers, &body);
    shared.update(|state| state.note_call(method.name, decoded.as_ref().ok().map(|call| &call.params), node));
    if !faults::pass_hold(shared, method.name).await {
        return cut_connection();
    }
    // The bot's own mistakes come before any scripted fault, which would hide them.
    let call = match decoded.and_then(|call| params::check(method, &call).map(|()| call)) {
        Ok(call) => call,
        Err(description) => {
            shared.update(|state| state.note_attempt(method.name, &params::Params::new(), node, Outcome::Refused));
            return answer(Err(ApiRefusal::new(400, description)));
        }
    };
    let fault = shared.update(|state| state.take_fault(method.name, &call.params, node));
    if let Some(refusal) = fault.and_then(Fault::refusal) {
        return answer(Err(refusal));
    }
    match fault {
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::Endless) => return endless(shared),
        Some(Fault::Html(status)) => return proxys_page(status),
        _ => {}
    }
    let result = match method.name {
        "getUpdates" => long_poll(shared, &call.params).await,
        name => shared.update(|state| {
            let result = state.call(name, &call);
            let done = if matches!(fault, Some(Fault::LostAnswer)) { Outcome::AnswerLost } else { Outcome::Sent };
            state.note_attempt(name, &call.params, node, if result.is_ok() { done } else { Outcome::Refused });
            result
        }),
    };
    match fault {
        Some(Fault::LostAnswer) => return cut_connection(),
        Some(Fault::Delay(pause)) => tokio::time::sleep(pause).await,
        _ => {}
    }
    answer(result)
}

fn decode(
    method: &params::Method,
    query: Option<&str>,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<params::Call, String> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    params::decode(method, query.unwrap_or_default(), content_type.unwrap_or_default(), body)
}

impl State {
    /// Takes the fault of a request, with its effects on the state: a scripted one, a rate limit, or one by chance.
    fn take_fault(&mut self, method: &'static str, params: &params::Params, node: usize) -> Option<Fault> {
        let fault = self.faults.take(method).or_else(|| self.pace(method, params)).or_else(|| {
            let chance = self.chance.as_mut().filter(|_| method_sends(method))?;
            chance.fault(Instant::now())
        })?;
        match fault {
            Fault::TooManyRequests { .. } => {
                self.too_many_served += 1;
                self.note_attempt(method, params, node, Outcome::TooMany);
            }
            Fault::ServerError(_) | Fault::Html(_) | Fault::Refused(500.., _) => {
                self.note_attempt(method, params, node, Outcome::Error)
            }
            Fault::Migrated(to) => {
                if let Some(from) = params.get("chat_id").and_then(Value::as_i64) {
                    self.migrate(from, to);
                }
            }
            _ => {}
        }
        Some(fault)
    }

    /// Counts a request, or refuses one that comes too fast.
    fn pace(&mut self, method: &str, params: &params::Params) -> Option<Fault> {
        let limiter = self.limiter.as_mut().filter(|_| method_sends(method))?;
        let paid = params.get("allow_paid_broadcast").and_then(Value::as_bool).unwrap_or(false);
        let refused = limiter.admit(chat_of(params)?, paid, Instant::now()).err()?;
        Some(Fault::TooManyRequests { retry_after_secs: refused })
    }

    /// Writes a request that sends or edits into the ledger, if there is one.
    fn note_attempt(&mut self, method: &str, params: &params::Params, node: usize, outcome: Outcome) {
        if let (Some(ledger), true) = (&mut self.ledger, method_sends(method)) {
            let text = params.get("text").or_else(|| params.get("caption")).and_then(Value::as_str).unwrap_or_default();
            ledger.note(node, chat_of(params).unwrap_or_default(), text, outcome, method.starts_with("edit"));
        }
    }
}

/// Checks that a method makes or changes a message: Telegram counts those.
fn method_sends(method: &str) -> bool {
    matches!(
        method,
        "sendMessage"
            | "sendPhoto"
            | "sendDocument"
            | "editMessageText"
            | "editMessageCaption"
            | "editMessageReplyMarkup"
    )
}

fn chat_of(params: &params::Params) -> Option<i64> {
    params.get("chat_id").and_then(|id| id.as_i64().or_else(|| id.as_str()?.parse().ok()))
}

async fn long_poll(shared: &SharedState, params: &params::Params) -> Result<Value, ApiRefusal> {
    let poll = shared.update(|state| state.begin_poll(params))?;
    let deadline = Duration::from_secs(poll.timeout_secs);
    let answered = tokio::time::timeout(deadline, shared.watch(|state| state.poll(&poll))).await;
    answered.unwrap_or_else(|_| Ok(json!([])))
}

fn answer(result: Result<Value, ApiRefusal>) -> Response {
    let (code, body) = match result {
        Ok(result) => (200, json!({ "ok": true, "result": result })),
        Err(refusal) => {
            let mut body = json!({ "ok": false, "error_code": refusal.code, "description": refusal.description });
            if let Some(parameters) = refusal.parameters {
                body["parameters"] = parameters;
            }
            (refusal.code, body)
        }
    };
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// An answer without updates, behind which blanks follow. It does end at a size that no machine runs out of memory of.
fn endless(shared: &Arc<SharedState>) -> Response {
    const PIECE: &[u8] = &[b' '; 64 << 10];
    const MOST_BYTES: usize = 96 << 20;
    let shared = Arc::clone(shared);
    let body = stream::unfold(0, move |sent| {
        let piece = if sent == 0 { br#"{"ok":true,"result":[]}"# } else { PIECE };
        let sent = sent + piece.len();
        shared.update(|state| state.endless_bytes = sent);
        async move { (sent <= MOST_BYTES).then_some((Ok::<_, io::Error>(Bytes::from_static(piece)), sent)) }
    });
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(body)).into_response()
}

/// The page that nginx makes of an error.
fn proxys_page(status: u16) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    let title = match status {
        StatusCode::GATEWAY_TIMEOUT => "504 Gateway Time-out".to_owned(),
        _ => format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default()),
    };
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\
         <center><h1>{title}</h1></center><hr><center>nginx/1.18.0</center></body>\r\n</html>\r\n"
    );
    (status, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

/// Ends the connection without an answer: a body that fails before its first byte keeps the head from being sent.
fn cut_connection() -> Response {
    Body::from_stream(stream::once(async { Err::<Bytes, _>(io::Error::other("cut")) })).into_response()
}
