//! The keys, certificates and stores: also those that exist, and those that the spec only names.

use migspec_analyze::inventory::{self, Entry, Provenance};
use migspec_policies::Compliance;
use serde::Serialize;

use super::EvidenceInputs;
use super::anchor::anchor;

/// One of them, as each file shows it.
#[derive(Serialize)]
pub(super) struct Thing {
    pub kind: &'static str,
    /// The id of the resource, or the ARN or name that others write.
    pub name: String,
    /// Empty for one without a resource.
    pub anchor: String,
    /// Its name in AWS, if it exists before the deployment.
    pub identity: String,
    pub provenance: &'static str,
    /// The worst verdict. Without a policy that looked at it: `not decided`.
    pub standing: &'static str,
    pub class: String,
    pub users: Vec<User>,
    pub place: String,
}

#[derive(Serialize)]
pub(super) struct User {
    pub name: String,
    pub anchor: String,
}

/// The result for a thing that no policy has looked at.
pub(super) const NOT_DECIDED: &str = "not decided";

pub(super) fn list(given: &EvidenceInputs<'_>) -> Vec<Thing> {
    inventory::entries(given.graph).iter().map(|entry| thing(given, entry)).collect()
}

fn thing(given: &EvidenceInputs<'_>, entry: &Entry<'_>) -> Thing {
    let verdicts = given.assessment.verdicts.iter().filter(|v| entry.resource.is_some_and(|r| r.id == v.resource));
    let standing = verdicts.map(|verdict| verdict.outcome).max().map_or(NOT_DECIDED, Compliance::name);
    let identity =
        entry.resource.and_then(|resource| resource.existing.as_ref()).map(|known| known.identity.to_string());
    let user = |name: &str| User { name: name.to_owned(), anchor: anchor("resource", name) };
    Thing {
        kind: entry.kind.name(),
        name: entry.name.clone(),
        anchor: match entry.provenance() {
            Provenance::Named => String::new(),
            Provenance::Created | Provenance::Existing => anchor("resource", &entry.name),
        },
        identity: identity.unwrap_or_default(),
        provenance: entry.provenance().name(),
        standing,
        class: standing.replace(' ', "-"),
        users: entry.users.iter().map(|id| user(id.as_str())).collect(),
        place: given.place(entry.span),
    }
}
