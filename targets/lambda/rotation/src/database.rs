//! The operations of rotation on the database.

use std::future::Future;
use std::time::Duration;

use migspec_events::End;
use migspec_events::setup::Setup;
use migspec_events::sql::{identifier, literal};
use migspec_function::postgres::PostgresSession;
use migspec_function::{Access, Credentials, ExposeSecret, Failure, Opening, Roots, Session};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::login::Login;

const STATEMENT: Duration = Duration::from_secs(20);

/// The server of a login.
pub trait Database {
    /// The bytes of a user's name that the engine keeps.
    const LONGEST_NAME: usize;
    /// Whether a login is let in, and may act as its first user.
    fn admits(&self, login: &Login) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// Gives a login its password as `master`; makes the user where it is new.
    fn set_password(&self, master: &Login, login: &Login) -> impl Future<Output = Result<(), Failure>> + Send;
    /// Makes the logins, privileges and schemas of a side as `master`, in the database of `place`: all or none.
    fn set_up(
        &self,
        place: &Login,
        master: &Login,
        setup: &Setup<'_>,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// PostgreSQL at the host that the secret names.
#[derive(Clone, Debug)]
pub struct Postgres {
    pub roots: Roots,
}

impl Postgres {
    /// As whom and with which password, on the host of `place`: the master's
    /// secret names none.
    async fn open(&self, place: &Login, login: &Login) -> Result<Client, Failure> {
        let end = End {
            engine: "aurora-postgresql".to_owned(),
            host: place.required_member("host")?.to_owned(),
            port: place.port()?,
            database: place.required_member("dbname")?.to_owned(),
            tls: "verify-full".to_owned(),
            authority: None,
        };
        let credentials = Credentials { username: login.user().to_owned(), password: login.password() };
        let opening = Opening {
            end: &end,
            roots: &self.roots,
            access: Access::Write,
            application: "migspec secret-rotation",
            statement: STATEMENT,
        };
        PostgresSession::open(&opening, &credentials).await
    }
}

impl Database for Postgres {
    const LONGEST_NAME: usize = 63;

    async fn admits(&self, login: &Login) -> Result<bool, Failure> {
        let client = match self.open(login, login).await {
            Ok(client) => client,
            Err(failure) if is_refusal(&failure) => return Ok(false),
            Err(failure) => return Err(failure),
        };
        let row = client
            .query_one("select pg_has_role(session_user, $1::name, 'USAGE')", &[&login.first_user()])
            .await
            .map_err(|e| Failure::postgres("trying the pending login", &e))?;
        Ok(row.get(0))
    }

    async fn set_password(&self, master: &Login, login: &Login) -> Result<(), Failure> {
        let mut client = self.open(login, master).await?;
        let failed = |e: &tokio_postgres::Error| Failure::postgres("setting the pending password", e);
        let transaction = client.transaction().await.map_err(|e| failed(&e))?;
        let (user, first) = (login.user(), login.first_user());
        let row = transaction
            .query_opt(include_str!("attributes.sql"), &[&first, &user])
            .await
            .map_err(|e| failed(&e))?
            .ok_or_else(|| Failure::configuration(format!("there is no user {first}")))?;
        let (attributes, exists, member): (&str, bool, bool) = (row.get(0), row.get(1), row.get(2));
        let verb = if exists { "ALTER" } else { "CREATE" };
        let name = identifier(user);
        let mut text = format!("{verb} ROLE {name} LOGIN {attributes} PASSWORD {};\n", literal(&verifier(login)));
        if !member {
            text.push_str(&format!("GRANT {} TO {name};\n", identifier(first)));
        }
        transaction.batch_execute(&text).await.map_err(|e| failed(&e))?;
        let settings =
            transaction.query(include_str!("settings.sql"), &[&first, &user]).await.map_err(|e| failed(&e))?;
        let settings: Vec<&str> = settings.iter().map(|row| row.get(0)).collect();
        let mut text = settings.join(";\n");
        // After the settings: they begin with a reset of all.
        if user != first {
            text.push_str(";\n");
            text.push_str(&alternating(user, first));
        }
        transaction.batch_execute(&text).await.map_err(|e| failed(&e))?;
        transaction.commit().await.map_err(|e| failed(&e))
    }

    async fn set_up(&self, place: &Login, master: &Login, setup: &Setup<'_>) -> Result<(), Failure> {
        let client = self.open(place, master).await?;
        let text: String = setup.statements().into_iter().map(|(_, text)| text).collect();
        client.batch_execute(&text).await.map_err(|e| Failure::postgres("setting up the database", &e))
    }
}

/// What one of two alternating users creates belongs to the first, and whoever administers the first administers the
/// other: the fence locks both out (fact: postgresql-role-setting, fact: postgresql-alter-role).
fn alternating(user: &str, first: &str) -> String {
    let (name, owner) = (identifier(user), identifier(first));
    format!(
        "ALTER ROLE {name} SET ROLE {owner};\n\
         DO $rotation$ DECLARE holder name; BEGIN FOR holder IN \
         SELECT m.rolname FROM pg_catalog.pg_auth_members a JOIN pg_catalog.pg_roles m ON m.oid = a.member \
         WHERE a.roleid = {first}::pg_catalog.regrole AND a.admin_option \
         AND m.rolname NOT IN (CURRENT_USER, {user}) LOOP \
         EXECUTE pg_catalog.format('GRANT %I TO %I WITH ADMIN OPTION', {user}::name, holder); \
         END LOOP; END $rotation$;\n",
        first = literal(&owner),
        user = literal(user)
    )
}

/// The server's verifier of a password, computed here so that the server never
/// sees the password.
fn verifier(login: &Login) -> String {
    postgres_protocol::password::scram_sha_256(login.password().expose_secret().as_bytes())
}

/// Wrong password, or no such user: an answer, and no failure.
fn is_refusal(failure: &Failure) -> bool {
    let codes = [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION];
    codes.iter().any(|code| failure.message().contains(&format!("SQLSTATE {}", code.code())))
}
