//! Rotation of a login of a real server, with a crash before every change:
//! the current version of the secret logs in at every moment.

#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used, reason = "tests")]

use migspec_events::Side;
use migspec_events::setup::Setup;
use migspec_function::{Call, Failure, Metric, Roots, SecretString, Secrets};
use migspec_function_testing::{
    CRASH, Login as NewLogin, NEWEST, OLDEST, Options, Testbed, block_on, lines, metric_values,
};
use migspec_rotation::{Database, Event, HELD, Login, Postgres, Step, Switches, handle};

const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111111111111:secret:target/fence";
const MASTER: &str = "arn:aws:secretsmanager:us-east-1:111111111111:secret:master";
const STEPS: [Step; 4] = [Step::CreateSecret, Step::SetSecret, Step::TestSecret, Step::FinishSecret];

const SWITCH: &str = "/migration/test/rotation";

fn switches() -> Switches {
    Switches::of_variable(&format!(r#"{{"ledger":["{SWITCH}"]}}"#)).unwrap()
}

struct Stand {
    world: Testbed,
    database: Postgres,
}

fn stand() -> Option<Stand> {
    stand_on(Options::default(), "superuser")
}

/// With a master of these attributes, which administers the first user.
fn stand_on(target: Options, attributes: &str) -> Option<Stand> {
    let world = Testbed::with(Options::default(), target)?;
    let login = NewLogin { side: Side::Target, purpose: "fence", role: "migspec_fence", attributes: "CREATEROLE" };
    let rights = "create schema payments; create table payments.payment (id bigint); \
                  grant select on payments.payment to migspec_fence; grant usage, create on schema payments to migspec_fence";
    block_on(async {
        world.login(login).await;
        let master = format!("create role master login {attributes} password 'master-password'");
        world.run(Side::Target, &master).await;
        world.run(Side::Target, "grant migspec_fence to master with admin option").await;
        world.run(Side::Target, rights).await;
    });
    let value = serde_json::json!({
        "username": "migspec_fence", "password": "migspec_fence-password", "host": "127.0.0.1",
        "port": world.target.port, "dbname": "ledger", "engine": "postgres", "masterarn": MASTER,
    });
    world.ports.set_secret(SECRET, &value.to_string());
    world.ports.set_secret(MASTER, r#"{"username":"master","password":"master-password"}"#);
    world.ports.set_parameter(SWITCH, "allowed");
    world.ports.state().rotation = true;
    let database = Postgres { roots: Roots::of_pem(&world.target.authority).unwrap() };
    Some(Stand { world, database })
}

impl Stand {
    fn call(&self) -> Call {
        self.world.call()
    }

    async fn step(&self, version: &str, step: Step) -> Result<(), Failure> {
        let event = Event { secret_id: SECRET.into(), client_request_token: version.into(), step };
        handle(&self.world.ports, &self.database, &switches(), &self.call(), &event).await
    }

    async fn rotate(&self, version: &str) -> Result<(), Failure> {
        for step in STEPS {
            self.step(version, step).await?;
        }
        Ok(())
    }

    async fn current(&self) -> Login {
        Login::of_secret(SECRET, &self.world.ports.secret(SECRET).await.unwrap()).unwrap()
    }

    /// The current version logs in and has the required privileges.
    async fn works(&self) {
        let current = self.current().await;
        assert!(self.database.admits(&current).await.unwrap(), "{} does not log in", current.user());
    }
}

#[test]
fn two_users_take_turns_and_both_keep_their_rights() {
    let Some(stand) = stand() else { return };
    block_on(async {
        let mut users = Vec::new();
        for turn in 2..6 {
            let version = format!("version-{turn}");
            let former = stand.current().await;
            for step in STEPS {
                stand.step(&version, step).await.unwrap_or_else(|e| panic!("{step:?}: {e}"));
                stand.step(&version, step).await.unwrap_or_else(|e| panic!("{step:?} again: {e}"));
                stand.works().await;
            }
            assert!(stand.database.admits(&former).await.unwrap(), "whoever still has the former one is let in");
            let current = stand.current().await;
            users.push(current.user().to_owned());
            let client = stand
                .world
                .target
                .open_as("ledger", current.user(), migspec_function::ExposeSecret::expose_secret(&current.password()))
                .await
                .unwrap();
            client.batch_execute("select * from payments.payment; create role r; drop role r").await.unwrap();
            // Whoever creates an object, it belongs to the first user.
            let made = "create table if not exists payments.made (id int); alter table payments.made add column if not exists c int";
            client.batch_execute(made).await.unwrap();
            let owner = "select tableowner::text from pg_tables where tablename = 'made'";
            assert_eq!(client.query_one(owner, &[]).await.unwrap().get::<_, String>(0), "migspec_fence");
        }
        assert_eq!(users, ["migspec_fence_2", "migspec_fence", "migspec_fence_2", "migspec_fence"]);
        let log = stand.world.open(Side::Target).await;
        let kept =
            log.query_one("select rolpassword from pg_authid where rolname = 'migspec_fence_2'", &[]).await.unwrap();
        assert!(kept.get::<_, String>(0).starts_with("SCRAM-SHA-256$"));
    });
}

/// The second user has the settings, the limits and the end of the first; a fence
/// and a cut of one user end with the other one, three rotations on.
#[test]
fn the_second_user_replaces_the_first_in_everything() {
    let Some(stand) = stand() else { return };
    block_on(async {
        let world = &stand.world;
        world.run(Side::Target, migspec_events::setup::FENCE).await;
        let settings = "alter role migspec_fence set work_mem = '8MB'; \
            alter role migspec_fence in database ledger set search_path = \"Odd\"\"Schema\", public; \
            alter role migspec_fence in database ledger set timezone = 'Asia/Tokyo'; \
            alter role migspec_fence connection limit 7 valid until '2099-01-01 00:00:00+00'; \
            create role app login; create role applier login; \
            grant insert on payments.payment to app; grant insert on migspec.migspec_fence to applier; \
            grant usage on schema payments to migspec_fence with grant option; \
            alter schema payments owner to migspec_fence; alter table payments.payment owner to migspec_fence";
        world.run(Side::Target, settings).await;
        let scope = migspec_fence::Scope {
            replication: "ledger".into(),
            roles: vec!["app".into()],
            schemas: vec!["payments".into()],
            include: vec!["payments.*".into()],
        };
        let until = || std::time::Instant::now() + std::time::Duration::from_secs(20);
        for turn in 2..5 {
            stand.rotate(&format!("version-{turn}")).await.unwrap_or_else(|e| panic!("{turn}: {e}"));
            let current = stand.current().await;
            let password = current.password();
            let password = migspec_function::ExposeSecret::expose_secret(&password);
            let mut client = world.target.open_as("ledger", current.user(), password).await.unwrap();
            migspec_fence::unfence(&mut client, "ledger").await.unwrap_or_else(|e| panic!("{turn}: {e}"));
            migspec_fence::restore(&mut client, "ledger").await.unwrap_or_else(|e| panic!("{turn}: {e}"));
            let open = "select has_table_privilege('app', 'payments.payment', 'INSERT') and rolcanlogin from pg_roles where rolname = 'applier'";
            assert!(client.query_one(open, &[]).await.unwrap().get::<_, bool>(0), "{turn}: open again");
            let fenced =
                migspec_fence::fence(&mut client, &scope, until()).await.unwrap_or_else(|e| panic!("{turn}: {e}"));
            assert!(fenced.fenced, "{turn}: {fenced:?}");
            assert!(migspec_fence::cut(&mut client, "ledger", until()).await.unwrap().cut, "{turn}");
            assert!(!client.query_one(open, &[]).await.unwrap().get::<_, bool>(0), "{turn}: closed");
        }
        let admin = world.open(Side::Target).await;
        let alike = "select a.rolconnlimit = b.rolconnlimit and a.rolvaliduntil = b.rolvaliduntil and a.rolconfig = array_remove(b.rolconfig, 'role=migspec_fence') \
            and (select array_agg(setconfig) from pg_db_role_setting where setrole = a.oid and setdatabase <> 0) \
              = (select array_agg(setconfig) from pg_db_role_setting where setrole = b.oid and setdatabase <> 0) \
            from pg_roles a, pg_roles b where a.rolname = 'migspec_fence' and b.rolname = 'migspec_fence_2'";
        assert!(admin.query_one(alike, &[]).await.unwrap().get::<_, bool>(0));
    });
}

/// From PostgreSQL 16 on, a role is altered by those who hold its admin option, and
/// each role is granted by a grantor of its own: whoever holds the option of the
/// first user holds that of the second, however often both rotate.
#[test]
fn holders_of_the_first_user_hold_the_second_on_both_ends_of_the_versions() {
    for version in [OLDEST, NEWEST] {
        let options = Options { version: Some(version), ..Options::default() };
        let Some(stand) = stand_on(options, "createrole") else { continue };
        block_on(async {
            let world = &stand.world;
            let holders = "create role holder login createrole password 'holder-password'; \
                create role \"Odd Holder\" nologin; create role member login; \
                grant migspec_fence to holder, \"Odd Holder\" with admin option; grant migspec_fence to member";
            world.run(Side::Target, holders).await;
            for turn in 2..6 {
                stand.rotate(&format!("version-{turn}")).await.unwrap_or_else(|e| panic!("{version}, {turn}: {e}"));
                stand.works().await;
            }
            let admin = world.open(Side::Target).await;
            let sql = "select distinct m.rolname::text from pg_auth_members a join pg_roles m on m.oid = a.member \
                       where a.roleid = 'migspec_fence_2'::regrole and a.admin_option and not m.rolsuper order by 1";
            let rows = admin.query(sql, &[]).await.unwrap();
            let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
            // Before 16, whoever may create roles may alter each.
            let expected = ["Odd Holder", "holder", "master"];
            let expected = if version >= 16 { &expected[..] } else { &expected[..2] };
            assert_eq!(names, expected, "{version}");
            let holder = world.target.open_as("ledger", "holder", "holder-password").await.unwrap();
            let alter = "alter role migspec_fence nologin; alter role migspec_fence_2 nologin; \
                         alter role migspec_fence login; alter role migspec_fence_2 login";
            holder.batch_execute(alter).await.unwrap_or_else(|e| panic!("{version}: {e:?}"));
        });
    }
}

/// A database that crashes where a test wants it to.
struct Crashing<'a> {
    real: &'a Postgres,
    before: bool,
    after: bool,
}

impl Database for Crashing<'_> {
    const LONGEST_NAME: usize = Postgres::LONGEST_NAME;

    async fn admits(&self, login: &Login) -> Result<bool, Failure> {
        self.real.admits(login).await
    }

    async fn set_password(&self, master: &Login, login: &Login) -> Result<(), Failure> {
        let crash = || Err(Failure::new(CRASH, "in the database"));
        if self.before {
            return crash();
        }
        self.real.set_password(master, login).await?;
        if self.after { crash() } else { Ok(()) }
    }

    async fn set_up(&self, place: &Login, master: &Login, setup: &Setup<'_>) -> Result<(), Failure> {
        self.real.set_up(place, master, setup).await
    }
}

#[test]
fn a_crash_at_any_step_leaves_a_login_that_works() {
    let Some(stand) = stand() else { return };
    block_on(async {
        // Two changes in Secrets Manager: the pending version, and the stage.
        for crash in 0..2 {
            let version = format!("version-crash-{crash}");
            stand.world.ports.state().crash_after = Some(crash);
            let failure = stand.rotate(&version).await.expect_err("it crashes");
            assert_eq!(failure.name(), CRASH, "{failure}");
            stand.works().await;
            stand.world.ports.state().crash_after = None;
            stand.rotate(&version).await.unwrap();
            stand.works().await;
        }
        for (before, after) in [(true, false), (false, true)] {
            let version = format!("version-{before}-{after}");
            stand.step(&version, Step::CreateSecret).await.unwrap();
            let database = Crashing { real: &stand.database, before, after };
            let event =
                Event { secret_id: SECRET.into(), client_request_token: version.clone(), step: Step::SetSecret };
            let failure = handle(&stand.world.ports, &database, &switches(), &stand.call(), &event)
                .await
                .expect_err("it crashes");
            assert_eq!(failure.name(), CRASH, "{failure}");
            stand.works().await;
            // Somebody begins another rotation instead of going on with this one.
            if after {
                let version = "version-instead";
                stand.rotate(version).await.unwrap();
            } else {
                stand.rotate(&version).await.unwrap();
            }
            stand.works().await;
        }
    });
}

#[test]
fn what_does_not_log_in_never_becomes_current() {
    let Some(stand) = stand() else { return };
    block_on(async {
        stand.step("version-2", Step::CreateSecret).await.unwrap();
        for step in [Step::TestSecret, Step::FinishSecret] {
            let failure = stand.step("version-2", step).await.expect_err("the user has no such password yet");
            assert!(failure.message().contains("refused"), "{failure}");
        }
        assert_eq!(stand.current().await.user(), "migspec_fence");
        let failure = stand.step("version-9", Step::SetSecret).await.expect_err("there is no such version");
        assert!(failure.message().contains("version-9"));
        stand.world.ports.state().rotation = false;
        assert!(stand.step("version-2", Step::SetSecret).await.is_err(), "rotation is not switched on");
    });
}

#[test]
fn a_migration_holds_rotation_off() {
    let Some(stand) = stand() else { return };
    block_on(async {
        stand.world.ports.set_parameter(SWITCH, "held");
        let changes = stand.world.ports.state().changes.len();
        stand.world.ports.state().parameters.remove(SWITCH);
        assert_eq!(stand.step("version-2", Step::CreateSecret).await.map_err(|f| f.name()), Err(HELD), "no word is no");
        stand.world.ports.set_parameter(SWITCH, "held");
        let failure = stand.step("version-2", Step::CreateSecret).await.expect_err("it is held off");
        assert_eq!(failure.name(), HELD);
        assert_eq!(stand.world.ports.state().changes.len(), changes, "nothing has changed");
        stand.world.ports.set_parameter(SWITCH, "allowed");
        stand.step("version-2", Step::CreateSecret).await.unwrap();
        // Held from here on: the database stays as it is.
        stand.world.ports.set_parameter(SWITCH, "held");
        let failure = stand.step("version-2", Step::SetSecret).await.expect_err("it is held off");
        assert_eq!(failure.name(), HELD);
        stand.works().await;
        stand.world.ports.set_parameter(SWITCH, "allowed");
        stand.step("version-2", Step::SetSecret).await.unwrap();
        // The password is set: to finish changes nothing that is in use.
        stand.world.ports.set_parameter(SWITCH, "held");
        stand.step("version-2", Step::TestSecret).await.unwrap();
        stand.step("version-2", Step::FinishSecret).await.unwrap();
        stand.works().await;
    });
}

#[test]
fn no_log_holds_a_password() {
    let Some(stand) = stand() else { return };
    block_on(async {
        let call = stand.call();
        for step in STEPS {
            let event = Event { secret_id: SECRET.into(), client_request_token: "version-2".into(), step };
            handle(&stand.world.ports, &stand.database, &switches(), &call, &event).await.unwrap();
        }
        let password: SecretString = stand.current().await.password();
        let written = call.log.lines();
        assert!(written.contains("step done"));
        assert_eq!(metric_values(&lines(&written), Metric::Rotations), [1.0]);
        let password = migspec_function::ExposeSecret::expose_secret(&password);
        for secret in [password, "migspec_fence-password", "master-password"] {
            assert!(!written.contains(secret), "{written}");
        }
    });
}

/// AWS throttles the first requests of each step.
#[test]
fn throttled_requests_are_repeated() {
    let Some(stand) = stand() else { return };
    block_on(async {
        for (turn, throttled) in [1, 2, 5].into_iter().enumerate() {
            for step in STEPS {
                stand.world.ports.state().throttled = throttled;
                stand.step(&format!("version-{}", turn + 2), step).await.unwrap_or_else(|e| panic!("{step:?}: {e}"));
                assert_eq!(stand.world.ports.state().throttled, 0, "{step:?}");
                stand.works().await;
            }
        }
        assert_eq!(stand.current().await.user(), "migspec_fence_2");
    });
}
