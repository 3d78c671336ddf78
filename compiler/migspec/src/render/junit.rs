use super::escape::xml;
use super::{Item, Report, State, references};

/// JUnit's XML: a test case for each finding, and one for the run itself, so
/// that a clean run has a result as well. Findings below `--fail-on`, and
/// those that the comparison calls existing, are skipped test cases. `file`, of GitLab alone, is outside Jenkins's schema.
pub fn render(report: &Report) -> String {
    let cases: Vec<String> = report.items().map(|item| case(&item, report)).collect();
    let waived: Vec<String> = report.waived_items().map(|item| skipped_case(&item, report, "waived")).collect();
    let failures = report.items().filter(|item| fails(item, report)).count();
    let errors = report.problems.len();
    let broken: String = report.problems.iter().map(|p| format!("\n        <error message=\"{}\"/>", xml(p))).collect();
    let count = cases.len() + waived.len() + 1;
    let skips = count - 1 - failures;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"migspec check\" tests=\"{count}\" failures=\"{failures}\" errors=\"{errors}\">\n  \
         <testsuite name=\"migspec check\" tests=\"{count}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skips}\">\n    \
         <testcase classname=\"migspec\" name=\"{}\">{broken}</testcase>\n{}{}  </testsuite>\n</testsuites>\n",
        xml(&report.coverage.line()),
        cases.concat(),
        waived.concat(),
    )
}

fn fails(item: &Item, report: &Report) -> bool {
    item.state != Some(State::Existing) && report.fails_on.is_some_and(|least| item.finding.severity >= least)
}

fn case(item: &Item, report: &Report) -> String {
    if !fails(item, report) {
        return skipped_case(item, report, &item.finding.message);
    }
    let finding = item.finding;
    let mut text = finding.message.clone();
    for more in [item.place(report).map(|place| place.to_string()), references(finding), finding.help.clone()] {
        text.extend(more.map(|more| format!("\n{more}")));
    }
    let message = xml(&finding.message);
    format!(
        "    <testcase {}>\n        <failure type=\"{}\" message=\"{message}\">{}</failure>\n    </testcase>\n",
        name(item, report),
        xml(&finding.code),
        xml(&text),
    )
}

fn skipped_case(item: &Item, report: &Report, why: &str) -> String {
    let name = name(item, report);
    format!("    <testcase {name}>\n        <skipped message=\"{}\"/>\n    </testcase>\n", xml(why))
}

/// The class is the rule, the name the node; GitLab matches runs by both.
fn name(item: &Item, report: &Report) -> String {
    let place = item.place(report);
    let node = item.finding.node.as_deref().filter(|node| !node.is_empty());
    let name = node.map_or_else(|| item.finding.message.clone(), str::to_owned);
    let file = place.map_or(String::new(), |place| format!(" file=\"{}\"", xml(&place.file)));
    format!("classname=\"{}\" name=\"{} ({})\"{file}", xml(&item.finding.code), xml(&name), &item.fingerprint[..8])
}
