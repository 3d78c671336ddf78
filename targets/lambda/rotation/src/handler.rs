//! The handler: one step of a rotation.

use std::collections::BTreeMap;
use std::time::Duration;

use migspec_function::{Call, Failure, Metric, Name, Parameters, Secrets, Versions, name, retry};
use serde::Deserialize;

use crate::HELD;
use crate::database::Database;
use crate::event::{Event, Step};
use crate::login::Login;

/// AWS throttles requests, and a database fails over, within this time.
const PATIENCE: Duration = Duration::from_secs(30);
/// Kept for the answer.
const RESERVE: Duration = Duration::from_secs(10);

/// Letters and digits of a password: 238 bits.
const PASSWORD: u32 = 40;
const CURRENT: &str = "AWSCURRENT";
const PENDING: &str = "AWSPENDING";
/// The value of a switch under which a password may change.
const ALLOWED: &str = "allowed";

/// The rotation-hold parameters, by the database's key: the value of the
/// variable `MIGSPEC_ROTATION`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Switches(BTreeMap<String, Vec<String>>);

impl Switches {
    /// # Errors
    /// The text is not JSON of this form.
    pub fn of_variable(json: &str) -> Result<Self, Failure> {
        serde_json::from_str(json)
            .map_err(|_| Failure::configuration("MIGSPEC_ROTATION is not JSON with parameters for each database"))
    }

    /// The hold parameters of a secret's database:
    /// `migration/{environment}/{database}/{purpose}`. All of them if the name
    /// does not show the database.
    fn of(&self, secret: &str) -> impl Iterator<Item = &String> {
        let database = secret.rsplit(':').next().and_then(|name| name.split('/').nth(2));
        let one = database.and_then(|database| self.0.get(database));
        let all = self.0.values().filter(move |_| one.is_none());
        one.into_iter().chain(all).flatten()
    }

    /// No password changes between the load and the end of a migration. An
    /// absent parameter is unknown, so no password changes then either.
    ///
    /// # Errors
    /// [`HELD`] while a migration holds rotation off.
    pub(crate) async fn allow<P: Parameters>(&self, ports: &P, secret: &str) -> Result<(), Failure> {
        for switch in self.of(secret) {
            if ports.parameter(switch).await?.as_deref() != Some(ALLOWED) {
                return Err(Failure::new(HELD, format!("the parameter {switch} holds rotation off")));
            }
        }
        Ok(())
    }
}

/// The AWS operations of rotation.
pub trait Ports: Parameters + Secrets + Versions + Sync {}

impl<P: Parameters + Secrets + Versions + Sync> Ports for P {}

/// Takes one step, again after a failure that passes: each can be repeated.
///
/// # Errors
/// [`HELD`] while a migration holds rotation off; the version is not one that
/// is being rotated; the database or Secrets Manager refuses.
pub async fn handle<P: Ports, D: Database>(
    ports: &P,
    database: &D,
    switches: &Switches,
    call: &Call,
    event: &Event,
) -> Result<(), Failure> {
    retry(call, PATIENCE, RESERVE, |_| once(ports, database, switches, call, event)).await
}

/// One attempt at a step.
async fn once<P: Ports, D: Database>(
    ports: &P,
    database: &D,
    switches: &Switches,
    call: &Call,
    event: &Event,
) -> Result<(), Failure> {
    let Event { secret_id: id, client_request_token: version, step } = event;
    let (versions, enabled) = ports.stages(id).await?;
    if !enabled {
        return Err(Failure::configuration(format!("rotation of the secret {id} is not switched on")));
    }
    let is = |stage: &str| versions.iter().any(|(known, stages)| known == version && stages.iter().any(|s| s == stage));
    if is(CURRENT) {
        call.log.info("rotated already", [("version", Name::of(version.as_str()).into())]);
        return Ok(());
    }
    // The first step makes the version.
    if !is(PENDING) && *step != Step::CreateSecret {
        return Err(Failure::configuration(format!("the version {version} of the secret {id} is not pending")));
    }
    let rotation = Rotation { ports, database, switches, id, version };
    match step {
        Step::CreateSecret => rotation.create().await?,
        Step::SetSecret => rotation.set().await?,
        Step::TestSecret => rotation.test().await?,
        Step::FinishSecret => {
            // A version that was never tested does not become the current one.
            rotation.test().await?;
            let current = versions.iter().find(|(_, stages)| stages.iter().any(|s| s == CURRENT)).map(|(id, _)| id);
            let current =
                current.ok_or_else(|| Failure::configuration(format!("the secret {id} has no current version")))?;
            ports.make_current(id, current, version).await?;
            call.metrics().value(Metric::Rotations, 1.0).emit(&call.log);
        }
    }
    call.log.info("step done", [("version", Name::of(version.as_str()).into())]);
    Ok(())
}

struct Rotation<'a, P, D> {
    ports: &'a P,
    database: &'a D,
    switches: &'a Switches,
    id: &'a str,
    version: &'a str,
}

impl<P: Ports, D: Database> Rotation<'_, P, D> {
    /// A password for the user whose turn it is.
    async fn create(&self) -> Result<(), Failure> {
        let current = self.current().await?;
        if self.pending().await?.is_some_and(|pending| pending.user() != current.user()) {
            return Ok(());
        }
        self.switches.allow(self.ports, self.id).await?;
        let password = self.ports.random_password(PASSWORD).await?;
        let next = current.next(&password, D::LONGEST_NAME)?;
        self.ports.put_pending(self.id, self.version, &next.secret()).await
    }

    /// That user gets the password. The one in use keeps its own.
    async fn set(&self) -> Result<(), Failure> {
        let (current, pending) = (self.current().await?, self.pending_login().await?);
        if current.user() == pending.user() {
            let user = pending.user();
            return Err(Failure::configuration(format!("the pending version is of {user}, who is in use")));
        }
        if self.database.admits(&pending).await? {
            return Ok(());
        }
        self.switches.allow(self.ports, self.id).await?;
        let master = current.required_member("masterarn")?;
        let master = Login::of_secret(master, &self.ports.secret(master).await?)?;
        self.database.set_password(&master, &pending).await
    }

    /// It can log in, with the privileges of the first user.
    async fn test(&self) -> Result<(), Failure> {
        let pending = self.pending_login().await?;
        if self.database.admits(&pending).await? {
            return Ok(());
        }
        Err(Failure::new(name::DATABASE, format!("the pending login {} is refused", pending.user())))
    }

    async fn current(&self) -> Result<Login, Failure> {
        let secret = self.ports.version(self.id, None, CURRENT).await?;
        let secret =
            secret.ok_or_else(|| Failure::configuration(format!("the secret {} has no current version", self.id)))?;
        Login::of_secret(self.id, &secret)
    }

    async fn pending(&self) -> Result<Option<Login>, Failure> {
        let secret = self.ports.version(self.id, Some(self.version), PENDING).await?;
        secret.map(|secret| Login::of_secret(self.id, &secret)).transpose()
    }

    async fn pending_login(&self) -> Result<Login, Failure> {
        let id = self.id;
        self.pending().await?.ok_or_else(|| Failure::configuration(format!("the secret {id} has no pending version")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_the_switches_of_its_database() {
        let switches = Switches::of_variable(r#"{"ledger":["/a","/b"],"orders":["/c"]}"#).expect("it has the form");
        let of = |secret| switches.of(secret).map(String::as_str).collect::<Vec<_>>();
        let arn = "arn:aws:secretsmanager:us-east-1:111111111111:secret:migration/dev/ledger/fence-AbCdEf";
        assert_eq!(of(arn), ["/a", "/b"]);
        assert_eq!(of("arn:aws:secretsmanager:us-east-1:111111111111:secret:other-AbCdEf"), ["/a", "/b", "/c"]);
        assert!(Switches::of_variable("").is_err());
    }
}
