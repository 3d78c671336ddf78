//! The setup of a database on AWS, before the first execution: logins with the passwords of their secrets, privileges,
//! and the schemas of the fence and of DMS. It can be repeated.

use migspec_events::Side;
use migspec_events::setup::{Login as Needed, Setup};
use migspec_function::{Call, Failure, Name, Sides};

use crate::database::Database;
use crate::event::SetupEvent;
use crate::handler::{Ports, Switches};
use crate::login::Login;

/// Sets up the target of a replication.
///
/// # Errors
/// [`HELD`](crate::HELD) while a migration holds rotation off: the setup lets logins in that a cut has locked out;
/// the parameter or a secret is missing or malformed; the database refuses.
pub async fn setup<P: Ports, D: Database>(
    ports: &P,
    database: &D,
    switches: &Switches,
    call: &Call,
    event: &SetupEvent,
) -> Result<(), Failure> {
    let replication = Sides::replication(ports, &call.settings, &event.setup).await?;
    let mut logins = Vec::new();
    for (purpose, id) in &replication.target_logins {
        switches.allow(ports, id).await?;
        logins.push((purpose.as_str(), Login::of_secret(id, &ports.secret(id).await?)?));
    }
    let named = logins.iter().find_map(|(_, login)| Some((login, login.required_member("masterarn").ok()?)));
    let (place, master) = named.ok_or_else(|| {
        Failure::configuration("no secret of a login names the master's secret: run the file target.sql by hand")
    })?;
    let master = Login::of_secret(master, &ports.secret(master).await?)?;
    let needed = logins.iter().map(|(purpose, login)| Needed { purpose, user: login.first_user() }).collect();
    let schemas = replication.schemas.iter().map(String::as_str).collect();
    let audited = replication.audited.iter().map(String::as_str).collect();
    let setup = Setup { side: Side::Target, logins: needed, schemas, audited };
    database.set_up(place, &master, &setup).await?;
    for (purpose, login) in &logins {
        // A login that is let in keeps its password, also after a rotation.
        if !database.admits(login).await? {
            database.set_password(&master, login).await?;
        }
        call.log.info("login ready", [("purpose", Name::of(*purpose).into())]);
    }
    Ok(())
}
