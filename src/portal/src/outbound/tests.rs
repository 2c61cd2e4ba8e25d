//! Calls to a real listener on loopback.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// A host that answers each connection with the same bytes, keeps what it was asked, and then waits.
struct Host {
    address: SocketAddr,
    asked: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Host {
    async fn that_says(answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (answer, asked) = (Arc::new(answer.into()), Arc::<std::sync::Mutex<Vec<String>>>::default());
        let kept = asked.clone();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let (answer, kept) = (answer.clone(), kept.clone());
                tokio::spawn(async move {
                    let mut request = vec![0; 4096];
                    let length = connection.read(&mut request).await.unwrap_or(0);
                    kept.lock().unwrap().push(String::from_utf8_lossy(&request[..length]).into_owned());
                    // Whoever hangs up early has seen enough.
                    let _ = connection.write_all(&answer).await;
                    let _ = connection.read(&mut request).await;
                });
            }
        });
        Self { address, asked }
    }

    fn url(&self, host: &str) -> Url {
        Url::parse(&format!("http://{host}:{}/path?q=1", self.address.port())).unwrap()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

#[test]
fn a_form_is_posted_and_any_status_is_an_answer() {
    run(async {
        let host = Host::that_says("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno").await;
        let answer = Outbound::new(true).post_form(&host.url("localhost"), &[("logout_token", "a b&c")]).await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (StatusCode::BAD_REQUEST, &b"no"[..]));
        let asked = host.asked().concat();
        assert!(asked.starts_with("POST /path?q=1 HTTP/1.1\r\n"), "{asked}");
        assert!(asked.to_ascii_lowercase().contains("content-type: application/x-www-form-urlencoded\r\n"), "{asked}");
        assert!(asked.ends_with("\r\n\r\nlogout_token=a+b%26c"), "{asked}");
    });
}

#[test]
fn names_under_localhost_need_no_name_server() {
    run(async {
        let host = Host::that_says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
        let nobody: Lookup = Arc::new(|name| panic!("{name} was looked up"));
        let answer = Outbound::with_lookup(true, nobody).get(&host.url("service-a.localhost")).await.unwrap();
        assert_eq!(answer.body, b"{}");
    });
}

#[test]
fn nothing_on_this_machine_is_called_unless_the_settings_say_so() {
    run(async {
        let host = Host::that_says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        for name in ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "a.localhost"] {
            let refused = Outbound::new(false).get(&host.url(name)).await.unwrap_err();
            assert_eq!(refused, CallError::Address, "{name}");
        }
        assert_eq!(host.asked(), [""; 0]);
    });
}

#[test]
fn a_name_that_means_this_machine_is_not_connected_to() {
    run(async {
        let host = Host::that_says("").await;
        let url = Url::parse(&format!("https://rebound.example:{}/", host.address.port())).unwrap();
        let here: Lookup = Arc::new(|_| Ok(vec!["127.0.0.1".parse().unwrap()]));
        assert_eq!(Outbound::with_lookup(false, here).get(&url).await.unwrap_err(), CallError::Address);
        assert_eq!(host.asked(), [""; 0]);
    });
}

#[test]
fn the_address_that_was_judged_is_the_one_that_is_called() {
    run(async {
        let host = Host::that_says("").await;
        let lookups = Arc::new(AtomicUsize::new(0));
        let counted = lookups.clone();
        // Another host when it is judged, the listener's if anybody asked again.
        let rebinding: Lookup = Arc::new(move |_| {
            let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
            Ok(vec![if first { "127.0.0.2" } else { "127.0.0.1" }.parse().unwrap()])
        });
        let url = Url::parse(&format!("https://rebound.example:{}/", host.address.port())).unwrap();
        let outbound = Outbound::with_lookup(true, rebinding);
        assert_eq!(outbound.get(&url).await.unwrap_err(), CallError::Unreachable);
        assert_eq!((lookups.load(Ordering::SeqCst), host.asked().len()), (1, 0));
    });
}

#[test]
fn redirects_are_answers_and_are_not_followed() {
    run(async {
        let there = Host::that_says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        let location = there.url("localhost");
        let host =
            Host::that_says(format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")).await;
        let answer = Outbound::new(true).get(&host.url("localhost")).await.unwrap();
        assert_eq!((answer.status, there.asked().len()), (StatusCode::FOUND, 0));
    });
}

#[test]
fn a_large_answer_is_given_up_whatever_it_says_of_itself() {
    run(async {
        let body = "x".repeat(MAX_ANSWER + 1);
        let whole = &body[1..];
        for (head, body, expected) in [
            (format!("Content-Length: {}\r\n", body.len()), body.as_str(), None),
            ("Connection: close\r\n".to_owned(), body.as_str(), None),
            (format!("Content-Length: {}\r\n", whole.len()), whole, Some(MAX_ANSWER)),
        ] {
            let host = Host::that_says(format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}")).await;
            let length = Outbound::new(true).get(&host.url("localhost")).await.map(|answer| answer.body.len());
            assert_eq!(length, expected.ok_or(CallError::Large), "{head}");
        }
    });
}

#[test]
fn a_host_that_dawdles_is_given_up() {
    run(async {
        // Promises more than it sends, and then waits.
        let host = Host::that_says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx").await;
        let mut outbound = Outbound::new(true);
        outbound.whole_time = Duration::from_millis(300);
        assert_eq!(outbound.get(&host.url("localhost")).await.unwrap_err(), CallError::Slow);
    });
}

#[test]
fn who_waits_for_a_turn_waits_no_longer_than_a_call_may_take() {
    run(async {
        let host = Host::that_says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        let mut outbound = Outbound::new(true);
        outbound.whole_time = Duration::from_millis(300);
        let turns = outbound.turns.acquire_many(MAX_CALLS as u32).await.unwrap();
        assert_eq!(outbound.get(&host.url("localhost")).await.unwrap_err(), CallError::Slow);
        assert_eq!(host.asked().len(), 0);
        drop(turns);
        assert!(outbound.get(&host.url("localhost")).await.is_ok());
    });
}

#[test]
fn where_nobody_listens_or_nobody_speaks_tls_there_is_no_way() {
    run(async {
        let host = Host::that_says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        let url = Url::parse(&format!("https://localhost:{}/", host.address.port())).unwrap();
        assert_eq!(Outbound::new(true).get(&url).await.unwrap_err(), CallError::Unreachable);
        let gone = Url::parse("http://localhost:1/").unwrap();
        assert_eq!(Outbound::new(true).get(&gone).await.unwrap_err(), CallError::Unreachable);
    });
}
