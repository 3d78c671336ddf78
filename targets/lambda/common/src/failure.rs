//! The reason of a failure, under a name that the workflow can distinguish.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Display};

use tokio_postgres::error::SqlState;

/// The names of errors that concern all functions. Those that a workflow
/// catches are in [`migspec_events::error`].
pub mod name {
    /// The event or a setting of the function is invalid.
    pub const CONFIGURATION: &str = "Migration.Configuration";
    /// A database refused a statement.
    pub const DATABASE: &str = "Migration.Database";
    /// A database could not be reached, or its certificate was not trusted.
    pub const UNREACHABLE: &str = "Migration.Unreachable";
    /// AWS refused a request.
    pub const AWS: &str = "Migration.Aws";
    /// Someone else wrote at the same time.
    pub const CONFLICT: &str = "Migration.Conflict";
    /// The function's time ran out before it came to a safe end.
    pub const TIME: &str = "Migration.Time";
}

/// Why a function failed. Its text names things and never holds data of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    name: &'static str,
    message: Cow<'static, str>,
    /// PostgreSQL's code, where a server has answered.
    code: Option<SqlState>,
    passing: bool,
}

impl Failure {
    pub fn new(name: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { name, message: message.into(), code: None, passing: false }
    }

    /// An invalid setting or event.
    pub fn configuration(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name::CONFIGURATION, message)
    }

    /// PostgreSQL's error while `doing` something. Of messages that may quote a
    /// value, only the code is kept.
    pub fn postgres(doing: &str, error: &tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(db) => {
                let code = db.code().code();
                let text = if names_only(db.code()) { db.message() } else { "the message is withheld" };
                let failure = Self::new(name::DATABASE, format!("{doing}: SQLSTATE {code}: {text}"));
                Self { passing: passes(db.code()), code: Some(db.code().clone()), ..failure }
            }
            None => {
                let failure = Self::new(name::UNREACHABLE, format!("{doing}: {}", chain(error)));
                Self { passing: is_lost(error), ..failure }
            }
        }
    }

    /// The same failure as one after which another attempt may succeed.
    #[must_use]
    pub fn that_passes(self) -> Self {
        Self { passing: true, ..self }
    }

    /// Whether the same statement may succeed a moment later, in a new session.
    pub fn passes(&self) -> bool {
        self.passing
    }

    /// PostgreSQL's code, where a server has answered.
    pub fn code(&self) -> Option<&SqlState> {
        self.code.as_ref()
    }

    /// Whether a value of a row was the reason, or a damaged row.
    pub fn is_of_data(&self) -> bool {
        self.code.as_ref().is_some_and(|code| code.code().starts_with("22") || code.code().starts_with("XX00"))
    }

    /// Whether the session was ended, or the server stops: nothing that it answered is certain.
    pub fn ends_session(&self) -> bool {
        self.passing && self.code.as_ref().is_none_or(|code| code.code().starts_with("57"))
    }

    /// Whether there is no session: the server cannot be reached, does not answer, starts, stops, or lets nobody in.
    /// fact: postgresql-passing-codes
    pub fn lacks_session(&self) -> bool {
        const CLASSES: [&str; 5] = ["08", "28", "3D", "53300", "57P0"];
        match &self.code {
            Some(code) => CLASSES.iter().any(|class| code.code().starts_with(class)),
            None => self.name == name::UNREACHABLE,
        }
    }

    /// The same failure with a sentence before its message.
    #[must_use]
    pub fn behind(self, context: &str) -> Self {
        Self { message: format!("{context}: {}", self.message).into(), ..self }
    }

    /// Whether the server does not let the login in.
    pub fn refuses_login(&self) -> bool {
        self.code == Some(SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    pub fn message(&self) -> &str {
        &self.message
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

impl Error for Failure {}

/// Classes whose messages name roles, objects, limits and peers, and quote no
/// value: connection, authorization, catalog, syntax and rights, resources,
/// state, intervention. Data exceptions (22) and constraints (23) do.
fn names_only(code: &SqlState) -> bool {
    const CLASSES: [&str; 9] = ["08", "25", "28", "3D", "40", "42", "53", "55", "57"];
    let undecided = *code == SqlState::DATATYPE_MISMATCH || *code == SqlState::INVALID_COLUMN_DEFINITION;
    !undecided && CLASSES.iter().any(|class| code.code().starts_with(class))
}

/// Codes after which the same statement may succeed: a session that was
/// ended, a server that stops or starts, a writer that has become a reader in a
/// failover, a lock of another session, a conflict with it, a server without a
/// free session. fact: postgresql-passing-codes
fn passes(code: &SqlState) -> bool {
    const CODES: [&str; 13] = [
        "25006", "25P03", "40001", "40P01", "53300", "55006", "55P03", "57P01", "57P02", "57P03", "57P05", "08006",
        "08003",
    ];
    CODES.contains(&code.code())
}

/// Whether the network or the server has ended a connection, or none has begun: also
/// a name that does not resolve at the moment, whose kind the library does not name.
/// Distrust of a certificate is invalid data.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    use std::io::ErrorKind as Kind;
    const FINAL: [Kind; 4] = [Kind::InvalidData, Kind::InvalidInput, Kind::PermissionDenied, Kind::Unsupported];
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return !FINAL.contains(&io.kind());
        }
        next = cause.source();
    }
    error.is_closed()
}

/// An error and its causes, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let reason = source.to_string();
        if !text.contains(&reason) {
            text = format!("{text}: {reason}");
        }
        next = source.source();
    }
    text
}

#[cfg(feature = "aws")]
impl From<Failure> for lambda_runtime::Diagnostic {
    fn from(failure: Failure) -> Self {
        Self { error_type: failure.name.to_owned(), error_message: failure.message.into_owned() }
    }
}

#[cfg(test)]
mod tests {
    use tokio_postgres::{Config, NoTls};

    use super::*;

    /// A server that is gone and a name that does not resolve may be back a moment later; a refused setting is not.
    #[tokio::test]
    async fn a_lost_server_passes() {
        for host in ["127.0.0.1", "ledger.invalid"] {
            let error = Config::new().host(host).port(1).user("nobody").connect(NoTls).await.err().expect("no server");
            let failure = Failure::postgres("connecting", &error);
            assert!(failure.passes(), "{host}: {failure}");
        }
        let error = Config::new().connect(NoTls).await.err().expect("no host");
        assert!(!Failure::postgres("connecting", &error).passes(), "{error}");
    }
}
