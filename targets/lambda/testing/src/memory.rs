//! The ports to AWS in memory, with a crash wherever a test wants one.

use std::collections::BTreeMap;
use std::future::{Future, ready};
use std::sync::{Mutex, MutexGuard, PoisonError};

use migspec_function::{
    ExposeSecret, Failure, Key, Notices, Object, Objects, Parameters, Put, SecretString, Secrets, Stages, StartType,
    TableStatistics, Task, Tasks, Traffic, Versions, name,
};
use sha2::{Digest, Sha256};

/// The name of the error with which a port of [`Memory`] crashes.
pub const CRASH: &str = "Test.Crash";

/// AWS in memory.
#[derive(Debug, Default)]
pub struct Memory {
    state: Mutex<State>,
}

/// All that a test may look at or set.
#[derive(Debug, Default)]
pub struct State {
    pub parameters: BTreeMap<String, String>,
    /// For each secret its versions: id, value and stages.
    pub secrets: BTreeMap<String, Vec<(String, String, Vec<String>)>>,
    pub rotation: bool,
    pub objects: BTreeMap<Key, Vec<u8>>,
    pub tasks: BTreeMap<String, Task>,
    /// The versions of DMS, by replication instance.
    pub engines: BTreeMap<String, String>,
    pub statistics: BTreeMap<String, Vec<TableStatistics>>,
    pub weights: BTreeMap<String, Vec<(String, i32)>>,
    /// Topic, subject and text.
    pub notices: Vec<(String, String, String)>,
    /// The number of the next messages that are refused.
    pub refused_notices: u32,
    /// The number of the next requests that AWS throttles.
    pub throttled: u32,
    /// Every change, in order: `put_parameter /a target`.
    pub changes: Vec<String>,
    /// How many changes still succeed; `None` is all.
    pub crash_after: Option<usize>,
    passwords: u32,
}

impl Memory {
    /// The current state of AWS.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_parameter(&self, name: &str, value: &str) {
        self.state().parameters.insert(name.to_owned(), value.to_owned());
    }

    pub fn set_secret(&self, id: &str, value: &str) {
        let version = ("version-1".to_owned(), value.to_owned(), vec!["AWSCURRENT".to_owned()]);
        self.state().secrets.insert(id.to_owned(), vec![version]);
    }

    /// The state for a request, unless AWS throttles it.
    fn ask(&self) -> Result<MutexGuard<'_, State>, Failure> {
        let mut state = self.state();
        if state.throttled > 0 {
            state.throttled -= 1;
            return Err(Failure::new(name::AWS, "ThrottlingException: Rate exceeded").that_passes());
        }
        Ok(state)
    }

    /// Changes the state of AWS, unless the test crashes here.
    fn change<T>(&self, what: String, change: impl FnOnce(&mut State) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut state = self.ask()?;
        match &mut state.crash_after {
            Some(0) => return Err(Failure::new(CRASH, format!("crash before {what}"))),
            Some(left) => *left -= 1,
            None => {}
        }
        state.changes.push(what);
        change(&mut state)
    }
}

fn etag(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn absent(what: &str) -> Failure {
    Failure::new(name::AWS, format!("there is no {what}"))
}

impl Parameters for Memory {
    fn parameter(&self, name: &str) -> impl Future<Output = Result<Option<String>, Failure>> + Send {
        ready(self.ask().map(|state| state.parameters.get(name).cloned()))
    }

    fn put_parameter(&self, name: &str, value: &str) -> impl Future<Output = Result<(), Failure>> + Send {
        ready(self.change(format!("put_parameter {name} {value}"), |state| {
            state.parameters.insert(name.to_owned(), value.to_owned());
            Ok(())
        }))
    }
}

impl Secrets for Memory {
    fn secret(&self, id: &str) -> impl Future<Output = Result<SecretString, Failure>> + Send {
        ready(self.ask().and_then(|state| {
            let mut versions = state.secrets.get(id).into_iter().flatten();
            let current = versions.find(|(.., stages)| stages.iter().any(|s| s == "AWSCURRENT"));
            let value = current.map(|(_, value, _)| SecretString::from(value.as_str()));
            value.ok_or_else(|| absent(&format!("secret {id}")))
        }))
    }
}

impl Versions for Memory {
    fn stages(&self, secret: &str) -> impl Future<Output = Result<Stages, Failure>> + Send {
        ready(self.ask().and_then(|state| {
            let versions = state.secrets.get(secret).ok_or_else(|| absent(&format!("secret {secret}")))?;
            Ok((versions.iter().map(|(id, _, stages)| (id.clone(), stages.clone())).collect(), state.rotation))
        }))
    }

    fn version(
        &self,
        secret: &str,
        version: Option<&str>,
        stage: &str,
    ) -> impl Future<Output = Result<Option<SecretString>, Failure>> + Send {
        ready(self.ask().map(|state| {
            let mut versions = state.secrets.get(secret).into_iter().flatten();
            let found = versions.find(|(id, _, stages)| {
                version.is_none_or(|version| version == id) && stages.iter().any(|s| s == stage)
            });
            found.map(|(_, value, _)| SecretString::from(value.as_str()))
        }))
    }

    fn put_pending(
        &self,
        secret: &str,
        version: &str,
        value: &SecretString,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        ready(self.change(format!("put_pending {secret} {version}"), |state| {
            let versions = state.secrets.get_mut(secret).ok_or_else(|| absent("secret"))?;
            let value = value.expose_secret().to_owned();
            match versions.iter().find(|(id, ..)| id == version) {
                Some((_, old, _)) if *old == value => return Ok(()),
                // A version is never overwritten.
                Some(_) => return Err(Failure::new(name::AWS, "ResourceExistsException")),
                None => {}
            }
            versions.iter_mut().for_each(|(.., stages)| stages.retain(|s| s != "AWSPENDING"));
            versions.push((version.to_owned(), value, vec!["AWSPENDING".to_owned()]));
            Ok(())
        }))
    }

    fn make_current(&self, secret: &str, from: &str, to: &str) -> impl Future<Output = Result<(), Failure>> + Send {
        ready(self.change(format!("make_current {secret} {from} {to}"), |state| {
            let versions = state.secrets.get_mut(secret).ok_or_else(|| absent("secret"))?;
            for (id, _, stages) in versions.iter_mut() {
                let previous = id == from;
                stages.retain(|s| s != "AWSPREVIOUS" && !(previous && s == "AWSCURRENT"));
                if previous {
                    stages.push("AWSPREVIOUS".to_owned());
                }
                if id == to {
                    stages.push("AWSCURRENT".to_owned());
                }
            }
            Ok(())
        }))
    }

    fn random_password(&self, length: u32) -> impl Future<Output = Result<SecretString, Failure>> + Send {
        ready(self.ask().map(|mut state| {
            state.passwords += 1;
            let text = etag(&state.passwords.to_le_bytes()).chars().cycle().take(length as usize).collect::<String>();
            SecretString::from(text)
        }))
    }
}

impl Objects for Memory {
    fn object(&self, key: &Key) -> impl Future<Output = Result<Option<Object>, Failure>> + Send {
        let bytes = self.ask().map(|state| state.objects.get(key).cloned());
        ready(bytes.map(|bytes| bytes.map(|bytes| Object { etag: etag(&bytes), bytes })))
    }

    fn put_object(&self, key: &Key, bytes: &[u8], put: Put) -> impl Future<Output = Result<String, Failure>> + Send {
        ready(self.change(format!("put_object {}/{}", key.bucket, key.key), |state| {
            let old = state.objects.get(key).map(|bytes| etag(bytes));
            let holds = match &put {
                Put::Always => true,
                Put::IfAbsent => old.is_none(),
                Put::IfMatches(tag) => old.as_ref() == Some(tag),
            };
            if !holds {
                return Err(Failure::new(name::CONFLICT, format!("{} was written by someone else", key.key)));
            }
            state.objects.insert(key.clone(), bytes.to_vec());
            Ok(etag(bytes))
        }))
    }
}

impl Tasks for Memory {
    fn task(&self, arn: &str) -> impl Future<Output = Result<Option<Task>, Failure>> + Send {
        ready(self.ask().map(|state| state.tasks.get(arn).cloned()))
    }

    fn engine(&self, instance: &str) -> impl Future<Output = Result<Option<String>, Failure>> + Send {
        ready(self.ask().map(|state| state.engines.get(instance).cloned()))
    }

    fn stop_task(&self, arn: &str) -> impl Future<Output = Result<(), Failure>> + Send {
        ready(self.change(format!("stop_task {arn}"), |state| {
            let task = state.tasks.get_mut(arn).ok_or_else(|| absent("task"))?;
            task.status = "stopped".to_owned();
            task.stop_reason = "Stop Reason NORMAL".to_owned();
            Ok(())
        }))
    }

    fn start_task(
        &self,
        arn: &str,
        how: StartType,
        position: Option<&str>,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        let what = format!("start_task {arn} {how:?} {}", position.unwrap_or("-"));
        ready(self.change(what, |state| {
            let task = state.tasks.get_mut(arn).ok_or_else(|| absent("task"))?;
            task.status = "running".to_owned();
            task.stop_reason.clear();
            Ok(())
        }))
    }

    fn table_statistics(&self, arn: &str) -> impl Future<Output = Result<Vec<TableStatistics>, Failure>> + Send {
        ready(self.ask().map(|state| state.statistics.get(arn).cloned().unwrap_or_default()))
    }
}

impl Traffic for Memory {
    fn share(&self, rule: &str, weights: &[(&str, i32)]) -> impl Future<Output = Result<(), Failure>> + Send {
        ready(self.change(format!("share {rule} {weights:?}"), |state| {
            let weights = weights.iter().map(|(arn, weight)| ((*arn).to_owned(), *weight)).collect();
            state.weights.insert(rule.to_owned(), weights);
            Ok(())
        }))
    }
}

impl Notices for Memory {
    fn notify(&self, topic: &str, subject: &str, text: &str) -> impl Future<Output = Result<(), Failure>> + Send {
        ready(self.change(format!("notify {topic}"), |state| {
            if state.refused_notices > 0 {
                state.refused_notices -= 1;
                return Err(Failure::new("SNS.AuthorizationErrorException", "the topic refuses the message"));
            }
            state.notices.push((topic.to_owned(), subject.to_owned(), text.to_owned()));
            Ok(())
        }))
    }
}
