//! Fetching: faulty answers, redirects, and the address policy for operators and strangers.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ceasewire::config::{self, Settings, SettingsSource};
use ceasewire_feeds::discover::{self, PageKind};
use ceasewire_feeds::fetch::{
    AddressRefusal, Credentials, FetchConfig, FetchError, FetchRequest, FetchResponse, FetchStage, FetchedContent,
    Fetcher, Login, ResponseBody, Trust,
};
use ceasewire_model::Timestamp;
use url::Url;

use ceasewire_testkit::raw_site::{RawSite, Reply};

/// 10 October 2020, 12:00 UTC.
const NOW: Timestamp = Timestamp(1_602_331_200_000);
const FEED: &[u8] = b"<rss version=\"2.0\"><channel><title>Lachin corridor</title></channel></rss>";
/// A secret that nothing may show.
const SECRET: &str = "hunter2";

/// The default settings, for feeds of the operator's own on loopback.
fn settings() -> FetchConfig {
    let Settings { config, .. } = config::load(SettingsSource::Defaults, []).unwrap();
    FetchConfig { allow_private_networks: true, max_body_bytes: 1 << 16, ..config.fetch }
}

/// The default settings; of private addresses, a stranger's feed may reach 127.0.0.2 alone.
fn guarded(port: u16) -> FetchConfig {
    FetchConfig {
        allow_private_networks: false,
        allow_networks: vec!["127.0.0.2/32".parse().unwrap()],
        allow_ports: vec![80, port],
        ..settings()
    }
}

fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn status(line: &str, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n{headers}\r\n").into_bytes()
}

fn redirect(code: u16, to: &str) -> Vec<u8> {
    status(&format!("{code} Elsewhere"), &format!("Location: {to}\r\n"))
}

/// Starts a site with one answer to all requests.
async fn site(answer: Vec<u8>) -> RawSite {
    RawSite::start(move |_| Reply::Bytes(answer.clone())).await
}

async fn fetch(settings: &FetchConfig, url: &str, trust: Trust) -> Result<FetchResponse, FetchError> {
    Fetcher::new(settings).unwrap().fetch(FetchRequest::new(url, trust, NOW)).await
}

async fn fetch_own(url: &str) -> Result<FetchResponse, FetchError> {
    fetch(&settings(), url, Trust::Operator).await
}

fn body(answer: FetchResponse) -> ResponseBody {
    match answer.content {
        FetchedContent::Body(body) => body,
        FetchedContent::NotModified => panic!("not modified"),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Shows the error in all its forms, and checks that no form has a secret.
fn shown(error: &FetchError) -> String {
    let text = format!("{error} {error:?} {error:#?}");
    assert!(!text.contains(SECRET), "{text}");
    error.to_string()
}

fn path(request: &str) -> &str {
    request.split(' ').nth(1).unwrap_or_default()
}

// Address policy.

#[tokio::test]
async fn loopback_is_refused_unless_the_operator_allows_it() {
    let site = site(ok("", FEED)).await;
    let port = site.port();
    let closed = FetchConfig { allow_private_networks: false, allow_ports: vec![port], ..settings() };
    let open = FetchConfig { allow_ports: vec![port], ..settings() };
    for host in [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "127.1",
        "feeds.example@127.0.0.1",
    ] {
        let url = format!("http://{host}:{port}/feed");
        for (settings, trust) in [(&closed, Trust::Operator), (&closed, Trust::Stranger), (&open, Trust::Stranger)] {
            let error = fetch(settings, &url, trust).await.unwrap_err();
            assert!(matches!(error, FetchError::Refused(AddressRefusal::Private(_))), "{url}: {error}");
        }
    }
    assert_eq!(site.requests(), Vec::<String>::new());
    for host in ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"] {
        assert!(fetch(&open, &format!("http://{host}:{port}/"), Trust::Operator).await.is_ok(), "{host}");
    }
}

#[tokio::test]
async fn a_redirect_leads_nowhere_that_the_address_itself_could_not() {
    const HOSTS: [&str; 7] =
        ["127.0.0.1", "localhost", "0.0.0.0", "[::ffff:7f00:1]", "2130706433", "169.254.169.254", "u:p@127.1"];
    let inside = site(ok("", FEED)).await;
    let port = inside.port();
    let outside = RawSite::start_on(format!("127.0.0.2:{port}").parse().unwrap(), move |request| {
        let (step, host) = path(request)[1..].split_once('/').unwrap();
        Reply::Bytes(match step {
            "feed" => redirect(301, &format!("/hop/{host}")),
            _ => redirect(302, &format!("http://{}:{port}/latest/meta-data/", HOSTS[host.parse::<usize>().unwrap()])),
        })
    })
    .await;
    let fetcher = Fetcher::new(&guarded(port)).unwrap();
    for (number, host) in HOSTS.iter().enumerate() {
        // The operator's own feed on a public host must not redirect to a private address either.
        for trust in [Trust::Stranger, Trust::Operator] {
            let url = outside.url(&format!("/feed/{number}"));
            let error = fetcher.fetch(FetchRequest::new(&url, trust, NOW)).await.unwrap_err();
            assert!(matches!(error, FetchError::Refused(AddressRefusal::Private(_))), "{host}: {error}");
        }
    }
    assert_eq!(outside.requests().len(), 4 * HOSTS.len());
    assert_eq!(inside.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_publishers_redirect_never_leads_inside() {
    let inside = site(ok("", FEED)).await;
    let to = inside.url("/admin");
    let public = RawSite::start(move |request| {
        Reply::Bytes(match path(request) {
            "/own" => redirect(301, "/feed"),
            "/feed" => ok("", FEED),
            _ => redirect(301, &to),
        })
    })
    .await;
    let closed = FetchConfig { allow_private_networks: false, ..settings() };
    let private = Credentials { private: true, ..access(&public.url("/"), None) };
    let (own, away, page) = (public.url("/own"), public.url("/away"), inside.url("/admin"));
    for (settings, credentials) in [(&settings(), None), (&closed, Some(&private)), (&settings(), Some(&private))] {
        let fetcher = Fetcher::new(settings).unwrap();
        let request = |url| FetchRequest { credentials, ..FetchRequest::new(url, Trust::Operator, NOW) };
        assert!(fetcher.fetch(request(&own)).await.is_ok(), "its own host");
        // A redirect, and an address that the feed has moved to or a page of it.
        for request in [request(&away), FetchRequest { configured: Some(&own), ..request(&page) }] {
            let error = fetcher.fetch(request).await.unwrap_err();
            assert!(matches!(error, FetchError::Refused(AddressRefusal::Private(_))), "{error}");
        }
    }
    // Without its right the feed is refused, and a stranger has none.
    let fetcher = Fetcher::new(&closed).unwrap();
    assert!(fetcher.fetch(FetchRequest::new(&own, Trust::Operator, NOW)).await.is_err());
    let stranger = FetchRequest { credentials: Some(&private), ..FetchRequest::new(&own, Trust::Stranger, NOW) };
    assert!(fetcher.fetch(stranger).await.is_err());
    assert_eq!(inside.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_stranger_reads_one_text_for_every_address_that_cannot_be_reached() {
    let closed = FetchConfig { allow_private_networks: false, allow_ports: vec![80, 1], ..settings() };
    let mut texts = std::collections::BTreeSet::new();
    for url in
        ["http://localhost./", "http://127.0.0.1/", "http://nothing.invalid/", "http://[::1]:22/", "http://127.1:1/"]
    {
        texts.insert(fetch(&closed, url, Trust::Stranger).await.unwrap_err().for_strangers());
    }
    assert_eq!(texts.into_iter().collect::<Vec<_>>(), ["the site cannot be reached"]);
}

#[tokio::test]
async fn a_stranger_reaches_the_allowed_networks_and_ports_alone() {
    let other = site(ok("", FEED)).await;
    let port = other.port();
    let address = format!("127.0.0.2:{port}").parse().unwrap();
    let site = RawSite::start_on(address, move |request| {
        Reply::Bytes(match path(request) {
            "/feed" => ok("", FEED),
            "/ssh" => redirect(302, "http://127.0.0.2:22/"),
            _ => redirect(302, "gopher://127.0.0.2/x"),
        })
    })
    .await;
    let settings = guarded(port);
    assert_eq!(body(fetch(&settings, &site.url("/feed"), Trust::Stranger).await.unwrap()).bytes, FEED);
    for trust in [Trust::Stranger, Trust::Operator] {
        let error = fetch(&settings, &site.url("/gopher"), trust).await.unwrap_err();
        assert!(matches!(error, FetchError::Refused(AddressRefusal::Scheme(_))), "{error}");
    }
    let error = fetch(&settings, &site.url("/ssh"), Trust::Stranger).await.unwrap_err();
    assert!(matches!(error, FetchError::Refused(AddressRefusal::Port(22))), "{error}");
}

#[tokio::test]
async fn strangers_never_share_the_operators_connections() {
    // The connection stays open for the next request, which would come over it without a look at the resolver.
    let site = RawSite::start(|_| {
        Reply::Hang(
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", FEED.len(), "x".repeat(FEED.len())).into(),
        )
    })
    .await;
    let url = format!("http://localhost:{}/", site.port());
    let fetcher = Fetcher::new(&FetchConfig { allow_ports: vec![site.port()], ..settings() }).unwrap();
    assert!(fetcher.fetch(FetchRequest::new(&url, Trust::Operator, NOW)).await.is_ok());
    let error = fetcher.fetch(FetchRequest::new(&url, Trust::Stranger, NOW)).await.unwrap_err();
    assert!(matches!(error, FetchError::Refused(AddressRefusal::Private(_))), "{error}");
    assert_eq!(site.requests().len(), 1);
}

// Redirects.

#[tokio::test]
async fn only_permanent_redirects_move_a_feed() {
    let site = RawSite::start(|request| {
        Reply::Bytes(match path(request) {
            "/301" => redirect(301, "/feed"),
            "/308" => redirect(308, "/feed"),
            "/302" => redirect(302, "/feed"),
            "/303" => redirect(303, "/feed"),
            "/307" => redirect(307, "/feed"),
            "/301-302-301" => redirect(301, "/302-301"),
            "/302-301" => redirect(302, "/301"),
            _ => ok("", FEED),
        })
    })
    .await;
    for (path, moved_to) in [
        ("/feed", None),
        ("/301", Some("/feed")),
        ("/308", Some("/feed")),
        ("/302", None),
        ("/303", None),
        ("/307", None),
        ("/301-302-301", Some("/302-301")),
        ("/302-301", None),
    ] {
        let answer = fetch_own(&site.url(path)).await.unwrap();
        assert_eq!(answer.moved_to, moved_to.map(|path| site.url(path)), "{path}");
        assert_eq!(body(answer).url, site.url("/feed"), "{path}");
    }
}

#[tokio::test]
async fn redirects_that_lead_to_no_answer_are_told() {
    let site = RawSite::start(|request| {
        Reply::Bytes(match path(request) {
            "/circle" => redirect(302, "/elcric"),
            "/elcric" => redirect(302, "/circle"),
            "/nowhere" => redirect(302, "http://[::1"),
            "/silent" => status("302 Found", ""),
            more => redirect(302, &format!("{more}x")),
        })
    })
    .await;
    for (path, kind, word) in [
        ("/circle?key=hunter2", "redirect", "without end"),
        ("/circle", "redirect", "circle"),
        ("/x?key=hunter2", "redirect", "without end"),
        ("/nowhere", "address", "redirects to"),
        ("/silent", "status", "302"),
    ] {
        let error = fetch_own(&site.url(path)).await.unwrap_err();
        let text = shown(&error);
        assert!(error.kind() == kind && (text.contains(word) || text.contains("circle")), "{path}: {text}");
    }
}

fn access(home: &str, proxy: Option<String>) -> Credentials {
    Credentials {
        home: Url::parse(home).unwrap().origin(),
        proxy: proxy.map(Into::into),
        headers: vec![("X-Api-Key".into(), SECRET.to_owned().into()), ("User-Agent".into(), "Own/1".to_owned().into())],
        login: Some(Login { user: "ani".into(), password: SECRET.to_owned().into() }),
        private: false,
    }
}

#[tokio::test]
async fn secrets_are_sent_to_their_own_host_alone() {
    let away = site(ok("", FEED)).await;
    let to = away.url("/feed");
    let home = RawSite::start_on("127.0.0.3:0".parse().unwrap(), move |request| {
        Reply::Bytes(match path(request) {
            "/feed" => redirect(302, "/within"),
            _ => redirect(302, &to),
        })
    })
    .await;
    let access = access(&home.url("/"), None);
    let networks = vec!["127.0.0.0/8".parse().unwrap()];
    let fetcher = Fetcher::new(&FetchConfig { allow_networks: networks, ..settings() }).unwrap();
    let (from_access, from_address) = (home.url("/feed"), home.url("/feed").replace("//", "//ani:hunter2@"));
    let with_access =
        FetchRequest { credentials: Some(&access), ..FetchRequest::new(&from_access, Trust::Operator, NOW) };
    assert_eq!(body(fetcher.fetch(with_access).await.unwrap()).bytes, FEED);
    let by_address = fetcher.fetch(FetchRequest::new(&from_address, Trust::Operator, NOW)).await.unwrap();
    assert!(!body(by_address).url.contains('@'));

    let [first, second, third, fourth] = &home.requests()[..] else { panic!("{:?}", home.requests()) };
    for request in [first, second] {
        assert!(request.contains("x-api-key: hunter2") && request.contains("user-agent: own/1"), "{request}");
    }
    for request in [first, second, third, fourth] {
        assert!(request.contains("authorization: basic yw5pomh1bnrlcji="), "{request}");
    }
    for request in away.requests() {
        let bare = !request.contains("authorization") && !request.contains("x-api-key") && !request.contains(SECRET);
        assert!(bare && request.contains("user-agent: ceasewire/"), "{request}");
    }

    // Who named the address decides: a stranger's is not fetched with what is the operator's.
    let stranger = FetchRequest { credentials: Some(&access), ..FetchRequest::new(&from_access, Trust::Stranger, NOW) };
    let network = vec!["127.0.0.0/8".parse().unwrap()];
    let ports = vec![home.port(), away.port()];
    let settings = FetchConfig { allow_networks: network, allow_ports: ports, ..settings() };
    assert!(Fetcher::new(&settings).unwrap().fetch(stranger).await.is_ok());
    assert!(!home.requests()[4].contains(SECRET) && !home.requests()[4].contains("authorization"));
}

#[tokio::test]
async fn a_feeds_proxy_makes_the_connection_and_a_stranger_has_none() {
    let proxy = site(ok("", FEED)).await;
    let access = access("http://n.example/", Some(format!("http://u:{SECRET}@{}", proxy.address())));
    let fetcher = Fetcher::new(&settings()).unwrap();
    let request =
        FetchRequest { credentials: Some(&access), ..FetchRequest::new("http://n.example/feed", Trust::Operator, NOW) };
    for _ in 0..2 {
        assert_eq!(body(fetcher.fetch(request).await.unwrap()).bytes, FEED);
    }
    let seen = proxy.requests();
    assert!(
        seen.iter().all(|head| head.starts_with("get http://n.example/feed") && head.contains("proxy-authorization"))
    );
    assert_eq!(seen.len(), 2);
    // A numeric address inside the proxy's network is refused all the same.
    let closed = Fetcher::new(&FetchConfig { allow_private_networks: false, ..settings() }).unwrap();
    let inside =
        FetchRequest { credentials: Some(&access), ..FetchRequest::new("http://10.0.0.1/", Trust::Operator, NOW) };
    assert!(matches!(closed.fetch(inside).await, Err(FetchError::Refused(_))));
    let stranger =
        FetchRequest { credentials: Some(&access), ..FetchRequest::new("http://localhost/feed", Trust::Stranger, NOW) };
    assert!(matches!(fetcher.fetch(stranger).await, Err(FetchError::Refused(_))));
    assert_eq!(proxy.requests().len(), 2);
}

// Answers.

#[tokio::test]
async fn whatever_is_compressed_is_read_and_a_bomb_is_not() {
    let zeros = vec![b' '; 1 << 20];
    let mut br = Vec::new();
    brotli::CompressorWriter::new(&mut br, 4096, 3, 22).write_all(&zeros).unwrap();
    let zstd = zstd::stream::encode_all(&zeros[..], 3).unwrap();
    for (headers, bytes, good) in [
        ("", FEED.to_vec(), true),
        ("Content-Encoding: gzip\r\n", gzip(FEED), true),
        ("Content-Type: application/gzip\r\n", gzip(FEED), true),
        ("Content-Encoding: gzip\r\n", gzip(&gzip(FEED)), true),
        ("Content-Encoding: gzip, gzip\r\n", gzip(&gzip(FEED)), true),
        ("Content-Encoding: gzip\r\n", FEED.to_vec(), true),
        ("Content-Encoding: gzip\r\n", gzip(&zeros), false),
        ("", gzip(&zeros), false),
        ("Content-Encoding: gzip, gzip\r\n", gzip(&gzip(&zeros)), false),
        ("Content-Encoding: br\r\n", br, false),
        ("Content-Encoding: zstd\r\n", zstd, false),
    ] {
        let site = site(ok(headers, &bytes)).await;
        match fetch_own(&site.url("/")).await {
            Ok(answer) => assert!(good && body(answer).bytes == FEED, "{headers}"),
            Err(FetchError::TooLarge(65_536)) => assert!(!good, "{headers}"),
            Err(error) => panic!("{headers}: {error}"),
        }
        assert!(site.requests()[0].contains("accept-encoding: gzip, br, zstd, deflate"));
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_cut_off() {
    let announced = "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n<rss>";
    let endless = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<rss>";
    let hanging = RawSite::start(move |_| Reply::Hang(announced.into())).await;
    let flooding = RawSite::start(move |_| Reply::Flood(endless.into())).await;
    for site in [hanging, flooding] {
        let error = fetch_own(&site.url("/?key=hunter2")).await.unwrap_err();
        assert!(matches!(error, FetchError::TooLarge(65_536)) && shown(&error).contains("fetch.max_body_bytes"));
    }
}

#[tokio::test]
async fn a_strangers_body_has_a_limit_of_its_own() {
    for (headers, body) in [("", vec![b'<'; 2000]), ("Content-Encoding: gzip\r\n", gzip(&[b'<'; 2000]))] {
        let site = site(ok(headers, &body)).await;
        let settings = FetchConfig {
            allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
            allow_ports: vec![site.port()],
            ..settings()
        };
        let fetcher = Fetcher::new(&settings).unwrap().with_stranger_limit(1999);
        let url = site.url("/");
        assert!(fetcher.fetch(FetchRequest::new(&url, Trust::Operator, NOW)).await.is_ok());
        let error = fetcher.fetch(FetchRequest::new(&url, Trust::Stranger, NOW)).await.unwrap_err();
        assert!(matches!(error, FetchError::TooLarge(1999)) && error.to_string().contains("budgets.chat_feeds"));
    }
}

#[tokio::test]
async fn a_timeout_names_its_setting() {
    let quick = FetchConfig { connect_timeout_secs: 1, header_timeout_secs: 1, timeout_secs: 5, ..settings() };
    let connecting = FetchConfig { header_timeout_secs: 5, ..quick.clone() };
    let whole = FetchConfig { header_timeout_secs: 5, timeout_secs: 1, ..settings() };
    let begun = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
    let silent = || RawSite::start(|_| Reply::Hang(Vec::new()));
    let dripping = RawSite::start(move |_| Reply::Drip(begun.into())).await;
    let dripping_headers = RawSite::start(|_| Reply::Drip(b"HTTP/1.1 200 OK\r\nX-Long: ".to_vec())).await;
    let hopping = RawSite::start(|request| match path(request) {
        "/" => Reply::Bytes(redirect(302, "/slow")),
        _ => Reply::Hang(Vec::new()),
    })
    .await;
    let (first, second) = (silent().await, silent().await);
    let cases = [
        // TLS that is never answered is a connection that never comes about.
        (&connecting, first.url("/").replace("http:", "https:"), FetchStage::Connect, "fetch.connect_timeout_secs"),
        (&quick, second.url("/"), FetchStage::Headers, "fetch.header_timeout_secs"),
        (&quick, dripping_headers.url("/"), FetchStage::Headers, "fetch.header_timeout_secs"),
        (&whole, second.url("/"), FetchStage::Whole, "fetch.timeout_secs"),
        (&whole, dripping.url("/"), FetchStage::Whole, "fetch.timeout_secs"),
        (&whole, hopping.url("/"), FetchStage::Whole, "fetch.timeout_secs"),
    ];
    let fetches = cases.iter().map(|(settings, url, ..)| fetch(settings, url, Trust::Operator));
    let errors = futures::future::join_all(fetches).await;
    for ((_, url, expected, setting), error) in cases.iter().zip(errors) {
        let error = error.unwrap_err();
        let text = shown(&error);
        assert!(matches!(error, FetchError::Timeout { stage, secs: 1 } if stage == *expected), "{url}: {text}");
        assert!(text.contains(setting) && error.kind() == "timeout", "{text}");
    }
}

#[tokio::test]
async fn network_errors_are_told_apart() {
    let cut = site(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>".to_vec()).await;
    let cut_chunk = site(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n".to_vec()).await;
    let cut_gzip = site(ok("Content-Encoding: gzip\r\n", &gzip(FEED)[..40])).await;
    let garbage = site(b"\x00\x01\x02garbage\r\n\r\n".to_vec()).await;
    let ssh = site(b"SSH-2.0-OpenSSH_8.4\r\n".to_vec()).await;
    let nothing = site(Vec::new()).await;
    let plain = site(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()).await;
    let gone = {
        let gone = site(Vec::new()).await;
        gone.url("/?key=hunter2")
    };
    for (url, kinds) in [
        (cut.url("/?key=hunter2"), &["cut"][..]),
        (cut_chunk.url("/?key=hunter2"), &["cut"]),
        (cut_gzip.url("/?key=hunter2"), &["cut"]),
        (garbage.url("/?key=hunter2"), &["protocol"]),
        (ssh.url("/?key=hunter2"), &["protocol"]),
        (nothing.url("/?key=hunter2"), &["protocol", "cut"]),
        (plain.url("/?key=hunter2").replace("http:", "https:"), &["tls"]),
        (gone, &["connect"]),
        ("http://ani:hunter2@nowhere.invalid/?key=hunter2".into(), &["dns"]),
        ("http//ani:hunter2@nowhere".into(), &["address"]),
        ("http://ani:hunter2@[/".into(), &["address"]),
    ] {
        let error = fetch_own(&url).await.unwrap_err();
        assert!(kinds.contains(&error.kind()), "{url}: {} {}", error.kind(), shown(&error));
    }
}

#[tokio::test]
async fn no_error_of_a_proxy_shows_its_password() {
    // The proxy that speaks HTTP does not answer to SOCKS.
    let fetcher = Fetcher::new(&FetchConfig { connect_timeout_secs: 1, ..settings() }).unwrap();
    let refusing = site(status("407 Proxy Authentication Required", "")).await;
    let gone = site(Vec::new()).await.address();
    for (proxy, url, kinds) in [
        (format!("http://u:{SECRET}@{}", refusing.address()), "http://n.example/?key=hunter2", &["status"][..]),
        (format!("http://u:{SECRET}@{}", refusing.address()), "https://n.example/?key=hunter2", &["connect"]),
        (format!("http://u:{SECRET}@{gone}"), "https://n.example/?key=hunter2", &["connect"]),
        (format!("socks5h://u:{SECRET}@{gone}"), "https://n.example/?key=hunter2", &["connect"]),
        (format!("socks5://u:{SECRET}@{}", refusing.address()), "http://10.0.0.1/?key=hunter2", &["timeout"]),
    ] {
        let access = access("https://n.example/", Some(proxy.clone()));
        let request = FetchRequest { credentials: Some(&access), ..FetchRequest::new(url, Trust::Operator, NOW) };
        let error = fetcher.fetch(request).await.unwrap_err();
        assert!(kinds.contains(&error.kind()), "{proxy}: {} {}", error.kind(), shown(&error));
        shown(&error);
    }
    assert!(!format!("{fetcher:?}").contains(SECRET));
}

#[tokio::test]
async fn a_status_is_read_before_the_body() {
    for (line, headers, status_is, retry_after, words) in [
        ("429 Too Many Requests", "Retry-After: 120\r\n", 429, Some(120), "429 Too Many Requests"),
        ("429 Too Many Requests", "", 429, None, "429"),
        ("503 Service Unavailable", "Retry-After: Sat, 10 Oct 2020 12:10:00 GMT\r\n", 503, Some(600), "503"),
        (
            "403 Forbidden",
            "Date: Fri, 01 May 2020 00:00:00 GMT\r\nRetry-After: Fri, 01 May 2020 01:00:00 GMT\r\n",
            403,
            Some(3600),
            "proxy",
        ),
        ("503 Service Unavailable", "Retry-After: soon\r\n", 503, None, "503"),
        ("403 Forbidden", "CF-Mitigated: challenge\r\nServer: cloudflare\r\n", 403, None, "Cloudflare"),
        ("401 Unauthorized", "WWW-Authenticate: Basic\r\n", 401, None, "user and a password"),
        ("404 Not Found", "", 404, None, "new address"),
        ("407 Proxy Authentication Required", "", 407, None, "proxy"),
        ("410 Gone", "", 410, None, "ended"),
        ("451 Unavailable For Legal Reasons", "", 451, None, "legal"),
        ("500 Oops", "", 500, None, "500 Internal Server Error"),
        ("599 \u{fc}ber", "", 599, None, "599"),
        ("304 Not Modified", "", 304, None, "304"),
    ] {
        let site = site(status(line, headers)).await;
        let error = fetch_own(&site.url("/")).await.unwrap_err();
        let text = shown(&error);
        let FetchError::Status { status, retry_after_secs, .. } = error else { panic!("{line}: {text}") };
        assert_eq!((status, retry_after_secs), (status_is, retry_after), "{line} {headers}");
        assert!(text.contains(words), "{text}");
    }
}

#[tokio::test]
async fn a_success_without_a_body_is_none() {
    for (answer, code) in [
        (ok("", b""), 200),
        (ok("Content-Encoding: gzip\r\n", b""), 200),
        (ok("Content-Encoding: br\r\n", b""), 200),
        (ok("", &gzip(b"")), 200),
        (status("204 No Content", ""), 204),
        (status("205 Reset Content", ""), 205),
        (ok("", FEED).splice_status("206 Partial Content"), 206),
    ] {
        let site = site(answer).await;
        let error = fetch_own(&site.url("/")).await.unwrap_err();
        assert!(matches!(error, FetchError::Empty(found) if found == code), "{code}: {error}");
        assert!(shown(&error).contains("empty"), "{error}");
    }
}

trait SpliceStatus {
    fn splice_status(self, line: &str) -> Self;
}

impl SpliceStatus for Vec<u8> {
    /// The answer with another status.
    fn splice_status(self, line: &str) -> Self {
        let rest = self.iter().position(|&byte| byte == b'\r').unwrap();
        [b"HTTP/1.1 ", line.as_bytes(), &self[rest..]].concat()
    }
}

#[tokio::test]
async fn odd_bytes_of_headers_are_never_sent_back() {
    let head = b"HTTP/1.1 200 OK\r\nETag: \"\xff\xfe\"\r\nLast-Modified: Sat, 10 Oct 2020 11:00:00 GMT\r\n\
        Content-Type: application/rss+xml; charset=utf-8; name=\"\xd4\xbc\"\r\nX-Junk\xff: \x80\r\nBad Name: 1\r\n\
        Folded: a\r\n b\r\nCache-Control: max-age=900\r\nConnection: close\r\n\r\n";
    let site = site([head, FEED].concat()).await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let url = site.url("/");
    let first = fetcher.fetch(FetchRequest::new(&url, Trust::Operator, NOW)).await.unwrap();
    assert_eq!(first.fresh_secs, Some(900));
    let first = body(first);
    assert_eq!((first.bytes.as_slice(), &first.etag), (FEED, &None));
    assert!(first.content_type.unwrap().starts_with("application/rss+xml; charset=utf-8"));

    let evil = FetchRequest {
        etag: Some("\"a\"\r\nX-Evil: 1"),
        last_modified: first.last_modified.as_deref(),
        ..FetchRequest::new(&url, Trust::Operator, NOW)
    };
    fetcher.fetch(evil).await.unwrap();
    let second = &site.requests()[1];
    assert!(second.contains("if-modified-since: sat, 10 oct 2020 11:00:00 gmt"), "{second}");
    assert!(!second.contains("evil") && !second.contains("if-none-match"), "{second}");
}

#[tokio::test]
async fn an_unchanged_feed_is_told_by_the_answer_to_its_validators() {
    let site = RawSite::start(|request| {
        let known = request.contains("if-none-match: \"v1\"");
        Reply::Bytes(if known {
            status("304 Not Modified", "Expires: Sat, 10 Oct 2020 12:05:00 GMT\r\n")
        } else {
            ok("ETag: \"v1\"\r\n", FEED)
        })
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let url = site.url("/");
    let first = body(fetcher.fetch(FetchRequest::new(&url, Trust::Operator, NOW)).await.unwrap());
    let again = FetchRequest { etag: first.etag.as_deref(), ..FetchRequest::new(&url, Trust::Operator, NOW) };
    let again = fetcher.fetch(again).await.unwrap();
    assert_eq!((again.content, again.fresh_secs), (FetchedContent::NotModified, Some(300)));
}

#[tokio::test]
async fn a_page_that_came_instead_of_a_feed_is_told_apart() {
    let mut front =
        String::from("<title>News</title><link rel=alternate type=application/rss+xml href='/rss?a=1&amp;b=2'>");
    for number in 0..50 {
        let _ = write!(front, "<p>Talks between the ministers went on for the {number}th hour in Moscow.</p>");
    }
    for (html, kind, feeds) in [
        ("<title>Just a moment...</title><script>window._cf_chl_opt={}</script>", PageKind::Challenge, 0),
        ("<title>Log in</title><form><input type=password></form>", PageKind::Login, 0),
        (
            "<meta http-equiv=refresh content='0;url=https://n.example/'>",
            PageKind::Moved("https://n.example/".parse().unwrap()),
            0,
        ),
        (front.as_str(), PageKind::Page, 1),
    ] {
        let site = site(ok("Content-Type: text/html\r\n", html.as_bytes())).await;
        let body = body(fetch_own(&site.url("/")).await.unwrap());
        let page = discover::inspect_page(&String::from_utf8_lossy(&body.bytes), &Url::parse(&body.url).unwrap());
        assert_eq!((page.kind, page.feeds.len()), (kind, feeds), "{html}");
        assert!(page.feeds.iter().all(|found| found.url.as_str() == site.url("/rss?a=1&b=2")));
    }
}

// Kept connections.

/// The second request of each connection fails in one of the ways in which servers lose a kept connection.
#[tokio::test]
async fn a_dead_kept_connection_is_replaced_by_a_new_one() {
    for way in ["closes", "resets", "swallows"] {
        let site = RawSite::start_counting(move |_, number| match (number, way) {
            (0, _) => Reply::Keep(kept(FEED)),
            (_, "closes") => Reply::Bytes(Vec::new()),
            (_, "resets") => Reply::Reset,
            _ => Reply::Hang(Vec::new()),
        })
        .await;
        let fetcher = Fetcher::new(&FetchConfig { header_timeout_secs: 2, ..settings() }).unwrap();
        let url = site.url("/");
        for poll in 0..4 {
            let answer = fetcher.fetch(FetchRequest::new(&url, Trust::Operator, NOW)).await;
            assert_eq!(body(answer.unwrap_or_else(|error| panic!("{way} {poll}: {error}"))).bytes, FEED);
        }
        assert_eq!(site.requests().len(), 6, "{way}: each kept connection serves one request, and loses one");
    }
}

#[tokio::test]
async fn a_new_connection_that_fails_is_not_tried_again() {
    for (way, kinds) in [("closes", &["protocol", "cut"][..]), ("resets", &["cut"]), ("is silent", &["timeout"])] {
        let site = RawSite::start(move |_| match way {
            "closes" => Reply::Bytes(Vec::new()),
            "resets" => Reply::Reset,
            _ => Reply::Hang(Vec::new()),
        })
        .await;
        let error = fetch(&FetchConfig { header_timeout_secs: 1, ..settings() }, &site.url("/"), Trust::Operator).await;
        assert!(kinds.contains(&error.unwrap_err().kind()), "{way}");
        assert_eq!(site.requests().len(), 1, "{way}");
    }
}

/// An answer whose connection waits for the next request.
fn kept(body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

// Cookies, types and headers.

#[tokio::test]
async fn a_cookie_lives_for_one_journey() {
    let site = RawSite::start(|request| {
        let knows = request.contains("cookie: ticket=1");
        Reply::Bytes(match path(request) {
            "/itself" if knows => ok("", FEED),
            "/itself" => status("302 Found", "Location: /itself\r\nSet-Cookie: ticket=1; Path=/; HttpOnly\r\n"),
            "/feed" if knows => ok("", FEED),
            "/feed" => redirect(302, "/enter"),
            "/enter" => redirect(303, "/feed?t"),
            "/feed?t" => status("302 Found", "Location: /feed\r\nSet-Cookie: ticket=1; Path=/\r\n"),
            _ => status("302 Found", "Location: /circle\r\nSet-Cookie: ticket=1; Path=/elsewhere\r\n"),
        })
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    for path in ["/itself", "/feed", "/feed"] {
        let url = site.url(path);
        let answer = fetcher.fetch(FetchRequest::new(&url, Trust::Operator, NOW)).await.unwrap();
        assert_eq!(body(answer).url, url);
    }
    let first_of_last = site.requests().iter().rev().nth(3).unwrap().clone();
    assert!(first_of_last.starts_with("get /feed ") && !first_of_last.contains("cookie"), "{first_of_last}");
    let error = fetch_own(&site.url("/circle")).await.unwrap_err();
    assert!(error.to_string().contains("circle"), "{error}");
}

#[tokio::test]
async fn a_refused_accept_header_is_widened_once() {
    let site = RawSite::start(|request| {
        Reply::Bytes(match path(request) {
            "/page" if request.contains("accept: text/html") => ok("", FEED),
            _ => status("406 Not Acceptable", ""),
        })
    })
    .await;
    assert_eq!(body(fetch_own(&site.url("/page")).await.unwrap()).bytes, FEED);
    let error = fetch_own(&site.url("/never")).await.unwrap_err();
    insta::assert_snapshot!(error, @"the server answered 406 Not Acceptable; the site insists on another kind of document, even by the Accept header of a browser: give the feed headers with another Accept");
    assert_eq!(site.requests().len(), 4);
}

#[tokio::test]
async fn too_many_header_lines_are_named() {
    let many: String = (0..200).map(|number| format!("X-Cache-{number}: miss\r\n")).collect();
    let site = site(ok(&many, FEED)).await;
    insta::assert_snapshot!(fetch_own(&site.url("/")).await.unwrap_err(), @"the server does not speak HTTP as it should: the answer has more than 100 header lines, or headers of more than 400 kB");
}

#[tokio::test]
async fn failures_of_tls_name_their_cause() {
    // A fatal alert of TLS: protocol_version, handshake_failure, unrecognized_name.
    let alert = |description: u8| vec![0x15, 3, 1, 0, 2, 2, description];
    let mut errors = Vec::new();
    for answer in [alert(70), alert(40), alert(112), b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()] {
        let site = site(answer).await;
        let error = fetch_own(&site.url("/").replace("http:", "https:")).await.unwrap_err();
        assert_eq!(error.kind(), "tls");
        errors.push(shown(&error));
    }
    insta::assert_snapshot!(errors.join("\n"), @"
    the server speaks neither TLS 1.2 nor TLS 1.3: received fatal alert: ProtocolVersion; this program speaks TLS 1.2 and TLS 1.3, with ECDHE and either AES-GCM or ChaCha20-Poly1305: give the feed's address with http:// if the site has one, or give the feed a proxy that speaks older TLS
    the server shares no cipher of TLS with this program: received fatal alert: HandshakeFailure; this program speaks TLS 1.2 and TLS 1.3, with ECDHE and either AES-GCM or ChaCha20-Poly1305: give the feed's address with http:// if the site has one, or give the feed a proxy that speaks older TLS
    the server knows no site of this name: received fatal alert: UnrecognisedName; check the host in the address
    the port answers something else than TLS: received corrupt message of type InvalidContentType; check the port, or give the address with http://
    ");
}

#[tokio::test]
async fn a_body_that_broke_off_is_handed_over_with_its_cause() {
    let cut = site(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: \"a\"\r\n\r\n<rss>".to_vec()).await;
    let error = fetch_own(&cut.url("/?key=hunter2")).await.unwrap_err();
    shown(&error);
    let FetchError::CutOff { response, .. } = error else { panic!("{error}") };
    assert_eq!(body(response.0).bytes, b"<rss>");
}

// Politeness.

#[tokio::test(flavor = "multi_thread")]
async fn the_host_limiter_spares_hosts_but_not_the_own_machine() {
    let (asked, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let count = (Arc::clone(&asked), Arc::clone(&most));
    // Every connection is closed after its answer, so the open ones are the concurrent requests.
    let site = RawSite::start(move |_| {
        let now = count.0.fetch_add(1, Ordering::SeqCst) + 1;
        count.1.fetch_max(now, Ordering::SeqCst);
        std::thread::yield_now();
        count.0.fetch_sub(1, Ordering::SeqCst);
        Reply::Bytes(ok("", FEED))
    })
    .await;
    let polite = FetchConfig { per_host_concurrency: 1, per_host_spacing_ms: 1, ..settings() };
    let fetcher = Fetcher::new(&polite).unwrap();
    let named = format!("http://localhost:{}/", site.port());
    let fetches = (0..20).map(|_| fetcher.fetch(FetchRequest::new(&named, Trust::Operator, NOW)));
    assert!(futures::future::join_all(fetches).await.iter().all(Result::is_ok));
    assert_eq!(most.load(Ordering::SeqCst), 1);

    // A minute between two requests would be twenty minutes.
    let slow = FetchConfig { per_host_concurrency: 1, per_host_spacing_ms: 60_000, ..settings() };
    let fetcher = Fetcher::new(&slow).unwrap();
    let own = site.url("/");
    let fetches = (0..20).map(|_| fetcher.fetch(FetchRequest::new(&own, Trust::Operator, NOW)));
    assert!(futures::future::join_all(fetches).await.iter().all(Result::is_ok));
}
