//! The test environment itself: servers start, clients verify their names, and
//! replication works.

use std::time::Duration;

use migspec_events::Side;
use migspec_function::postgres::PostgresSession;
use migspec_function::{Access, Opening, Purpose, Session, Sides, name};
use migspec_function_testing::{Cluster, Login, Options, Testbed, block_on};

#[test]
fn two_servers_replicate_and_functions_log_in() {
    let Some(world) = Testbed::start() else { return };
    block_on(async {
        world
            .run_on_both(
                "CREATE SCHEMA payments; CREATE TABLE payments.payment (id bigint PRIMARY KEY, amount numeric)",
            )
            .await;
        world.replicate(Side::Source, Side::Target, "forward").await;
        world
            .run(Side::Source, "INSERT INTO payments.payment SELECT n, n / 100.0 FROM generate_series(1, 100) n")
            .await;
        world
            .login(Login {
                side: Side::Target,
                purpose: "validation",
                role: "validator",
                attributes: "IN ROLE pg_read_all_data",
            })
            .await;

        let sides = Sides::of(&world.ports, &world.call().settings, &world.run_of(), "test").await.expect("described");
        let client: PostgresSession = sides
            .open(&world.ports, Side::Target, Purpose::Validation, Access::Read, Duration::from_secs(10))
            .await
            .expect("the login is there");
        let count = || async {
            client.query_one("SELECT count(*) FROM payments.payment", &[]).await.map(|r| r.get::<_, i64>(0))
        };
        let mut turns = 0;
        while count().await.expect("it may read") < 100 {
            turns += 1;
            assert!(turns < 1000, "replication does not arrive");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(client.execute("DELETE FROM payments.payment", &[]).await.is_err(), "the session is read-only");

        let missing: Result<PostgresSession, _> =
            sides.open(&world.ports, Side::Source, Purpose::Fence, Access::Read, Duration::ZERO).await;
        assert!(missing.is_err_and(|f| f.message().contains("source/fence")));
    });
}

#[test]
fn what_a_server_says_of_a_value_is_withheld() {
    let Some(cluster) = Cluster::start(Options::default()) else { return };
    block_on(async {
        let client = cluster.open("postgres").await;
        let tables = "CREATE TABLE public.card (number text PRIMARY KEY, amount int CHECK (amount > 0)); \
                      CREATE FUNCTION public.raise() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '4111'; END $$; \
                      INSERT INTO public.card VALUES ('4111', 1)";
        client.batch_execute(tables).await.expect("made");
        for (sql, code) in [
            ("SELECT '4111-'::int", "22P02"),
            ("INSERT INTO public.card VALUES ('4111', 1)", "23505"),
            ("INSERT INTO public.card VALUES ('4112', 0)", "23514"),
            ("SELECT public.raise()", "P0001"),
        ] {
            let error = client.batch_execute(sql).await.expect_err("it is refused");
            assert!(
                error.as_db_error().is_some_and(|e| format!("{e:?}").contains("411")),
                "{sql} quotes it: {error:?}"
            );
            let failure = migspec_function::Failure::postgres("asking", &error);
            assert_eq!(failure.message(), format!("asking: SQLSTATE {code}: the message is withheld"));
        }
        let error = client.batch_execute("SELECT * FROM public.absent").await.expect_err("there is no such table");
        let failure = migspec_function::Failure::postgres("asking", &error);
        assert_eq!(failure.message(), "asking: SQLSTATE 42P01: relation \"public.absent\" does not exist");
    });
}

#[test]
fn a_server_is_trusted_by_authority_and_name() {
    let named = ["ledger.example.com"];
    let Some(cluster) = Cluster::start(Options { names: Some(&named), ..Options::default() }) else { return };
    let Some(other) = Cluster::start(Options::default()) else { return };
    block_on(async {
        let open = |tls: &'static str, authority: &'static str, roots: String| {
            let mut end = cluster.end("postgres");
            tls.clone_into(&mut end.tls);
            async move {
                let roots = migspec_function::Roots::of_pem(&roots).expect("an authority");
                let opening = Opening {
                    end: &end,
                    roots: &roots,
                    access: Access::Read,
                    application: "test",
                    statement: Duration::ZERO,
                };
                let credentials = migspec_function::Credentials { username: "nobody".into(), password: "none".into() };
                let failure = PostgresSession::open(&opening, &credentials).await.expect_err("there is no such role");
                assert_eq!(failure.name() == name::UNREACHABLE, authority != "trusted", "{tls} {authority}: {failure}");
            }
        };
        // A trusted connection reaches the refusal of the role.
        open("verify-ca", "trusted", cluster.authority.clone()).await;
        open("verify-full", "another name", cluster.authority.clone()).await;
        open("require", "another name", cluster.authority.clone()).await;
        open("verify-ca", "another authority", other.authority.clone()).await;
        open("none", "another authority", other.authority.clone()).await;
    });
}
