//! The implementation of each step, for all replications that roll back
//! together.

use std::time::Duration;

use migspec_events::undo::Step;
use migspec_events::{Replicated, RollbackEvent, SEQUENCE_MARGIN, Side, error};
use migspec_function::{Call, Failure, Name, Notices, Parameters, StartType, TableStatistics, Tasks, Traffic};

use crate::databases::Databases;
use crate::progress::{Progress, TargetFence};

/// Between two questions of a step that waits.
pub(crate) const PAUSE: Duration = Duration::from_secs(1);

/// The status of a reverse task that applies changes.
const RUNS: &[&str] = &["running"];
/// The status of a reverse task that applies changes or can start.
const CAN_RUN: &[&str] = &["running", "ready", "starting", "creating", "modifying"];

/// Polls, one each second, in which a reverse task without a backlog applies a
/// change.
const CAUGHT_UP: u32 = 10;

/// Polls, one each second, in which the source receives the target's last
/// writes. Nobody can write meanwhile, and before, the reverse task applied a
/// change within [`CAUGHT_UP`] polls.
const DRAINED: u32 = 180;

/// For the comparison of all databases, in the write pause.
const COMPARED: Duration = Duration::from_secs(120);
/// For the answer after the comparison.
const MARGIN: Duration = Duration::from_secs(10);

/// How a step ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum StepStatus {
    Done,
    /// It waits for something: ask again.
    Wait,
    /// It needs more time than this call has.
    NextCall,
}

/// The inputs of the steps.
pub(crate) struct Walk<'a, P, D> {
    pub(crate) ports: &'a P,
    /// Of each replication, in the order of the event.
    pub(crate) databases: &'a [D],
    pub(crate) call: &'a Call,
    pub(crate) event: &'a RollbackEvent,
}

impl<P: Parameters + Tasks + Traffic + Notices, D: Databases> Walk<'_, P, D> {
    /// Does the remaining work of a step.
    pub(crate) async fn take(&self, step: Step, progress: &mut Progress) -> Result<StepStatus, Failure> {
        match step {
            Step::CheckReverse => self.check_tables().await,
            Step::FenceSource => self.fence(Side::Source).await,
            Step::UnfenceTarget => self.unfence_targets().await,
            Step::StartReverse => self.start_reverse().await,
            Step::AwaitReverse => self.await_reverse().await,
            Step::Announce => Ok(self.announce(progress).await),
            Step::HoldWrites => self.tell_writers("none").await,
            Step::FenceTarget => self.fence(Side::Target).await,
            Step::TryTarget => self.try_targets(progress).await,
            Step::WriteToken => self.write_tokens(progress).await,
            Step::DrainReverse => self.drain(progress).await,
            Step::CompareRows => self.compare().await,
            Step::SyncSequences => self.sync_sequences().await,
            Step::CutReverse => self.cut(Side::Source).await,
            Step::MoveTraffic => self.move_traffic().await,
            Step::UnfenceSource => self.open_sources().await,
            Step::ReopenSource => self.reopen_sources(progress).await,
            Step::ConfirmTarget => self.confirm_targets(progress).await,
            Step::FlipToSource => self.tell_writers("source").await,
            Step::StopForward => self.stop(|replication, _| Some(&replication.forward_task)).await,
            Step::StopReverse => {
                let rehearsal = self.stop(|_, database| database.rehearsal_task()).await?;
                Ok(rehearsal.max(self.stop(|replication, _| Some(&replication.reverse_task)).await?))
            }
            Step::DropReverseSlot => self.drop_reverse_slots().await,
            Step::RestoreReverse => self.restore(Side::Source).await,
            Step::RestoreForward => self.restore(Side::Target).await,
            Step::CutForward => self.cut(Side::Target).await,
            Step::ResumeForward => self.resume().await,
            Step::Notify => self.notify(progress).await,
        }
    }

    /// Each replication with its databases.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&Replicated, &D)> {
        self.event.replications.iter().zip(self.databases)
    }

    /// The token of this way back, another than that of the way there, and
    /// another for each replication: two of them may lie on one server.
    fn token(&self, replication: &Replicated) -> String {
        format!("{}/{}/back", self.event.run.execution, replication.key)
    }

    /// The switch that moved last comes back first.
    async fn tell_writers(&self, writer: &str) -> Result<StepStatus, Failure> {
        for switch in self.event.writers.iter().rev() {
            self.ports.put_parameter(&switch.parameter, writer).await?;
        }
        Ok(StepStatus::Done)
    }

    async fn fence(&self, side: Side) -> Result<StepStatus, Failure> {
        let mut status = StepStatus::Done;
        for database in self.databases {
            if !database.fence(side).await? {
                status = StepStatus::Wait;
            }
        }
        Ok(status)
    }

    async fn write_tokens(&self, progress: &mut Progress) -> Result<StepStatus, Failure> {
        for (replication, database) in self.each() {
            let position = database.write_token(&self.token(replication)).await?;
            progress.positions.insert(replication.key.clone(), position);
        }
        Ok(StepStatus::Done)
    }

    /// Waits for the target's last writes, within [`DRAINED`] polls in all calls
    /// together: after that, the target takes writes again.
    async fn drain(&self, progress: &mut Progress) -> Result<StepStatus, Failure> {
        for (replication, database) in self.each() {
            let position = progress.positions.get(&replication.key).map_or("", String::as_str);
            if !database.is_drained(&self.token(replication), position).await? {
                self.check_reverse(RUNS).await?;
                progress.drain_polls += 1;
                if progress.drain_polls > DRAINED {
                    let text = format!("{} did not receive the target's last writes in {DRAINED} s", replication.key);
                    return Err(Failure::new(error::REVERSE_BROKEN, text));
                }
                return Ok(StepStatus::Wait);
            }
        }
        Ok(StepStatus::Done)
    }

    /// Behind the drain, both sides hold the same rows. If they do not, or if the
    /// comparison does not end within [`COMPARED`], the target takes writes again.
    async fn compare(&self) -> Result<StepStatus, Failure> {
        if self.call.remaining(MARGIN) < COMPARED {
            return Ok(StepStatus::NextCall);
        }
        let found = match tokio::time::timeout(COMPARED, self.difference()).await {
            Ok(found) => found?,
            Err(_) => Some(format!("the comparison did not end in {} s", COMPARED.as_secs())),
        };
        match found {
            None => Ok(StepStatus::Done),
            Some(difference) => {
                let text = format!("the source does not hold the rows of the target: {difference}");
                Err(Failure::new(error::REVERSE_BROKEN, text))
            }
        }
    }

    async fn difference(&self) -> Result<Option<String>, Failure> {
        for database in self.databases {
            if let Some(difference) = database.difference().await? {
                return Ok(Some(difference));
            }
        }
        Ok(None)
    }

    async fn sync_sequences(&self) -> Result<StepStatus, Failure> {
        for database in self.databases {
            database.sync_sequences(SEQUENCE_MARGIN).await?;
        }
        Ok(StepStatus::Done)
    }

    async fn move_traffic(&self) -> Result<StepStatus, Failure> {
        let traffic = &self.event.traffic;
        let weights = [(traffic.source_targets.as_str(), 100), (traffic.target_targets.as_str(), 0)];
        for rule in &traffic.rules {
            self.ports.share(rule, &weights).await?;
        }
        self.ports.put_parameter(&self.event.routing_parameter, "source").await?;
        Ok(StepStatus::Done)
    }

    async fn unfence(&self, side: Side) -> Result<StepStatus, Failure> {
        let mut status = StepStatus::Done;
        for database in self.databases {
            if !database.unfence(side).await? {
                status = StepStatus::Wait;
            }
        }
        Ok(status)
    }

    /// The target's fence may be from an earlier call, and an operator may have
    /// opened it since: the step verifies it before the source opens.
    async fn open_sources(&self) -> Result<StepStatus, Failure> {
        match self.fence(Side::Target).await? {
            StepStatus::Done => self.unfence(Side::Source).await,
            later => Ok(later),
        }
    }

    async fn status(&self, task: &str) -> Result<String, Failure> {
        Ok(self.ports.task(task).await?.map(|task| task.status).unwrap_or_default())
    }

    /// While the reverse tasks start, the targets take writes, because DMS takes
    /// minutes.
    async fn unfence_targets(&self) -> Result<StepStatus, Failure> {
        for replication in &self.event.replications {
            if self.status(&replication.reverse_task).await? != "running" {
                return match self.unfence(Side::Target).await? {
                    StepStatus::Done => self.tell_writers("target").await,
                    later => Ok(later),
                };
            }
        }
        Ok(StepStatus::Done)
    }

    /// Starts the reverse tasks that never ran. A task that ran before and has
    /// stopped needs an operator. An interrupted rollback may have locked the
    /// login of a task.
    async fn start_reverse(&self) -> Result<StepStatus, Failure> {
        self.check_reverse(CAN_RUN).await?;
        let mut outcome = self.restore(Side::Source).await?;
        for (replication, database) in self.each() {
            let status = self.status(&replication.reverse_task).await?;
            if status == "ready" {
                let position = database.reverse_position().await?;
                let start = StartType::StartReplication;
                self.ports.start_task(&replication.reverse_task, start, Some(&position)).await?;
            }
            if status != "running" {
                outcome = StepStatus::Wait;
            }
        }
        Ok(outcome)
    }

    /// With the targets open, waits until each reverse task applies a token within
    /// [`CAUGHT_UP`] polls. Each attempt writes the token again, so a backlog
    /// counts only until it is applied.
    async fn await_reverse(&self) -> Result<StepStatus, Failure> {
        for (replication, database) in self.each() {
            let token = format!("{}/lag", self.token(replication));
            let position = database.write_token(&token).await?;
            let mut polls = 0;
            while !database.is_drained(&token, &position).await? {
                self.check_reverse(RUNS).await?;
                if polls == CAUGHT_UP {
                    return Ok(StepStatus::Wait);
                }
                polls += 1;
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(StepStatus::Done)
    }

    async fn cut(&self, side: Side) -> Result<StepStatus, Failure> {
        let mut status = StepStatus::Done;
        for database in self.databases {
            if !database.cut(side).await? {
                status = StepStatus::Wait;
            }
        }
        Ok(status)
    }

    async fn restore(&self, side: Side) -> Result<StepStatus, Failure> {
        let mut status = StepStatus::Done;
        for database in self.databases {
            if !database.restore(side).await? {
                status = StepStatus::Wait;
            }
        }
        Ok(status)
    }

    /// A task can run on while DMS has suspended one of its tables.
    async fn check_tables(&self) -> Result<StepStatus, Failure> {
        self.check_reverse(CAN_RUN).await?;
        for replication in &self.event.replications {
            // A task that never ran has no statistics.
            if self.status(&replication.reverse_task).await? != "running" {
                continue;
            }
            let tables = self.ports.table_statistics(&replication.reverse_task).await?;
            if let Some(problem) = tables.iter().find_map(TableStatistics::problem) {
                let text = format!("the reverse task does not apply every change: {problem}");
                return Err(Failure::new(error::REVERSE_BROKEN, text));
            }
        }
        Ok(StepStatus::Done)
    }

    async fn check_reverse(&self, allowed: &[&str]) -> Result<(), Failure> {
        for replication in &self.event.replications {
            let status = self.status(&replication.reverse_task).await?;
            if !allowed.contains(&status.as_str()) {
                let status = if status.is_empty() { "absent" } else { &status };
                let text = format!("the reverse task is {status}: going back would lose writes");
                return Err(Failure::new(error::REVERSE_BROKEN, text));
            }
        }
        Ok(())
    }

    /// Tasks that are absent or never ran have nothing to stop.
    async fn stop<'s>(
        &'s self,
        task: impl Fn(&'s Replicated, &'s D) -> Option<&'s str>,
    ) -> Result<StepStatus, Failure> {
        let mut outcome = StepStatus::Done;
        let tasks = self.each().filter_map(|(replication, database)| task(replication, database));
        for task in tasks.filter(|task| !task.is_empty()) {
            match self.status(task).await?.as_str() {
                "" | "stopped" | "failed" | "ready" => {}
                "stopping" => outcome = StepStatus::Wait,
                _ => {
                    self.ports.stop_task(task).await?;
                    outcome = StepStatus::Wait;
                }
            }
        }
        Ok(outcome)
    }

    async fn drop_reverse_slots(&self) -> Result<StepStatus, Failure> {
        for database in self.databases {
            database.drop_reverse_slot().await?;
        }
        Ok(StepStatus::Done)
    }

    /// A task that is absent cannot resume: the notice asks for another one.
    async fn resume(&self) -> Result<StepStatus, Failure> {
        let mut outcome = StepStatus::Done;
        for Replicated { forward_task, .. } in &self.event.replications {
            match self.status(forward_task).await?.as_str() {
                "running" | "" => continue,
                "stopped" | "failed" => {
                    self.ports.start_task(forward_task, StartType::ResumeProcessing, None).await?;
                }
                _ => {}
            }
            outcome = StepStatus::Wait;
        }
        Ok(outcome)
    }

    /// Without this message, a drain that hangs would leave applications without a
    /// writer before anybody knows. Applications do not wait for it: a message that
    /// is refused is logged.
    async fn announce(&self, progress: &Progress) -> StepStatus {
        let run = &self.event.run;
        let subject = format!("{}-{}: the rollback holds writes", run.cutover, run.environment);
        let text = format!(
            "The phase {} is undone, after {} failed. From now on nobody can write, usually for seconds, until the source \
             takes writes. If the source does not hold the rows of the target within minutes, the target takes writes \
             again and an operator is called.\n\nIf no other message follows within 10 minutes: RUNBOOK.md, When the workflow calls \
             an operator",
            word(progress),
            progress.failed
        );
        if let Err(failure) = self.ports.notify(&self.call.settings.topic, &subject, &text).await {
            let reason = Name::of(failure.message().to_owned());
            self.call.log.warn("the write pause is not announced", [("reason", reason.into())]);
        }
        StepStatus::Done
    }

    async fn notify(&self, progress: &Progress) -> Result<StepStatus, Failure> {
        let run = &self.event.run;
        let subject = format!("{}-{}: went back to the source", run.cutover, run.environment);
        let mut text = format!("The phase {} was undone, after {} failed.", word(progress), progress.failed);
        for sentence in left_to_do(progress) {
            text.push_str("\n\n");
            text.push_str(sentence);
        }
        let late = progress.targets_in(TargetFence::Verified);
        if !late.is_empty() {
            let sentence = format!(
                "\n\nThe source opened while the target was out of reach ({late}), so its fence was not verified before. It is \
                 verified now."
            );
            text.push_str(&sentence);
        }
        for Replicated { forward_task, key, .. } in &self.event.replications {
            if progress.done.contains(&Step::ResumeForward) && self.status(forward_task).await?.is_empty() {
                let sentence = format!(
                    "\n\nThe forward task of {key} does not exist any more: nothing replicates to the target. Deploy \
                     the task again and load the target anew. Its slot keeps the source's log: drop it."
                );
                text.push_str(&sentence);
            }
        }
        if !progress.loss.is_empty() {
            text.push_str("\n\nLOST: ");
            text.push_str(&progress.loss);
        }
        self.ports.notify(&self.call.settings.topic, &subject, &text).await?;
        Ok(StepStatus::Done)
    }

    /// A redrive of an execution that another one has undone may have moved the
    /// switch. If the sources alone are open, the switch names them again.
    pub(crate) async fn follow_source(&self) -> Result<(), Failure> {
        for database in self.databases {
            if database.is_fenced(Side::Source).await? || !database.is_fenced(Side::Target).await? {
                return Ok(());
            }
        }
        for switch in self.event.writers.iter().rev() {
            if self.ports.parameter(&switch.parameter).await?.as_deref() != Some("source") {
                self.ports.put_parameter(&switch.parameter, "source").await?;
            }
        }
        Ok(())
    }

    /// The targets open again: they hold every write, and nothing else can.
    pub(crate) async fn open_targets(&self) -> Result<(), Failure> {
        self.unfence(Side::Target).await?;
        self.tell_writers("target").await.map(drop)
    }
}

fn word(progress: &Progress) -> String {
    serde_json::to_value(progress.phase).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The remaining work for operators.
fn left_to_do(progress: &Progress) -> Vec<&'static str> {
    if progress.done.contains(&Step::SyncSequences) {
        vec![
            "The source has writes that the forward task must not repeat: before another attempt, load the target anew. \
             The slot of the forward task keeps the source's log: drop it.",
        ]
    } else if progress.done.contains(&Step::StopForward) {
        vec!["The forward task is stopped. Its slot keeps the source's log: resume the task, or delete it."]
    } else {
        Vec::new()
    }
}
