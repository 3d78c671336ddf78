//! Both databases of a replication, found by its parameter.

use std::collections::BTreeMap;
use std::time::Duration;

use migspec_events::{End, Replication, Run, Side};

use crate::{Access, Credentials, Failure, Opening, Parameters, Roots, Secrets, Session, Settings};

/// The purpose of a login: each has its own, never shared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Purpose {
    Replication,
    Validation,
    Fence,
    ReverseCapture,
    ReverseApply,
}

impl Purpose {
    /// As a spec names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Replication => "replication",
            Self::Validation => "validation",
            Self::Fence => "fence",
            Self::ReverseCapture => "reverse-capture",
            Self::ReverseApply => "reverse-apply",
        }
    }
}

/// Both databases of a replication and how to log in to them.
#[derive(Clone, Debug)]
pub struct Sides {
    /// The replication's key.
    pub key: String,
    pub replication: Replication,
    roots: [Roots; 2],
    application: String,
}

impl Sides {
    /// Reads the parameters of an execution's replication. The databases show
    /// `function` as the name of the client.
    ///
    /// # Errors
    /// A parameter is missing or invalid.
    pub async fn of<P: Parameters>(ports: &P, settings: &Settings, run: &Run, function: &str) -> Result<Self, Failure> {
        let replication = Self::replication(ports, settings, &run.cutover).await?;
        let (source, target) =
            tokio::try_join!(roots(ports, settings, &replication.source), roots(ports, settings, &replication.target))?;
        let application = format!("migspec {function}");
        Ok(Self { key: run.cutover.clone(), replication, roots: [source, target], application })
    }

    /// The content of a replication's parameter.
    ///
    /// # Errors
    /// The parameter is missing or invalid.
    pub async fn replication<P: Parameters>(ports: &P, settings: &Settings, key: &str) -> Result<Replication, Failure> {
        let name = format!("{}/{key}", settings.parameters);
        let text = required_parameter(ports, &name).await?;
        serde_json::from_str(&text)
            .map_err(|e| Failure::configuration(format!("the parameter {name} does not describe a replication: {e}")))
    }

    pub fn end(&self, side: Side) -> &End {
        match side {
            Side::Source => &self.replication.source,
            Side::Target => &self.replication.target,
        }
    }

    /// Whether a side has a login for this.
    pub fn has(&self, side: Side, purpose: Purpose) -> bool {
        self.logins(side).contains_key(purpose.word())
    }

    /// The id of the secret of a login.
    pub fn secret_id(&self, side: Side, purpose: Purpose) -> Option<&str> {
        self.logins(side).get(purpose.word()).map(String::as_str)
    }

    fn logins(&self, side: Side) -> &BTreeMap<String, String> {
        match side {
            Side::Source => &self.replication.source_logins,
            Side::Target => &self.replication.target_logins,
        }
    }

    /// Logs in to one side.
    ///
    /// # Errors
    /// There is no such login, or the side cannot be reached with it.
    pub async fn open<P: Secrets, S: Session>(
        &self,
        ports: &P,
        side: Side,
        purpose: Purpose,
        access: Access,
        statement: Duration,
    ) -> Result<S, Failure> {
        let credentials = self.credentials(ports, side, purpose).await?;
        self.open_as(&credentials, side, access, statement).await
    }

    /// Logs in to one side with credentials that were read before.
    ///
    /// # Errors
    /// The side cannot be reached with them.
    pub async fn open_as<S: Session>(
        &self,
        credentials: &Credentials,
        side: Side,
        access: Access,
        statement: Duration,
    ) -> Result<S, Failure> {
        let roots = match side {
            Side::Source => &self.roots[0],
            Side::Target => &self.roots[1],
        };
        let opening = Opening { end: self.end(side), roots, access, application: &self.application, statement };
        S::open(&opening, credentials).await
    }

    /// The credentials of a login.
    ///
    /// # Errors
    /// There is no such login, or its secret cannot be read.
    pub async fn credentials<P: Secrets>(
        &self,
        ports: &P,
        side: Side,
        purpose: Purpose,
    ) -> Result<Credentials, Failure> {
        let id = self.logins(side).get(purpose.word()).ok_or_else(|| {
            Failure::configuration(format!(
                "the {} has no login `{}`: name it in the spec",
                side.name(),
                purpose.word()
            ))
        })?;
        Credentials::of_secret(id, &ports.secret(id).await?)
    }
}

/// Whom a connection to one end trusts.
async fn roots<P: Parameters>(ports: &P, settings: &Settings, end: &End) -> Result<Roots, Failure> {
    match &end.authority {
        Some(name) => Roots::of_pem(&required_parameter(ports, name).await?),
        None => Roots::amazon(settings),
    }
}

/// The value of a parameter that has to exist.
async fn required_parameter<P: Parameters>(ports: &P, name: &str) -> Result<String, Failure> {
    ports.parameter(name).await?.ok_or_else(|| {
        Failure::configuration(format!("there is no parameter {name}: deploy the build of this environment"))
    })
}
