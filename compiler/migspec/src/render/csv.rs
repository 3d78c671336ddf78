use super::escape::csv;
use super::{Item, Report};

/// One row for each finding, waived ones included, below a row of names.
/// Source: RFC 4180.
pub fn render(report: &Report) -> String {
    let names = "state,severity,code,message,help,file,line,column,node,environments,controls,requirements,fingerprint";
    let rows = report.items().chain(report.waived_items()).map(|item| row(&item, report));
    std::iter::once(names.to_owned()).chain(rows).map(|row| row + "\r\n").collect()
}

fn row(item: &Item, report: &Report) -> String {
    let finding = item.finding;
    let (file, line, column) = match item.place(report) {
        Some(place) => (place.file, place.start.line.to_string(), place.start.column.to_string()),
        None => Default::default(),
    };
    let cells = [
        item.state.map_or("", |state| state.name()),
        finding.severity.name(),
        &finding.code,
        &finding.message,
        finding.help.as_deref().unwrap_or(""),
        &file,
        &line,
        &column,
        finding.node.as_deref().unwrap_or(""),
        &finding.environments.join(" "),
        &finding.controls.join(" "),
        &finding.requirements.join(" "),
        item.fingerprint,
    ];
    cells.map(csv).join(",")
}
