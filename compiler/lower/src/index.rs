//! The spec's nodes by key, and its replications with both of their ends
//! resolved: made once, so that no pass searches for a name.

use rustc_hash::FxHashMap;

use migspec_syntax::value::{Key, LoginPurpose};
use migspec_syntax::{Setting, ast};

use crate::calendar::Calendar;

/// The keyed nodes of the spec by their key.
pub(crate) struct Index<'a> {
    pub(crate) networks: FxHashMap<&'a str, &'a ast::Network>,
    pub(crate) sites: FxHashMap<&'a str, &'a ast::Site>,
    pub(crate) sources: FxHashMap<&'a str, &'a ast::Source>,
    pub(crate) databases: FxHashMap<&'a str, &'a ast::Database>,
    pub(crate) replications: FxHashMap<&'a str, &'a ast::Replication>,
    pub(crate) validations: FxHashMap<&'a str, &'a ast::Validation>,
    /// The cutover that moves a replication, by the replication's key.
    cutovers: FxHashMap<&'a str, &'a ast::Cutover>,
    /// The days of the week with a cutover window, from Monday, in UTC.
    pub(crate) cutover_days: [bool; 7],
    /// The replications whose names all resolve, in the order of the spec.
    pub(crate) relations: Vec<Relation<'a>>,
    /// Indices into `relations` by the key of the source.
    from: FxHashMap<&'a str, Vec<usize>>,
    /// Indices into `relations` by the key of the database.
    to: FxHashMap<&'a str, Vec<usize>>,
}

/// A replication with the nodes that it connects.
#[derive(Clone, Copy)]
pub(crate) struct Relation<'a> {
    pub(crate) node: &'a ast::Replication,
    pub(crate) source: &'a ast::Source,
    pub(crate) database: &'a ast::Database,
    pub(crate) network: &'a ast::Network,
    pub(crate) validation: Option<&'a ast::Validation>,
    pub(crate) cutover: Option<&'a ast::Cutover>,
}

impl Relation<'_> {
    pub(crate) fn key(&self) -> &str {
        self.node.key.as_str()
    }

    /// Whether DMS and the compiler know both engines together: those of one family, or a converted schema on Aurora
    /// PostgreSQL.
    pub(crate) fn is_supported(&self) -> bool {
        let (from, to) = (*self.source.engine, *self.database.engine);
        let is_read = from.is_postgresql() || from.is_converted();
        (is_read && to.is_postgresql()) || (from.is_mysql() && to.is_mysql())
    }

    /// Whether a cutover, if there is one, knows the engines too. What else the nodes lack otherwise follows from them.
    pub(crate) fn is_sound(&self) -> bool {
        self.is_supported() && (self.cutover.is_none() || self.source.engine.is_postgresql())
    }

    /// Whether reverse replication is provisioned: as declared, or by default if
    /// a cutover needs it.
    pub(crate) fn reversed(&self) -> bool {
        match &self.node.reverse {
            Some(reverse) => *reverse.enabled,
            None => self.cutover.is_some(),
        }
    }

    /// Whether the cutover rehearses the start of the reverse task.
    pub(crate) fn rehearses(&self) -> bool {
        let asked = self.node.reverse.as_ref().is_none_or(|reverse| *reverse.rehearse);
        asked && self.reversed() && self.cutover.is_some()
    }

    /// The logins that the replication, its validation and its cutover need on the source.
    pub(crate) fn source_logins(&self) -> impl Iterator<Item = LoginPurpose> {
        [
            (LoginPurpose::Replication, true),
            (LoginPurpose::Validation, self.validation.is_some()),
            (LoginPurpose::Fence, self.cutover.is_some()),
            (LoginPurpose::ReverseApply, self.reversed()),
        ]
        .into_iter()
        .filter_map(|(purpose, needed)| needed.then_some(purpose))
    }

    /// The logins that it needs on the database.
    pub(crate) fn database_logins(&self) -> impl Iterator<Item = LoginPurpose> {
        [
            (LoginPurpose::Replication, true),
            (LoginPurpose::Validation, self.validation.is_some()),
            (LoginPurpose::Fence, self.cutover.is_some()),
            (LoginPurpose::ReverseCapture, self.reversed()),
        ]
        .into_iter()
        .filter_map(|(purpose, needed)| needed.then_some(purpose))
    }
}

/// The replications that a cutover moves: those that it names, or the one with
/// its own key.
pub(crate) fn moves(cutover: &ast::Cutover) -> impl Iterator<Item = &Setting<Key>> {
    match &cutover.moves {
        Some(moves) => moves.replications.iter(),
        None => std::slice::from_ref(&cutover.key).iter(),
    }
}

/// The cutover that moves each replication; of several, which is reported, the
/// first.
fn movers(spec: &ast::Migration) -> FxHashMap<&str, &ast::Cutover> {
    let all = spec.cutover.iter().flat_map(|cutover| moves(cutover).map(move |key| (key.as_str(), cutover)));
    let mut movers = FxHashMap::default();
    for (key, cutover) in all {
        movers.entry(key).or_insert(cutover);
    }
    movers
}

impl<'a> Index<'a> {
    pub(crate) fn new(spec: &'a ast::Migration) -> Self {
        let mut index = Self {
            networks: spec.network.iter().map(|n| (n.key.as_str(), n)).collect(),
            sites: spec.site.iter().map(|n| (n.key.as_str(), n)).collect(),
            sources: spec.source.iter().map(|n| (n.key.as_str(), n)).collect(),
            databases: spec.database.iter().map(|n| (n.key.as_str(), n)).collect(),
            replications: spec.replication.iter().map(|n| (n.key.as_str(), n)).collect(),
            validations: spec.validation.iter().map(|n| (n.key.as_str(), n)).collect(),
            cutovers: movers(spec),
            cutover_days: [false; 7],
            relations: Vec::new(),
            from: FxHashMap::default(),
            to: FxHashMap::default(),
        };
        for window in spec.cutover.iter().filter_map(|cutover| cutover.window.as_ref()) {
            let days = Calendar::of(window).map_or([false; 7], |calendar| calendar.days());
            index.cutover_days.iter_mut().zip(days).for_each(|(known, day)| *known |= day);
        }
        index.relations = spec.replication.iter().filter_map(|node| index.relation(node)).collect();
        for (i, relation) in index.relations.iter().enumerate() {
            index.from.entry(relation.source.key.as_str()).or_default().push(i);
            index.to.entry(relation.database.key.as_str()).or_default().push(i);
        }
        index
    }

    fn relation(&self, node: &'a ast::Replication) -> Option<Relation<'a>> {
        Some(Relation {
            node,
            source: self.sources.get(node.from.as_str())?,
            database: self.databases.get(node.to.as_str())?,
            network: self.networks.get(node.network.as_str())?,
            validation: self.validations.get(node.key.as_str()).copied(),
            cutover: self.cutovers.get(node.key.as_str()).copied(),
        })
    }

    /// The replication with this key, if its names resolve.
    fn relation_of(&self, replication: &str) -> Option<Relation<'a>> {
        self.relation(self.replications.get(replication)?)
    }

    /// The replications that a cutover moves, if their names resolve.
    pub(crate) fn moved_relations(&self, cutover: &'a ast::Cutover) -> impl Iterator<Item = Relation<'a>> {
        moves(cutover).filter_map(|key| self.relation_of(key.as_str()))
    }

    /// The replications that read from a source.
    pub(crate) fn from(&self, source: &str) -> impl Iterator<Item = Relation<'a>> {
        self.from.get(source).into_iter().flatten().map(|i| self.relations[*i])
    }

    /// The replications that write to a database.
    pub(crate) fn to(&self, database: &str) -> impl Iterator<Item = Relation<'a>> {
        self.to.get(database).into_iter().flatten().map(|i| self.relations[*i])
    }
}
