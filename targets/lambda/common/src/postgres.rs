//! Sessions on PostgreSQL: TLS with a verified certificate, and settings that
//! make the same value the same text on every server.

use std::time::Duration;

use migspec_events::End;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio_postgres::config::{ChannelBinding, SslMode};
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{Failure, Roots};

const CONNECT: Duration = Duration::from_secs(10);

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

/// A session on one database.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    pub end: &'a End,
    pub roots: &'a Roots,
    pub access: Access,
    /// `migspec data-validator`: the name in `pg_stat_activity`.
    pub application: &'a str,
    /// Ends a statement that takes longer.
    pub statement: Duration,
}

impl Session<'_> {
    /// Opens it. It ends when the client is dropped.
    ///
    /// # Errors
    /// The server cannot be reached, is not trusted, or refuses the login.
    pub async fn open(&self, credentials: &Credentials) -> Result<Client, Failure> {
        let doing = format!("connecting to {}:{}", self.end.host, self.end.port);
        let tls = MakeRustlsConnect::new(self.roots.client(&self.end.tls)?);
        let (client, connection) =
            self.config(credentials).connect(tls).await.map_err(|e| Failure::postgres(&doing, &e))?;
        // An error of the connection reaches whoever waits for an answer.
        tokio::spawn(connection);
        client.batch_execute(&self.pins()).await.map_err(|e| Failure::postgres(&doing, &e))?;
        Ok(client)
    }

    fn config(&self, credentials: &Credentials) -> Config {
        let mut config = Config::new();
        config
            .host(&self.end.host)
            .port(self.end.port)
            .dbname(&self.end.database)
            .user(&credentials.username)
            .password(credentials.password.expose_secret())
            .application_name(self.application)
            .ssl_mode(SslMode::Require)
            .channel_binding(ChannelBinding::Prefer)
            .connect_timeout(CONNECT)
            .keepalives_idle(Duration::from_secs(30));
        config
    }

    /// Settings that a role, a database or a server could have changed.
    /// `search_path` keeps other schemas' functions and operators out;
    /// `row_security` makes rows that a policy would hide an error. Without `jit`,
    /// a query of the catalog takes milliseconds: its estimate is high enough for
    /// the compiler, which takes seconds.
    fn pins(&self) -> String {
        let read_only = match self.access {
            Access::Read => "on",
            Access::Write => "off",
        };
        format!(
            "SET client_encoding = 'UTF8'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; \
             SET TimeZone = 'UTC'; SET extra_float_digits = 3; SET bytea_output = 'hex'; SET lc_monetary = 'C'; \
             SET xmlbinary = 'base64'; SET standard_conforming_strings = on; SET search_path = pg_catalog, pg_temp; \
             SET row_security = off; SET default_transaction_read_only = {read_only}; \
             SET statement_timeout = {}; SET lock_timeout = '5s'; \
             SET idle_in_transaction_session_timeout = '5min'; \
             SET quote_all_identifiers = off; SET array_nulls = on; SET xmloption = 'content'; \
             SET default_transaction_isolation = 'read committed'; SET default_transaction_deferrable = off; \
             SET transform_null_equals = off; SET backslash_quote = safe_encoding; SET jit = off; \
             SELECT set_config(name, '0', false) FROM unnest(ARRAY['idle_session_timeout', 'transaction_timeout']) name \
             WHERE current_setting(name, true) IS NOT NULL",
            self.statement.as_millis()
        )
    }
}

/// A position in the write-ahead log: `16/B374D848`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Lsn(u64);

impl Lsn {
    /// # Errors
    /// The text is not two hexadecimal numbers with a slash between them.
    pub fn of_text(text: &str) -> Result<Self, Failure> {
        let wrong = || Failure::configuration(format!("`{}` is not a log sequence number", text.escape_default()));
        let (high, low) = text.split_once('/').ok_or_else(wrong)?;
        let half = |digits: &str| {
            let hexadecimal = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
            hexadecimal.then(|| u32::from_str_radix(digits, 16).ok()).flatten().ok_or_else(wrong)
        };
        Ok(Self((u64::from(half(high)?) << 32) | u64::from(half(low)?)))
    }
}

impl std::fmt::Display for Lsn {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & 0xffff_ffff)
    }
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

    #[test]
    fn positions_compare_as_numbers() {
        let of = |text| Lsn::of_text(text).expect("a position");
        assert!(of("F/0") < of("10/0"), "as text, the order would be different");
        assert_eq!(of("16/B374D848").to_string(), "16/B374D848");
        for wrong in ["", "16", "16/", "/1", "g/1", "1/+2", "1/2/3", "1/123456789"] {
            assert!(Lsn::of_text(wrong).is_err(), "{wrong}");
        }
    }
}
