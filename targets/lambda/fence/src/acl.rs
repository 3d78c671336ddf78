//! Privileges as PostgreSQL keeps them: a list of entries in an order of its
//! own. From the current list and the wanted one, the statements that lead from
//! one to the other.

use std::fmt::Write;

/// The object of the privileges: `relation`, `column` or `schema`, with its
/// name in a `GRANT`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Object {
    /// As a `GRANT` writes it: `TABLE payments.payment`, quoted.
    pub on: String,
    /// The column, quoted; none for the whole object.
    pub column: Option<String>,
}

/// One privilege within an entry.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Privilege {
    /// As `aclexplode` names it: `INSERT`.
    pub name: String,
    pub grantable: bool,
}

/// The privileges that one role has granted to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Quoted, or `PUBLIC`.
    pub grantee: String,
    /// Quoted.
    pub grantor: String,
    pub privileges: Vec<Privilege>,
}

impl Entry {
    fn key(&self) -> (&str, &str) {
        (&self.grantee, &self.grantor)
    }

    fn privilege(&self, name: &str) -> Option<&Privilege> {
        self.privileges.iter().find(|p| p.name == name)
    }

    /// The privileges of this entry that `other` lacks, whole or as an option.
    fn beyond(&self, other: Option<&Entry>) -> Vec<Privilege> {
        let has = |p: &&Privilege| other.and_then(|o| o.privilege(&p.name)).is_some_and(|o| o.grantable >= p.grantable);
        self.privileges.iter().filter(|p| !has(p)).cloned().collect()
    }
}

/// An object's rights in PostgreSQL's order, and whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rights {
    pub object: Object,
    /// Quoted.
    pub owner: String,
    pub entries: Vec<Entry>,
}

/// Adds a privilege to the entry that it belongs to. Lists of several records may
/// repeat an entry.
pub fn add(entries: &mut Vec<Entry>, grantee: String, grantor: String, privilege: Privilege) {
    let known = entries.iter_mut().find(|entry| entry.grantee == grantee && entry.grantor == grantor);
    let Some(entry) = known else {
        entries.push(Entry { grantee, grantor, privileges: vec![privilege] });
        return;
    };
    match entry.privileges.iter_mut().find(|known| known.name == privilege.name) {
        Some(known) => known.grantable |= privilege.grantable,
        None => entry.privileges.push(privilege),
    }
}

/// The privileges of one list that another one lacks: grantee, grantor, name.
pub fn missing(of: &[Entry], other: &[Entry]) -> Vec<(String, String, String)> {
    let has = |entry: &Entry, name: &str| other.iter().any(|o| o.key() == entry.key() && o.privilege(name).is_some());
    let of_entry = |entry: &Entry| {
        let lacking = entry.privileges.iter().filter(|p| !has(entry, &p.name)).map(|p| p.name.clone());
        lacking.map(|name| (entry.grantee.clone(), entry.grantor.clone(), name)).collect::<Vec<_>>()
    };
    of.iter().flat_map(of_entry).collect()
}

/// Takes privileges of one entry. A grant that others pass on falls with it.
pub fn revoke(object: &Object, owner: &str, entry: &Entry, privileges: &[Privilege]) -> String {
    let names = names(object, privileges.iter());
    as_grantor(owner, entry, &format!("REVOKE {names} ON {} FROM {} CASCADE", object.on, entry.grantee))
}

fn grant(rights: &Rights, entry: &Entry, privileges: &[Privilege]) -> Vec<String> {
    let object = &rights.object;
    let some = |grantable: bool| {
        let chosen: Vec<&Privilege> = privileges.iter().filter(|p| p.grantable == grantable).collect();
        (!chosen.is_empty()).then(|| {
            let option = if grantable { " WITH GRANT OPTION" } else { "" };
            let names = names(object, chosen.into_iter());
            let text = format!("GRANT {names} ON {} TO {}{option}", object.on, entry.grantee);
            as_grantor(&rights.owner, entry, &text)
        })
    };
    [false, true].into_iter().filter_map(some).collect()
}

/// `INSERT, UPDATE`, or `INSERT (amount), UPDATE (amount)`.
fn names<'p>(object: &Object, privileges: impl Iterator<Item = &'p Privilege>) -> String {
    let mut text = String::new();
    for privilege in privileges {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&privilege.name);
        if let Some(column) = &object.column {
            let _ = write!(text, " ({column})");
        }
    }
    text
}

/// A grant as the owner needs no change of role: PostgreSQL takes a member of
/// the owner for it. Any other grantor has to grant in person.
fn as_grantor(owner: &str, entry: &Entry, statement: &str) -> String {
    if entry.grantor == owner {
        format!("{statement};\n")
    } else {
        format!("SET LOCAL ROLE {}; {statement}; RESET ROLE;\n", entry.grantor)
    }
}

/// The order of the entries of a list, which has no effect on any role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Entries of the owner are revoked and granted again, if nothing depends
    /// on them and no other session has changed the list.
    Former,
    /// New entries follow the others.
    Any,
}

/// The statements that add to `current` the privileges of `former` that it lacks.
pub fn restore(former: &Rights, current: &[Entry], order: Order) -> Vec<String> {
    let found = |entry: &Entry| current.iter().find(|c| c.key() == entry.key());
    let foreign = current.iter().any(|c| {
        let known = former.entries.iter().find(|f| f.key() == c.key());
        !c.beyond(known).is_empty()
    });
    let same = former.entries.iter().zip(current).take_while(|(f, c)| f.key() == c.key()).count();
    // PostgreSQL appends a new entry. Entries behind a gap are revoked and
    // granted again in their order, in one transaction.
    let plain =
        |entry: &Entry| entry.grantor == former.owner && !current.iter().any(|other| other.grantor == entry.grantee);
    let movable = order == Order::Former && !foreign && current.iter().skip(same).all(plain);
    let kept = if movable { same } else { current.len() };
    let mut statements = Vec::new();
    for entry in current.iter().skip(kept) {
        statements.push(revoke(&former.object, &former.owner, entry, &entry.privileges));
    }
    let missing = |entry: &Entry| {
        let standing = found(entry).filter(|e| current.iter().take(kept).any(|c| c.key() == e.key()));
        entry.beyond(standing)
    };
    for entry in in_order(former) {
        statements.extend(grant(former, entry, &missing(entry)));
    }
    statements
}

/// The entries as they were, but no grantor before its own right to grant.
fn in_order(former: &Rights) -> Vec<&Entry> {
    let mut ordered: Vec<&Entry> = Vec::new();
    let mut waiting: Vec<&Entry> = former.entries.iter().collect();
    while !waiting.is_empty() {
        let ready = |entry: &Entry| {
            entry.grantor == former.owner
                || entry.privileges.iter().all(|p| {
                    let gives =
                        |e: &&Entry| e.grantee == entry.grantor && e.privilege(&p.name).is_some_and(|p| p.grantable);
                    ordered.iter().copied().any(|e| gives(&e)) || !former.entries.iter().any(|e| gives(&e))
                })
        };
        let next = waiting.iter().position(|entry| ready(entry)).unwrap_or(0);
        ordered.push(waiting.remove(next));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        let (grantee, rest) = text.split_once('=').expect("grantee=privileges/grantor");
        let (letters, grantor) = rest.split_once('/').expect("a grantor");
        let mut privileges: Vec<Privilege> = Vec::new();
        for letter in letters.chars() {
            match (letter, privileges.last_mut()) {
                ('*', Some(last)) => last.grantable = true,
                _ => privileges.push(Privilege { name: letter.to_string(), grantable: false }),
            }
        }
        Entry { grantee: grantee.to_owned(), grantor: grantor.to_owned(), privileges }
    }

    fn entries(text: &str) -> Vec<Entry> {
        text.split_whitespace().map(entry).collect()
    }

    /// PostgreSQL's handling of the statements: an entry changes in place, a
    /// new one goes to the end, an empty one disappears.
    fn run(mut entries: Vec<Entry>, statements: &[String]) -> Vec<Entry> {
        for statement in statements {
            let (grantor, text) = match statement.strip_prefix("SET LOCAL ROLE ") {
                Some(rest) => rest.split_once("; ").map(|(g, t)| (g.to_owned(), t.to_owned())).expect("a statement"),
                None => ("o".to_owned(), statement.clone()),
            };
            let words: Vec<&str> = text.split([' ', ',', ';', '\n']).filter(|w| !w.is_empty()).collect();
            let on = words.iter().position(|w| *w == "ON").expect("an object");
            let names = &words[1..on];
            let grantee = words[on + 4].to_owned();
            let option = words.contains(&"OPTION");
            let at = entries.iter().position(|e| e.grantee == grantee && e.grantor == grantor);
            if words[0] == "REVOKE" {
                let at = at.expect("the revoked entry exists");
                entries[at].privileges.retain(|p| !names.contains(&p.name.as_str()));
            } else {
                let at = at.unwrap_or_else(|| {
                    entries.push(Entry { grantee, grantor, privileges: Vec::new() });
                    entries.len() - 1
                });
                for name in names {
                    entries[at].privileges.retain(|p| p.name != *name);
                    entries[at].privileges.push(Privilege { name: (*name).to_owned(), grantable: option });
                }
            }
            entries.retain(|e| !e.privileges.is_empty());
        }
        for entry in &mut entries {
            entry.privileges.sort();
        }
        entries
    }

    fn rights(text: &str) -> Rights {
        let object = Object { on: "TABLE t".into(), column: None };
        Rights { object, owner: "o".into(), entries: entries(text) }
    }

    fn sort(mut entries: Vec<Entry>) -> Vec<Entry> {
        for entry in &mut entries {
            entry.privileges.sort();
        }
        entries
    }

    #[track_caller]
    fn comes_back(former: &str, current: &str, expected: &str) {
        let statements = restore(&rights(former), &entries(current), Order::Former);
        assert_eq!(run(entries(current), &statements), sort(entries(expected)), "{statements:#?}");
    }

    #[test]
    fn every_entry_stands_again_where_it_stood() {
        for (former, current) in [
            ("o=arw/o a=arw/o b=r/o", "o=arw/o a=r/o b=r/o"),
            ("o=arw/o a=aw/o b=r/o", "o=arw/o b=r/o"),
            ("o=arw/o a=aw/o b=r/o c=ar/o", "o=arw/o b=r/o c=r/o"),
            ("a=a/o PUBLIC=r/o", "PUBLIC=r/o"),
            ("a=a*/o", ""),
            ("o=arw/o a=a*r/o x=a/a b=r/o", "o=arw/o a=r/o b=r/o"),
            ("o=arw/o x=a/a a=a*r/o", "o=arw/o a=r/o"),
            ("o=arw/o", "o=arw/o"),
        ] {
            // A privilege must come after the grantor's privilege to grant it.
            let expected = if former.contains("x=a/a a=") { "o=arw/o a=a*r/o x=a/a" } else { former };
            comes_back(former, current, expected);
        }
    }

    #[test]
    fn what_others_have_granted_meanwhile_stays() {
        comes_back("o=arw/o a=aw/o b=r/o", "o=arw/o b=r/o new=r/o", "o=arw/o b=r/o new=r/o a=aw/o");
        comes_back("o=arw/o a=aw/o", "o=arw/o a=x/o", "o=arw/o a=awx/o");
    }

    #[test]
    fn what_is_back_already_needs_nothing() {
        let former = rights("o=arw/o a=a*w/o x=a/a");
        assert_eq!(restore(&former, &former.entries.clone(), Order::Former), Vec::<String>::new());
    }

    #[test]
    fn a_column_is_named_with_each_privilege() {
        let object = Object { on: "TABLE t".into(), column: Some("c".into()) };
        let taken = entry("a=aw/o");
        assert_eq!(revoke(&object, "o", &taken, &taken.privileges), "REVOKE a (c), w (c) ON TABLE t FROM a CASCADE;\n");
    }
}
