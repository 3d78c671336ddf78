//! The way back from every phase, with a crash before and after every change:
//! it ends in the same state, and at no moment do two databases take writes.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use migspec_events::{
    Checkpoint, FailedState as Cause, Phase, Replicated, RollbackEvent, RollbackReply, Run, Side, Traffic, Writer,
};
use migspec_function::{Call, Failure, Key, Log, Settings, TableStatistics, Task};
use migspec_function_testing::{CRASH, Memory, block_on};
use migspec_rollback::{Databases, handle};

const WRITER: &str = "/migration/test/database/writer";
const ROUTING: &str = "/migration/test/routing/target";
const RULE: &str = "rule";
const KEYS: [&str; 2] = ["ledger", "orders"];

/// From which there is a way back.
fn phases() -> impl Iterator<Item = Phase> {
    Phase::ALL.iter().copied().filter(|phase| *phase < Phase::Decommission)
}

/// Both databases of one replication.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Pair {
    source_fenced: bool,
    target_fenced: bool,
    /// Writes of the target that the source does not have yet.
    unreplicated: u32,
    token: Option<String>,
    /// Polls until the reverse task has applied its backlog.
    behind: u32,
    reverse_slot: bool,
    sequences: bool,
    /// Whether the login of each task is locked where it applies changes.
    forward_cut: bool,
    reverse_cut: bool,
    /// The record of the source's fence: the target was opened behind it.
    opened: bool,
    /// Failures of the next fences that pass.
    passing: u32,
    /// The last writes never arrive.
    hangs: bool,
    /// Both sides hold other rows.
    differs: bool,
    /// The comparison never ends.
    endless: bool,
}

/// A pair as the handler sees it: each change counts towards the crash.
struct Fake {
    pair: Arc<Mutex<Pair>>,
    ports: Arc<Memory>,
    /// The task of the rehearsal.
    rehearsal: String,
    outage: Arc<Mutex<Outage>>,
}

/// The time in which the target cannot be reached.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
enum Outage {
    #[default]
    None,
    /// From this change on, counted over both replications.
    From(usize),
    /// For so many attempts.
    Brief(u32),
    /// The server takes connections and never answers.
    Silent,
}

impl Fake {
    /// Another hand on the same pair.
    fn shared(&self) -> Self {
        let Self { pair, ports, rehearsal, outage } = self;
        Self { pair: pair.clone(), ports: ports.clone(), rehearsal: rehearsal.clone(), outage: outage.clone() }
    }

    fn set_outage(&self, outage: Outage) {
        *self.outage.lock().unwrap() = outage;
    }

    async fn reach_target(&self) -> Result<(), Failure> {
        let lost = Failure::new("Migration.Unreachable", "connecting to the target: timed out");
        let changes = self.ports.state().changes.len();
        match &mut *self.outage.lock().unwrap() {
            Outage::From(change) if changes >= *change => return Err(lost),
            Outage::Brief(left) if *left > 0 => {
                *left -= 1;
                return Err(lost.that_passes());
            }
            Outage::Silent => {}
            _ => return Ok(()),
        }
        std::future::pending().await
    }

    fn pair(&self) -> MutexGuard<'_, Pair> {
        self.pair.lock().unwrap()
    }

    fn passing(&self) -> Result<(), Failure> {
        let mut pair = self.pair();
        if pair.passing == 0 {
            return Ok(());
        }
        pair.passing -= 1;
        Err(Failure::new("Migration.Unreachable", "the connection is closed").that_passes())
    }

    fn change<T>(&self, what: &str, change: impl FnOnce(&mut Pair) -> T) -> Result<T, Failure> {
        let mut state = self.ports.state();
        match &mut state.crash_after {
            Some(0) => return Err(Failure::new(CRASH, what.to_owned())),
            Some(left) => *left -= 1,
            None => {}
        }
        state.changes.push(what.to_owned());
        let mut pair = self.pair();
        let result = change(&mut pair);
        assert!(pair.source_fenced || pair.target_fenced, "{what}: two databases take writes");
        Ok(result)
    }
}

impl Databases for Fake {
    async fn fence(&self, side: Side) -> Result<bool, Failure> {
        self.passing()?;
        if side == Side::Target {
            self.reach_target().await?;
        }
        // To verify an existing fence is no change.
        let stands = match side {
            Side::Source => self.pair().source_fenced,
            Side::Target => self.pair().target_fenced,
        };
        match side {
            _ if stands => {}
            Side::Source => self.change("fence source", |pair| pair.source_fenced = true)?,
            Side::Target => self.change("fence target", |pair| pair.target_fenced = true)?,
        }
        Ok(true)
    }

    async fn unfence(&self, side: Side) -> Result<bool, Failure> {
        self.passing()?;
        self.reach_target().await?;
        self.change("unfence", |pair| match side {
            Side::Source => {
                assert_eq!(pair.unreplicated, 0, "the source opens without the target's writes");
                assert!(pair.reverse_cut || pair.token.is_none(), "the reverse task can still write to it");
                (pair.source_fenced, pair.opened) = (false, false);
            }
            Side::Target => (pair.target_fenced, pair.opened) = (false, true),
        })?;
        Ok(true)
    }

    async fn reopen_source(&self) -> Result<bool, Failure> {
        if self.pair().opened {
            return Err(Failure::new(migspec_events::error::OTHER_SIDE_OPEN, "the target was opened"));
        }
        self.change("reopen source", |pair| {
            assert_eq!(pair.unreplicated, 0, "the source opens without the target's writes");
            pair.source_fenced = false;
        })?;
        Ok(true)
    }

    async fn is_fenced(&self, side: Side) -> Result<bool, Failure> {
        if side == Side::Target {
            self.reach_target().await?;
        }
        Ok(match side {
            Side::Source => self.pair().source_fenced,
            Side::Target => self.pair().target_fenced,
        })
    }

    async fn write_token(&self, token: &str) -> Result<String, Failure> {
        self.reach_target().await?;
        if token.ends_with("/lag") {
            self.change("measure the lag", |_| ())?;
            return Ok("0/1".to_owned());
        }
        self.change("token", |pair| {
            assert_eq!(pair.behind, 0, "the backlog is applied before the target is fenced");
            assert!(pair.target_fenced, "a token before the fence proves nothing");
            pair.token = Some(token.to_owned());
        })?;
        Ok("0/1".to_owned())
    }

    async fn is_drained(&self, token: &str, position: &str) -> Result<bool, Failure> {
        assert_eq!(position, "0/1", "the position was written down");
        self.reach_target().await?;
        if token.ends_with("/lag") {
            let mut pair = self.pair();
            pair.behind = pair.behind.saturating_sub(1);
            return Ok(pair.behind == 0);
        }
        if self.pair().hangs {
            return Ok(false);
        }
        self.change("drain", |pair| pair.unreplicated = 0)?;
        Ok(self.pair().token.as_deref() == Some(token))
    }

    async fn cut(&self, side: Side) -> Result<bool, Failure> {
        if side == Side::Target {
            self.reach_target().await?;
        }
        self.change("cut", |pair| match side {
            Side::Source => pair.reverse_cut = true,
            Side::Target => pair.forward_cut = true,
        })?;
        Ok(true)
    }

    async fn restore(&self, side: Side) -> Result<bool, Failure> {
        if side == Side::Target {
            self.reach_target().await?;
        }
        self.change("restore", |pair| match side {
            Side::Source => pair.reverse_cut = false,
            Side::Target => {
                assert!(!pair.reverse_slot, "changes of the forward task would return to the source");
                pair.forward_cut = false;
            }
        })?;
        Ok(true)
    }

    async fn reverse_position(&self) -> Result<String, Failure> {
        self.reach_target().await?;
        assert!(self.pair().reverse_slot, "no slot has kept the target's changes");
        Ok("0/1".to_owned())
    }

    async fn sync_sequences(&self, _: u64) -> Result<u64, Failure> {
        self.reach_target().await?;
        self.change("sequences", |pair| pair.sequences = true)?;
        Ok(1)
    }

    async fn difference(&self) -> Result<Option<String>, Failure> {
        self.passing()?;
        self.reach_target().await?;
        if self.pair().endless {
            std::future::pending::<()>().await;
        }
        let pair = self.pair();
        assert!(pair.source_fenced && pair.target_fenced && pair.unreplicated == 0, "compared behind the drain");
        Ok(pair.differs.then(|| "orders: 1 rows differ".to_owned()))
    }

    fn rehearsal_task(&self) -> Option<&str> {
        Some(&self.rehearsal)
    }

    async fn drop_reverse_slot(&self) -> Result<u64, Failure> {
        let reads = self.ports.state().tasks.get(&self.rehearsal).is_some_and(|task| task.status == "running");
        assert!(!reads, "the rehearsal reads the slot");
        self.reach_target().await?;
        self.change("drop slot", |pair| u64::from(std::mem::take(&mut pair.reverse_slot)))
    }
}

fn task(status: &str) -> Task {
    Task { status: status.to_owned(), ..Task::default() }
}

/// The state when a phase fails at its very end.
fn before(phase: Phase) -> (Vec<Fake>, Arc<Memory>) {
    let memory = Memory::default();
    {
        let mut state = memory.state();
        let writer = match phase {
            phase if phase >= Phase::Flip => "target",
            phase if phase >= Phase::Fence => "none",
            _ => "source",
        };
        state.parameters.insert(WRITER.to_owned(), writer.to_owned());
        state.parameters.insert(ROUTING.to_owned(), "source".to_owned());
        let share = if phase >= Phase::Shift { 100 } else { 0 };
        state.weights.insert(RULE.to_owned(), vec![("s".to_owned(), 100 - share), ("t".to_owned(), share)]);
        for key in KEYS {
            let forward = if phase >= Phase::StartReverse { "stopped" } else { "running" };
            let reverse = if phase >= Phase::Watch { "running" } else { "ready" };
            state.tasks.insert(format!("{key}-forward"), task(forward));
            state.tasks.insert(format!("{key}-reverse"), task(reverse));
            let rehearsal = if phase == Phase::Validate { "running" } else { "stopped" };
            state.tasks.insert(format!("{key}-rehearsal"), task(rehearsal));
        }
        let checkpoint =
            format!(r#"{{"phase":{},"execution":"e-1","at":"2026-01-01T00:00:00Z","position":""}}"#, json(phase));
        state.objects.insert(Key::new("checkpoints", "ledger/checkpoint.json"), checkpoint.into_bytes());
    }
    let ports = Arc::new(memory);
    let pair = Pair {
        source_fenced: phase >= Phase::Fence,
        target_fenced: phase < Phase::StopForward,
        unreplicated: if phase >= Phase::StopForward { 5 } else { 0 },
        opened: phase >= Phase::StopForward,
        reverse_slot: phase >= Phase::ReverseSlot,
        forward_cut: (Phase::CutForward..Phase::StartReverse).contains(&phase),
        ..Pair::default()
    };
    let fakes = KEYS.map(|key| Fake {
        pair: Arc::new(Mutex::new(pair.clone())),
        ports: ports.clone(),
        rehearsal: format!("{key}-rehearsal"),
        outage: Arc::default(),
    });
    (fakes.into(), ports)
}

fn json(phase: Phase) -> String {
    serde_json::to_string(&phase).unwrap()
}

fn event(phase: Phase) -> RollbackEvent {
    let run = Run {
        migration: "payments".into(),
        environment: "test".into(),
        cutover: "ledger".into(),
        execution: "e-1".into(),
    };
    let replication = |key: &str| Replicated {
        key: key.to_owned(),
        forward_task: format!("{key}-forward"),
        reverse_task: format!("{key}-reverse"),
    };
    RollbackEvent {
        run,
        failure: Cause { state: "Some".into(), phase, error: "E".into(), cause: String::new() },
        checkpoint: Checkpoint { bucket: "checkpoints".into(), key: "ledger/checkpoint.json".into() },
        replications: KEYS.map(replication).into(),
        writers: vec![Writer { parameter: WRITER.into() }],
        routing_parameter: ROUTING.into(),
        traffic: Traffic { rules: vec![RULE.into()], source_targets: "s".into(), target_targets: "t".into() },
        accept_loss: false,
    }
}

fn without_reverse(mut event: RollbackEvent) -> RollbackEvent {
    event.replications.iter_mut().for_each(|replication| replication.reverse_task.clear());
    event
}

fn call() -> Call {
    let settings = Settings { topic: "topic".into(), ..Settings::default() };
    Call::lasting(settings, Log::memory(), Duration::from_secs(300))
}

/// Everything that is left when the way back is at its end.
type End = (Vec<Pair>, Vec<(String, String)>, Vec<(String, i32)>, Vec<(String, String)>);

fn end(fakes: &[Fake], ports: &Memory) -> End {
    let state = ports.state();
    let pairs = fakes.iter().map(|fake| fake.pair().clone()).collect();
    let parameters = state.parameters.clone().into_iter().collect();
    let tasks = state.tasks.iter().map(|(arn, task)| (arn.clone(), task.status.clone())).collect();
    (pairs, parameters, state.weights[RULE].clone(), tasks)
}

async fn walk(fakes: &[Fake], ports: &Memory, event: &RollbackEvent) -> Result<RollbackReply, Failure> {
    for _ in 0..10 {
        let reply = handle(ports, fakes, &call(), event).await?;
        if reply.complete {
            return Ok(reply);
        }
    }
    panic!("the way back does not come to its end");
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_any_change_ends_in_the_same_state() {
    for phase in phases() {
        let (fakes, ports) = before(phase);
        walk(&fakes, &ports, &event(phase)).await.unwrap_or_else(|e| panic!("{phase:?}: {e}"));
        let expected = end(&fakes, &ports);
        let changes = ports.state().changes.len();
        assert!(changes >= 2, "{phase:?}");
        for crash in 0..changes {
            let (fakes, ports) = before(phase);
            ports.state().crash_after = Some(crash);
            let failure = walk(&fakes, &ports, &event(phase)).await.expect_err("it crashes");
            assert_eq!(failure.name(), CRASH, "{phase:?} {crash}: {failure}");
            ports.state().crash_after = None;
            walk(&fakes, &ports, &event(phase)).await.unwrap_or_else(|e| panic!("{phase:?} {crash}: {e}"));
            assert_eq!(end(&fakes, &ports), expected, "{phase:?}, crash before change {crash}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_checkpoint_of_another_form_stops_the_way_back_no_more_than_a_missing_one() {
    let key = Key::new("checkpoints", "ledger/checkpoint.json");
    for phase in phases() {
        let (fakes, ports) = before(phase);
        ports.state().objects.remove(&key);
        walk(&fakes, &ports, &event(phase)).await.unwrap_or_else(|e| panic!("{phase:?}: {e}"));
        let expected = end(&fakes, &ports);
        let (fakes, ports) = before(phase);
        ports.state().objects.insert(key.clone(), b"{\"phase\":".to_vec());
        walk(&fakes, &ports, &event(phase)).await.unwrap_or_else(|e| panic!("{phase:?}: {e}"));
        assert_eq!(end(&fakes, &ports), expected, "{phase:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_drain_that_hangs_opens_the_target_in_time() {
    let (fakes, ports) = before(Phase::Watch);
    fakes[1].pair().hangs = true;
    let failure = handle(&*ports, &fakes, &call(), &event(Phase::Watch)).await.expect_err("it hangs");
    assert_eq!(failure.name(), migspec_events::error::REVERSE_BROKEN);
    assert!(failure.message().contains("orders did not receive the target's last writes"), "{failure}");
    assert!(fakes.iter().all(|fake| !fake.pair().target_fenced && fake.pair().source_fenced));
    assert_eq!(ports.state().parameters[WRITER], "target");
}

#[tokio::test(start_paused = true)]
async fn rows_that_differ_open_the_target_again() {
    for (differs, reason) in [(true, "1 rows differ"), (false, "did not end")] {
        let (fakes, ports) = before(Phase::Watch);
        fakes[1].pair().differs = differs;
        fakes[1].pair().endless = !differs;
        let failure = handle(&*ports, &fakes, &call(), &event(Phase::Watch)).await.expect_err("it gives up");
        assert_eq!(failure.name(), migspec_events::error::REVERSE_BROKEN);
        assert!(failure.message().contains(reason), "{failure}");
        assert!(fakes.iter().all(|fake| !fake.pair().target_fenced && fake.pair().source_fenced));
        assert_eq!(ports.state().parameters[WRITER], "target");
    }
}

#[tokio::test(start_paused = true)]
async fn a_table_that_dms_suspended_stops_the_rollback_before_any_change() {
    let (fakes, ports) = before(Phase::Watch);
    let suspended = TableStatistics {
        schema: "payments".into(),
        table: "event".into(),
        state: "Table error".into(),
        ..TableStatistics::default()
    };
    ports.state().statistics.insert("orders-reverse".into(), vec![suspended]);
    let failure = handle(&*ports, &fakes, &call(), &event(Phase::Watch)).await.expect_err("it refuses");
    assert_eq!(failure.name(), migspec_events::error::REVERSE_BROKEN);
    assert!(failure.message().contains("payments.event: Table error"), "{failure}");
    assert!(fakes.iter().all(|fake| !fake.pair().target_fenced));
    assert!(ports.state().changes.iter().all(|change| !change.contains("none")), "{:?}", ports.state().changes);
}

#[tokio::test(start_paused = true)]
async fn people_learn_of_the_write_pause_before_it_begins() {
    let (fakes, ports) = before(Phase::Watch);
    walk(&fakes, &ports, &event(Phase::Watch)).await.unwrap();
    let state = ports.state();
    let at = |what: &str| state.changes.iter().position(|change| change.contains(what));
    assert!(at("notify").expect("a message") < at("none").expect("a write hold"), "{:?}", state.changes);
    assert!(state.notices[0].1.ends_with("the rollback holds writes"), "{:?}", state.notices);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_refused_delays_no_rollback() {
    let (fakes, ports) = before(Phase::Watch);
    ports.state().refused_notices = 1;
    walk(&fakes, &ports, &event(Phase::Watch)).await.unwrap();
    let notices = ports.state().notices.clone();
    assert!(notices.len() == 1 && notices[0].1.ends_with("went back to the source"), "{notices:?}");
}

#[tokio::test(start_paused = true)]
async fn a_forward_task_that_was_deleted_is_not_awaited() {
    let (fakes, ports) = before(Phase::CutForward);
    ports.state().tasks.remove("ledger-forward");
    let reply = walk(&fakes, &ports, &event(Phase::CutForward)).await.unwrap();
    assert!(reply.complete);
    assert!(fakes.iter().all(|fake| !fake.pair().source_fenced), "the source is open");
    let notices = ports.state().notices.clone();
    assert!(notices.iter().any(|notice| notice.2.contains("The forward task of ledger does not exist")), "{notices:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_passes_is_tried_again() {
    let (fakes, ports) = before(Phase::Fence);
    fakes[0].pair().passing = 3;
    let reply = handle(&*ports, &fakes, &call(), &event(Phase::Fence)).await.unwrap();
    assert!(reply.complete, "within the same call");
    assert_eq!(fakes[0].pair().passing, 0);
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_every_change_in_turn_ends_in_the_same_state() {
    for phase in phases() {
        let (fakes, ports) = before(phase);
        walk(&fakes, &ports, &event(phase)).await.unwrap();
        let expected = end(&fakes, &ports);
        let (fakes, ports) = before(phase);
        for turn in 0.. {
            assert!(turn < 500, "{phase:?} gets nowhere");
            // The changes of the longest step and its record: with less, the
            // rollback would make no progress.
            ports.state().crash_after = Some(2 * KEYS.len());
            match walk(&fakes, &ports, &event(phase)).await {
                Ok(_) => break,
                Err(failure) => assert_eq!(failure.name(), CRASH, "{phase:?}: {failure}"),
            }
        }
        assert_eq!(end(&fakes, &ports), expected, "{phase:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_phase_ends_with_the_source_as_the_one_writer() {
    for phase in phases() {
        let (fakes, ports) = before(phase);
        let reply = walk(&fakes, &ports, &event(phase)).await.unwrap();
        assert_eq!(reply.loss, "", "{phase:?}");
        let (pairs, parameters, weights, tasks) = end(&fakes, &ports);
        for pair in &pairs {
            assert!(!pair.source_fenced && pair.target_fenced && pair.unreplicated == 0, "{phase:?}: {pair:?}");
            assert!(!pair.reverse_slot, "{phase:?}: a slot that nobody reads keeps the log");
            assert!(!pair.reverse_cut, "{phase:?}: a login is locked");
            // A target that was open is loaded anew.
            assert_eq!(pair.forward_cut, phase >= Phase::Unfence, "{phase:?}: the login of the forward task");
        }
        // Two targets may be on one server: a token of one proves nothing about
        // the other.
        assert!(pairs[0].token.is_none() || pairs[0].token != pairs[1].token, "{phase:?}");
        assert!(parameters.contains(&(WRITER.to_owned(), "source".to_owned())), "{phase:?}");
        assert_eq!(weights, [("s".to_owned(), 100), ("t".to_owned(), 0)], "{phase:?}");
        let forward = match phase {
            Phase::Load => "stopped",
            phase if phase >= Phase::Unfence => "stopped",
            _ => "running",
        };
        for (arn, status) in tasks {
            let expected = match arn.ends_with("forward") {
                true => forward,
                false if arn.ends_with("rehearsal") => "stopped",
                false if phase >= Phase::Unfence => "stopped",
                false => "ready",
            };
            assert_eq!(status, expected, "{phase:?}: {arn}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_reverse_replication_nothing_is_touched() {
    for status in ["failed", "stopped", ""] {
        let (fakes, ports) = before(Phase::Watch);
        ports.state().tasks.insert("orders-reverse".to_owned(), task(status));
        let failure = walk(&fakes, &ports, &event(Phase::Watch)).await.expect_err("writes would be lost");
        assert_eq!(failure.name(), migspec_events::error::REVERSE_BROKEN);
        let (pairs, parameters, ..) = end(&fakes, &ports);
        assert!(pairs.iter().all(|pair| !pair.target_fenced && pair.source_fenced), "{pairs:?}");
        assert!(parameters.contains(&(WRITER.to_owned(), "target".to_owned())));
    }
    let (fakes, ports) = before(Phase::Watch);
    let failure = walk(&fakes, &ports, &without_reverse(event(Phase::Watch))).await.expect_err("writes would be lost");
    assert_eq!(failure.name(), migspec_events::error::REVERSE_BROKEN);
}

#[tokio::test(start_paused = true)]
async fn with_consent_the_loss_is_told() {
    let (fakes, ports) = before(Phase::Watch);
    let event = RollbackEvent { accept_loss: true, ..without_reverse(event(Phase::Watch)) };
    for fake in &fakes {
        fake.pair().unreplicated = 0;
    }
    let reply = walk(&fakes, &ports, &event).await.unwrap();
    assert!(reply.loss.contains("are not on the source"), "{reply:?}");
    let notices = ports.state().notices.clone();
    assert!(notices[0].1.contains("holds writes") && notices[1].2.contains("LOST"), "{notices:?}");
}

/// DMS takes minutes to start a task.
#[tokio::test(start_paused = true)]
async fn the_target_takes_writes_while_the_reverse_tasks_start() {
    for phase in [Phase::Unfence, Phase::StopForward, Phase::StartReverse] {
        let (fakes, ports) = before(phase);
        walk(&fakes, &ports, &event(phase)).await.unwrap();
        let changes = ports.state().changes.clone();
        let at = |what: &str| changes.iter().position(|change| change.contains(what));
        let started = at("start").unwrap_or_else(|| panic!("{phase:?}: {changes:?}"));
        let held = at("none").or(at("fence target")).unwrap_or_else(|| panic!("{phase:?}: {changes:?}"));
        assert!(started < held, "{phase:?}: {changes:?}");
        assert!(phase != Phase::Unfence || at("unfence").is_some_and(|opened| opened < started), "{changes:?}");
    }
}

/// Its slot would keep the log of the target until the disk is full.
#[tokio::test(start_paused = true)]
async fn a_rehearsal_that_was_interrupted_ends() {
    let (fakes, ports) = before(Phase::Validate);
    fakes.iter().for_each(|fake| fake.pair().reverse_slot = true);
    walk(&fakes, &ports, &event(Phase::Validate)).await.unwrap();
    for (fake, key) in fakes.iter().zip(KEYS) {
        assert!(!fake.pair().reverse_slot, "{key}");
        assert_eq!(ports.state().tasks[&format!("{key}-rehearsal")].status, "stopped");
    }
}

/// A backlog would lengthen the write pause.
#[tokio::test(start_paused = true)]
async fn writes_are_held_only_when_the_reverse_tasks_have_caught_up() {
    let (fakes, ports) = before(Phase::Watch);
    fakes[1].pair().behind = 35;
    walk(&fakes, &ports, &event(Phase::Watch)).await.unwrap();
    let measured = ports.state().changes.iter().filter(|change| change.contains("measure the lag")).count();
    assert!(measured > 4, "each attempt has a new token: {measured}");
}

/// It runs when asked first, and never brings the token.
struct Stuck(Fake);

impl Databases for Stuck {
    async fn fence(&self, side: Side) -> Result<bool, Failure> {
        self.0.fence(side).await
    }
    async fn unfence(&self, side: Side) -> Result<bool, Failure> {
        self.0.unfence(side).await
    }
    async fn reopen_source(&self) -> Result<bool, Failure> {
        panic!("it goes no further")
    }
    async fn is_fenced(&self, side: Side) -> Result<bool, Failure> {
        self.0.is_fenced(side).await
    }
    async fn write_token(&self, token: &str) -> Result<String, Failure> {
        let position = self.0.write_token(token).await?;
        if !token.ends_with("/lag") {
            self.0.ports.state().tasks.insert("ledger-reverse".to_owned(), task("failed"));
        }
        Ok(position)
    }
    async fn is_drained(&self, token: &str, _: &str) -> Result<bool, Failure> {
        Ok(token.ends_with("/lag"))
    }
    async fn cut(&self, _: Side) -> Result<bool, Failure> {
        panic!("it goes no further")
    }
    async fn restore(&self, side: Side) -> Result<bool, Failure> {
        self.0.restore(side).await
    }
    async fn reverse_position(&self) -> Result<String, Failure> {
        self.0.reverse_position().await
    }
    async fn sync_sequences(&self, _: u64) -> Result<u64, Failure> {
        panic!("it goes no further")
    }
    async fn difference(&self) -> Result<Option<String>, Failure> {
        self.0.difference().await
    }

    fn rehearsal_task(&self) -> Option<&str> {
        self.0.rehearsal_task()
    }
    async fn drop_reverse_slot(&self) -> Result<u64, Failure> {
        panic!("it goes no further")
    }
}

#[tokio::test(start_paused = true)]
async fn reverse_replication_that_breaks_on_the_way_opens_the_target_again() {
    let (fakes, ports) = before(Phase::Watch);
    let pairs: Vec<_> = fakes.iter().map(|fake| fake.pair.clone()).collect();
    let stuck: Vec<Stuck> = fakes.into_iter().map(Stuck).collect();
    for _ in 0..2 {
        let failure = handle(&*ports, &stuck, &call(), &event(Phase::Watch)).await.expect_err("it is broken");
        assert_eq!(failure.name(), migspec_events::error::REVERSE_BROKEN);
        assert!(pairs.iter().all(|pair| !pair.lock().unwrap().target_fenced));
        assert_eq!(ports.state().parameters[WRITER], "target");
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_giving_up_crashes_the_target_opens_alone() {
    for crash in 0.. {
        let (fakes, ports) = before(Phase::Watch);
        walk_into_a_broken_reverse(&fakes, &ports, crash).await;
        // It runs again, and has brought the token over meanwhile.
        ports.state().crash_after = None;
        for key in KEYS {
            ports.state().tasks.insert(format!("{key}-reverse"), task("running"));
        }
        let failure = walk(&fakes, &ports, &event(Phase::Watch)).await;
        let pairs = end(&fakes, &ports).0;
        let whole = |source: bool, target: bool| {
            pairs.iter().all(|pair| (pair.source_fenced, pair.target_fenced) == (source, target))
        };
        let writer = ports.state().parameters[WRITER].clone();
        match failure {
            // It had not been written down yet: the way back goes on.
            Ok(_) => assert!(whole(false, true) && writer == "source", "{crash}: {pairs:?} {writer}"),
            Err(_) => assert!(whole(true, false) && writer == "target", "{crash}: {pairs:?} {writer}"),
        }
        if ports.state().changes.len() < crash {
            assert!(crash > 10, "nothing crashed");
            break;
        }
    }
}

/// Reverse replication fails behind the token; crashes after so many changes.
async fn walk_into_a_broken_reverse(fakes: &[Fake], ports: &Arc<Memory>, crash: usize) {
    let stuck: Vec<Stuck> = fakes.iter().map(Fake::shared).map(Stuck).collect();
    ports.state().crash_after = Some(crash);
    assert!(handle(&**ports, &stuck, &call(), &event(Phase::Watch)).await.is_err());
}

/// The first had opened the source, perhaps: the second sees to it that this is
/// closed before it lets the target take writes again.
#[tokio::test(start_paused = true)]
async fn a_second_way_back_that_is_given_up_leaves_one_writer() {
    let mut given_up = 0;
    for crash in 0.. {
        let (fakes, ports) = before(Phase::Watch);
        ports.state().crash_after = Some(crash);
        if walk(&fakes, &ports, &event(Phase::Watch)).await.is_ok() {
            break;
        }
        ports.state().crash_after = None;
        if ports.state().parameters[WRITER] == "source" {
            continue;
        }
        let mut later = event(Phase::Flip);
        later.run.execution = "e-2".to_owned();
        let stuck: Vec<Stuck> = fakes.iter().map(Fake::shared).map(Stuck).collect();
        let failure = handle(&*ports, &stuck, &call(), &later).await.expect_err("it is broken");
        assert_eq!(failure.name(), migspec_events::error::REVERSE_BROKEN, "{crash}");
        assert!(fakes.iter().all(|fake| fake.pair().source_fenced && !fake.pair().target_fenced), "{crash}");
        assert_eq!(ports.state().parameters[WRITER], "target", "{crash}");
        given_up += 1;
    }
    assert!(given_up > 5, "{given_up}");
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_run_has_moved_is_undone_as_well() {
    // It failed in each phase and nobody could write; the next run was asked to
    // go back, and failed or began in an early one.
    for phase in
        [Phase::Fence, Phase::Drain, Phase::CutForward, Phase::Flip, Phase::Unfence, Phase::StopForward, Phase::Watch]
    {
        let (fakes, ports) = before(phase);
        let mut later = event(Phase::Assess);
        later.run.execution = "e-2".to_owned();
        walk(&fakes, &ports, &later).await.unwrap_or_else(|e| panic!("{phase:?}: {e}"));
        let (pairs, parameters, ..) = end(&fakes, &ports);
        for pair in pairs {
            assert!(!pair.source_fenced && pair.target_fenced && pair.unreplicated == 0, "{phase:?}: {pair:?}");
        }
        assert!(parameters.contains(&(WRITER.to_owned(), "source".to_owned())), "{phase:?}");
    }
    // Where the source is the writer, an earlier run has left nothing.
    let (fakes, ports) = before(Phase::Approve);
    ports.state().objects.values_mut().for_each(|bytes| *bytes = br#"{"phase":"watch","execution":"e-0"}"#.to_vec());
    walk(&fakes, &ports, &event(Phase::Assess)).await.unwrap();
    assert_eq!(ports.state().changes.iter().filter(|change| change.contains("fence")).count(), 0);
}

#[tokio::test(start_paused = true)]
async fn after_another_run_has_begun_nothing_is_touched() {
    let (fakes, ports) = before(Phase::Watch);
    ports.state().crash_after = Some(8);
    walk(&fakes, &ports, &event(Phase::Watch)).await.expect_err("it crashes");
    ports.state().crash_after = None;
    let later = br#"{"phase":"load","execution":"e-2","at":"2026-01-02T00:00:00Z"}"#.to_vec();
    ports.state().objects.insert(Key::new("checkpoints", "ledger/checkpoint.json"), later);
    let changes = ports.state().changes.len();
    let failure = walk(&fakes, &ports, &event(Phase::Watch)).await.expect_err("it is not the last run");
    assert_eq!((failure.name(), ports.state().changes.len()), (migspec_events::error::TOO_LATE, changes));
}

/// The first execution was aborted after the flip, a second one has rolled back, and somebody redrives the first.
#[tokio::test(start_paused = true)]
async fn a_redrive_of_an_execution_that_another_one_has_undone_changes_nothing() {
    for phase in [Phase::Drain, Phase::Flip, Phase::Watch] {
        let (fakes, ports) = before(phase);
        let mut later = event(Phase::Flip);
        later.run.execution = "e-2".to_owned();
        later.failure.state = "ChooseStart".to_owned();
        later.failure.error = migspec_events::error::ROLLBACK_REQUESTED.to_owned();
        walk(&fakes, &ports, &later).await.unwrap_or_else(|e| panic!("{phase:?}: {e}"));
        let expected = end(&fakes, &ports);
        // The redrive has moved the switch again before the database refused to open.
        ports.state().parameters.insert(WRITER.to_owned(), "target".to_owned());
        let failure = walk(&fakes, &ports, &event(phase)).await.expect_err("it was undone");
        assert_eq!(failure.name(), migspec_events::error::SUPERSEDED, "{phase:?}: {failure}");
        assert_eq!(end(&fakes, &ports), expected, "{phase:?}: the switch names the open side again");
        walk(&fakes, &ports, &later).await.unwrap_or_else(|e| panic!("{phase:?}: the later one continues: {e}"));
    }
}

/// The lock names another execution, or it has been released: the next migration may be under way.
#[tokio::test(start_paused = true)]
async fn an_execution_without_the_lock_changes_nothing() {
    for phase in [Phase::Fence, Phase::Drain, Phase::Flip, Phase::Watch] {
        for holder in ["e-9", "no execution", ""] {
            let (fakes, ports) = before(phase);
            ports.state().objects.insert(Key::new("checkpoints", "ledger/lock.txt"), holder.into());
            let expected = end(&fakes, &ports);
            let failure = walk(&fakes, &ports, &event(phase)).await.expect_err("another execution holds the lock");
            assert_eq!(failure.name(), migspec_events::error::SUPERSEDED, "{phase:?}: {failure}");
            assert_eq!(end(&fakes, &ports), expected, "{phase:?}");
            let own = event(phase).run.execution;
            ports.state().objects.insert(Key::new("checkpoints", "ledger/lock.txt"), own.as_str().into());
            walk(&fakes, &ports, &event(phase)).await.unwrap_or_else(|e| panic!("{phase:?}: {e}"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_target_that_somebody_has_opened_is_closed_before_the_source_opens() {
    let (fakes, ports) = before(Phase::Watch);
    for crash in 0.. {
        ports.state().crash_after = Some(crash);
        let result = walk(&fakes, &ports, &event(Phase::Watch)).await;
        if result.is_ok() {
            break;
        }
        // The fake asserts that never two of them are open.
        for fake in &fakes {
            let mut pair = fake.pair();
            pair.target_fenced &= !(pair.source_fenced && pair.sequences);
        }
    }
    assert!(fakes.iter().all(|fake| fake.pair().target_fenced && !fake.pair().source_fenced));
}

/// The phases in which writes are held and the target has taken none.
fn held_phases() -> impl Iterator<Item = Phase> {
    phases().filter(|phase| (Phase::Fence..Phase::Unfence).contains(phase))
}

/// Begins with an outage of some targets from a change on, until an outage or a crash ends the walk; returns its failure.
async fn walk_into_an_outage(
    (fakes, ports): &(Vec<Fake>, Arc<Memory>),
    (phase, lost, from): (Phase, &[usize], usize),
    crash: Option<usize>,
) -> Option<Failure> {
    lost.iter().for_each(|index| fakes[*index].set_outage(Outage::From(from)));
    ports.state().crash_after = crash;
    let mut result = walk(fakes, ports, &event(phase)).await;
    ports.state().crash_after = None;
    if result.as_ref().is_err_and(|failure| failure.name() == CRASH) {
        result = walk(fakes, ports, &event(phase)).await;
    }
    result.err()
}

/// Payments do not wait for the target: it has taken none of them.
#[tokio::test(start_paused = true)]
async fn the_source_opens_without_a_target_that_is_lost_at_any_change() {
    for phase in held_phases() {
        let (fakes, ports) = before(phase);
        walk(&fakes, &ports, &event(phase)).await.unwrap();
        let (expected, changes) = (end(&fakes, &ports), ports.state().changes.len());
        for from in 0..=changes {
            for lost in [&[0][..], &[1], &[0, 1]] {
                // Each crash of four, another one for each outage.
                for crash in (from % 4..=changes).step_by(4).map(Some).chain([None]) {
                    let stage = before(phase);
                    let failure = walk_into_an_outage(&stage, (phase, lost, from), crash).await;
                    let (fakes, ports) = &stage;
                    let context = format!("{phase:?}, {lost:?} from {from}, crash {crash:?}: {failure:?}");
                    assert!(fakes.iter().all(|fake| !fake.pair().source_fenced), "{context}");
                    assert!(fakes.iter().all(|fake| fake.pair().target_fenced), "{context}");
                    assert_eq!(ports.state().parameters[WRITER], "source", "{context}");
                    if let Some(failure) = failure {
                        assert_eq!(failure.name(), "Migration.Unreachable", "{context}");
                        assert!(failure.message().starts_with("the source takes writes again"), "{context}");
                    }
                    // The targets are back: the same steps complete.
                    fakes.iter().for_each(|fake| fake.set_outage(Outage::None));
                    walk(fakes, ports, &event(phase)).await.unwrap_or_else(|e| panic!("{context}: {e}"));
                    assert_eq!(end(fakes, ports), expected, "{context}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_failure_and_the_notice_name_the_unverified_fence() {
    let (fakes, ports) = before(Phase::Flip);
    fakes[1].set_outage(Outage::From(0));
    let failure = walk(&fakes, &ports, &event(Phase::Flip)).await.expect_err("a target is out of reach");
    let text = "the source takes writes again, but the target's fence is not verified for orders; remaining steps: \
                confirm-target, stop-reverse, drop-reverse-slot, restore-reverse, restore-forward, resume-forward, notify: \
                connecting to the target: timed out";
    assert_eq!(failure.message(), text);
    fakes[1].set_outage(Outage::None);
    walk(&fakes, &ports, &event(Phase::Flip)).await.unwrap();
    let notices = ports.state().notices.clone();
    assert!(notices.iter().any(|notice| notice.2.contains("out of reach (orders)")), "{notices:?}");
}

#[tokio::test(start_paused = true)]
async fn a_target_that_answers_within_half_a_minute_is_not_out_of_reach() {
    let (fakes, ports) = before(Phase::Drain);
    fakes[0].set_outage(Outage::Brief(20));
    walk(&fakes, &ports, &event(Phase::Drain)).await.unwrap();
    assert!(ports.state().changes.iter().all(|change| change != "reopen source"), "{:?}", ports.state().changes);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_never_answers_is_out_of_reach() {
    for outage in [Outage::Brief(40), Outage::Silent] {
        let (fakes, ports) = before(Phase::Drain);
        fakes[0].set_outage(outage.clone());
        for _ in 0..3 {
            let _ =
                tokio::time::timeout(Duration::from_secs(300), handle(&*ports, &fakes, &call(), &event(Phase::Drain)))
                    .await;
            if ports.state().parameters[WRITER] == "source" {
                break;
            }
        }
        assert!(fakes.iter().all(|fake| !fake.pair().source_fenced), "{outage:?}");
        assert_eq!(ports.state().changes.iter().filter(|change| *change == "reopen source").count(), 1, "{outage:?}");
    }
}

/// The record of the source's fence shows an opening that every other record has lost.
#[tokio::test(start_paused = true)]
async fn the_source_stays_closed_without_a_target_that_was_opened() {
    for phase in held_phases() {
        let (fakes, ports) = before(phase);
        ports.state().objects.clear();
        ports.state().parameters.insert(WRITER.to_owned(), "none".to_owned());
        fakes.iter().for_each(|fake| fake.pair().opened = true);
        fakes[0].set_outage(Outage::From(0));
        let failure = walk(&fakes, &ports, &event(phase)).await.expect_err("the target may have taken writes");
        assert_eq!(failure.name(), migspec_events::error::OTHER_SIDE_OPEN, "{phase:?}: {failure}");
        assert!(fakes[0].pair().source_fenced, "{phase:?}");
        assert_eq!(ports.state().parameters[WRITER], "none", "{phase:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_source_stays_closed_without_a_target_that_takes_writes() {
    for phase in [Phase::Unfence, Phase::StopForward, Phase::StartReverse, Phase::Watch] {
        let (fakes, ports) = before(phase);
        walk(&fakes, &ports, &event(phase)).await.unwrap();
        let changes = ports.state().changes.len();
        for from in 0..changes {
            let (fakes, ports) = before(phase);
            fakes[0].set_outage(Outage::From(from));
            let _ = walk(&fakes, &ports, &event(phase)).await;
            assert!(ports.state().changes.iter().all(|change| change != "reopen source"), "{phase:?} {from}");
            let pair = fakes[0].pair();
            assert!(pair.source_fenced || pair.unreplicated == 0, "{phase:?} {from}: {pair:?}");
        }
    }
}

/// Somebody has opened it by hand while the source took writes.
#[tokio::test(start_paused = true)]
async fn a_target_that_is_open_when_it_is_back_is_fenced_and_an_operator_decides() {
    let (fakes, ports) = before(Phase::Flip);
    fakes[0].set_outage(Outage::From(0));
    walk(&fakes, &ports, &event(Phase::Flip)).await.expect_err("the target is out of reach");
    fakes[0].set_outage(Outage::None);
    fakes[0].pair().target_fenced = false;
    for _ in 0..2 {
        let failure = walk(&fakes, &ports, &event(Phase::Flip)).await.expect_err("an operator decides");
        assert_eq!(failure.name(), migspec_events::error::OTHER_SIDE_OPEN, "{failure}");
        assert!(failure.message().contains("the target of ledger was open beside the source"), "{failure}");
        let pair = fakes[0].pair();
        assert!(pair.target_fenced && !pair.source_fenced && pair.forward_cut, "{pair:?}");
    }
}

/// A second execution continues what a first one has left.
#[tokio::test(start_paused = true)]
async fn another_execution_completes_a_rollback_without_a_target() {
    for phase in held_phases() {
        let (fakes, ports) = before(phase);
        fakes[1].set_outage(Outage::From(0));
        walk(&fakes, &ports, &event(phase)).await.expect_err("the target is out of reach");
        let mut later = event(Phase::Flip);
        later.run.execution = "e-2".to_owned();
        later.failure.error = migspec_events::error::ROLLBACK_REQUESTED.to_owned();
        walk(&fakes, &ports, &later).await.expect_err("it is still out of reach");
        assert!(fakes.iter().all(|fake| !fake.pair().source_fenced && fake.pair().target_fenced), "{phase:?}");
        assert_eq!(ports.state().parameters[WRITER], "source", "{phase:?}");
        fakes[1].set_outage(Outage::None);
        walk(&fakes, &ports, &later).await.unwrap_or_else(|e| panic!("{phase:?}: {e}"));
        assert!(fakes.iter().all(|fake| !fake.pair().reverse_slot && !fake.pair().forward_cut), "{phase:?}");
    }
}

#[test]
fn after_decommissioning_it_is_too_late() {
    let (fakes, ports) = before(Phase::Watch);
    let failure = block_on(handle(&*ports, &fakes, &call(), &event(Phase::Decommission))).expect_err("too late");
    assert_eq!(failure.name(), migspec_events::error::TOO_LATE);
}

#[tokio::test(start_paused = true)]
async fn of_two_at_once_one_goes_on() {
    let (fakes, ports) = before(Phase::Drain);
    let event = event(Phase::Drain);
    let (call_a, call_b) = (call(), call());
    let (a, b) = tokio::join!(handle(&*ports, &fakes, &call_a, &event), handle(&*ports, &fakes, &call_b, &event));
    let replies = [a.unwrap(), b.unwrap()];
    assert!(replies.iter().any(|reply| reply.complete), "{replies:?}");
    walk(&fakes, &ports, &event).await.unwrap();
}
