//! The constructs of the random schemas.

/// Types that DMS carries, with values.
pub const CARRIED: &[(&str, &[&str])] = &[
    ("int4", &["0", "-7", "2147483647"]),
    ("int8", &["1", "-9223372036854775808"]),
    ("int2", &["12", "-32768"]),
    ("numeric(12, 2)", &["1.10", "0.00", "-99.5"]),
    ("numeric(30, 10)", &["0.0000000001", "12345678901234567890.0000000001"]),
    ("float8", &["'NaN'", "1.5", "'-Infinity'", "0.1", "1e-300", "'-0'"]),
    ("float4", &["0.1", "16777217", "'-0'"]),
    ("bool", &["true", "false"]),
    ("text", &["''", "'a''b'", "'back\\slash'", "E'line\\nbreak'", "'ü 😀'", "'null'", "'unchanged'"]),
    ("text COLLATE \"C\"", &["'Z'", "'a'", "'Ä'"]),
    ("varchar(40)", &["'short'", "'x y'"]),
    ("varchar(40) COLLATE \"de-x-icu\"", &["'Z'", "'a'", "'Ä'", "'ä'"]),
    ("char(8)", &["'pad'", "''"]),
    ("bytea", &["'\\x00ff'", "''"]),
    ("json", &["'{\"a\": [1, null]}'", "'\"text\"'"]),
    ("jsonb", &["'{\"b\": 1.10}'", "'[]'"]),
    ("xml", &["'<a b=\"c\">d</a>'"]),
    ("uuid", &["'6f1ed002-ab35-4cc5-9a3c-7c5f1c4b8f1e'"]),
    ("date", &["'2026-02-28'", "'0044-03-15 BC'"]),
    ("timestamp", &["'2026-02-28 12:00:00.123456'", "'0001-01-01 00:00:00 BC'"]),
    ("timestamptz", &["'2026-02-28 12:00:00+02'", "'12026-01-01 00:00:00Z'"]),
    ("timestamp(3)", &["'2026-02-28 12:00:00.123456'"]),
    ("interval", &["'1 mon -3 days 04:05:06.7'", "'0'"]),
    ("time", &["'23:59:59.999999'"]),
    ("timetz", &["'23:59:59.999999-15:59'"]),
    ("money", &["'12.34'", "'-92233720368547758.08'"]),
    ("bit(5)", &["B'10101'"]),
    ("varbit", &["B''", "B'1'"]),
    ("cidr", &["'10.0.0.0/8'"]),
    ("point", &["'(1,-2.5)'"]),
    ("text[]", &["'{}'", "'{a,\"b c\",NULL}'", "'{{1},{2}}'", "'{\"it''s\",\"\\\\\\\\\"}'"]),
    ("int4[]", &["'{1,2}'", "'[0:1]={7,8}'"]),
    ("numeric(9, 3)[]", &["'{1.100,NULL}'", "'{}'"]),
    ("timestamptz[]", &["'{2026-02-28 12:00:00+02,NULL}'"]),
    ("payments.label", &["'l'", "'long enough'"]),
    ("payments.label[]", &["'{l,NULL}'"]),
    ("payments.price", &["1.5", "0"]),
];

/// Types that preflight refuses.
pub const REFUSED: &[(&str, &[&str])] = &[
    ("numeric", &["1.23456789"]),
    ("payments.mood", &["'calm'"]),
    ("payments.pair", &["'(1,x)'"]),
    ("payments.pair[]", &["'{\"(1,x)\"}'"]),
    ("payments.amount", &["0.123456789"]),
    ("payments.amount[]", &["'{0.123456789}'"]),
    ("payments.mood[]", &["'{calm}'"]),
    ("macaddr", &["'08:00:2b:01:02:03'"]),
    ("date", &["'infinity'"]),
    ("timestamptz", &["'-infinity'"]),
    ("numeric(30, 10)", &["'NaN'"]),
    ("int4range", &["'[1,5)'"]),
    ("int4multirange", &["'{[1,5)}'"]),
    ("inet", &["'10.0.0.1'"]),
    ("tsvector", &["'a b'"]),
    ("oid", &["1"]),
    ("text COLLATE lib.folded", &["'a'", "'A'"]),
];

/// Types of columns that can be in a key beside the number.
pub const KEYS: &[&str] =
    &["varchar(40)", "varchar(40) COLLATE \"de-x-icu\"", "char(8)", "uuid", "date", "timestamptz", "int8", "int2"];

pub const TYPES: &str = "CREATE TYPE payments.mood AS ENUM ('quiet', 'wild'); ALTER TYPE payments.mood RENAME VALUE 'quiet' TO 'calm'; \
    CREATE TYPE payments.pair AS (a int, b text); \
    CREATE DOMAIN payments.amount AS numeric; CREATE DOMAIN payments.short AS text; \
    CREATE DOMAIN payments.label AS payments.short CHECK (VALUE <> 'none'); \
    CREATE DOMAIN lib.cents AS numeric(14, 2); CREATE DOMAIN payments.price AS lib.cents CHECK (VALUE >= 0); \
    CREATE FUNCTION lib.standard() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 4'; \
    CREATE FUNCTION payments.count_up() RETURNS trigger LANGUAGE plpgsql AS \
    'BEGIN IF TG_OP = ''INSERT'' THEN NEW.made := coalesce(NEW.made, 0) + 1; END IF; RETURN NEW; END'; \
    CREATE FUNCTION payments.note() RETURNS trigger LANGUAGE plpgsql AS \
    'BEGIN IF TG_OP <> ''DELETE'' THEN INSERT INTO payments.notes (made) VALUES (NEW.made); END IF; RETURN NULL; END'; \
    CREATE COLLATION lib.folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false); \
    CREATE TABLE lib.kinds (made int PRIMARY KEY); INSERT INTO lib.kinds SELECT generate_series(-9, 999); \
    CREATE SEQUENCE lib.numbers; CREATE SEQUENCE lib.old START 7; ALTER SEQUENCE lib.old RENAME TO others;";

/// A statement about a table: `{t}` is its name, `{n}` its number.
#[derive(Clone, Copy)]
pub struct Construct {
    pub name: &'static str,
    pub on: On,
    pub sql: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum On {
    Any,
    /// No partitioned table has it.
    Whole,
    /// Partitioned tables alone have it.
    Parts,
}

const fn any(name: &'static str, sql: &'static str) -> Construct {
    Construct { name, on: On::Any, sql }
}

const fn parts(name: &'static str, sql: &'static str) -> Construct {
    Construct { name, on: On::Parts, sql }
}

const fn whole(name: &'static str, sql: &'static str) -> Construct {
    Construct { name, on: On::Whole, sql }
}

/// A table of jobs as `pg_cron` has it.
macro_rules! job {
    ($active:literal, $rights:literal) => {
        concat!(
            "RESET ROLE; CREATE SCHEMA IF NOT EXISTS cron; CREATE TABLE IF NOT EXISTS cron.job (jobid bigserial PRIMARY KEY, \
             schedule text, command text, database text, username text, active bool); GRANT SELECT ON cron.job TO PUBLIC; \
             INSERT INTO cron.job (schedule, command, database, username, active) \
             VALUES ('* * * * *', 'DELETE FROM {t}', current_database(), 'owner', ",
            $active,
            "); ",
            $rights,
            "; SET ROLE owner;"
        )
    };
}

/// A foreign table that leads back to the table.
macro_rules! foreign {
    ($name:literal) => {
        concat!(
            "RESET ROLE; CREATE EXTENSION IF NOT EXISTS postgres_fdw SCHEMA lib; \
             DO $d$ BEGIN EXECUTE format('CREATE SERVER far_{n} FOREIGN DATA WRAPPER postgres_fdw \
             OPTIONS (host %L, port %L, dbname %L)', '127.0.0.1', current_setting('port'), current_database()); \
             EXECUTE format('CREATE FOREIGN TABLE ",
            $name,
            " (id bigint, made int) SERVER far_{n} OPTIONS (schema_name %L, table_name %L)', 'payments', \
             (SELECT relname FROM pg_class WHERE oid = '{t}'::regclass)); END $d$; \
             CREATE USER MAPPING FOR pay_app SERVER far_{n} OPTIONS (user 'pay_app', password 'pay_app-password'); \
             ALTER FOREIGN TABLE ",
            $name,
            " OWNER TO owner; SET ROLE owner; GRANT SELECT, UPDATE ON ",
            $name,
            " TO pay_app;"
        )
    };
}

/// Of both sides, and sound.
pub const EXTRAS: &[Construct] = &[
    whole(
        "trigger before a row",
        "CREATE TRIGGER counts BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION payments.count_up();",
    ),
    any(
        "trigger that writes another table",
        "CREATE TRIGGER notes AFTER INSERT OR UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION payments.note();",
    ),
    whole(
        "disabled trigger",
        "CREATE TRIGGER idle BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION payments.count_up(); \
         ALTER TABLE {t} DISABLE TRIGGER idle;",
    ),
    any("check", "ALTER TABLE {t} ADD CHECK (made >= 0);"),
    any(
        "row security",
        "ALTER TABLE {t} ENABLE ROW LEVEL SECURITY; \
         CREATE POLICY few ON {t} FOR ALL TO pay_app USING (made IS NULL OR made < 100) WITH CHECK (true);",
    ),
    any(
        "forced row security",
        "ALTER TABLE {t} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; \
         CREATE POLICY everything ON {t} USING (true);",
    ),
    any("materialised view", "CREATE MATERIALIZED VIEW payments.seen_{n} AS SELECT * FROM {t};"),
    any("view", "CREATE VIEW payments.view_{n} AS SELECT * FROM {t};"),
    any("default of a function", "ALTER TABLE {t} ALTER made SET DEFAULT lib.standard();"),
    any(
        "grants in a chain",
        "GRANT INSERT, UPDATE (made) ON {t} TO clerk WITH GRANT OPTION; SET ROLE clerk; \
         GRANT INSERT ON {t} TO pay_app; SET ROLE owner;",
    ),
    whole("exclusion", "ALTER TABLE {t} ADD EXCLUDE USING btree (id WITH =);"),
    whole("deferrable exclusion", "ALTER TABLE {t} ADD EXCLUDE USING btree (id WITH =, made WITH =) DEFERRABLE;"),
    any("deferrable unique", "ALTER TABLE {t} ADD UNIQUE (id, made) DEFERRABLE INITIALLY DEFERRED;"),
    whole("partial unique index", "CREATE UNIQUE INDEX ON {t} (id, made) WHERE made > 5;"),
    whole("unique index of an expression", "CREATE UNIQUE INDEX ON {t} (id, (made + 1));"),
    any("not null", "ALTER TABLE {t} ALTER made SET NOT NULL;"),
    any(
        "renamed",
        "ALTER TABLE {t} RENAME made TO before; ALTER TABLE {t} RENAME TO before_{n}; \
         ALTER TABLE payments.before_{n} RENAME before TO made; ALTER TABLE payments.before_{n} RENAME TO {bare};",
    ),
    any("dropped column", "ALTER TABLE {t} ADD gone int; ALTER TABLE {t} DROP gone;"),
    any(
        "view of another schema",
        "CREATE VIEW lib.through_{n} AS SELECT * FROM {t}; GRANT ALL ON lib.through_{n} TO pay_app;",
    ),
    any(
        "function of the owner",
        "CREATE FUNCTION payments.pay_{n}() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM {t}';",
    ),
    any(
        "function of the owner in another schema",
        "CREATE FUNCTION lib.pay_{n}() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'UPDATE {t} SET made = made'; \
         GRANT EXECUTE ON FUNCTION lib.pay_{n}() TO pay_app;",
    ),
    any("sequence that cycles", "CREATE SEQUENCE payments.round_{n} MAXVALUE 5 CYCLE;"),
    any("unique index over NULL", "CREATE UNIQUE INDEX ON {t} (id, made);"),
    whole(
        "invalid index",
        "CREATE UNIQUE INDEX invalid_{n} ON {t} (made); RESET ROLE; \
         UPDATE pg_index SET indisvalid = false, indisready = false, indislive = true \
         WHERE indexrelid = 'payments.invalid_{n}'::regclass; SET ROLE owner;",
    ),
    parts("partition with its full identity", "ALTER TABLE {t}_p1 REPLICA IDENTITY FULL;"),
    parts(
        "partitions of a partition",
        "CREATE TABLE {t}_p3 PARTITION OF {t} FOR VALUES FROM (-2000) TO (-1000) PARTITION BY HASH (id); \
         CREATE TABLE {t}_p4 PARTITION OF {t}_p3 FOR VALUES WITH (MODULUS 1, REMAINDER 0);",
    ),
    any("added column", "ALTER TABLE {t} ADD late text DEFAULT 'late' NOT NULL;"),
    any(
        "disabled subscription",
        "RESET ROLE; CREATE SUBSCRIPTION idle_{n} CONNECTION 'host=127.0.0.1 port=1' PUBLICATION nothing \
         WITH (connect = false); SET ROLE owner;",
    ),
    any("inactive job", job!("false", "GRANT USAGE ON SCHEMA cron TO PUBLIC")),
];

/// Different on the target, without harm.
pub const HARMLESS: &[Construct] = &[
    any("index of the target", "CREATE INDEX ON {t} (made);"),
    any("dropped column of the target", "ALTER TABLE {t} ADD gone int; ALTER TABLE {t} DROP gone;"),
    whole("fill factor", "ALTER TABLE {t} SET (fillfactor = 50);"),
    any("comment", "COMMENT ON TABLE {t} IS 'of the target';"),
    whole("storage", "ALTER TABLE {t} ALTER id SET STATISTICS 7;"),
];

pub enum Fault {
    /// The key, in the place of a sound one.
    Key(Construct),
    Both(Construct),
    Source(Construct),
    Target(Construct),
    /// Differs between the sides.
    Apart(Construct, &'static str),
    /// A transaction that another session has prepared on the source.
    Prepared,
    /// Changes the target's columns.
    Columns(&'static str, fn(&mut Vec<String>)),
    /// A type that DMS does not carry.
    Type,
    IdentityAlways,
}

pub const FAULTS: &[Fault] = &[
    Fault::Type,
    Fault::Type,
    Fault::Type,
    Fault::IdentityAlways,
    Fault::Prepared,
    Fault::Key(any("deferrable key", "ALTER TABLE {t} ADD PRIMARY KEY (id) DEFERRABLE;")),
    Fault::Key(any("no key", "")),
    Fault::Key(any("full without a key", "ALTER TABLE {t} REPLICA IDENTITY FULL;")),
    Fault::Key(any(
        "identity of nothing",
        "ALTER TABLE {t} ADD PRIMARY KEY (id); ALTER TABLE {t} REPLICA IDENTITY NOTHING;",
    )),
    Fault::Key(whole("partial key", "CREATE UNIQUE INDEX key_{n} ON {t} (id) WHERE id > 0;")),
    Fault::Key(whole(
        "invalid key",
        "ALTER TABLE {t} ALTER id SET NOT NULL; CREATE UNIQUE INDEX key_{n} ON {t} (id); \
         ALTER TABLE {t} REPLICA IDENTITY USING INDEX key_{n}; RESET ROLE; \
         UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'payments.key_{n}'::regclass; SET ROLE owner;",
    )),
    Fault::Key(whole("key over NULL", "CREATE UNIQUE INDEX key_{n} ON {t} (id);")),
    Fault::Key(whole("key of an expression", "CREATE UNIQUE INDEX key_{n} ON {t} ((id + 1));")),
    Fault::Key(any(
        "unique without an identity",
        "ALTER TABLE {t} ALTER id SET NOT NULL; CREATE UNIQUE INDEX key_{n} ON {t} (id);",
    )),
    Fault::Both(whole(
        "trigger that always fires",
        "CREATE TRIGGER counts BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION payments.count_up(); \
         ALTER TABLE {t} ENABLE ALWAYS TRIGGER counts;",
    )),
    Fault::Both(whole("rule", "CREATE RULE quiet AS ON DELETE TO {t} DO ALSO NOTHING;")),
    Fault::Both(whole("unlogged", "ALTER TABLE {t} SET UNLOGGED;")),
    Fault::Both(whole("generated column", "ALTER TABLE {t} ADD twice int GENERATED ALWAYS AS (id::int * 2) STORED;")),
    Fault::Both(whole("unique index over coalesce", "CREATE UNIQUE INDEX ON {t} (id, (coalesce(made, -1)));")),
    Fault::Both(any("check that is not valid", "ALTER TABLE {t} ADD CHECK (made > 1) NOT VALID;")),
    Fault::Both(whole("heir", "CREATE TABLE payments.heir_{n} (PRIMARY KEY (id)) INHERITS ({t});")),
    Fault::Both(parts("partition without an identity", "ALTER TABLE {t}_p1 REPLICA IDENTITY NOTHING;")),
    Fault::Both(parts(
        "partition with another key",
        "ALTER TABLE {t}_p1 ALTER made SET NOT NULL; CREATE UNIQUE INDEX other_{n} ON {t}_p1 (made); \
         ALTER TABLE {t}_p1 REPLICA IDENTITY USING INDEX other_{n};",
    )),
    Fault::Both(any(
        "key of a table that is not copied",
        "ALTER TABLE {t} ADD FOREIGN KEY (made) REFERENCES lib.kinds ON DELETE CASCADE;",
    )),
    Fault::Both(any("exhausted sequence", "CREATE SEQUENCE payments.short_{n} MAXVALUE 900;")),
    Fault::Both(whole(
        "type of an extension",
        "RESET ROLE; CREATE EXTENSION IF NOT EXISTS citext SCHEMA lib; SET ROLE owner; ALTER TABLE {t} ADD word lib.citext;",
    )),
    Fault::Both(whole(
        "key of an extension's type",
        "RESET ROLE; CREATE EXTENSION IF NOT EXISTS citext SCHEMA lib; SET ROLE owner; \
         ALTER TABLE {t} ADD word lib.citext UNIQUE;",
    )),
    Fault::Both(any(
        "setting of the role",
        "RESET ROLE; ALTER ROLE pay_app SET DateStyle = 'SQL, DMY'; SET ROLE owner;",
    )),
    Fault::Both(any(
        "publication",
        "RESET ROLE; DROP PUBLICATION IF EXISTS changes; CREATE PUBLICATION changes FOR TABLE {t}; SET ROLE owner;",
    )),
    Fault::Source(any(
        "role settings of the source",
        "RESET ROLE; ALTER ROLE pay_app SET search_path = payments, lib; SET ROLE owner;",
    )),
    Fault::Target(any("membership of the target", "RESET ROLE; GRANT pg_read_all_data TO pay_app; SET ROLE owner;")),
    Fault::Target(any(
        "setting of the target's database",
        "RESET ROLE; ALTER DATABASE ledger SET DateStyle = 'SQL, DMY'; SET ROLE owner;",
    )),
    Fault::Target(any("owner of the target", "RESET ROLE; ALTER TABLE {t} OWNER TO clerk; SET ROLE owner;")),
    Fault::Target(any("step of the target", "ALTER SEQUENCE lib.numbers INCREMENT 2;")),
    Fault::Source(any("default of the source", "ALTER TABLE {t} ALTER made SET DEFAULT 9;")),
    Fault::Source(any(
        "function of the source alone",
        "CREATE FUNCTION lib.own() RETURNS int LANGUAGE sql AS 'SELECT 3'; ALTER TABLE {t} ALTER made SET DEFAULT lib.own();",
    )),
    Fault::Source(any(
        "event trigger",
        "CREATE FUNCTION payments.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END'; RESET ROLE; \
         CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION payments.watch(); SET ROLE owner;",
    )),
    Fault::Source(any("label of the source", "ALTER TYPE payments.mood ADD VALUE 'fresh';")),
    Fault::Apart(
        any("another collation", "ALTER TABLE {t} ADD tone text COLLATE \"C\";"),
        "ALTER TABLE {t} ADD tone text COLLATE \"de-x-icu\";",
    ),
    Fault::Apart(
        any("another check of a domain", "ALTER DOMAIN payments.label ADD CHECK (VALUE <> 'x');"),
        "ALTER DOMAIN payments.label ADD CHECK (VALUE <> 'l');",
    ),
    Fault::Apart(
        parts("other partitions", "CREATE TABLE {t}_p3 PARTITION OF {t} FOR VALUES FROM (-2000) TO (-1000);"),
        "CREATE TABLE {t}_p3 PARTITION OF {t} FOR VALUES FROM (-3000) TO (-1000);",
    ),
    Fault::Source(any("index of the source", "CREATE INDEX ON {t} (made);")),
    Fault::Source(any("view of the source", "CREATE VIEW payments.own_{n} AS SELECT id FROM {t};")),
    Fault::Source(any("right of the source", "GRANT TRUNCATE ON {t} TO pay_app;")),
    Fault::Source(any(
        "enabled subscription",
        "RESET ROLE; CREATE SUBSCRIPTION busy_{n} CONNECTION 'host=127.0.0.1 port=1' PUBLICATION nothing \
         WITH (connect = false); ALTER SUBSCRIPTION busy_{n} ENABLE; SET ROLE owner;",
    )),
    Fault::Source(any("active job", job!("true", "GRANT USAGE ON SCHEMA cron TO PUBLIC"))),
    Fault::Source(any("jobs that cannot be read", job!("true", "REVOKE ALL ON SCHEMA cron FROM PUBLIC"))),
    Fault::Both(any(
        "writes through dblink",
        "RESET ROLE; CREATE EXTENSION IF NOT EXISTS dblink SCHEMA lib; SET ROLE owner; \
         CREATE FUNCTION lib.pay_far_{n}() RETURNS text LANGUAGE sql AS $f$ SELECT lib.dblink_exec(format( \
         'host=127.0.0.1 port=%s dbname=ledger user=pay_app password=pay_app-password', current_setting('port')), \
         'UPDATE {t} SET made = made') $f$;",
    )),
    Fault::Both(any(
        "writes through a foreign table",
        concat!(
            foreign!("lib.far_{n}"),
            "CREATE FUNCTION lib.pay_far_{n}() RETURNS void LANGUAGE sql AS 'UPDATE lib.far_{n} SET made = made';",
        ),
    )),
    Fault::Both(any("foreign table that is copied", foreign!("payments.far_{n}"))),
    Fault::Source(any("foreign table of the source", foreign!("payments.far_{n}"))),
    Fault::Both(whole(
        "column of large objects",
        "RESET ROLE; CREATE EXTENSION IF NOT EXISTS lo SCHEMA lib; SET ROLE owner; ALTER TABLE {t} ADD blob lib.lo;",
    )),
    Fault::Both(whole(
        "column of large objects with a default and their trigger",
        "RESET ROLE; CREATE EXTENSION IF NOT EXISTS lo SCHEMA lib; SET ROLE owner; \
         ALTER TABLE {t} ADD blob lib.lo; ALTER TABLE {t} ALTER blob SET DEFAULT lo_from_bytea(0, 'blob'); \
         CREATE TRIGGER blobs BEFORE UPDATE OR DELETE ON {t} FOR EACH ROW EXECUTE FUNCTION lib.lo_manage(blob);",
    )),
    Fault::Source(any("large object", "SELECT lo_create(0);")),
    Fault::Target(any("large object of the target", "SELECT lo_create(0);")),
    Fault::Source(any("unique index of the source", "CREATE UNIQUE INDEX ON {t} (id, made);")),
    Fault::Source(any("policy of the source", "CREATE POLICY none ON {t} FOR SELECT TO pay_app USING (false);")),
    Fault::Source(any("renamed on the source", "ALTER TABLE {t} RENAME made TO done;")),
    Fault::Target(any("check of the target", "ALTER TABLE {t} ADD CHECK (made < 3);")),
    Fault::Target(any("unique index of the target", "CREATE UNIQUE INDEX ON {t} (id, made);")),
    Fault::Target(whole("exclusion of the target", "ALTER TABLE {t} ADD EXCLUDE USING btree (made WITH =);")),
    Fault::Target(any("narrower type of the target", "ALTER TABLE {t} ALTER made TYPE smallint;")),
    Fault::Target(any("not null of the target", "ALTER TABLE {t} ALTER made SET NOT NULL;")),
    Fault::Target(any("default of the target", "ALTER TABLE {t} ALTER made SET DEFAULT 9;")),
    Fault::Target(any(
        "trigger of the target that always fires",
        "CREATE TRIGGER late AFTER INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION payments.note(); \
         ALTER TABLE {t} ENABLE REPLICA TRIGGER late;",
    )),
    Fault::Columns("required column of the target", |columns| columns.push("more int NOT NULL".to_owned())),
    Fault::Columns("column of the target", |columns| columns.push("more int NOT NULL DEFAULT 1".to_owned())),
    Fault::Columns("missing column", |columns| columns.retain(|column| column != "made int")),
    Fault::Columns("generated column of the target", |columns| {
        columns.retain(|column| column != "made int");
        columns.push("made int GENERATED ALWAYS AS (1) STORED".to_owned());
    }),
];

/// How the numbers of a table are given; `numbered` where the table gives them.
pub const NUMBERS: &[(&str, &str)] = &[
    ("serial of 64 bits", "bigserial"),
    ("identity by default", "bigint GENERATED BY DEFAULT AS IDENTITY"),
    ("sequence of another schema", "bigint DEFAULT nextval('lib.numbers')"),
    ("renamed sequence of another schema", "bigint DEFAULT nextval('lib.others')"),
    ("no numbers", "bigint"),
    ("serial", "serial"),
    ("identity with a step", "bigint GENERATED BY DEFAULT AS IDENTITY (INCREMENT -3 CACHE 5)"),
    ("numbers of the application", "bigint NOT NULL"),
];
