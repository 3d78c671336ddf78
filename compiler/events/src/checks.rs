//! The catalogue of preflight's checks. Each finding takes its text from here,
//! and so does the reference page.

use std::fmt::Display;

use crate::{Grade, Problem};

/// A check of preflight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Check {
    /// `wal-level`.
    pub id: &'static str,
    pub grade: Grade,
    /// The finding, with `{placeholders}`.
    pub what: &'static str,
    pub why: &'static str,
    pub source: &'static str,
    /// The change that removes the finding, with the same placeholders.
    pub mend: &'static str,
}

impl Check {
    /// The finding with its values in the place of the placeholders.
    pub fn problem(&self, values: &[(&str, &dyn Display)]) -> Problem {
        let fill = |text: &str| {
            values
                .iter()
                .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &value.to_string()))
        };
        Problem { check: self.id.to_owned(), grade: self.grade, what: fill(self.what), fix: fill(self.mend) }
    }

    /// The names of the placeholders in its texts.
    pub fn placeholders(&self) -> Vec<&'static str> {
        let of =
            |text: &'static str| text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
        of(self.what).chain(of(self.mend)).collect()
    }
}

impl Grade {
    pub const ALL: [Self; 4] = [Self::Refuses, Self::Loses, Self::Differs, Self::Harmless];

    /// `refuses`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Refuses => "refuses",
            Self::Loses => "loses",
            Self::Differs => "differs",
            Self::Harmless => "harmless",
        }
    }

    /// The consequence of a finding of this grade.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Refuses => "a server, DMS or a later step refuses its work",
            Self::Loses => "writes are lost, doubled or altered without an error",
            Self::Differs => "applications find another behaviour after the cutover",
            Self::Harmless => "the report lists the finding, and the migration continues",
        }
    }
}

macro_rules! checks {
    ($($name:ident $id:literal $grade:ident {
        $what:literal
        $why:literal
        $source:literal
        $mend:literal
    })*) => {
        $(pub const $name: Check = Check {
            id: $id, grade: Grade::$grade, what: $what, why: $why, source: $source, mend: $mend,
        };)*
        /// All checks, in the order of the reference page.
        pub const CHECKS: &[Check] = &[$($name),*];
    };
}

checks! {
    // Servers.
    NAME "unresolved-name" Refuses {
        "the network of the functions does not resolve {host} of the {side}: {reason}"
        "A network on AWS knows the names of a site by a rule of Route 53 Resolver, which asks the DNS servers of the site."
        "Amazon Route 53 Developer Guide, Forwarding outbound DNS queries to your network"
        "compare `dns` of the site with its DNS servers, and let them answer the addresses of the resolver endpoint on port 53"
    }
    VERSION "server-version" Refuses {
        "the {side} runs PostgreSQL {major}"
        "The functions compare rows with features of newer versions."
        "PostgreSQL release notes"
        "upgrade it to {oldest} or newer"
    }
    STANDBY "standby" Refuses {
        "the {side} is a standby"
        "DMS reads changes from the primary."
        "AWS DMS User Guide, Using a PostgreSQL database as a source"
        "name the primary in the spec"
    }
    POOLER "connection-pooler" Refuses {
        "a connection pooler answers for the {side} on {host}:{port}"
        "A pooler lends one session of the server to several clients. Slots, locks and settings need sessions of their own, so preflight reads nothing else there."
        "PgBouncer documentation, SQL feature map for pooling modes"
        "name the server itself in the spec, instead of PgBouncer, RDS Proxy or another pooler"
    }
    WAL_LEVEL "wal-level" Refuses {
        "wal_level of the {side} is {value}"
        "Logical decoding needs the level `logical`."
        "PostgreSQL manual, Write Ahead Log, wal_level"
        "on RDS and Aurora, set rds.logical_replication to 1 in the parameter group of the cluster and reboot the writer; elsewhere, set wal_level to logical and restart the server"
    }
    SLOTS "replication-slots" Refuses {
        "max_replication_slots of the {side} is {limit}, and {used} are in use"
        "Each task keeps a slot while it runs or is stopped."
        "AWS DMS User Guide, Using a PostgreSQL database as a source"
        "raise it to at least {needed} and restart the server: {readers} from it"
    }
    SENDERS "wal-senders" Refuses {
        "max_wal_senders of the {side} is {limit}, and {used} are in use"
        "Each slot that is read occupies a sender of the log."
        "PostgreSQL manual, Replication, max_wal_senders"
        "raise it to at least {needed} and restart the server: {readers} from it"
    }
    CONNECTIONS "connections" Refuses {
        "max_connections of the {side} is {limit}, and {used} are in use"
        "All tasks and functions connect beside the applications."
        "PostgreSQL manual, Connections, max_connections"
        "raise it to at least {needed} and restart the server: the migration opens up to {more} at once"
    }
    DATABASE_CONNECTIONS "database-connections" Refuses {
        "the database of the {side} accepts {limit} sessions, and {used} are open"
        "All tasks and functions connect beside the applications."
        "PostgreSQL manual, CREATE DATABASE, CONNECTION LIMIT"
        "ALTER DATABASE … CONNECTION LIMIT -1, or at least {needed}: the migration opens up to {more} at once"
    }
    LOGIN_LIMIT "login-limit" Refuses {
        "{login} of the {side} may open {limit} sessions at once"
        "A task and each function open several sessions with one login."
        "PostgreSQL manual, CREATE ROLE, CONNECTION LIMIT"
        "ALTER ROLE {login} CONNECTION LIMIT -1"
    }
    LOGIN_EXPIRY "login-expiry" Refuses {
        "the password of {login} on the {side} is valid until {date}"
        "A task and a way back last for weeks, and both end with the password."
        "PostgreSQL manual, CREATE ROLE, VALID UNTIL"
        "ALTER ROLE {login} VALID UNTIL 'infinity'"
    }
    SENDER_TIMEOUT "sender-timeout" Refuses {
        "wal_sender_timeout of the {side} is {value} ms"
        "DMS needs a timeout that is long enough for its pauses, or none."
        "AWS DMS User Guide, PostgreSQL assessments"
        "set it to 0, or to 10 s and less than 5 min"
    }
    SLOT_KEEP "slot-wal-limit" Loses {
        "max_slot_wal_keep_size of the {side} is {value} MB"
        "The server drops a slot that falls behind further, and the load is lost with it."
        "PostgreSQL manual, Replication, max_slot_wal_keep_size"
        "set it to -1"
    }
    WORKERS "worker-processes" Refuses {
        "max_worker_processes of the {side} is {value}"
        "The workers of logical replication compete with all others for the same places."
        "AWS DMS User Guide, Using a PostgreSQL database as a source"
        "set it to at least {needed}: max_logical_replication_workers + autovacuum_max_workers + max_parallel_workers"
    }
    // Sessions and transactions.
    IDLE_TIMEOUT "idle-timeout" Refuses {
        "idle_in_transaction_session_timeout of {login} on the {side} is {value} ms"
        "The server ends sessions of DMS that wait within a transaction."
        "PostgreSQL manual, Client Connection Defaults"
        "ALTER ROLE {login} SET idle_in_transaction_session_timeout = 0"
    }
    SESSION_SETTING "session-setting" Refuses {
        "{setting} of {login} on the {side} is {value}"
        "A timeout ends statements and sessions of DMS that take long or wait, a read-only session writes nothing, and DMS reads dates in the ISO format only."
        "PostgreSQL manual, Client Connection Defaults"
        "ALTER ROLE {login} SET {setting} = {wanted}"
    }
    HIDDEN_SESSIONS "hidden-sessions" Refuses {
        "{login} does not see other sessions of the {side}: long transactions stay hidden"
        "A long transaction delays the start of the slot, and the task fails in the end."
        "PostgreSQL manual, Predefined Roles"
        "GRANT pg_read_all_stats TO {login}"
    }
    LONG_TRANSACTION "long-transaction" Refuses {
        "a transaction on the {side} has been open for {seconds} s"
        "DMS waits a bounded time for open transactions. The task's settings make it fail then, instead of losing their writes."
        "AWS DMS User Guide, TransactionConsistencyTimeout"
        "end it: after {limit} s the task fails"
    }
    PREPARED "prepared-transactions" Loses {
        "{count} prepared transactions are open on the {side}"
        "A slot waits for the prepared transactions of every database, and a prepared transaction writes when it commits, whatever rights were revoked."
        "PostgreSQL manual, PREPARE TRANSACTION"
        "commit or roll them back, in every database of the server"
    }
    // Logins.
    REPLICATE "replication-right" Refuses {
        "{login} may not replicate on the {side}"
        "Logical decoding needs the right to replicate."
        "PostgreSQL manual, CREATE ROLE"
        "on RDS and Aurora, GRANT rds_replication TO {login}; elsewhere, ALTER ROLE {login} REPLICATION"
    }
    SCHEMA_CLOSED "schema-usage" Refuses {
        "{login} may not use the schema {schema} of the {side}"
        "The login can name no table of the schema."
        "PostgreSQL manual, Privileges"
        "GRANT USAGE ON SCHEMA {schema} TO {login}"
    }
    RIGHTS "table-rights" Refuses {
        "{login} lacks {rights} on {table} of the {side}"
        "The login reads or applies the rows of the table."
        "PostgreSQL manual, Privileges"
        "GRANT {rights} ON {table} TO {login}"
    }
    HIDDEN_ROWS "row-security" Loses {
        "row security hides rows of {table} on the {side} from {login}"
        "A policy removes rows from each read and refuses writes."
        "PostgreSQL manual, Row Security Policies"
        "ALTER ROLE {login} BYPASSRLS, or exclude the table"
    }
    TOKENS "fence-tokens" Refuses {
        "{login} may not write the tokens of the fence on the {side}: they would not arrive"
        "The fence proves the drain with rows of its own table."
        "docs/workflow.md"
        "GRANT INSERT, UPDATE, DELETE, SELECT ON migspec.migspec_fence TO {login}"
    }
    REHEARSAL "rehearsal-table" Refuses {
        "{login} lacks {right} on migspec.migspec_rehearsal of the {side}"
        "The rehearsal of the reverse start carries a row of this table from the target to the source."
        "docs/decisions/0058-rehearse-the-start-of-the-reverse-task.md"
        "set up the database again as the runbook describes, or GRANT {right} ON migspec.migspec_rehearsal TO {login}"
    }
    TRIGGERS "firing-triggers" Loses {
        "{login} cannot silence triggers and foreign keys of {tables} on the {side}"
        "A trigger repeats on one side the writes that it made on the other, and a foreign key refuses rows that come before their parents."
        "PostgreSQL manual, ALTER TABLE, session_replication_role"
        "GRANT SET ON PARAMETER session_replication_role TO {login}, or disable them for the load"
    }
    ALWAYS_TRIGGER "always-trigger" Loses {
        "the trigger {trigger} of {table} on the {side} fires for replication too"
        "A trigger with ENABLE ALWAYS or ENABLE REPLICA fires although session_replication_role is replica."
        "PostgreSQL manual, ALTER TABLE, ENABLE ALWAYS TRIGGER"
        "ALTER TABLE {table} ENABLE TRIGGER {trigger}, until the cutover has ended"
    }
    RULES "rules" Loses {
        "the rule {rule} of {table} rewrites writes on the {side}"
        "A rule replaces or repeats statements; it also refuses the rows that COPY would load."
        "PostgreSQL manual, CREATE RULE"
        "ALTER TABLE {table} DISABLE RULE {rule}, or make it a trigger"
    }
    PUBLICATION "publication" Refuses {
        "the publication {name} of the {side} has tables without a replica identity: {tables}"
        "A published table without a replica identity refuses updates and deletions, also those that DMS applies. A publication of all tables includes DMS's own."
        "PostgreSQL manual, CREATE PUBLICATION"
        "DROP PUBLICATION {name} on the {side} until the migration has ended"
    }
    LOGIN "login" Refuses {
        "the login `{purpose}` of the {side} cannot be used: {reason}"
        "Each login is tried as a later step uses it."
        "docs/decisions/0038-test-every-login-in-preflight.md"
        "compare its secret with the role on the server, and the networks that may connect; a rollback from an open target locks the login of the forward task: RUNBOOK.md, Begin the load again"
    }
    SECRET "secret-members" Refuses {
        "the member `{member}` of the secret for `{purpose}` on the {side} {difference}"
        "DMS connects with `host`, `port`, `username` and `password` of the secret."
        "AWS DMS User Guide, Using secrets to access endpoints"
        "set `{member}` of the secret to `{expected}`"
    }
    FENCE "fence-rehearsal" Refuses {
        "the {side} could not be fenced: {reason}"
        "The fence is rehearsed in a transaction that is rolled back."
        "docs/decisions/0038-test-every-login-in-preflight.md"
        "set up the database as the runbook describes, and make the fence's login a member of the roles that own the application's objects or have granted rights on them; from PostgreSQL 16 on, grant it each login that can become an owner WITH ADMIN OPTION, since ALTER ROLE needs it"
    }
    CUT "replication-cut" Refuses {
        "replication cannot be cut off from the {side}: {reason}"
        "The rollback locks the login with which replication writes."
        "PostgreSQL manual, ALTER ROLE"
        "grant {login} INSERT on migspec.migspec_fence, and let the fence's login alter it: with CREATEROLE, from PostgreSQL 16 on also with the admin option of {login}; before PostgreSQL 16, {login} must not have REPLICATION"
    }
    REVERSE_SLOT "reverse-slot" Refuses {
        "the slot of the way back could not be made as {login}: {reason}"
        "The workflow creates the slot while nobody can write, in a few seconds."
        "PostgreSQL manual, pg_create_logical_replication_slot"
        "end transactions that are open on the target: the slot has to be made within {seconds} s"
    }
    // Tables and rows.
    NO_TABLE "no-tables" Refuses {
        "the replication copies no table"
        "No table of the source matches the patterns and is visible to the login."
        "docs/reference/spec.md"
        "compare its patterns with the schemas of the source, and the rights of the login"
    }
    NO_KEY "no-key" Loses {
        "{table} has neither a primary key nor a unique index over columns that are never NULL"
        "Without a key DMS cannot apply updates and deletions. A partial, invalid or deferrable index and an index over expressions are no keys."
        "AWS DMS User Guide, Using a PostgreSQL database as a source"
        "ALTER TABLE {table} ADD PRIMARY KEY (…), or exclude it"
    }
    IDENTITY "replica-identity" Loses {
        "the replica identity of {table} on the {side} does not name its rows: updates and deletions are lost"
        "The old row is in the log only with an effective identity: an index that is valid, not deferrable, and not partial. A deferrable primary key gives none."
        "PostgreSQL manual, ALTER TABLE, REPLICA IDENTITY"
        "ALTER TABLE {table} REPLICA IDENTITY USING INDEX …, or FULL"
    }
    IDENTITY_TRIAL "identity-trial" Harmless {
        "the replica identity of {tables} on the {side} could not be tried: {reason}"
        "A slot decodes the deletion of a row of a table that is made like each copied one. Without the trial, the catalog alone decides."
        "PostgreSQL manual, Logical Decoding"
        "compare the rights of the login with those of the runbook, and drop publications of all tables until the migration has ended"
    }
    UNLOGGED "unlogged-table" Loses {
        "{table} is unlogged on the {side}: its changes are not in the log"
        "Logical decoding reads the log."
        "PostgreSQL manual, CREATE TABLE, UNLOGGED"
        "ALTER TABLE {table} SET LOGGED, or exclude it"
    }
    INHERITANCE "inheritance" Loses {
        "tables inherit from {table} on the {side}: {children}"
        "A read of the table returns the rows of its heirs too, and their changes have the names of the heirs: the load doubles rows."
        "PostgreSQL manual, Table Inheritance"
        "make the heirs partitions of {table}; or move its own rows into an heir, and exclude it"
    }
    ACCESS_METHOD "access-method" Loses {
        "{table} of the {side} is stored by the access method {method}"
        "Logical decoding reads the changes of heaps. Whether another access method writes its changes to the log is not known."
        "PostgreSQL manual, Table Access Method Interface Definition"
        "copy it into a table USING heap, or exclude it"
    }
    FOREIGN_TABLE "foreign-table" Loses {
        "{table} is a foreign table of the {side}"
        "Its rows belong to another server: no change of them is in the log, and the fence does not stop their writers."
        "PostgreSQL manual, Foreign Data"
        "exclude it, and migrate the other server with a replication of its own"
    }
    NOT_CARRIED "unsupported-type" Refuses {
        "DMS does not carry {column}: its type is {kind} ({form})"
        "DMS leaves out or alters columns of this type."
        "AWS DMS User Guide, Source data types for PostgreSQL"
        "copy it in a text column beside it, or exclude the table and move it by other means"
    }
    UNKNOWN_TYPE "unknown-type" Refuses {
        "whether DMS carries {column} is not known: its type is {kind} ({form})"
        "The table of types names the types that DMS carries; the user guide does not name this one."
        "AWS DMS User Guide, Source data types for PostgreSQL"
        "copy it in a text column beside it, or exclude the table and move it by other means"
    }
    ARRAY_KEY "array-key" Refuses {
        "{table} has an array and no primary key: {columns}"
        "DMS suspends a table with an array and without a primary key. A unique index is not enough."
        "AWS DMS User Guide, Using a PostgreSQL database as a source"
        "ALTER TABLE {table} ADD PRIMARY KEY USING INDEX …"
    }
    LOB_KEY "lob-key" Refuses {
        "the primary key of {table} has a column that DMS carries as an object: {columns}"
        "DMS writes a row without its objects first, and finds it by its key to add them: a task fails at such a key."
        "AWS DMS User Guide, PostgreSQL assessments and Troubleshooting migration tasks"
        "ALTER TABLE {table} ALTER … TYPE varchar(…) or uuid, on both sides"
    }
    UNIQUE_EXPRESSION "unique-expression" Refuses {
        "{table} has a unique index over an expression that DMS does not support: {columns}"
        "DMS does not replicate a table with a unique index over COALESCE or CASE."
        "AWS DMS User Guide, Using a PostgreSQL database as a source"
        "make the index over a column that a trigger fills, or with NULLS NOT DISTINCT from PostgreSQL 15 on"
    }
    UNBOUNDED "unbounded-numeric" Loses {
        "{column} is numeric without a precision: DMS cuts it to numeric(28,6)"
        "DMS carries numbers without a precision with six decimal places."
        "AWS DMS User Guide, Source data types for PostgreSQL"
        "ALTER TABLE {table} ALTER {name} TYPE numeric(…,…)"
    }
    UNBOUNDED_TEXT "unbounded-varchar" Refuses {
        "{column} is varchar without a length and has values of up to {size} bytes as DMS counts them"
        "DMS carries 8000 bytes of a varchar without a length, and stops the task at a longer value."
        "Qlik Replicate, PostgreSQL source data types"
        "ALTER TABLE {table} ALTER {name} TYPE text, on both sides"
    }
    SPECIAL_VALUES "special-values" Loses {
        "{column} has values that DMS does not carry: {values}"
        "DMS cuts an infinite time to a finite one. No page names NaN of a numeric column."
        "AWS DMS User Guide, Using a PostgreSQL database as a source"
        "UPDATE {table} SET {name} to NULL or to a finite value"
    }
    LARGE_OBJECTS "large-objects" Loses {
        "the {side} has {count} large objects"
        "Columns hold their numbers only: DMS copies no object, and no revoked right stops the owner of one. A fence does not hold beside them."
        "PostgreSQL manual, Large Objects"
        "move them into bytea columns, or delete those that no row names: vacuumlo"
    }
    LOB_LIMIT "lob-limit" Refuses {
        "{column} has values of up to {size} KiB as DMS counts them, and the limit of the tasks is {limit} KiB"
        "A value beyond the limit fails the task. DMS counts characters in two or four bytes."
        "AWS DMS User Guide, Setting LOB support"
        "set the limit of the replication in the spec: lob limit=\"{size}KiB\" or more"
    }
    LOB_UNMEASURED "lob-unmeasured" Harmless {
        "the sizes of the objects in {table} could not be read: {reason}"
        "A value beyond the limit of the tasks fails the load."
        "AWS DMS User Guide, Setting LOB support"
        "remove the cause, or compare the largest value with the limit by hand"
    }
    PARTITIONS "new-partitions" Harmless {
        "{table} of the {side} is partitioned by range without a default partition"
        "The schema freeze refuses new partitions, and a row without a partition is refused."
        "PostgreSQL manual, Table Partitioning"
        "create the partitions of the coming weeks before the migration, or a default partition"
    }
    PARTITION_MISSING "partition-missing" Refuses {
        "{table} of the {side} has no partition for rows of the other side: {partition}"
        "A row without a partition is refused."
        "PostgreSQL manual, Table Partitioning"
        "create the partition on the {side} before the load, or a default partition"
    }
    ALIKE "case-twins" Refuses {
        "{tables} differ only in case"
        "DMS does not keep two tables apart that differ only in case."
        "AWS DMS User Guide, PostgreSQL assessments"
        "rename one of them, or exclude it"
    }
    UNCLEAR_NAME "unclear-name" Refuses {
        "no pattern names {table} alone"
        "In a pattern, a dot separates schema and table. The characters `*`, `%`, `[` and `]` have a meaning in patterns or in the mappings of DMS."
        "docs/reference/spec.md"
        "rename it without these characters, or exclude it"
    }
    // Both catalogs.
    TABLE_MISSING "table-missing" Refuses {
        "the {side} has no table {table}"
        "The schema of the target exists before the load."
        "docs/workflow.md"
        "make the schema first: pg_dump --schema-only"
    }
    COLUMN_MISSING "column-missing" Refuses {
        "the {side} has no column {column}"
        "Replication into a missing column fails; without an error the values would be lost."
        "docs/workflow.md"
        "make the schema on both sides alike: pg_dump --schema-only"
    }
    COLUMN_REQUIRED "column-required" Refuses {
        "{column} of the {side} needs a value that the other side does not send"
        "The column is NOT NULL without a default there, and missing or nullable on the other side."
        "PostgreSQL manual, Constraints"
        "ALTER TABLE {table} ALTER {name} DROP NOT NULL on the {side} until the migration has ended"
    }
    COLUMN_KIND "column-type" Loses {
        "{column} is {kind} on the source and {other} on the target"
        "Values are converted, cut or refused."
        "PostgreSQL manual, Data Types"
        "give both the same type"
    }
    TARGET_KEY "target-key" Loses {
        "{table} has no key on the target: each change would read the whole table"
        "DMS applies updates and deletions by key."
        "AWS DMS User Guide, Using a PostgreSQL database as a target"
        "make the schema on the target first: pg_dump --schema-only"
    }
    TARGET_ROWS "target-rows" Loses {
        "{table} of the target has rows, and a load of it begins"
        "The load keeps the rows that it finds: one with a key of the source keeps its old values, and another one remains beside the source's."
        "AWS DMS User Guide, Full-load task settings"
        "TRUNCATE {table} on the target, or exclude it; RUNBOOK.md, Begin the load again"
    }
    TABLES_IN_ERROR "tables-in-error" Refuses {
        "{count} tables of {task} are in error, and DMS loads at most ten again while a task runs"
        "The workflow loads the tables again that a running task has suspended. With so many, the load begins anew."
        "AWS DMS User Guide, Reloading tables during a task"
        "stop the task, and TRUNCATE all copied tables on the target; RUNBOOK.md, Begin the load again"
    }
    SEQUENCE_MISSING "sequence-missing" Refuses {
        "the target has no sequence {sequence}"
        "The workflow sets the sequences of the target past those of the source."
        "docs/workflow.md"
        "make the schema on the target first: pg_dump --schema-only"
    }
    SEQUENCE_STEP "sequence-step" Refuses {
        "the sequence {sequence} has another increment on the source than on the target"
        "The workflow sets one side's sequences past the other's, step by step."
        "PostgreSQL manual, ALTER SEQUENCE"
        "ALTER SEQUENCE {sequence} INCREMENT … on the target"
    }
    SEQUENCE_END "sequence-exhausted" Refuses {
        "the sequence {sequence} of the {side} has no numbers left beyond those of the other side"
        "The workflow sets the sequence past the other side's by a margin of {margin} numbers and the cache."
        "PostgreSQL manual, ALTER SEQUENCE"
        "ALTER SEQUENCE {sequence} AS bigint NO MAXVALUE, and give its columns the type bigint"
    }
    SEQUENCE_OUTSIDE "sequence-outside" Loses {
        "a function that the copied tables use takes numbers from {sequence}, which the workflow does not set"
        "The workflow sets the sequences of the application's schemas, of columns and of defaults. It does not read the text of functions."
        "docs/workflow.md"
        "ALTER SEQUENCE {sequence} OWNED BY a column of a copied table"
    }
    IDENTITY_ALWAYS "identity-always" Refuses {
        "{column} of the {side} is generated always as identity"
        "The column refuses the values of INSERT and UPDATE statements; only COPY may write them."
        "PostgreSQL manual, CREATE TABLE, GENERATED ALWAYS"
        "ALTER TABLE {table} ALTER {name} SET GENERATED BY DEFAULT on the {side} until the migration has ended"
    }
    GENERATED "generated-column" Refuses {
        "{column} of the {side} is a generated column"
        "A generated column refuses every value that replication sends."
        "PostgreSQL manual, Generated Columns"
        "ALTER TABLE {table} ALTER {name} DROP EXPRESSION on the {side}, and compute the value in a trigger until the migration has ended"
    }
    CONSTRAINT_EXTRA "constraint-extra" Refuses {
        "{table} of the {side} has a constraint that the other side does not have: {constraint}"
        "Rows that are valid on one side are refused on the other."
        "PostgreSQL manual, Constraints"
        "drop it on the {side} until the migration has ended, or add it on the other side"
    }
    CONSTRAINT_MISSING "constraint-missing" Differs {
        "{table} of the target lacks a constraint of the source: {constraint}"
        "After the cutover the target accepts rows that the source refuses."
        "PostgreSQL manual, Constraints"
        "add the constraint on the target"
    }
    UNVALIDATED "constraint-unvalidated" Refuses {
        "rows of {table} on the source may violate a constraint that is NOT VALID: {constraint}"
        "Such a constraint accepts the old rows where they are, and refuses them where they are loaded."
        "PostgreSQL manual, ALTER TABLE, VALIDATE CONSTRAINT"
        "correct the rows, and ALTER TABLE {table} VALIDATE CONSTRAINT … on the source"
    }
    UNIQUE_EXTRA "unique-extra" Refuses {
        "{table} of the {side} is unique over {columns}, and the other side is not"
        "Rows that are valid on one side are refused on the other."
        "PostgreSQL manual, Unique Indexes"
        "drop the index on the {side}, or make it on the other side"
    }
    UNIQUE_MISSING "unique-missing" Loses {
        "{table} of the target is not unique over {columns}, and the source is"
        "The uniqueness keeps a payment from being booked twice. An index that is invalid or not ready does not enforce it."
        "PostgreSQL manual, Unique Indexes"
        "make the unique index on the target before the load, and REINDEX an invalid one"
    }
    INDEX_MISSING "index-missing" Differs {
        "{table} of the target lacks an index of the source: {index}"
        "Queries read the whole table without it. The schema freeze refuses a new index from the load on."
        "PostgreSQL manual, Indexes"
        "CREATE INDEX ON {table} {index}, on the target before the load"
    }
    DEFAULT "default" Differs {
        "{column} defaults to {ours} on the source and to {theirs} on the target"
        "After the cutover applications that leave the column out write another value, or fail."
        "PostgreSQL manual, Default Values"
        "ALTER TABLE {table} ALTER {name} SET DEFAULT … on the target"
    }
    COLLATION "collation" Differs {
        "{object} sorts by {ours} on the source and by {theirs} on the target"
        "Queries return rows in another order, and unique indexes under nondeterministic collations decide differently."
        "PostgreSQL manual, Collation Support"
        "give both sides the same collation"
    }
    COLLATION_VERSION "collation-version" Loses {
        "the collation {collation} of the {side} has the version {actual}, and its indexes were made with {recorded}"
        "An index in an old order misses rows: a unique one admits the same key twice, and the target refuses the second."
        "PostgreSQL manual, ALTER COLLATION, REFRESH VERSION"
        "REINDEX the indexes that use it, and ALTER COLLATION {collation} REFRESH VERSION"
    }
    TRIGGER_MISSING "trigger-missing" Differs {
        "{table} of the target lacks the trigger {trigger}"
        "After the cutover writes have another effect."
        "PostgreSQL manual, CREATE TRIGGER"
        "make the trigger on the target: pg_dump --schema-only"
    }
    TRIGGER_DIFFERS "trigger-differs" Differs {
        "the trigger {trigger} of {table} is `{ours}` on the source and `{theirs}` on the target"
        "After the cutover writes have another effect."
        "PostgreSQL manual, CREATE TRIGGER"
        "make the trigger on the target as on the source: pg_dump --schema-only"
    }
    POLICY "policy" Differs {
        "the row security of {table} differs between the sides"
        "After the cutover applications see and write other rows."
        "PostgreSQL manual, Row Security Policies"
        "give both sides the same policies and the same ENABLE and FORCE ROW LEVEL SECURITY"
    }
    OWNER "owner" Differs {
        "{table} belongs to {ours} on the source and to {theirs} on the target"
        "The owner alone may alter the table, and functions of the owner act with its rights."
        "PostgreSQL manual, ALTER TABLE, OWNER TO"
        "ALTER TABLE {table} OWNER TO {ours} on the target"
    }
    // Objects outside of the copied schemas.
    DEPENDENCY "dependency-missing" Differs {
        "the copied tables use the {kind} {object}, which the target does not have"
        "A default, check, trigger, view, foreign key or type of a copied table depends on it."
        "PostgreSQL manual, pg_depend"
        "make it on the target before the load: pg_dump --schema-only"
    }
    OBJECT_MISSING "object-missing" Differs {
        "the target lacks the {kind} {object} of the application's schemas"
        "After the cutover applications that use it fail."
        "PostgreSQL manual, System Catalogs"
        "make it on the target before the load: pg_dump --schema-only"
    }
    OBJECT_DIFFERS "object-differs" Differs {
        "the {kind} {object} is defined differently on the target"
        "The same name has another meaning: values are checked, computed or sorted in another way."
        "PostgreSQL manual, System Catalogs"
        "make it on the target as on the source: pg_dump --schema-only"
    }
    TABLE_OUTSIDE "table-outside" Differs {
        "the copied tables refer to {object}, which the replication does not copy"
        "The rows that a foreign key or view of a copied table needs are missing on the target, or grow stale."
        "PostgreSQL manual, pg_depend"
        "include it in the replication, or copy it by other means and keep it unchanged"
    }
    EXTENSION "extension-missing" Differs {
        "the target lacks the extension {extension}"
        "Types, functions or operators of the source do not exist on the target."
        "PostgreSQL manual, Extensions"
        "CREATE EXTENSION {extension} on the target, or drop it on the source"
    }
    EXTENSION_VERSION "extension-version" Harmless {
        "the extension {extension} is {ours} on the source and {theirs} on the target"
        "Functions of an extension may change between versions."
        "PostgreSQL manual, ALTER EXTENSION"
        "read the extension's release notes, or ALTER EXTENSION {extension} UPDATE"
    }
    // Roles and settings.
    ROLE_MISSING "role-missing" Refuses {
        "the {side} has no role {role}, which the spec names"
        "The applications log in with the role, and the fence revokes its rights."
        "docs/reference/spec.md"
        "CREATE ROLE {role} on the {side} with the rights that it has on the other side"
    }
    ROLE_SUPERUSER "role-superuser" Loses {
        "the application's role {role} is a superuser on the {side}"
        "No fence stops a superuser: rights are not checked."
        "PostgreSQL manual, Role Attributes"
        "ALTER ROLE {role} NOSUPERUSER, and grant the rights that it needs"
    }
    ROLE_DIFFERS "role-differs" Differs {
        "the {aspect} of {role}: {ours} on the source, {theirs} on the target"
        "After the cutover the application has other rights or another session."
        "PostgreSQL manual, CREATE ROLE and ALTER ROLE"
        "give {role} the same {aspect} on the target"
    }
    ROLE_RIGHTS "role-rights" Differs {
        "{role} has {rights} on {objects} of the {side} only"
        "After the cutover the application fails, or may do more than before."
        "PostgreSQL manual, Privileges"
        "GRANT {rights} ON {objects} TO {role} on the other side, or REVOKE them on the {side}"
    }
    DATABASE_SETTING "database-setting" Differs {
        "{setting} of new sessions is `{ours}` on the source and `{theirs}` on the target"
        "The same statement has another meaning: times, dates, names or texts differ."
        "PostgreSQL manual, Client Connection Defaults"
        "ALTER DATABASE … SET {setting} on the target to the value of the source"
    }
    ENCODING "encoding" Differs {
        "the source stores {ours} and the target {theirs}"
        "Text has other lengths, and characters without a counterpart are refused."
        "PostgreSQL manual, Character Set Support"
        "create the target's database with the encoding of the source"
    }
    NO_ENCODING "no-encoding" Refuses {
        "the {side} stores texts without an encoding: SQL_ASCII"
        "The bytes of a text need not be characters, and each client reads them in another way."
        "PostgreSQL manual, Character Set Support"
        "move the data into a database with the encoding UTF8 first: pg_dump --encoding"
    }
    // Writers without a session of an application.
    SUBSCRIPTION "subscription" Loses {
        "the subscription {name} writes to the {side}"
        "Its worker writes through revoked rights: the fence does not stop it."
        "PostgreSQL manual, Logical Replication Security"
        "ALTER SUBSCRIPTION {name} DISABLE before the fence, and drop it after the cutover"
    }
    JOBS "scheduled-jobs" Loses {
        "pg_cron of the {side} runs {count} active jobs in this database"
        "Jobs write without an application, also as superusers, which no fence stops."
        "pg_cron documentation"
        "deactivate them with cron.alter_job before the fence, and make them on the target after the cutover"
    }
    EVENT_TRIGGER "event-trigger" Differs {
        "the target lacks the event trigger {trigger} of the source"
        "After the cutover changes of the schema have another effect."
        "PostgreSQL manual, Event Triggers"
        "make it on the target, or drop it on the source"
    }
    MATERIALISED "materialised-view" Harmless {
        "{table} of the {side} is a materialised view"
        "The schema freeze refuses to refresh it, and replication does not fill it on the target."
        "PostgreSQL manual, REFRESH MATERIALIZED VIEW"
        "stop the jobs that refresh it before the freeze, and refresh it on the target after the cutover"
    }
    BACKGROUND "background-worker" Harmless {
        "a background worker runs on the {side}: {worker}"
        "A worker of an extension may write without a session."
        "PostgreSQL manual, Background Worker Processes"
        "read the documentation of its extension, and stop it before the fence if it writes to copied tables"
    }
    // DMS.
    DMS_OBJECTS "dms-objects" Refuses {
        "{login} cannot create the tables of DMS in the schema {schema} of the {side}: {reason}"
        "A task creates its control tables, its table of exceptions and its heartbeat when it starts."
        "AWS DMS User Guide, Control table task settings"
        "CREATE SCHEMA IF NOT EXISTS {schema}; GRANT USAGE, CREATE ON SCHEMA {schema} TO {login}"
    }
    DMS_COPIED "dms-tables-copied" Loses {
        "the replication copies a table of DMS: {table}"
        "Each side has its own; a copy overwrites the state of the task on the other side."
        "AWS DMS User Guide, Control table task settings"
        "exclude \"{schema}.*\""
    }
    TASK_MISSING "task-missing" Refuses {
        "there is no replication task {task}"
        "The workflow starts and awaits it."
        "docs/workflow.md"
        "deploy the build of this environment"
    }
    TASK_FAILED "task-failed" Refuses {
        "the replication task {task} has failed: {reason}"
        "A task that has failed does not resume by itself."
        "AWS DMS User Guide, Task status"
        "read the task's log, remove the cause and start it once by hand"
    }
    INSTANCE_MISSING "instance-missing" Refuses {
        "there is no replication instance {instance} for the task {task}"
        "The task runs on it."
        "docs/workflow.md"
        "deploy the build of this environment"
    }
    ENGINE_UNREADABLE "engine-version" Refuses {
        "the replication instance runs DMS `{engine}`, which is no version of three numbers"
        "The version decides which servers DMS works with."
        "AWS DMS User Guide, Release notes"
        "compare its version with AWS's tables of supported databases"
    }
    ENGINE_UNKNOWN "engine-unknown" Refuses {
        "whether DMS can {verb} PostgreSQL {major}, which the {side} runs, is not known"
        "The user guide does not name the version."
        "AWS DMS User Guide, Sources and Targets for AWS DMS"
        "rehearse it, or stay with PostgreSQL {newest}"
    }
    ENGINE_OLD "engine-old" Refuses {
        "DMS {engine} does not {verb} PostgreSQL {major}, which the {side} runs"
        "The user guide names a newer version of DMS for this server."
        "AWS DMS User Guide, Sources and Targets for AWS DMS"
        "upgrade the replication instance to {needed} or newer"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_has_an_id_and_all_texts() {
        let mut ids: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert!(!ids.is_empty() && ids.len() == CHECKS.len(), "ids differ");
        for check in CHECKS {
            for text in [check.what, check.why, check.source, check.mend] {
                assert!(!text.trim().is_empty(), "{}", check.id);
            }
        }
    }

    #[test]
    fn values_take_the_places_of_names() {
        let problem = WAL_LEVEL.problem(&[("side", &"source"), ("value", &"replica")]);
        assert_eq!(problem.what, "wal_level of the source is replica");
        assert_eq!((problem.check.as_str(), problem.grade), ("wal-level", Grade::Refuses));
        assert_eq!(WAL_LEVEL.placeholders(), ["side", "value"]);
    }
}
