//! The setup of a PostgreSQL database for a migration: its logins, their privileges, and the schemas of the fence and of
//! DMS. A back end writes the statements to files, and the rotation function runs them on a database on AWS.
//!
//! Every statement can be repeated. They run as an administrator who may create event triggers, a superuser or on
//! Amazon RDS a member of `rds_superuser`, after the
//! application's owner has created its schemas.

use crate::sql::{identifier, literal};
use crate::{CONTROL_SCHEMA, Side};

/// The objects of the fence. They name the fence's login `migspec_fence`.
pub const FENCE: &str = include_str!("setup/fence.sql");

/// The name of the fence's login in [`FENCE`].
const FENCE_LOGIN: &str = "migspec_fence";

/// A login: its purpose, as a spec names it, and its user.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Login<'a> {
    pub purpose: &'a str,
    pub user: &'a str,
}

/// One side of a migration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setup<'a> {
    pub side: Side,
    pub logins: Vec<Login<'a>>,
    /// The schemas of the application.
    pub schemas: Vec<&'a str>,
    /// Tables with account data, as `schema.table`, whose reads and changes the target records.
    pub audited: Vec<&'a str>,
}

/// The role that pgaudit reads, by AWS's name (fact: aurora-pgaudit-role).
pub const AUDIT_ROLE: &str = "rds_pgaudit";

impl Setup<'_> {
    /// The statements in order, each with its purpose.
    pub fn statements(&self) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = Vec::new();
        for login in &self.logins {
            all.push((format!("The login {} for {}.", login.user, login.purpose), create(login.user)));
        }
        if let Some(fence) = self.user("fence") {
            all.push(("The objects of the fence.".to_owned(), objects_of(fence)));
            all.push((
                "The administrator acts for the fence no more.".to_owned(),
                LEAVE.replace("{fence}", &identifier(fence)),
            ));
            all.push(("The fence revokes and restores privileges as the owners of the objects.".to_owned(), {
                owners(fence, &self.schemas)
            }));
        }
        for login in &self.logins {
            if let Some(text) = self.privileges(login) {
                all.push((format!("The privileges of {}.", login.user), text));
            }
        }
        if self.side == Side::Target && !self.audited.is_empty() {
            all.push(("The audit of tables with account data.".to_owned(), self.audit()));
        }
        all
    }

    /// A statement that uses a privilege of the audit role on a table is recorded. Nobody can log in as the role, and it
    /// has no members. pgaudit records `TRUNCATE` with neither.
    fn audit(&self) -> String {
        let extension = block(
            "IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pgaudit') THEN \
             CREATE EXTENSION IF NOT EXISTS pgaudit; ELSE RAISE NOTICE 'no pgaudit: nothing is recorded'; END IF;",
        );
        let role = block(&format!(
            "IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {}) THEN CREATE ROLE {AUDIT_ROLE} NOLOGIN; END IF;",
            literal(AUDIT_ROLE)
        ));
        let grant = |table: &&str| {
            let name = table.split('.').map(identifier).collect::<Vec<_>>().join(".");
            block(&format!(
                "IF to_regclass({}) IS NOT NULL THEN GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {AUDIT_ROLE}; \
                 ELSE RAISE NOTICE 'no table %: run the setup again', {}; END IF;",
                literal(&name),
                literal(table)
            ))
        };
        extension + &role + &self.audited.iter().map(grant).collect::<String>()
    }

    /// The user of a purpose.
    fn user(&self, purpose: &str) -> Option<&str> {
        self.logins.iter().find(|login| login.purpose == purpose).map(|login| login.user)
    }

    fn privileges(&self, login: &Login) -> Option<String> {
        let user = identifier(login.user);
        Some(match (login.purpose, self.side) {
            ("fence", _) => format!("ALTER ROLE {user} CREATEROLE;\n"),
            // DMS creates tables during the migration, which validation reads too.
            ("validation", _) => {
                let every = format!("GRANT pg_read_all_data TO {user}");
                since(140_000, &every) + &self.on_schemas(&user, "SELECT")
            }
            ("replication", Side::Source) | ("reverse-capture", Side::Target) => self.capture(login.user),
            ("replication", Side::Target) | ("reverse-apply", Side::Source) => self.apply(login.user),
            _ => return None,
        })
    }

    /// A login that reads changes: from a slot, and from the tables for the load.
    fn capture(&self, login: &str) -> String {
        let user = identifier(login);
        // Amazon RDS gives replication by membership (fact: rds-replication-role).
        let replication = block(&format!(
            "IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_replication') THEN \
             GRANT rds_replication TO {user}; ELSE ALTER ROLE {user} REPLICATION; END IF;"
        ));
        let tables = self.on_schemas(&user, "SELECT");
        // DMS writes its heartbeat to its own schema.
        format!(
            "{replication}GRANT pg_read_all_stats TO {user};\n{}{tables}{}",
            control_schema(&user),
            self.on_fence(&user, "SELECT")
        )
    }

    /// A login that applies changes. The fence spares logins that may write tokens, and the cut locks them out.
    fn apply(&self, login: &str) -> String {
        const WRITE: &str = "SELECT, INSERT, UPDATE, DELETE";
        let user = identifier(login);
        // Triggers and foreign keys have fired on the other side. Preflight reports a login that cannot silence them.
        let silence = block(&format!(
            "IF current_setting('server_version_num')::int >= 150000 THEN \
             EXECUTE 'GRANT SET ON PARAMETER session_replication_role TO {}'; END IF; \
             EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'session_replication_role cannot be granted';",
            user.replace('\'', "''")
        ));
        let cut = self.user("fence").map(|fence| administer_login(login, fence)).unwrap_or_default();
        format!(
            "{silence}GRANT pg_read_all_stats TO {user};\n{}{}{}{cut}",
            control_schema(&user),
            self.on_schemas(&user, WRITE),
            self.on_fence(&user, WRITE)
        )
    }

    fn on_fence(&self, user: &str, privileges: &str) -> String {
        if self.user("fence").is_none() {
            return String::new();
        }
        format!(
            "GRANT USAGE ON SCHEMA migspec TO {user};\nGRANT {privileges} ON migspec.migspec_fence, migspec.migspec_rehearsal TO {user};\n"
        )
    }

    /// A schema that does not exist yet is skipped: the setup runs again after it exists.
    fn on_schemas(&self, user: &str, privileges: &str) -> String {
        let grant = |schema: &&str| {
            let name = identifier(schema);
            block(&format!(
                "IF EXISTS (SELECT FROM pg_namespace WHERE nspname = {}) THEN GRANT USAGE ON SCHEMA {name} TO {user}; \
                 GRANT {privileges} ON ALL TABLES IN SCHEMA {name} TO {user}; \
                 ELSE RAISE NOTICE 'no schema %: run the setup again', {0}; END IF;",
                literal(schema)
            ))
        };
        self.schemas.iter().map(grant).collect()
    }
}

/// Creates a login without a password.
fn create(user: &str) -> String {
    let (name, text) = (identifier(user), literal(user));
    block(&format!(
        "IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {text}) THEN CREATE ROLE {name} LOGIN; END IF;"
    ))
}

/// Ends the membership that [`objects_of`] began: the fence stops whoever can act as a login that writes.
const LEAVE: &str = "DO $setup$ BEGIN IF current_setting('migspec.joined', true) = 'yes' THEN \
    REVOKE {fence} FROM CURRENT_USER; END IF; END $setup$;\n";

/// From PostgreSQL 16 on, only a member may give a role objects (fact: postgresql-create-role-membership).
fn objects_of(fence: &str) -> String {
    let join = block(&format!(
        "PERFORM set_config('migspec.joined', 'no', false); IF NOT pg_has_role({}, 'USAGE') THEN \
         GRANT {} TO CURRENT_USER; PERFORM set_config('migspec.joined', 'yes', false); END IF;",
        literal(fence),
        identifier(fence)
    ));
    let owned = |text: &str, before: &str| {
        text.replace(&format!("{before} {FENCE_LOGIN};"), &format!("{before} {};", identifier(fence)))
    };
    let text = if fence == FENCE_LOGIN { FENCE.to_owned() } else { owned(&owned(FENCE, "authorization"), "to") };
    // The comments of the file address its readers.
    text.lines().filter(|line| !line.starts_with("--")).fold(join, |all, line| all + line + "\n")
}

/// Makes the fence's login a member of the owners of the application's objects. From PostgreSQL 16 on, it may lock out
/// only logins that it administers: those that can become an owner (fact: postgresql-alter-role).
fn owners(fence: &str, schemas: &[&str]) -> String {
    let list: Vec<String> = schemas.iter().map(|schema| literal(schema)).collect();
    let fence = literal(fence);
    format!(
        "DO $setup$ DECLARE owner name; writer name; BEGIN FOR owner IN \
         SELECT pg_get_userbyid(n.nspowner) FROM pg_namespace n WHERE n.nspname = ANY (ARRAY[{0}]::name[]) \
         UNION SELECT pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = ANY (ARRAY[{0}]::name[]) LOOP \
         IF owner = CURRENT_USER OR (SELECT rolsuper FROM pg_roles WHERE rolname = owner) THEN \
         RAISE NOTICE '% is an administrator and owns objects: give them an owner of the application', owner; CONTINUE; END IF; \
         IF NOT pg_has_role({fence}, owner, 'MEMBER') THEN EXECUTE format('GRANT %I TO %I', owner, {fence}::name); END IF; \
         IF current_setting('server_version_num')::int >= 160000 THEN FOR writer IN SELECT rolname FROM pg_roles \
         WHERE rolcanlogin AND NOT rolsuper AND rolname NOT IN (CURRENT_USER, {fence}) AND pg_has_role(oid, owner, 'MEMBER') \
         LOOP EXECUTE format('GRANT %I TO %I WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', writer, {fence}::name); END LOOP; \
         END IF; END LOOP; END $setup$;\n",
        list.join(", ")
    )
}

/// Lets the fence lock out a login (fact: postgresql-alter-role).
fn administer_login(user: &str, fence: &str) -> String {
    let grant =
        format!("GRANT {} TO {} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE", identifier(user), identifier(fence));
    since(160_000, &grant)
}

/// A statement that older servers do not know.
fn since(version: u32, statement: &str) -> String {
    block(&format!(
        "IF current_setting('server_version_num')::int >= {version} THEN EXECUTE {}; END IF;",
        literal(statement)
    ))
}

fn block(body: &str) -> String {
    format!("DO $setup$ BEGIN\n    {body}\nEND $setup$;\n")
}

/// The tasks of both directions create DMS's tables here, so none of them owns the schema.
fn control_schema(user: &str) -> String {
    format!(
        "CREATE SCHEMA IF NOT EXISTS {CONTROL_SCHEMA};\nGRANT USAGE, CREATE ON SCHEMA {CONTROL_SCHEMA} TO {user};\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(side: Side) -> Setup<'static> {
        let login = |purpose, user| Login { purpose, user };
        let logins = match side {
            Side::Source => {
                vec![login("replication", "dms"), login("fence", "stopper"), login("reverse-apply", "back")]
            }
            Side::Target => {
                vec![login("replication", "dms"), login("fence", FENCE_LOGIN), login("reverse-capture", "r")]
            }
        };
        Setup { side, logins, schemas: vec!["payments", "it's \"odd\""], audited: vec!["payments.o'\"dd"] }
    }

    fn text(side: Side) -> String {
        setup(side).statements().into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn names_are_quoted() {
        let text = text(Side::Target);
        assert!(text.contains("ON SCHEMA \"it's \"\"odd\"\"\" TO \"dms\""), "{text}");
        assert!(text.contains("nspname = 'it''s \"odd\"'"), "{text}");
    }

    #[test]
    fn the_target_records_the_use_of_audited_tables() {
        let grant = "to_regclass('\"payments\".\"o''\"\"dd\"') IS NOT NULL THEN \
                     GRANT SELECT, INSERT, UPDATE, DELETE ON \"payments\".\"o'\"\"dd\" TO rds_pgaudit";
        let target = text(Side::Target);
        assert!(target.contains(grant) && target.contains("CREATE ROLE rds_pgaudit NOLOGIN"), "{target}");
        assert!(!text(Side::Source).contains(AUDIT_ROLE));
        let without = Setup { audited: Vec::new(), ..setup(Side::Target) };
        assert!(!without.statements().iter().any(|(_, text)| text.contains(AUDIT_ROLE)));
    }

    #[test]
    fn the_fence_has_the_user_of_its_login() {
        let source = text(Side::Source);
        assert!(source.contains("authorization \"stopper\";") && source.contains("owner to \"stopper\";"), "{source}");
        assert!(!source.contains("authorization migspec_fence;"), "{source}");
        assert!(text(Side::Target).contains("authorization migspec_fence;"));
    }

    #[test]
    fn a_login_has_the_privileges_of_its_side() {
        let (source, target) = (text(Side::Source), text(Side::Target));
        assert!(
            source.contains("ALTER ROLE \"dms\" REPLICATION") && !target.contains("ALTER ROLE \"dms\" REPLICATION")
        );
        for (text, logins) in [(&source, ["dms", "back"]), (&target, ["dms", "r"])] {
            for login in logins {
                let grant = format!("GRANT USAGE, CREATE ON SCHEMA awsdms_control TO \"{login}\"");
                assert_eq!(text.matches(&grant).count(), 1, "{grant}: {text}");
            }
        }
    }
}
