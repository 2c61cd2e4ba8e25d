//! What onlookers see of an agent at work, with a card in software and a prompt in a few lines of shell.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use jpki_card::{Connection, Error, Insertion, ReaderWatch};
use jpki_protocol::Challenge;
use jpki_protocol::prompt::Operation;
use jpki_softcard::{CardOptions, Holder, SoftCard};
use tempfile::TempDir;

use super::*;
use crate::live::{Card, CardKind, PinCount, Readers};
use crate::virtual_card::VirtualCard;

/// A wrong PIN, then the right one.
const PROMPT: &str = r#"
while read -r line; do
    case "$line" in
        *'"type":"close"'*) exit ;;
        *'"type":"pinRejected"'*) echo '{"type":"accept","pin":"1234"}' ;;
        *'"card":"ready"'*) [ "$typed" ] || echo '{"type":"accept","pin":"9999"}'; typed=1 ;;
    esac
done
"#;

/// Counts how often readers begin to be watched.
struct Watched(VirtualCard, AtomicUsize);

impl Backend for Watched {
    fn watch(&self) -> Result<Box<dyn ReaderWatch>, Error> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.watch()
    }

    fn connect(&self, reader: &str, insertion: Option<Insertion>) -> Result<Box<dyn Connection>, Error> {
        self.0.connect(reader, insertion)
    }
}

struct Scene {
    agent: Arc<Agent>,
    backend: Arc<Watched>,
    _folder: TempDir,
}

/// An agent whose history is below this path of a folder of its own.
fn scene(history: &str) -> Scene {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let card = SoftCard::for_tests(&CardOptions::default()).unwrap();
    let backend = Arc::new(Watched(VirtualCard::new(card), AtomicUsize::new(0)));
    let agent = Agent::new(Parts {
        backend: Arc::clone(&backend) as Arc<dyn Backend>,
        prompt: PromptProgram { program: "sh".into(), arguments: vec!["-c".into(), PROMPT.into()] },
        sites: Arc::new(Sites::open(folder.path()).unwrap()),
        history: Some(Arc::new(History::in_folder(&folder.path().join(Path::new(history))))),
        language: Language::Ja,
        virtual_card: true,
        patience: crate::PATIENCE,
    });
    Scene { agent: Arc::new(agent), backend, _folder: folder }
}

fn sign_in() -> Ask {
    Ask {
        origin: Some(Origin::try_from("https://a.example".to_owned()).unwrap()),
        task: Task::Authenticate { challenge: Challenge::parse(&"A".repeat(44)).unwrap() },
        drafts: Drafts::default(),
        purpose: None,
        language: None,
    }
}

/// A sign-in from its beginning to the moment at which nothing of it is under way.
async fn signed_in(agent: &Arc<Agent>) {
    let mut live = agent.live();
    let mut running = agent.begin(sign_in()).unwrap();
    loop {
        match running.next().await.unwrap() {
            PageEvent::Progress(_) => {}
            PageEvent::Finished(answer) => break assert!(answer.is_ok()),
        }
    }
    live.wait_for(|live| live.operation.is_none()).await.unwrap();
}

#[tokio::test]
async fn readers_are_watched_once_and_only_when_somebody_wants_to_know() {
    let scene = scene("data");
    let mut live = scene.agent.live();
    assert_eq!(live.borrow().readers, Readers::Unwatched);
    assert_eq!(scene.backend.1.load(Ordering::SeqCst), 0);
    scene.agent.watch_readers();
    scene.agent.watch_readers();
    let seen = live.wait_for(|live| live.readers != Readers::Unwatched).await.unwrap().clone();
    let Readers::Listed(readers) = &seen.readers else { panic!("{seen:?}") };
    assert_eq!((readers.len(), readers[0].card, readers[0].known), (1, Card::Present, None));
    assert!(seen.test_card);
    signed_in(&scene.agent).await;
    assert_eq!(scene.backend.1.load(Ordering::SeqCst), 1);
    scene.agent.stop().await;
}

#[tokio::test]
async fn an_onlooker_follows_an_operation_and_learns_nothing_of_the_holder() {
    let scene = scene("data");
    let mut live = scene.agent.live();
    let running = scene.agent.begin(sign_in()).unwrap();
    let underway = live.borrow_and_update().operation.clone().unwrap();
    assert_eq!((underway.origin, underway.kind), (sign_in().origin, Operation::Authenticate));
    let known = |live: &Live| match &live.readers {
        Readers::Listed(readers) => readers[0].known,
        Readers::Unwatched | Readers::ServiceUnavailable => None,
    };
    live.wait_for(|live| known(live).is_some()).await.unwrap();
    let end = live.wait_for(|live| live.operation.is_none()).await.unwrap().clone();
    drop(running);
    let last = end.last.as_ref().unwrap();
    assert_eq!((last.origin.clone(), last.outcome), (sign_in().origin, Outcome::Done));
    let card = known(&end).unwrap();
    assert_eq!((card.kind, card.auth, card.sign), (CardKind::MyNumber, None, None), "two left, then it counts anew");
    assert!(card.auth_expires.is_some());
    assert_eq!((end.history.revision, end.history.trouble.as_ref()), (1, None));
    let text = serde_json::to_string(&end).unwrap();
    assert!(!text.contains(&Holder::default().name) && text.len() < 700, "{text}");
    scene.agent.stop().await;
}

#[tokio::test]
async fn attempts_after_a_wrong_pin_are_shown_while_the_person_is_asked_again() {
    let mut scene = scene("data");
    let once = PROMPT.replace("*'\"type\":\"pinRejected\"'*)", "*rejects-nothing*)");
    let agent = Arc::get_mut(&mut scene.agent).unwrap();
    agent.prompt.arguments = vec!["-c".into(), once.into()];
    let mut live = scene.agent.live();
    let running = scene.agent.begin(sign_in()).unwrap();
    let two_left = |live: &Live| match &live.readers {
        Readers::Listed(readers) => readers[0].known.is_some_and(|card| card.auth == Some(PinCount::Left(2))),
        Readers::Unwatched | Readers::ServiceUnavailable => false,
    };
    live.wait_for(two_left).await.unwrap();
    let again = |live: &Live| live.operation.as_ref().is_some_and(|it| it.stage == ProgressState::WaitingForUser);
    live.wait_for(again).await.unwrap();
    drop(running);
    let end = live.wait_for(|live| live.operation.is_none()).await.unwrap().clone();
    assert_eq!(end.last.unwrap().outcome, Outcome::Ended(ErrorCode::UserCancelled));
    scene.agent.stop().await;
}

#[tokio::test]
async fn erasing_the_history_takes_the_last_operation_out_of_sight() {
    let scene = scene("data");
    signed_in(&scene.agent).await;
    signed_in(&scene.agent).await;
    assert_eq!(scene.agent.clear_history().unwrap(), 2);
    let now = scene.agent.live().borrow().clone();
    assert_eq!((now.last, now.history.revision), (None, 3));
    assert_eq!(scene.agent.history().unwrap().read().unwrap().entries, []);
    scene.agent.stop().await;
}

#[tokio::test]
async fn onlookers_hear_that_the_history_is_not_kept() {
    let scene = scene("file/in/the/way");
    signed_in(&scene.agent).await;
    let now = scene.agent.live().borrow().clone();
    assert_eq!(now.history.revision, 0);
    assert!(now.history.trouble.unwrap().contains("history.jsonl"));
    assert!(now.last.is_some());
    scene.agent.stop().await;
}
