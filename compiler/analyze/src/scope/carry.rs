//! The passages of account data: from the columns of a source along every connection of the resources.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use migspec_diag::Span;
use migspec_ir::fact::FactValue;
use migspec_ir::{Actor, Graph, Id, Index, Resource, Zone};

use super::names::Names;
use super::{Because, Classified, Handling, Level, Passage, within};

/// The class of unclassified data.
const UNCLASSIFIED: &str = "unclassified";
/// Classes that are account data.
const ACCOUNT_DATA: &[&str] = &["pan", "authentication-data", "cardholder", UNCLASSIFIED];

/// The data that a connection carries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cargo {
    /// Rows as they are stored.
    Rows,
    /// Rows of tables that are copied.
    Copies,
    /// Keys of rows.
    Keys,
    /// Requests that become rows.
    Input,
}

struct Way {
    to: Id,
    cargo: Cargo,
    handling: Handling,
    text: String,
    span: Span,
}

/// A column with account data.
struct Column {
    class: String,
    source: Id,
    replicated: bool,
    key: bool,
    because: Because,
    id: Option<Id>,
}

pub(super) fn account_data(graph: &Graph, index: &Index<'_>) -> (BTreeMap<Id, Classified>, Vec<Passage>) {
    let mut ways = Ways { index, names: Names::new(graph), from: BTreeMap::new() };
    ways.replications();
    ways.databases();
    ways.comparisons();
    ways.functions();
    ways.payments();
    ways.archives();
    trace_columns(&columns(graph, index), &ways.from)
}

fn text<'g>(resource: &'g Resource, path: &str) -> Option<&'g str> {
    resource.get(path)?.value.as_str()
}

fn flag(resource: &Resource, path: &str) -> Option<bool> {
    resource.get(path)?.value.as_bool()
}

/// The columns with account data. A live source may also have it where nobody declares its tables: without a class on any
/// column, or without account data in the columns that are copied, it counts as the worst.
fn columns(graph: &Graph, index: &Index<'_>) -> Vec<Column> {
    let mut columns = Vec::new();
    for source in graph.of_type("Migspec::Source").filter(|source| flag(source, "Live") != Some(false)) {
        let declared: Vec<&Resource> = index.referring(&source.id, "Migspec::Column", "Source").collect();
        let known: Vec<Column> = declared.iter().filter_map(|column| classify(column, source)).collect();
        let is_classified = declared.iter().any(|column| column.get("Class").is_some());
        let is_complete = flag(source, "Declared") == Some(true) || known.iter().any(|column| column.replicated);
        columns.extend(known);
        let why = match (is_classified, is_complete) {
            (false, _) => "is live and has no classified column, so it counts as account data",
            (true, false) => {
                "is live and copies tables that are not declared as a whole, so they count as account data"
            }
            (true, true) => continue,
        };
        columns.push(Column {
            class: UNCLASSIFIED.to_owned(),
            source: source.id.clone(),
            replicated: true,
            key: true,
            because: Because { text: why.to_owned(), from: None, span: source.origin.span() },
            id: None,
        });
    }
    columns
}

fn classify(column: &Resource, source: &Resource) -> Option<Column> {
    let class = text(column, "Class")?;
    if !ACCOUNT_DATA.contains(&class) {
        return None;
    }
    let span = column.get("Class").map_or(column.origin, |d| d.origin).span();
    let name = format!("{}.{}", text(column, "Table").unwrap_or_default(), text(column, "Name").unwrap_or_default());
    let protection = match text(column, "Protection") {
        None | Some("none") => String::new(),
        Some(protection) => format!(", {protection}, which an assessor may take out of scope"),
    };
    Some(Column {
        class: class.to_owned(),
        source: source.id.clone(),
        replicated: flag(column, "Replicated") != Some(false),
        key: flag(column, "Key") != Some(false),
        because: Because { text: format!("`{name}` is of class `{class}`{protection}"), from: None, span },
        id: Some(column.id.clone()),
    })
}

struct Ways<'a, 'g> {
    index: &'a Index<'g>,
    names: Names<'g>,
    from: BTreeMap<Id, Vec<Way>>,
}

impl Ways<'_, '_> {
    fn add(&mut self, from: &Id, to: &Id, cargo: Cargo, handling: Handling, text: impl Into<String>, span: Span) {
        let way = Way { to: to.clone(), cargo, handling, text: text.into(), span };
        self.from.entry(from.clone()).or_default().push(way);
    }

    fn target<'r>(&self, resource: &'r Resource, path: &str) -> Option<&'r Id> {
        resource.get(path).and_then(|d| d.value.target())
    }

    /// From the source through DMS to the target, and back.
    fn replications(&mut self) {
        let index = self.index;
        let tasks: Vec<&Resource> = index.all("AWS::DMS::ReplicationTask").collect();
        for replication in index.all("Migspec::Replication") {
            let ends = (self.target(replication, "Source").cloned(), self.target(replication, "Target").cloned());
            let (Some(source), Some(target)) = ends else { continue };
            let forward = self.target(replication, "Task").cloned();
            let mut found = false;
            let of_it = |task: &&&Resource| Some(&task.id) == forward.as_ref() || within(task, &replication.path);
            for task in tasks.iter().filter(of_it) {
                let (from, to) =
                    if Some(&task.id) == forward.as_ref() { (&source, &target) } else { (&target, &source) };
                self.task(task, from, to, &replication.path);
                found = true;
            }
            if !found {
                let text = format!("{} copies rows to it", replication.path);
                self.add(&source, &target, Cargo::Copies, Handling::Stores, text, replication.origin.span());
            }
        }
    }

    fn task(&mut self, task: &Resource, from: &Id, to: &Id, path: &str) {
        let span = task.origin.span();
        let part = |name: &str| task.get(name).and_then(|d| d.value.target()).cloned();
        if let Some(endpoint) = part("SourceEndpointArn") {
            self.add(
                from,
                &endpoint,
                Cargo::Copies,
                Handling::Transmits,
                format!("{path} reads rows through it"),
                span,
            );
            self.add(&endpoint, &task.id, Cargo::Rows, Handling::Transmits, "reads rows from it", span);
        } else {
            self.add(from, &task.id, Cargo::Copies, Handling::Transmits, format!("{path} copies rows with it"), span);
        }
        if let Some(instance) = part("ReplicationInstanceArn") {
            self.add(
                &task.id,
                &instance,
                Cargo::Rows,
                Handling::Processes,
                "runs on it, which keeps changes on disk",
                span,
            );
            if let Some(group) =
                self.names.resource_named("logs", &format!("dms-tasks-{}", name_of(self.index, &instance))).cloned()
                && self.fact(task, "verboseLogComponents").is_none_or(|f| f != FactValue::StringSet(BTreeSet::new()))
            {
                self.add(&task.id, &group, Cargo::Rows, Handling::Stores, "logs rows in detail", span);
            }
        }
        match part("TargetEndpointArn") {
            Some(endpoint) => {
                self.add(&task.id, &endpoint, Cargo::Rows, Handling::Transmits, "writes rows through it", span);
                self.add(&endpoint, to, Cargo::Rows, Handling::Stores, format!("{path} copies rows to it"), span);
            }
            None => self.add(&task.id, to, Cargo::Rows, Handling::Stores, format!("{path} copies rows to it"), span),
        }
    }

    fn fact(&self, resource: &Resource, name: &str) -> Option<FactValue> {
        let fact = resource.resource_type()?.facts.iter().find(|fact| fact.name == name)?;
        Some(fact.of(resource, self.index))
    }

    /// From a cluster to its instances, its copies in other regions and its log.
    fn databases(&mut self) {
        let index = self.index;
        for cluster in index.all("AWS::RDS::DBCluster") {
            let span = cluster.origin.span();
            for instance in index.referring(&cluster.id, "AWS::RDS::DBInstance", "DBClusterIdentifier") {
                let place = instance.origin.span();
                self.add(&cluster.id, &instance.id, Cargo::Rows, Handling::Processes, "is an instance of it", place);
            }
            if let Some(global) = self.global(cluster) {
                self.add(&cluster.id, &global, Cargo::Rows, Handling::Transmits, "joins it to its copies", span);
                for copy in index.all("AWS::RDS::DBCluster").filter(|copy| copy.id != cluster.id) {
                    if self.global(copy).as_ref() == Some(&global) {
                        let place = copy.origin.span();
                        self.add(
                            &global,
                            &copy.id,
                            Cargo::Rows,
                            Handling::Stores,
                            "is a copy in another region",
                            place,
                        );
                    }
                }
            }
            self.database_log(cluster);
        }
    }

    /// The global cluster that a cluster belongs to: referred to, or named
    /// where it is in another region.
    fn global(&self, cluster: &Resource) -> Option<Id> {
        let datum = cluster.get("GlobalClusterIdentifier")?;
        let named = || self.names.resource_named("rds", datum.value.as_str()?);
        datum.value.target().or_else(named).cloned()
    }

    /// The statement log of the server goes to a log group.
    fn database_log(&mut self, cluster: &Resource) {
        let Some(group) = index_parameters(self.index, cluster) else { return };
        let logs =
            |name| !matches!(self.fact(group, name), Some(FactValue::String(s)) if matches!(&*s, "" | "none" | "ddl"));
        if !logs("logStatement") {
            return;
        }
        let names: Vec<Id> = ["postgresql", "general", "slowquery", "audit", "error"]
            .iter()
            .filter_map(|log| {
                let cluster = name_of(self.index, &cluster.id);
                self.names.resource_named("logs", &format!("/aws/rds/cluster/{cluster}/{log}")).cloned()
            })
            .collect();
        for log in names {
            let text = "logs statements with their values";
            self.add(&cluster.id, &log, Cargo::Rows, Handling::Stores, text, group.origin.span());
        }
    }

    /// The validator reads both sides.
    fn comparisons(&mut self) {
        let index = self.index;
        let validators: Vec<&Resource> = index
            .all("AWS::Lambda::Function")
            .filter(|f| self.target(f, "Role").and_then(|role| index.actors.get(role)) == Some(&Actor::Validator))
            .collect();
        for validation in index.all("Migspec::Validation") {
            let Some(replication) = index.follow(validation, "Replication") else { continue };
            for side in ["Source", "Target"] {
                let Some(database) = self.target(replication, side).cloned() else { continue };
                for function in &validators {
                    let text = format!("reads rows of it for {}", validation.path);
                    let span = validation.origin.span();
                    self.add(&database, &function.id, Cargo::Copies, Handling::Processes, text, span);
                }
            }
        }
        for function in validators {
            self.report(function);
        }
    }

    /// The output of the validator names rows by their keys.
    fn report(&mut self, function: &Resource) {
        let span = function.origin.span();
        let Some(role) = self.target(function, "Role") else { return };
        let writes = self.index.grants.iter().filter(|g| g.role == *role && g.actions.contains(&"s3:PutObject"));
        let buckets: BTreeSet<Id> =
            writes.flat_map(|g| &g.resources).filter_map(|d| self.names.of(&d.value).cloned()).collect();
        for bucket in buckets {
            let text = "writes keys of rows that differ to it";
            self.add(&function.id, &bucket, Cargo::Keys, Handling::Stores, text, span);
        }
        for machine in self.index.all("AWS::StepFunctions::StateMachine") {
            let text = "hands where it stopped, a key, to it";
            self.add(&function.id, &machine.id, Cargo::Keys, Handling::Processes, text, span);
        }
    }

    /// Log groups and failure destinations keep the events of a function.
    fn functions(&mut self) {
        let index = self.index;
        for function in index.all("AWS::Lambda::Function") {
            let span = function.origin.span();
            if let Some(group) = self.target(function, "LoggingConfig.LogGroup").cloned() {
                self.add(&function.id, &group, Cargo::Keys, Handling::Stores, "logs keys of rows to it", span);
            }
            let mut queues = Vec::new();
            if let Some(datum) = function.get("DeadLetterConfig") {
                datum.value.references(&mut |id, _| queues.push(id.clone()));
            }
            for queue in queues {
                let text = "leaves events that it could not take in it";
                self.add(&function.id, &queue, Cargo::Keys, Handling::Stores, text, span);
            }
        }
        for machine in index.all("AWS::StepFunctions::StateMachine") {
            if self.fact(machine, "includeExecutionData") != Some(FactValue::Bool(false)) {
                let mut groups = Vec::new();
                if let Some(datum) = machine.get("LoggingConfiguration") {
                    groups.extend(self.names.of(&datum.value).cloned());
                }
                for group in groups {
                    let span = machine.origin.span();
                    self.add(&machine.id, &group, Cargo::Keys, Handling::Stores, "logs its payloads to it", span);
                }
            }
        }
    }

    /// An archive receives the events of a log group.
    fn archives(&mut self) {
        let index = self.index;
        for filter in index.all("AWS::Logs::SubscriptionFilter") {
            let ends = (self.target(filter, "LogGroupName").cloned(), self.target(filter, "DestinationArn").cloned());
            let (Some(group), Some(archive)) = ends else { continue };
            let text = "copies its events to it, masked";
            self.add(&group, &archive, Cargo::Rows, Handling::Stores, text, filter.origin.span());
        }
    }

    /// The application stores the data that callers send to the API.
    fn payments(&mut self) {
        let index = self.index;
        for cutover in index.all("Migspec::Cutover") {
            let Some(api) = self.target(cutover, "Api").cloned() else { continue };
            let mut moved = Vec::new();
            if let Some(replications) = cutover.get("Replications") {
                replications.value.references(&mut |id, _| moved.push(id.clone()));
            }
            for replication in moved.iter().filter_map(|id| index.get(id)) {
                let Some(source) = self.target(replication, "Source").cloned() else { continue };
                let text =
                    format!("{} takes the payments that are stored in it", index.get(&api).map_or("", |r| &r.path));
                self.add(&source, &api, Cargo::Input, Handling::Transmits, text, cutover.origin.span());
            }
            self.behind(&api);
        }
    }

    /// The path of a request behind the API: the stage, the integrations and their targets.
    fn behind(&mut self, api: &Id) {
        let index = self.index;
        for stage in index.referring(api, "AWS::ApiGateway::Stage", "RestApiId") {
            self.add(api, &stage.id, Cargo::Rows, Handling::Transmits, "serves it", stage.origin.span());
        }
        for method in index.referring(api, "AWS::ApiGateway::Method", "RestApiId") {
            let mut hops = Vec::new();
            if let Some(datum) = method.get("Integration") {
                datum.value.references(&mut |id, _| hops.push(id.clone()));
            }
            for hop in hops {
                self.add(
                    api,
                    &hop,
                    Cargo::Rows,
                    Handling::Transmits,
                    "sends requests through it",
                    method.origin.span(),
                );
            }
        }
        for balancer in index.all("AWS::ElasticLoadBalancingV2::LoadBalancer") {
            for listener in index.referring(&balancer.id, "AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn") {
                let place = listener.origin.span();
                self.add(&balancer.id, &listener.id, Cargo::Rows, Handling::Transmits, "listens for it", place);
                for rule in index.referring(&listener.id, "AWS::ElasticLoadBalancingV2::ListenerRule", "ListenerArn") {
                    let mut targets = Vec::new();
                    if let Some(datum) = rule.get("Actions") {
                        datum.value.references(&mut |id, _| targets.push(id.clone()));
                    }
                    for target in targets {
                        let text = "sends requests to the application behind it";
                        self.add(&listener.id, &target, Cargo::Rows, Handling::Transmits, text, rule.origin.span());
                    }
                }
            }
        }
        let serves: Vec<_> = index.flows.iter().filter(|flow| matches!(flow.to, Zone::Group(_))).collect();
        for flow in serves {
            let (Zone::Group(from), Zone::Group(to)) = (&flow.from, &flow.to) else { continue };
            for carrier in index.referrers(from).filter(|r| r.type_name == "AWS::ElasticLoadBalancingV2::LoadBalancer")
            {
                // The receiver of the requests bears this group; it is outside the spec.
                let carried = index.referrers(to).any(|r| !r.type_name.starts_with("AWS::EC2::SecurityGroup"));
                if !carried {
                    let text = format!("sends requests to its members, on port {}", flow.port);
                    self.add(&carrier.id, to, Cargo::Rows, Handling::Processes, text, flow.origin.span());
                }
            }
        }
    }
}

fn index_parameters<'g>(index: &Index<'g>, cluster: &Resource) -> Option<&'g Resource> {
    index.follow(cluster, "DBClusterParameterGroupName")
}

/// The physical name of a resource, as log groups have it.
fn name_of(index: &Index<'_>, id: &Id) -> String {
    let name = |r: &Resource| {
        ["DBClusterIdentifier", "ReplicationInstanceIdentifier"].iter().find_map(|p| text(r, p).map(str::to_owned))
    };
    index.get(id).and_then(name).unwrap_or_default()
}

/// Follows each column; the first path to a resource gives the reason.
fn trace_columns(columns: &[Column], from: &BTreeMap<Id, Vec<Way>>) -> (BTreeMap<Id, Classified>, Vec<Passage>) {
    let mut entries: BTreeMap<Id, Classified> = BTreeMap::new();
    let mut passages: Vec<Passage> = Vec::new();
    let mut seen: BTreeSet<(Id, usize)> = BTreeSet::new();
    let mut open: VecDeque<(Id, usize)> = VecDeque::new();
    for (number, column) in columns.iter().enumerate() {
        if let Some(id) = &column.id {
            enter(&mut entries, id, column, Handling::Stores, column.because.clone());
        }
        let because = Because { from: column.id.clone(), ..column.because.clone() };
        let because = match &column.id {
            Some(_) => Because { text: "holds the column".to_owned(), ..because },
            None => because,
        };
        enter(&mut entries, &column.source, column, Handling::Stores, because);
        seen.insert((column.source.clone(), number));
        open.push_back((column.source.clone(), number));
    }
    while let Some((id, number)) = open.pop_front() {
        let column = &columns[number];
        for way in from.get(&id).into_iter().flatten() {
            let passes = match way.cargo {
                Cargo::Rows | Cargo::Input => true,
                Cargo::Copies => column.replicated,
                Cargo::Keys => column.key,
            };
            if !passes {
                continue;
            }
            note(&mut passages, &id, way, &column.class);
            let because = Because { text: way.text.clone(), from: Some(id.clone()), span: way.span };
            enter(&mut entries, &way.to, column, way.handling, because);
            if seen.insert((way.to.clone(), number)) {
                open.push_back((way.to.clone(), number));
            }
        }
    }
    (entries, passages)
}

fn enter(entries: &mut BTreeMap<Id, Classified>, id: &Id, column: &Column, handling: Handling, because: Because) {
    let entry = entries.entry(id.clone()).or_insert_with(|| Classified {
        level: Level::AccountData,
        handling: BTreeSet::new(),
        classes: BTreeSet::new(),
        because: Some(because),
    });
    entry.handling.insert(handling);
    entry.classes.insert(column.class.clone());
}

fn note(passages: &mut Vec<Passage>, from: &Id, way: &Way, class: &str) {
    let (keys_only, against) = (way.cargo == Cargo::Keys, way.cargo == Cargo::Input);
    let same = |p: &&mut Passage| p.from == *from && p.to == way.to && p.keys_only == keys_only;
    match passages.iter_mut().find(same) {
        Some(passage) => drop(passage.classes.insert(class.to_owned())),
        None => passages.push(Passage {
            from: from.clone(),
            to: way.to.clone(),
            classes: BTreeSet::from([class.to_owned()]),
            keys_only,
            against,
            text: way.text.clone(),
            span: way.span,
        }),
    }
}
