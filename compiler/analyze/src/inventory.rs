//! The keys, certificates and stores of a graph: those that a deployment creates, those that exist and are declared, and
//! those that a resource, a grant or the state of the deployment only names.

use std::collections::{BTreeMap, BTreeSet};

use migspec_diag::Span;
use migspec_ir::fact::{FactType, FactValue, Read};
use migspec_ir::{Datum, Graph, Id, Index, Resource, Value};

/// The kind of an entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    Key,
    Certificate,
    Secret,
    Database,
    Snapshot,
    Bucket,
    Table,
    Stream,
    Queue,
    Topic,
    LogGroup,
    LogArchive,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Key => "key",
            Kind::Certificate => "certificate",
            Kind::Secret => "secret",
            Kind::Database => "database",
            Kind::Snapshot => "snapshot",
            Kind::Bucket => "bucket",
            Kind::Table => "table",
            Kind::Stream => "stream",
            Kind::Queue => "queue",
            Kind::Topic => "topic",
            Kind::LogGroup => "log group",
            Kind::LogArchive => "log archive",
        }
    }
}

/// How the graph knows an entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Provenance {
    /// The deployment creates it.
    Created,
    /// It exists, and the spec declares facts of it.
    Existing,
    /// Only its ARN or its name is known: no policy decides anything about it.
    Named,
}

impl Provenance {
    pub fn name(self) -> &'static str {
        match self {
            Provenance::Created => "created",
            Provenance::Existing => "existing",
            Provenance::Named => "named only",
        }
    }
}

/// A key, a certificate or a store.
#[derive(Clone, Debug)]
pub struct Entry<'g> {
    pub kind: Kind,
    /// The id of the resource, or the ARN or name that others write.
    pub name: String,
    /// `None` if the graph has only its name.
    pub resource: Option<&'g Resource>,
    /// The resources that refer to it; for a grant, the role.
    pub users: BTreeSet<&'g Id>,
    /// The node that it comes from, or the first place that names it.
    pub span: Span,
}

impl Entry<'_> {
    pub fn provenance(&self) -> Provenance {
        match self.resource {
            None => Provenance::Named,
            Some(resource) if resource.existing.is_some() => Provenance::Existing,
            Some(_) => Provenance::Created,
        }
    }
}

/// All entries of a graph, by kind and name.
pub fn entries(graph: &Graph) -> Vec<Entry<'_>> {
    let mut list = List { graph, own: BTreeMap::new(), by_name: BTreeMap::new(), named: BTreeMap::new() };
    for resource in graph.resources.values() {
        if let Some(kind) = kind_of(resource.type_name) {
            list.own.insert(&resource.id, own_entry(kind, resource));
            for name in names(resource) {
                list.by_name.entry((kind, name)).or_default().insert(&resource.id);
            }
        }
    }
    let index = Index::new(graph);
    for resource in graph.resources.values() {
        resource.properties.iter().for_each(|(_, datum)| list.read(&resource.id, datum));
        list.read_facts(resource, &index);
    }
    for grant in &graph.grants {
        grant.resources.iter().for_each(|on| list.read(&grant.role, on));
    }
    list.read_state();
    let mut entries: Vec<Entry<'_>> = list.own.into_values().chain(list.named.into_values()).collect();
    entries.sort_by(|a, b| (a.kind, a.provenance(), &a.name).cmp(&(b.kind, b.provenance(), &b.name)));
    entries
}

/// The types whose resources are entries, each with the property that names the resource.
const TYPES: &[(&str, Kind, &str)] = &[
    ("AWS::DMS::Certificate", Kind::Certificate, "CertificateIdentifier"),
    ("AWS::KMS::Key", Kind::Key, ""),
    ("AWS::Logs::Destination", Kind::LogArchive, "DestinationName"),
    ("AWS::Logs::LogGroup", Kind::LogGroup, "LogGroupName"),
    ("AWS::RDS::DBCluster", Kind::Database, "DBClusterIdentifier"),
    ("AWS::RDS::GlobalCluster", Kind::Database, "GlobalClusterIdentifier"),
    ("AWS::S3::Bucket", Kind::Bucket, "BucketName"),
    ("AWS::SNS::Topic", Kind::Topic, "TopicName"),
    ("AWS::SQS::Queue", Kind::Queue, "QueueName"),
    ("AWS::SecretsManager::Secret", Kind::Secret, "Name"),
];

/// The ARNs of entries: the service, the start of the resource part.
const ARNS: &[(&str, &str, Kind)] = &[
    ("acm", "certificate/", Kind::Certificate),
    ("acm-pca", "certificate-authority/", Kind::Certificate),
    ("dms", "cert:", Kind::Certificate),
    ("dynamodb", "table/", Kind::Table),
    ("firehose", "deliverystream/", Kind::Stream),
    ("iam", "server-certificate/", Kind::Certificate),
    ("kinesis", "stream/", Kind::Stream),
    ("kms", "alias/", Kind::Key),
    ("kms", "key/", Kind::Key),
    ("logs", "destination:", Kind::LogArchive),
    ("logs", "log-group:", Kind::LogGroup),
    ("rds", "cluster-snapshot:", Kind::Snapshot),
    ("rds", "cluster:", Kind::Database),
    ("rds", "db:", Kind::Database),
    ("rds", "global-cluster:", Kind::Database),
    ("rds", "snapshot:", Kind::Snapshot),
    ("s3", "", Kind::Bucket),
    ("secretsmanager", "secret:", Kind::Secret),
    ("sns", "", Kind::Topic),
    ("sqs", "", Kind::Queue),
];

fn kind_of(type_name: &str) -> Option<Kind> {
    TYPES.iter().find(|(name, ..)| *name == type_name).map(|(_, kind, _)| *kind)
}

/// The ARNs in a text: the whole text, or parts of a JSON document or of a dynamic reference.
fn arns(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '}' | ')' | '|' | '\\');
    text.match_indices("arn:").map(move |(at, _)| {
        let rest = &text[at..];
        &rest[..rest.find(ends).unwrap_or(rest.len())]
    })
}

/// The ARN of an entry.
struct Arn<'t> {
    kind: Kind,
    name: &'t str,
    region: &'t str,
    account: &'t str,
    /// Without a path below the entry.
    text: String,
}

/// `None` for patterns, keys of AWS and other things.
fn read_arn(arn: &str) -> Option<Arn<'_>> {
    let mut parts = arn.splitn(6, ':');
    let head: [&str; 5] = [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    let rest = parts.next()?;
    let (_, prefix, kind) = ARNS.iter().find(|(service, prefix, _)| head[2] == *service && rest.starts_with(prefix))?;
    let path = &rest[prefix.len()..];
    // Versions, streams, subscriptions, objects and indexes are parts of an entry.
    let ends: &[char] = match kind {
        Kind::Bucket | Kind::Table => &['/', ':'],
        _ => &[':'],
    };
    let name = path.split(ends).next().unwrap_or(path);
    let name = name.strip_suffix("-??????").unwrap_or(name);
    let is_access_point = *kind == Kind::Bucket && !head[3].is_empty();
    if name.is_empty() || name.contains(['*', '?', '$']) || name.starts_with("aws/") || is_access_point {
        return None;
    }
    let [.., region, account] = head;
    Some(Arn { kind: *kind, name, region, account, text: format!("{}:{prefix}{name}", head.join(":")) })
}

fn own_entry(kind: Kind, resource: &Resource) -> Entry<'_> {
    let (name, span) = (resource.id.to_string(), resource.origin.span());
    Entry { kind, name, resource: Some(resource), users: BTreeSet::new(), span }
}

struct List<'g> {
    graph: &'g Graph,
    own: BTreeMap<&'g Id, Entry<'g>>,
    /// The own entries with a name.
    by_name: BTreeMap<(Kind, String), BTreeSet<&'g Id>>,
    /// By kind and ARN or name.
    named: BTreeMap<(Kind, String), Entry<'g>>,
}

impl<'g> List<'g> {
    /// The references and the ARNs in a value.
    fn read(&mut self, user: &'g Id, datum: &'g Datum) {
        datum.value.references(&mut |id, _| self.refer(user, id));
        self.read_texts(user, datum);
    }

    fn refer(&mut self, user: &'g Id, id: &Id) {
        if let Some(entry) = self.own.get_mut(id).filter(|_| user != id) {
            entry.users.insert(user);
        }
    }

    fn read_texts(&mut self, user: &'g Id, datum: &'g Datum) {
        match &datum.value {
            Value::String(text) => self.read_text(user, text, datum.origin.span()),
            Value::List(items) => items.iter().for_each(|item| self.read_texts(user, item)),
            Value::Map(map) => map.iter().for_each(|(_, inner)| self.read_texts(user, inner)),
            Value::JsonText(inner) => self.read_texts(user, inner),
            _ => {}
        }
    }

    fn read_text(&mut self, user: &'g Id, text: &str, span: Span) {
        for arn in arns(text).filter_map(read_arn) {
            let own = self.find(arn.kind, arn.name, |resource| self.has_arn(resource, &arn));
            self.name(user, own, (arn.kind, arn.text), span);
        }
    }

    fn find(&self, kind: Kind, name: &str, is_it: impl Fn(&Resource) -> bool) -> Option<&'g Id> {
        let ids = self.by_name.get(&(kind, name.to_owned()))?;
        ids.iter().copied().find(|id| self.graph.get(id).is_some_and(&is_it))
    }

    /// Whether an ARN with the name of a resource is that of the resource: another account or region may have the name
    /// too.
    fn has_arn(&self, resource: &Resource, arn: &Arn<'_>) -> bool {
        let existing = resource.existing.as_ref().and_then(|known| read_arn(&known.identity));
        if let Some(known) = existing {
            return known.text == arn.text;
        }
        let environment = &self.graph.environment;
        let region = resource.region.as_deref().unwrap_or(&environment.region);
        (arn.account.is_empty() || *arn.account == *environment.account)
            && (arn.region.is_empty() || arn.region == region)
    }

    /// An entry by its name: one of the graph, or one that is only named.
    fn name(&mut self, user: &'g Id, own: Option<&'g Id>, (kind, shown): (Kind, String), span: Span) {
        if let Some(own) = own {
            return self.refer(user, own);
        }
        let new = || Entry { kind, name: shown.clone(), resource: None, users: BTreeSet::new(), span };
        self.named.entry((kind, shown.clone())).or_insert_with(new).users.insert(user);
    }

    /// References by name, which only the type of the property shows.
    fn read_facts(&mut self, resource: &'g Resource, index: &Index<'_>) {
        for fact in resource.resource_type().into_iter().flat_map(|known| known.facts) {
            let FactType::Entity(target) = fact.r#type else { continue };
            let (Some(kind), Read::Property(path, _)) = (kind_of(target), fact.read) else { continue };
            if fact.of(resource, index) != FactValue::External {
                continue;
            }
            let Some(datum) = resource.get(path) else { continue };
            if let Some(name) = datum.value.as_str().filter(|name| !name.starts_with("arn:")) {
                let own = self.find(kind, name, |_| true);
                self.name(&resource.id, own, (kind, name.to_owned()), datum.origin.span());
            }
        }
    }

    /// The bucket and the table of the state, which no resource refers to.
    fn read_state(&mut self) {
        let graph = self.graph;
        let span = graph.environment.span;
        for (argument, name) in graph.state.iter().flat_map(|state| &state.arguments) {
            let kind = match &**argument {
                "bucket" => Kind::Bucket,
                "dynamodb_table" => Kind::Table,
                "kms_key_id" => Kind::Key,
                _ => continue,
            };
            let new = || Entry { kind, name: name.to_string(), resource: None, users: BTreeSet::new(), span };
            self.named.entry((kind, name.to_string())).or_insert_with(new);
        }
    }
}

/// The names of a resource: as written, its identity, and the end of its ARN.
fn names(resource: &Resource) -> Vec<String> {
    let property = TYPES.iter().find(|(of, ..)| *of == resource.type_name).map_or("", |(.., property)| property);
    let written = resource.properties.get(property).and_then(|datum| datum.value.as_str());
    let identity = resource.existing.as_ref().map(|known| &*known.identity);
    let end = identity.and_then(read_arn).map(|arn| arn.name);
    written.into_iter().chain(identity).chain(end).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use migspec_ir::{Existing, Origin};

    use super::*;

    fn span() -> Span {
        Span::new(migspec_diag::Sources::new().add("case", ""), 0, 0)
    }

    fn resource(type_name: &'static str, id: &str) -> Resource {
        Resource::new(type_name, id, "node", Origin::derived("test", span()))
    }

    fn shown(resources: Vec<Resource>) -> Vec<String> {
        let mut graph = Graph::empty(span());
        graph.resources.extend(resources.into_iter().map(|resource| (resource.id.clone(), resource)));
        let users = |entry: &Entry<'_>| entry.users.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" ");
        let line = |e: &Entry<'_>| format!("{} {} {}: {}", e.provenance().name(), e.kind.name(), e.name, users(e));
        entries(&graph).iter().map(line).collect()
    }

    #[test]
    fn an_arn_names_an_entry_and_a_pattern_does_not() {
        let name = |arn| read_arn(arn).map(|arn| format!("{} {} {}", arn.kind.name(), arn.name, arn.text));
        for (arn, expected) in [
            ("arn:aws:s3:::logs/prefix/*", Some("bucket logs arn:aws:s3:::logs")),
            (
                "arn:aws:secretsmanager:us-east-1:1:secret:a/b-??????",
                Some("secret a/b arn:aws:secretsmanager:us-east-1:1:secret:a/b"),
            ),
            ("arn:aws:logs:eu-west-1:1:log-group:/a:*", Some("log group /a arn:aws:logs:eu-west-1:1:log-group:/a")),
            ("arn:aws:dynamodb:eu-west-1:1:table/t/index/i", Some("table t arn:aws:dynamodb:eu-west-1:1:table/t")),
            ("arn:aws:kms:eu-west-1:1:alias/aws/rds", None),
            ("arn:aws:logs:eu-west-1:1:log-group:*", None),
            ("arn:aws:s3:eu-west-1:1:accesspoint/a", None),
            ("arn:aws:lambda:eu-west-1:1:function:f", None),
            ("arn:aws:s3", None),
        ] {
            assert_eq!(name(arn).as_deref(), expected, "{arn}");
        }
        let text = "{\"a\":\"arn:aws:sqs:r:1:q\"} {{resolve:secretsmanager:arn:aws:secretsmanager:r:1:secret:s}}";
        assert_eq!(arns(text).filter_map(name).count(), 2);
    }

    #[test]
    fn an_entry_is_created_existing_or_only_named() {
        let key = |at: &str| format!("arn:aws:kms:us-east-1:999999999999:key/{at}");
        let existing = Existing { identity: key("a").into(), owner: None, settings: &[], is_requested: false };
        let known = Resource { existing: Some(existing), ..resource("AWS::KMS::Key", "known") };
        let topic = |id: &str, at: &str| resource("AWS::SNS::Topic", id).set("KmsMasterKeyId", key(at));
        let filter = resource("AWS::Logs::MetricFilter", "filter").set("LogGroupName", "/of/others");
        let own = resource("AWS::Logs::LogGroup", "own").set("LogGroupName", "/own");
        let second = resource("AWS::Logs::MetricFilter", "second")
            .set("LogGroupName", Value::reference("own"))
            .set("Own", "arn:aws:logs:us-east-1:222222222222:log-group:/own:*")
            .set("Foreign", "arn:aws:logs:us-east-1:999999999999:log-group:/own:*");
        assert_eq!(
            shown(vec![known, topic("first-topic", "a"), topic("second-topic", "b"), filter, own, second]),
            [
                "existing key known: first-topic",
                "named only key arn:aws:kms:us-east-1:999999999999:key/b: second-topic",
                "created topic first-topic: ",
                "created topic second-topic: ",
                "created log group own: second",
                "named only log group /of/others: filter",
                "named only log group arn:aws:logs:us-east-1:999999999999:log-group:/own: second",
            ]
        );
    }

    #[test]
    fn the_stores_of_the_state_are_listed() {
        let mut graph = Graph::empty(span());
        let arguments = [("bucket", "state"), ("dynamodb_table", "lock"), ("region", "us-east-1")];
        let arguments = arguments.map(|(name, value)| (name.into(), value.into())).to_vec();
        graph.state = Some(migspec_ir::StateStore { backend: "s3", arguments });
        let names: Vec<String> = entries(&graph).into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["state", "lock"]);
    }
}
