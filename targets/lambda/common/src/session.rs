//! Sessions on a database, whatever its engine.

use std::future::Future;
use std::time::Duration;

use migspec_events::End;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::{Failure, Roots};

/// A session on a database. The ports of the functions are operations on it.
pub trait Session: Sized + Send + Sync {
    /// Opens it.
    ///
    /// # Errors
    /// The server cannot be reached, is not trusted, or refuses the login.
    fn open(opening: &Opening<'_>, credentials: &Credentials) -> impl Future<Output = Result<Self, Failure>> + Send;
}

/// User and password out of a secret. The rest of its JSON is for others.
#[derive(Clone, Debug, Deserialize)]
pub struct Credentials {
    pub username: String,
    pub password: SecretString,
}

impl Credentials {
    /// # Errors
    /// The secret is no JSON object with `username` and `password`. The message
    /// does not quote it.
    pub fn of_secret(id: &str, secret: &SecretString) -> Result<Self, Failure> {
        serde_json::from_str(secret.expose_secret())
            .map_err(|_| Failure::configuration(format!("the secret {id} is not JSON with `username` and `password`")))
    }
}

/// The purpose of a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Every transaction is read-only.
    Read,
    Write,
}

/// The parameters of a session on one database.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    pub end: &'a End,
    pub roots: &'a Roots,
    pub access: Access,
    /// `migspec data-validator`: the name of the client that the server shows.
    pub application: &'a str,
    /// Ends a statement that takes longer.
    pub statement: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_and_not_shown() {
        let secret = SecretString::from(r#"{"username":"migspec_fence","password":"hunter2","host":"db","port":5432}"#);
        let credentials = Credentials::of_secret("id", &secret).expect("it has both");
        assert_eq!(credentials.password.expose_secret(), "hunter2");
        assert!(!format!("{credentials:?}").contains("hunter2"));
    }

    #[test]
    fn a_secret_of_another_form_is_refused_without_its_text() {
        let secret = SecretString::from("hunter2");
        let failure = Credentials::of_secret("arn", &secret).expect_err("it is not JSON");
        assert!(failure.message().contains("arn") && !failure.message().contains("hunter2"), "{failure}");
    }
}
