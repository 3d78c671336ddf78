//! Sources: the databases to migrate from. The compiler creates no resources for
//! them; policies judge their declarations.

use std::net::Ipv4Addr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use migspec_diag::{Diagnostic, Span, with_article};
use migspec_ir::aws::migspec::given_name;
use migspec_ir::{Datum, Id, Origin, Resource, Value};
use migspec_syntax::value::{Cidr, Engine, LoginPurpose, TablePattern, Text, TlsMode};
use migspec_syntax::{Setting, ast};
use rustc_hash::FxHashSet;

use crate::cx::{Cx, datum, origin, path};
use crate::logins::{self, Login, Secret};
use crate::patterns::copies;
use crate::{addresses, declared, names, network, ports};

const BY: &str = "source";

pub(crate) fn lower(cx: &mut Cx) {
    let spec = cx.spec;
    for source in &spec.source {
        let at = path("source", &source.key);
        resolve_site(cx, source);
        check_address(cx, source);
        check_roles(cx, source);
        check_version(cx, source);
        check_tls(cx, source);
        check_logins(cx, source);
        add_source(cx, source, &at);
        for table in &source.table {
            check_table(cx, table);
            add_rest(cx, source, table, &at);
            for column in &table.column {
                add_column(cx, source, table, column, &at);
            }
            for lob in table.lob.iter().filter(|lob| !table.column.iter().any(|c| c.name.value == lob.column.value)) {
                add_lob(cx, source, table, lob, &at);
            }
        }
    }
}

fn resolve_site(cx: &mut Cx, source: &ast::Source) {
    if let Some(network) = cx.index.networks.get(source.site.as_str()).copied() {
        report_network(cx, source.site.span(), network);
    } else if !cx.index.sites.contains_key(source.site.as_str()) {
        let known: Vec<&str> = cx.spec.site.iter().map(|s| s.key.as_str()).collect();
        cx.unknown_reference(&["site"], &source.site, known);
    }
}

/// A source is outside of the networks of the migration, at the other end of the transit.
fn report_network(cx: &mut Cx, at: Span, network: &ast::Network) {
    cx.report(
        Diagnostic::error("source-in-network", format!("the source is in the network `{}`", network.key))
            .at(at, "a network of the migration")
            .with(network.place.header, "the network")
            .help(
                "declare the VPC of the source as a site with its attachment to the transit: \
                 site \"old\" cidr=\"…\" { attachment \"tgw-attach-…\" }; and give the database of the migration a network \
                 with other addresses",
            ),
    );
}

/// The address names a host of the site and a port of a database.
fn check_address(cx: &mut Cx, source: &ast::Source) {
    let address = &source.at.address;
    let ip: Option<Ipv4Addr> = address.host.parse().ok();
    let local = address.host.eq_ignore_ascii_case("localhost").then_some("is the host of each function itself");
    let site = cx.index.sites.get(source.site.as_str()).copied();
    if let Some(why) = ip.and_then(addresses::special).or(local) {
        cx.report(
            Diagnostic::error("source-address", format!("`{}` names no host of a site", address.host))
                .at(address.span(), why)
                .help("write the name or the address of the database in its site"),
        );
    } else if let Some(network) = ip.and_then(|ip| network_with(cx.spec, ip)) {
        // A site that is a network has been reported.
        if site.is_some() {
            report_network(cx, address.span(), network);
        }
    } else if let (Some(ip), Some(site)) = (ip, site)
        && !addresses::site_ranges(site).any(|range| range.contains(Cidr::new(u32::from(ip), 32)))
    {
        cx.report(
            Diagnostic::error("source-outside-site", format!("site `{}` does not contain `{ip}`", site.key))
                .at(address.span(), "outside the ranges of the site")
                .with(site.place.header, "the site of the source")
                .help("correct the address, or add its range to the site"),
        );
    }
    report_of_system(cx, *source.engine, &source.at.database);
    let reason = source.at.reason.as_ref().map_or("", |reason| given_name(reason));
    let unknown = || {
        let is_unknown = !ports::is_of_database(*source.engine, address.port) && reason.is_empty();
        is_unknown.then(|| format!("port {} is not known for {}", address.port, source.engine.product()))
    };
    // Another engine than the replication and the cutover support is reported, and the port may be right.
    let sound = cx.index.from(source.key.as_str()).all(|relation| relation.is_sound());
    let why = ports::not_of_database(*source.engine, address.port).or_else(unknown);
    if let Some(why) = why.filter(|_| sound) {
        cx.report(
            Diagnostic::error("source-port", why).at(address.span(), "no port of a database").help(
                "write the port on which the database listens, such as 5432; a port of your own needs a `reason=`",
            ),
        );
    }
}

/// The network of the migration with an address.
fn network_with(spec: &ast::Migration, ip: Ipv4Addr) -> Option<&ast::Network> {
    let host = Cidr::new(u32::from(ip), 32);
    spec.network.iter().find(|network| network::ranges(network).any(|range| range.value.contains(host)))
}

/// Databases of the system, which hold no data of an application (fact: system-databases).
pub(crate) fn is_of_system(engine: Engine, name: &str) -> bool {
    let names: &[&str] = match engine {
        Engine::Postgresql | Engine::AuroraPostgresql => &["rdsadmin", "template0", "template1"],
        Engine::Mysql | Engine::AuroraMysql | Engine::Mariadb => {
            &["information_schema", "mysql", "performance_schema", "sys"]
        }
        Engine::Oracle => &["cdb$root", "pdb$seed"],
        Engine::SqlServer => &["distribution", "master", "model", "msdb", "tempdb"],
    };
    names.contains(&&*name.to_ascii_lowercase())
}

pub(crate) fn report_of_system(cx: &mut Cx, engine: Engine, name: &Setting<Text>) {
    if is_of_system(engine, name) {
        let message = format!("`{}` is a database of {} itself", name.value, engine.product());
        cx.report(
            Diagnostic::error("system-database", message)
                .at(name.span(), "has no data of an application")
                .help("name the database of the application"),
        );
    }
}

/// Roles that PostgreSQL and AWS create. A superuser ignores revoked rights.
const BUILT_IN: &[&str] = &["postgres", "rdsadmin", "rds_superuser", "rds_replication", "public"];

fn check_roles(cx: &mut Cx, source: &ast::Source) {
    for role in source.application.iter().flat_map(|application| &application.roles.names) {
        if role.contains(['*', '%', '?']) {
            cx.report(
                Diagnostic::error("role-pattern", format!("`{}` is no name of a role", role.value))
                    .at(role.span(), "the fence stops no role of this name")
                    .help("name each role with write access, without wildcards"),
            );
        }
        let is_of_migration = role.to_ascii_lowercase().starts_with("migspec_");
        let name = role.to_ascii_lowercase();
        if is_of_migration || BUILT_IN.contains(&&*name) || name.starts_with("pg_") {
            let label = if is_of_migration { "a login of the migration" } else { "a role of the database system" };
            cx.report(
                Diagnostic::error("built-in-role", format!("the fence cannot stop the role `{}`", role.value))
                    .at(role.span(), label)
                    .help("give the application a role of its own, and name that one"),
            );
        }
    }
}

/// The major versions that AWS DMS reads (fact: dms-source-versions).
fn readable(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Postgresql | Engine::AuroraPostgresql => &["11", "12", "13", "14", "15", "16", "17", "18"],
        Engine::Mysql => &["5.5", "5.6", "5.7", "8.0", "8.4"],
        Engine::AuroraMysql => &["5.7", "8.0"],
        Engine::Mariadb => &["10", "11"],
        Engine::Oracle => &["11", "12", "18", "19", "21"],
        Engine::SqlServer => &["2012", "2014", "2016", "2017", "2019", "2022"],
    }
}

fn check_version(cx: &mut Cx, source: &ast::Source) {
    let Some(version) = &source.version else { return };
    let known = readable(*source.engine);
    let is_minor =
        |rest: &str| rest.is_empty() || rest.starts_with('.') && rest.chars().all(|c| c == '.' || c.is_ascii_digit());
    let is = |major: &&&str| version.strip_prefix(**major).is_some_and(is_minor);
    if known.iter().any(|major| is(&major)) {
        return;
    }
    let message = format!("AWS DMS does not read {} `{}`", source.engine.product(), version.value);
    cx.report(
        Diagnostic::error("unreadable-source-version", message)
            .at(version.span(), "not known")
            .with(source.engine.span(), "of this engine")
            .help(format!("known versions: {}", known.join(", "))),
    );
}

/// The TLS mode of a source: by default the strictest mode of its engine.
pub(crate) fn tls_mode(source: &ast::Source) -> (TlsMode, Origin) {
    match &source.tls {
        Some(tls) => (*tls.mode, origin(&tls.mode)),
        None => (strictest(*source.engine), Origin::Default { of: "tls", node: source.place.name }),
    }
}

/// The strictest mode in which DMS verifies TLS to an engine.
fn strictest(engine: Engine) -> TlsMode {
    match engine {
        Engine::Oracle => TlsMode::VerifyCa,
        _ => TlsMode::VerifyFull,
    }
}

/// The modes that a DMS endpoint of the engine accepts (fact: dms-ssl-modes).
pub(crate) fn tls_modes(engine: Engine) -> &'static [TlsMode] {
    match engine {
        Engine::Postgresql | Engine::AuroraPostgresql => {
            &[TlsMode::None, TlsMode::Require, TlsMode::VerifyCa, TlsMode::VerifyFull]
        }
        Engine::Mysql | Engine::AuroraMysql | Engine::Mariadb => {
            &[TlsMode::None, TlsMode::VerifyCa, TlsMode::VerifyFull]
        }
        Engine::Oracle => &[TlsMode::None, TlsMode::VerifyCa],
        Engine::SqlServer => &[TlsMode::None, TlsMode::Require, TlsMode::VerifyFull],
    }
}

pub(crate) fn verifies(mode: TlsMode) -> bool {
    matches!(mode, TlsMode::VerifyCa | TlsMode::VerifyFull)
}

fn check_tls(cx: &mut Cx, source: &ast::Source) {
    let (mode, at) = tls_mode(source);
    let modes = tls_modes(*source.engine);
    // An engine that no replication can have is reported there.
    if cx.index.from(source.key.as_str()).any(|relation| !relation.is_sound()) {
        return;
    }
    if !modes.contains(&mode) {
        let words: Vec<String> = modes.iter().rev().map(|m| format!("`{m}`")).collect();
        let message = format!("{} endpoint has no TLS mode `{mode}`", with_article(source.engine.product()));
        cx.report(
            Diagnostic::error("unsupported-tls-mode", message)
                .at(at.span(), "not supported")
                .with(source.engine.span(), "by this engine")
                .help(format!("use one of {}", words.join(", "))),
        );
        return;
    }
    if *source.engine == Engine::Oracle {
        return check_wallet(cx, source, mode, at);
    }
    if let Some(wallet) = source.tls.as_ref().and_then(|tls| tls.wallet.as_ref()) {
        let message = format!("{} endpoint reads no wallet", with_article(source.engine.product()));
        cx.report(
            Diagnostic::error("unexpected-wallet", message)
                .at(wallet.span(), "not supported")
                .with(source.engine.span(), "by this engine")
                .help("name the authority by `ca=`, a PEM file"),
        );
    }
    let ca = source.tls.as_ref().and_then(|tls| tls.ca.as_ref());
    match ca {
        None if verifies(mode) => cx.report(
            Diagnostic::error("missing-ca", format!("TLS mode `{mode}` needs the certificate of an authority"))
                .at(at.span(), "no `ca=`")
                .help(format!("write: tls \"{mode}\" ca=\"corp-root-ca.pem\"")),
        ),
        Some(name) => {
            let text = cx.file(name.as_str()).cloned();
            if let Some(text) = text {
                declared::check_certificate(cx, name, &text);
            }
        }
        None => {}
    }
}

/// DMS verifies a server of Oracle by a wallet, never by a PEM file (fact: dms-oracle-wallet).
fn check_wallet(cx: &mut Cx, source: &ast::Source, mode: TlsMode, at: Origin) {
    let tls = source.tls.as_ref();
    if let Some(ca) = tls.and_then(|tls| tls.ca.as_ref()) {
        cx.report(
            Diagnostic::error("missing-wallet", "DMS verifies a server of Oracle by a wallet")
                .at(ca.span(), "a PEM file")
                .help("add the certificate to an auto-login wallet, and name it in base64: wallet=\"cwallet.sso.b64\""),
        );
        return;
    }
    match tls.and_then(|tls| tls.wallet.as_ref()) {
        None if verifies(mode) => cx.report(
            Diagnostic::error("missing-wallet", format!("TLS mode `{mode}` of an Oracle source needs a wallet"))
                .at(at.span(), "no `wallet=`")
                .help(format!("write: tls \"{mode}\" wallet=\"cwallet.sso.b64\"")),
        ),
        Some(name) if cx.file(name.as_str()).is_some_and(|text| wallet(text).is_none()) => cx.report(
            Diagnostic::error("not-a-wallet", format!("`{}` contains no wallet", name.as_str()))
                .at(name.span(), "not base64")
                .help("write the file by `base64 cwallet.sso`"),
        ),
        _ => {}
    }
}

/// The base64 text of a wallet in one line.
pub(crate) fn wallet(text: &str) -> Option<String> {
    let line: String = text.split_ascii_whitespace().collect();
    BASE64_STANDARD.decode(&line).is_ok_and(|bytes| !bytes.is_empty()).then_some(line)
}

fn check_logins(cx: &mut Cx, source: &ast::Source) {
    for login in &source.login {
        // A login with `generate=#false` is reported as any other one.
        if login.secret.is_none() && login.generate.as_ref().is_none_or(|generate| generate.value) {
            let span = login.generate.as_ref().map_or(login.place.header, |g| g.span());
            cx.report(
                Diagnostic::error(
                    "login-without-secret",
                    format!("the login `{}` of a source names no secret", login.purpose.word()),
                )
                .at(span, "the compiler cannot create a login outside AWS")
                .help(format!("write: login \"{}\" secret=\"the/name/of/a/secret\"", login.purpose.word())),
            );
        }
    }
    logins::check(cx, &source.login);
    let mut seen: FxHashSet<LoginPurpose> = source.login.iter().map(|l| *l.purpose).collect();
    let relations: Vec<_> = cx.index.from(source.key.as_str()).collect();
    for relation in relations {
        for purpose in relation.source_logins().filter(|p| seen.insert(*p)).collect::<Vec<_>>() {
            let word = purpose.word();
            let message = format!("the source `{}` has no login for `{word}`", source.key);
            cx.report(
                Diagnostic::error("missing-login", message)
                    .at(source.place.header, "no such login")
                    .with(needs(&relation, purpose), "needed here")
                    .help(format!("add: login \"{word}\" secret=\"the/name/of/a/secret\"")),
            );
        }
    }
}

/// The node that needs a login.
fn needs(relation: &crate::index::Relation, purpose: LoginPurpose) -> migspec_diag::Span {
    let cutover = relation.cutover.map(|n| n.place.header);
    let reverse = relation.node.reverse.as_ref().map(|n| n.place.header);
    let node = match purpose {
        LoginPurpose::Validation => relation.validation.map(|n| n.place.header),
        LoginPurpose::Fence => cutover,
        LoginPurpose::ReverseApply | LoginPurpose::ReverseCapture => reverse.or(cutover),
        LoginPurpose::Replication => None,
    };
    node.unwrap_or(relation.node.place.header)
}

fn add_source(cx: &mut Cx, source: &ast::Source, at: &str) {
    let id = names::source(source.key.as_str());
    let here = Origin::derived(BY, source.place.header);
    let (mode, mode_origin) = tls_mode(source);
    let live = match &source.live {
        Some(live) => datum(&live.live, |l| *l),
        None => Datum::new(true, Origin::Default { of: "live", node: source.place.header }),
    };
    let ca = source.tls.as_ref().and_then(|tls| tls.ca.as_ref());
    let resource = Resource::new("Migspec::Source", id.clone(), at, here)
        .set("Engine", datum(&source.engine, |e| e.word()))
        .set("Live", live)
        .set("Host", datum(&source.at.address, |a| a.host.clone()))
        .set("Port", datum(&source.at.address, |a| a.port))
        .set("Database", datum(&source.at.database, |d| d.clone()))
        .set("TlsMode", Datum::new(mode.word(), mode_origin))
        .set_if("CaFile", ca.map(|ca| datum(ca, |file| file.as_str().to_owned())))
        .set("Declared", is_declared(cx, source))
        .set("HasCa", ca.map_or(Datum::new(false, here), |ca| datum(ca, |_| true)))
        .set("Site", datum(&source.site, |site| Value::reference(names::site(site.as_str()))))
        .set("Production", Datum::new(cx.graph.environment.production, Origin::derived(BY, cx.graph.environment.span)));
    let resource = match &source.application {
        Some(application) => {
            resource.set("Roles", texts(&application.roles.names)).set("Schemas", texts(&application.schemas.names))
        }
        None => resource,
    };
    cx.add(resource);
    for login in source.login.iter().filter_map(|l| logins::of_source(source, *l.purpose)) {
        add_login(cx, source.key.as_str(), &id, &login, at);
    }
}

pub(crate) fn texts(settings: &[Setting<Text>]) -> Value {
    Value::List(settings.iter().map(|setting| datum(setting, Clone::clone)).collect())
}

/// The entity of a login, whoever owns it.
pub(crate) fn add_login(cx: &mut Cx, key: &str, owner: &Id, login: &Login, at: &str) {
    let purpose = login.purpose.word();
    let path = format!("{at} > login \"{purpose}\"");
    let resource = Resource::new("Migspec::Login", names::login(key, purpose), path, login.origin)
        .set("Owner", Value::reference(owner.clone()))
        .set("Purpose", purpose)
        .set("User", logins::user(login.purpose))
        .set("Secret", login.secret.id(cx))
        .set("Generated", matches!(login.secret, Secret::Generated(_)));
    cx.add(resource);
}

fn check_table(cx: &mut Cx, table: &ast::Table) {
    if table.key.is_none() {
        cx.report(
            Diagnostic::error("table-without-key", format!("the key of table `{}` is unknown", table.name.value))
                .at(table.place.header, "DMS ignores updates and deletes without a key")
                .help("write the columns of its primary key: key=\"id\""),
        );
    }
    let keys: Vec<&str> = table.key.iter().flat_map(|key| key.split(',')).map(str::trim).collect();
    for lob in table.lob.iter().filter(|lob| keys.contains(&&*lob.column.value)) {
        let at = table.key.as_ref().map_or(table.place.header, Setting::span);
        cx.report(
            Diagnostic::error("lob-as-key", format!("the key of `{}` has large objects", table.name.value))
                .at(at, "not read with the row")
                .with(lob.place.header, "a column of large objects")
                .help("write the columns of the primary key: key=\"id\""),
        );
    }
    for column in &table.column {
        let Some(kind) = &column.r#type else { continue };
        if matches!(kind.trim().to_ascii_lowercase().as_str(), "numeric" | "decimal") {
            cx.report(
                Diagnostic::error("unbounded-numeric", format!("the column `{}` has no precision", column.name.value))
                    .at(kind.span(), "DMS truncates it to 6 decimal places")
                    .help("set a precision on the source, then write type=\"numeric(18,4)\""),
            );
        }
    }
}

/// Whether every table that a replication copies is declared as a whole. A pattern copies tables that nobody declares.
fn is_declared(cx: &Cx, source: &ast::Source) -> bool {
    let is_whole = |pattern: &TablePattern| {
        source.table.iter().any(|table| table.class.is_some() && table.name.as_str() == pattern.as_str())
    };
    cx.index.from(source.key.as_str()).all(|relation| relation.node.include.iter().all(|node| is_whole(&node.pattern)))
}

/// The columns of a table without a declaration, where the table has a class.
fn add_rest(cx: &mut Cx, source: &ast::Source, table: &ast::Table, at: &str) {
    let Some(class) = &table.class else { return };
    let key = source.key.as_str();
    let path = format!("{at} > table \"{}\"", table.name);
    let id = names::column(key, table.name.as_str(), "*");
    let resource = Resource::new("Migspec::Column", id, path, Origin::derived(BY, table.place.header))
        .set("Table", datum(&table.name, |n| n.as_str().to_owned()))
        .set("Name", "*")
        .set("Class", datum(class, |class| class.word()))
        .set_if("Reason", table.reason.as_ref().map(|reason| datum(reason, |r| r.clone())))
        .set("Source", Value::reference(names::source(key)))
        .set("Replicated", cx.index.from(key).any(|relation| copies(&relation, &table.name)));
    cx.add(resource);
}

/// A column of large objects without a description of its own: its name shows whether account data is in it.
fn add_lob(cx: &mut Cx, source: &ast::Source, table: &ast::Table, lob: &ast::TableLob, at: &str) {
    let key = source.key.as_str();
    let id = names::column(key, table.name.as_str(), &lob.column);
    let path = format!("{at} > table \"{}\" > lob \"{}\"", table.name, lob.column.value);
    let resource = Resource::new("Migspec::Column", id, path, Origin::derived(BY, lob.column.span()))
        .set("Table", datum(&table.name, |n| n.as_str().to_owned()))
        .set("Name", datum(&lob.column, |n| n.clone()))
        .set_if("Class", table.class.as_ref().map(|c| datum(c, |c| c.word())))
        .set("LargeObject", true)
        .set("Source", Value::reference(names::source(key)))
        .set("Replicated", cx.index.from(key).any(|relation| copies(&relation, &table.name)));
    cx.add(resource);
}

fn add_column(cx: &mut Cx, source: &ast::Source, table: &ast::Table, column: &ast::Column, at: &str) {
    let key = source.key.as_str();
    let id = names::column(key, table.name.as_str(), &column.name);
    let path = format!("{at} > table \"{}\" > column \"{}\"", table.name, column.name.value);
    let here = Origin::derived(BY, column.place.header);
    let name = &*column.name.value;
    let resource = Resource::new("Migspec::Column", id, path, here)
        .set("Table", datum(&table.name, |n| n.as_str().to_owned()))
        .set("Name", datum(&column.name, |n| n.clone()))
        .set_if("Class", column.class.as_ref().or(table.class.as_ref()).map(|c| datum(c, |c| c.word())))
        .set_if("Protection", column.protection.as_ref().map(|p| datum(p, |p| p.word())))
        .set_if("KeyedBy", column.keyed_by.as_ref().map(|k| datum(k, |k| k.clone())))
        .set_if("Detokeniser", column.detokeniser.as_ref().map(|name| datum(name, |name| name.clone())))
        .set_if("Type", column.r#type.as_ref().map(|t| datum(t, |t| t.clone())))
        .set_if("Reason", column.reason.as_ref().map(|reason| datum(reason, |r| r.clone())))
        .set_if("Key", table.key.as_ref().map(|key| datum(key, |key| key.split(',').any(|part| part.trim() == name))))
        .set("Source", Value::reference(names::source(key)))
        .set("Replicated", cx.index.from(key).any(|relation| copies(&relation, &table.name)));
    cx.add(resource);
}
