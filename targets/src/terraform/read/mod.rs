//! The table of types, backwards: blocks of a Terraform configuration as
//! resources in AWS's own words. Unknown types and arguments are reported,
//! never skipped.

mod form;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use migspec_ir::resource_type::{Column, Property, ResourceType, Terraform};
use migspec_ir::{Map, Origin, Resource, aws};

use super::hcl::{Block, Body, Expression, Item};

/// A configuration in the words of the graph.
#[derive(Default, Debug)]
pub struct Reading {
    /// Named as in the configuration.
    pub resources: Vec<Resource>,
    /// Types, arguments and blocks that the table does not know.
    pub unmapped: Vec<String>,
}

/// Arguments and blocks that are Terraform's and no property.
const META: &[&str] = &["depends_on", "lifecycle", "provider", "region", "timeouts"];

/// Reads the files of a configuration.
pub fn read(files: &[Body], at: Origin) -> Reading {
    let mut reader = Reader::new(files, at);
    let mut reading = Reading::default();
    let main: Vec<&Block> = reader.blocks.values().copied().collect();
    for block in main {
        if let Some(row) = reader.row(block) {
            reading.resources.push(reader.resource(row, block));
        }
    }
    reading.unmapped = reader.unclaimed_arguments();
    reading
}

struct Reader<'f> {
    /// Resources and ephemeral resources by kind, type and name.
    blocks: BTreeMap<(&'f str, &'f str, &'f str), &'f Block>,
    /// Providers and data sources.
    others: Vec<&'f Block>,
    /// Types by the Terraform type of their own block.
    rows: BTreeMap<&'static str, &'static ResourceType>,
    /// Arguments and blocks that some form has read, by their address in memory.
    claimed: BTreeSet<usize>,
    at: Origin,
}

/// The block that a form reads, and its parent.
#[derive(Clone, Copy)]
struct Place<'f> {
    body: &'f Body,
    prefix: &'static str,
    /// The type and name of the resource that parts point at.
    owner: (&'f str, &'f str),
}

fn address<T>(item: &T) -> usize {
    std::ptr::from_ref(item).addr()
}

impl<'f> Reader<'f> {
    fn new(files: &'f [Body], at: Origin) -> Self {
        let mut blocks = BTreeMap::new();
        for item in files.iter().flat_map(|file| &file.items) {
            if let Item::Block(block) = item
                && let ("resource" | "ephemeral", [resource, name]) = (block.kind.as_str(), block.labels.as_slice())
            {
                blocks.insert((block.kind.as_str(), resource.as_str(), name.as_str()), block);
            }
        }
        let all = files.iter().flat_map(|file| &file.items).filter_map(|item| match item {
            Item::Block(block) => Some(block),
            Item::Attribute(..) => None,
        });
        let others = all.filter(|block| matches!(&*block.kind, "data" | "provider")).collect();
        let mut rows = BTreeMap::new();
        for row in aws::types() {
            if let Terraform::Column(column) = &row.terraform {
                rows.entry(column.resource).or_insert(row);
            }
        }
        Self { blocks, others, rows, claimed: BTreeSet::new(), at }
    }

    /// The type whose own block this is.
    fn row(&self, block: &Block) -> Option<&'static ResourceType> {
        let resource = block.labels.first().filter(|_| block.kind == "resource")?;
        self.rows.get(resource.as_str()).copied()
    }

    fn resource(&mut self, row: &'static ResourceType, block: &'f Block) -> Resource {
        let Terraform::Column(column) = &row.terraform else {
            return Resource::new(row.name, "", "", self.at);
        };
        self.claimed.insert(address(block));
        let owner = (block.labels[0].as_str(), block.labels[1].as_str());
        let place = Place { body: &block.body, prefix: "", owner };
        let mut resource = Resource::new(row.name, owner.1, owner.1, self.at);
        resource.properties = self.properties(column.properties, place);
        self.conditional(column.properties, place, &mut resource.properties);
        self.read_constants(column.fixed, &block.body);
        self.own(column, owner);
        for argument in column.emptied {
            self.attribute(&block.body, argument);
        }
        resource.lifecycle.snapshot = self.final_snapshot(column, &block.body);
        resource.region = self.region(&block.body);
        self.lifecycle(&block.body, &mut resource);
        resource
    }

    /// The properties whose form needs no other property.
    fn properties(&mut self, properties: &'static [Property], place: Place<'f>) -> Map {
        let mut map = Map::new();
        for property in properties {
            if form::condition(&property.form).is_none()
                && let Some(datum) = self.form(&property.form, place)
            {
                map.set(property.name, datum);
            }
        }
        map
    }

    /// The properties whose form depends on another property.
    fn conditional(&mut self, properties: &'static [Property], place: Place<'f>, map: &mut Map) {
        for property in properties {
            let Some((by, values, form)) = form::condition(&property.form) else { continue };
            let holds = map.get(by).and_then(|d| d.value.as_str()).is_some_and(|word| values.contains(&word));
            if holds && let Some(datum) = self.form(form, place) {
                map.set(property.name, datum);
            }
        }
    }

    /// The resources that only Terraform makes beside this one.
    fn own(&mut self, column: &'static Column, (_, name): (&str, &str)) {
        for own in column.own {
            if let Some(block) = self.blocks.get(&("resource", own.resource, name)).copied() {
                self.claimed.insert(address(block));
                self.links(own.links, &block.body);
                self.read_constants(own.fixed, &block.body);
            }
        }
    }

    fn final_snapshot(&mut self, column: &'static Column, body: &'f Body) -> bool {
        let Some(form) = &column.final_snapshot else { return false };
        self.attribute(body, form.skip);
        self.attribute(body, form.identifier).is_some()
    }

    fn region(&mut self, body: &'f Body) -> Option<std::sync::Arc<str>> {
        match self.attribute(body, "region") {
            Some(Expression::String(region)) => Some(region.as_str().into()),
            _ => None,
        }
    }

    fn lifecycle(&mut self, body: &'f Body, resource: &mut Resource) {
        let block = body.items.iter().find_map(|item| match item {
            Item::Block(block) if block.kind == "lifecycle" => Some(block),
            _ => None,
        });
        let says = |name: &str| block.and_then(|b| b.body.get(name)) == Some(&Expression::Bool(true));
        resource.lifecycle.retain = says("prevent_destroy");
        resource.lifecycle.create_before_destroy = says("create_before_destroy");
    }

    /// The value of an argument, which is read with it.
    fn attribute(&mut self, body: &'f Body, name: &str) -> Option<&'f Expression> {
        let item = body.items.iter().find(|item| matches!(item, Item::Attribute(n, _) if n == name))?;
        self.claimed.insert(address(item));
        match item {
            Item::Attribute(_, value) => Some(value),
            Item::Block(_) => None,
        }
    }

    /// The nested blocks of a name, which are read with it.
    fn nested_bodies(&mut self, body: &'f Body, name: &str) -> Vec<&'f Body> {
        let mut bodies = Vec::new();
        for item in &body.items {
            if let Item::Block(block) = item
                && block.kind == name
            {
                self.claimed.insert(address(item));
                bodies.push(&block.body);
            }
        }
        bodies
    }

    /// The arguments that no form has read.
    fn unclaimed_arguments(&self) -> Vec<String> {
        let mut unclaimed = Vec::new();
        for ((_, resource, name), block) in &self.blocks {
            let path = format!("{resource}.{name}");
            if self.claimed.contains(&address(*block)) {
                self.unclaimed_in(&block.body, &path, &mut unclaimed);
            } else {
                unclaimed.push(path);
            }
        }
        unclaimed
    }

    fn unclaimed_in(&self, body: &Body, path: &str, unclaimed: &mut Vec<String>) {
        for item in &body.items {
            let known = self.claimed.contains(&address(item));
            match item {
                Item::Attribute(name, _) if !known && !META.contains(&name.as_str()) => {
                    unclaimed.push(format!("{path}.{name}"));
                }
                Item::Block(block) if META.contains(&block.kind.as_str()) => {}
                Item::Block(block) if known => {
                    self.unclaimed_in(&block.body, &format!("{path}.{}", block.kind), unclaimed);
                }
                Item::Block(block) => unclaimed.push(format!("{path}.{}", block.kind)),
                Item::Attribute(..) => {}
            }
        }
    }
}
