//! The language server, spoken to as an editor speaks to it.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::fs;
use std::thread::JoinHandle;
use std::time::Duration;

use lsp_server::{Connection, Message, Notification, Request, RequestId, ResponseError};
use migspec::lsp::{LspError, serve};
use migspec_policies::Rulebook;
use migspec_tests::runs;
use serde_json::{Value, json};

const SPEC: &str = "payments.migspec.kdl";

/// An editor with one open file in a folder of its own.
struct Editor {
    connection: Connection,
    server: Option<JoinHandle<Result<(), LspError>>>,
    folder: tempfile::TempDir,
    next: i32,
    version: i32,
    /// The last published diagnostics of each file, by URI.
    published: Vec<(String, Vec<Value>)>,
}

impl Editor {
    fn start(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::copy(migspec_tests::root().join("specs/corp-root-ca.pem"), folder.path().join("corp-root-ca.pem"))
            .expect("the certificate");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        let (server, client) = Connection::memory();
        let thread = std::thread::spawn(move || {
            serve(&server, Rulebook::builtin().expect("the built-in policies"), runs::TODAY)
        });
        let mut editor =
            Self { connection: client, server: Some(thread), folder, next: 0, version: 0, published: Vec::new() };
        let root = editor.uri("");
        let answer = editor.ask(
            "initialize",
            json!({
                "processId": null,
                "rootUri": root,
                "workspaceFolders": [{ "uri": root, "name": "specs" }],
                "capabilities": { "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } } },
            }),
        );
        assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
        editor.tell("initialized", json!({}));
        editor
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", self.folder.path().join(name).display())
    }

    fn send(&self, message: Message) {
        self.connection.sender.send(message).expect("the server listens");
    }

    fn tell(&self, method: &str, params: Value) {
        self.send(Message::Notification(Notification { method: method.to_owned(), params }));
    }

    fn receive(&mut self) -> Message {
        let message = self.connection.receiver.recv_timeout(Duration::from_secs(120)).expect("a message");
        if let Message::Notification(note) = &message
            && note.method == "textDocument/publishDiagnostics"
        {
            let uri = note.params["uri"].as_str().unwrap_or_default().to_owned();
            let list = note.params["diagnostics"].as_array().cloned().unwrap_or_default();
            self.published.retain(|(known, _)| *known != uri);
            self.published.push((uri, list));
        }
        message
    }

    fn request(&mut self, method: &str, params: Value) -> Result<Value, ResponseError> {
        self.next += 1;
        let id = RequestId::from(self.next);
        self.send(Message::Request(Request { id: id.clone(), method: method.to_owned(), params }));
        loop {
            if let Message::Response(response) = self.receive()
                && response.id == id
            {
                return response.response_result;
            }
        }
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.request(method, params).unwrap_or_else(|error| panic!("{method}: {error:?}"))
    }

    fn open(&mut self, name: &str, text: &str) -> Vec<Value> {
        let document = json!({ "uri": self.uri(name), "languageId": "migspec", "version": 0, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        self.findings(name)
    }

    fn change(&mut self, name: &str, text: &str) -> Vec<Value> {
        self.version += 1;
        let document = json!({ "uri": self.uri(name), "version": self.version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
        self.findings(name)
    }

    /// The next published diagnostics of a file.
    fn findings(&mut self, name: &str) -> Vec<Value> {
        let uri = self.uri(name);
        self.published.retain(|(known, _)| *known != uri);
        loop {
            if let Some((_, list)) = self.published.iter().find(|(known, _)| *known == uri) {
                return list.clone();
            }
            self.receive();
        }
    }

    /// A request about a place: the given part of the text, some characters in.
    fn at(&mut self, method: &str, name: &str, text: &str, part: &str, behind: usize) -> Value {
        let position = position(text, find(text, part) + behind);
        let uri = self.uri(name);
        self.ask(
            method,
            json!({ "textDocument": { "uri": uri }, "position": position, "context": { "includeDeclaration": true } }),
        )
    }

    fn labels(&mut self, name: &str, text: &str, part: &str, behind: usize) -> Vec<String> {
        let items = self.at("textDocument/completion", name, text, part, behind);
        let items = items.as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["label"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn about(&mut self, method: &str, name: &str) -> Value {
        let uri = self.uri(name);
        self.ask(method, json!({ "textDocument": { "uri": uri }, "options": { "tabSize": 4, "insertSpaces": true } }))
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        let ended = self.server.take().map(JoinHandle::join);
        assert!(matches!(ended, Some(Ok(Ok(())))), "{ended:?}");
    }
}

fn find(text: &str, part: &str) -> usize {
    text.find(part).unwrap_or_else(|| panic!("the text has `{part}`"))
}

fn position(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let line = before.matches('\n').count();
    let column: usize = before.rsplit('\n').next().unwrap_or_default().chars().map(char::len_utf16).sum();
    json!({ "line": line, "character": column })
}

fn offset(text: &str, position: &Value) -> usize {
    let (line, column) = (position["line"].as_u64().unwrap_or(0), position["character"].as_u64().unwrap_or(0));
    let start: usize = text.split_inclusive('\n').take(line as usize).map(str::len).sum();
    let mut left = column as usize;
    let rest = &text[start..];
    let end = rest.char_indices().find(|(_, c)| {
        let done = left == 0;
        left = left.saturating_sub(c.len_utf16());
        done
    });
    start + end.map_or(rest.len(), |(at, _)| at)
}

/// The text of one file after the edits of a workspace edit.
fn edited(text: &str, uri: &str, edit: &Value) -> String {
    let documents = edit["documentChanges"].as_array().expect("changes of documents");
    let own = documents.iter().filter(|document| document["textDocument"]["uri"] == uri);
    applied(text, own.flat_map(|document| document["edits"].as_array().cloned().unwrap_or_default()).collect())
}

fn applied(text: &str, mut edits: Vec<Value>) -> String {
    edits.sort_by_key(|edit| std::cmp::Reverse(offset(text, &edit["range"]["start"])));
    let mut text = text.to_owned();
    for edit in edits {
        let range = offset(&text, &edit["range"]["start"])..offset(&text, &edit["range"]["end"]);
        text.replace_range(range, edit["newText"].as_str().unwrap_or_default());
    }
    text
}

fn codes(findings: &[Value]) -> Vec<&str> {
    findings.iter().filter_map(|finding| finding["code"].as_str()).collect()
}

fn weak(base: &str) -> String {
    base.replace(
        "        backup retain=\"35d\"",
        "        override \"AWS::RDS::DBCluster\" {\n            StorageEncrypted #false\n        }\n        backup retain=\"35d\"",
    )
}

#[test]
fn findings_of_policies_appear_while_typing_and_a_fix_resolves_them() {
    let base = runs::text("specs/payments.migspec.kdl");
    let mut editor = Editor::start(&[(SPEC, &base)]);
    assert_eq!(editor.open(SPEC, &base), Vec::<Value>::new(), "the reference spec is clean");

    let text = weak(&base);
    let findings = editor.change(SPEC, &text);
    assert_eq!(codes(&findings), ["unencrypted-cluster"]);
    let value = find(&text, "StorageEncrypted #false") + "StorageEncrypted ".len();
    assert_eq!(findings[0]["range"]["start"], position(&text, value));
    let page = findings[0]["codeDescription"]["href"].as_str().unwrap_or_default();
    let (_, path) = page.split_once("/blob/main/").expect("an address in the repository");
    assert_eq!(path, "docs/reference/policies/encryption.md#unencrypted-cluster", "the page that SARIF names");
    let (file, heading) = path.split_once('#').expect("a heading");
    assert!(runs::text(file).contains(&format!("\n## `{heading}`\n")), "{path}");

    let uri = editor.uri(SPEC);
    let range = findings[0]["range"].clone();
    let context = json!({ "diagnostics": [], "only": [] });
    let parameters = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
    let actions = editor.ask("textDocument/codeAction", parameters);
    let titles: Vec<&str> = actions.as_array().expect("actions").iter().filter_map(|a| a["title"].as_str()).collect();
    assert_eq!(
        titles,
        ["Remove the override of `StorageEncrypted`", "Explain `unencrypted-cluster`"],
        "a rule without waivers offers none"
    );
    let fixed = edited(&text, &uri, &actions[0]["edit"]);
    assert_eq!(fixed, base);
    assert_eq!(editor.change(SPEC, &fixed), Vec::<Value>::new());

    let page = editor
        .ask("workspace/executeCommand", json!({ "command": "migspec.explain", "arguments": ["unencrypted-cluster"] }));
    assert!(page.as_str().is_some_and(|page| page.contains("unencrypted")), "{page}");
}

#[test]
fn all_safe_fixes_are_one_action_and_a_waiver_is_another() {
    let base = runs::text("specs/payments.migspec.kdl");
    let text = weak(&base).replace("            waive \"api-without-waf\"", "            // waive \"api-without-waf\"").replace(
        "                ticket=\"PAY-812\" reason=\"dev API answers the office network only\" control=\"source address allow list\"\n",
        "",
    );
    let mut editor = Editor::start(&[(SPEC, &text)]);
    let findings = editor.open(SPEC, &text);
    assert!(codes(&findings).contains(&"api-without-waf"), "{findings:?}");
    let uri = editor.uri(SPEC);
    let whole = json!({ "start": position(&text, 0), "end": position(&text, text.len()) });
    let mut ask = |only: Value| {
        let context = json!({ "diagnostics": [], "only": only });
        editor.ask(
            "textDocument/codeAction",
            json!({ "textDocument": { "uri": uri }, "range": whole, "context": context }),
        )
    };
    let all = ask(json!(["source.fixAll"]));
    assert!(!edited(&text, &uri, &all[0]["edit"]).contains("StorageEncrypted"));
    let actions = ask(json!(["quickfix"]));
    let waive = actions.as_array().expect("actions").iter().find(|a| a["title"] == "Waive `api-without-waf` in `dev`");
    let waived = edited(&text, &uri, &waive.expect("a waiver")["edit"]);
    assert!(waived.contains("waive \"api-without-waf\" until=\"2026-12-22\""), "{waived}");
}

#[test]
fn a_broken_text_keeps_the_findings_of_policies() {
    let base = runs::text("specs/payments.migspec.kdl");
    let text = weak(&base);
    let mut editor = Editor::start(&[(SPEC, &text)]);
    assert_eq!(codes(&editor.open(SPEC, &text)), ["unencrypted-cluster"]);
    let broken = text.replace("checkpoints retain=\"400d\"", "checkpoints retain=\"400d");
    let findings = editor.change(SPEC, &broken);
    let found = codes(&findings);
    assert!(found.contains(&"unencrypted-cluster") && found.len() > 1, "{found:?}");
    assert_eq!(codes(&editor.change(SPEC, &text)), ["unencrypted-cluster"]);
}

#[test]
fn completion_follows_the_grammar() {
    let base = runs::text("specs/payments.migspec.kdl");
    let mut editor = Editor::start(&[(SPEC, &base)]);
    editor.open(SPEC, &base);
    let mut offers = |old: &str, new: &str, behind: usize, expected: &[&str]| {
        let text = base.replacen(old, new, 1);
        editor.change(SPEC, &text);
        let labels = editor.labels(SPEC, &text, new, behind);
        let missing: Vec<&&str> = expected.iter().filter(|label| !labels.iter().any(|l| l == **label)).collect();
        assert!(missing.is_empty(), "{new}: {missing:?} of {labels:?}");
        labels
    };
    let engines = offers("engine=\"aurora-postgresql\"", "engine=\"aur\"", 11, &["aurora-postgresql", "aurora-mysql"]);
    assert!(!engines.contains(&"verify-full".to_owned()));
    let nodes =
        offers("        name \"ledger\"\n", "        name \"ledger\"\n        \n", 31, &["login", "override", "waive"]);
    assert!(!nodes.contains(&"name".to_owned()), "a node that may be given once is there");
    let settings = offers("backup retain=\"35d\" window=\"03:00-04:00Z\"", "backup retain=\"35d\" ", 20, &["window"]);
    assert_eq!(settings, ["window"], "the other settings of the node");
    offers(" network=\"migration\" {", " network=\"\" {", 10, &["production", "migration"]);
    offers("region=\"us-east-2\"", "region=\"eu\"", 10, &["eu-central-1", "us-east-2"]);
    offers("waive \"api-without-waf\"", "waive \"\"", 7, &["api-without-waf", "unencrypted-cluster"]);
    offers(" multi-az=#false", " multi-az=", 10, &["#true", "#false"]);
    offers("instances 2 class=\"db.r6g.large\"", "instances 2 class=\"db\"", 21, &["db.r6g.large"]);
    let over = "        override \"AWS::RDS::DBCluster\" {\n            S\n        }\n        replica";
    offers("        replica", over, 53, &["StorageEncrypted", "DeletionProtection"]);
    offers("        replica", "        override \"\"\n        replica", 18, &["AWS::RDS::DBCluster"]);
}

#[test]
fn a_completed_setting_has_quotes_if_its_value_has() {
    let base = runs::text("specs/payments.migspec.kdl");
    let mut editor = Editor::start(&[(SPEC, &base)]);
    editor.open(SPEC, &base);
    for (old, new, setting, expected) in [
        ("        backup retain", "        capacity \n        backup retain", "max", "max=$1"),
        ("version=\"16.11\" network=\"production\" {", "version=\"16.11\"  {", "port", "port=$1"),
        ("version=\"16.11\" network=\"production\" {", "version=\"16.11\"  {", "network", "network=\"$1\""),
        (" connections=8", "  ", "connections", "connections=$1"),
        (" multi-az=#false", "  ", "multi-az", "multi-az=$1"),
    ] {
        let text = base.replacen(old, new, 1);
        assert_ne!(text, base, "{old}");
        editor.change(SPEC, &text);
        let at = new.find("  {").or_else(|| new.find(" \n")).unwrap_or(0) + 1;
        let place = position(&text, base.find(old).unwrap_or(0) + at);
        let parameters = json!({ "textDocument": { "uri": editor.uri(SPEC) }, "position": place });
        let items = editor.ask("textDocument/completion", parameters);
        let item = items.as_array().and_then(|items| items.iter().find(|item| item["label"] == setting));
        assert_eq!(item.map(|item| &item["textEdit"]["newText"]), Some(&json!(expected)), "{setting}: {items}");
    }
}

#[test]
fn hover_shows_the_reference_the_resources_and_the_rules() {
    let base = runs::text("specs/payments.migspec.kdl");
    let mut editor = Editor::start(&[(SPEC, &base)]);
    editor.open(SPEC, &base);
    let mut shows = |part: &str, behind: usize, expected: &[&str]| {
        let hover = editor.at("textDocument/hover", SPEC, &base, part, behind);
        let text = hover["contents"]["value"].as_str().unwrap_or_default().to_owned();
        let missing: Vec<&&str> = expected.iter().filter(|word| !text.contains(**word)).collect();
        assert!(missing.is_empty(), "{part}: {missing:?} in {text}");
    };
    shows("database \"ledger\" engine=\"aurora", 3, &["A database on AWS", "`AWS::RDS::DBCluster`", "rules"]);
    shows("retain=\"35d\"", 9, &["Retention", "AWS::RDS::DBCluster.BackupRetentionPeriod", "short-backup-retention"]);
    shows("retain=\"35d\"", 2, &["Retention of automatic backups"]);
    shows("class=\"db.r6g.large\"", 10, &["Instance class"]);
    shows("\"api-without-waf\"", 3, &["api-without-waf"]);
    let nothing = editor.at("textDocument/hover", SPEC, &base, "// An environment names", 6);
    assert_eq!(nothing, Value::Null, "a comment");
}

#[test]
fn names_are_found_and_renamed_everywhere() {
    let base = runs::text("specs/payments.migspec.kdl");
    let mut editor = Editor::start(&[(SPEC, &base)]);
    editor.open(SPEC, &base);
    let uri = editor.uri(SPEC);
    let definition = editor.at("textDocument/definition", SPEC, &base, "to=\"ledger\"", 5);
    let declared = find(&base, "database \"ledger\" engine=") + "database \"".len();
    assert_eq!(definition[0]["range"]["start"], position(&base, declared), "{definition}");
    let references = editor.at("textDocument/references", SPEC, &base, "to=\"ledger\"", 5);
    assert_eq!(references.as_array().map(Vec::len), Some(3), "base, environment, replication: {references}");

    for part in [
        "network \"production\"",
        "site \"datacenter\"",
        "source \"ledger-onprem\"",
        "database \"ledger\"",
        "replication \"ledger\"",
        "api \"payments\"",
        "transit \"hub\"",
    ] {
        let at = find(&base, part) + part.find('"').unwrap_or(0) + 2;
        let parameters =
            json!({ "textDocument": { "uri": uri }, "position": position(&base, at), "newName": "renamed" });
        let edit = editor.ask("textDocument/rename", parameters);
        let text = edited(&base, &uri, &edit);
        assert!(text.contains("\"renamed\""), "{part}");
        let findings = editor.change(SPEC, &text);
        assert_eq!(findings, Vec::<Value>::new(), "{part}");
        editor.change(SPEC, &base);
    }
    let bad = json!({ "textDocument": { "uri": uri }, "position": position(&base, declared), "newName": "Not A Key" });
    assert!(editor.request("textDocument/rename", bad).is_err());
    let taken = find(&base, "network \"migration\"") + "network \"".len();
    let taken = json!({ "textDocument": { "uri": uri }, "position": position(&base, taken), "newName": "production" });
    assert!(editor.request("textDocument/rename", taken).is_err());
}

#[test]
fn names_cross_the_files_of_a_spec() {
    let base = runs::text("specs/payments.migspec.kdl");
    let start = find(&base, "    database \"ledger\" engine=");
    let end = find(&base, "    replication \"ledger\" from=");
    let database =
        base[start..end].lines().map(|l| l.strip_prefix("    ").unwrap_or(l)).collect::<Vec<_>>().join("\n") + "\n";
    let rest = format!("{}    import \"database.kdl\"\n{}", &base[..start], &base[end..]);
    let mut editor = Editor::start(&[(SPEC, &rest), ("database.kdl", &database)]);
    assert_eq!(editor.open(SPEC, &rest), Vec::<Value>::new());
    let definition = editor.at("textDocument/definition", SPEC, &rest, "to=\"ledger\"", 5);
    assert_eq!(definition[0]["uri"], editor.uri("database.kdl"), "{definition}");
    let weak = database.replace("engine=\"aurora-postgresql\"", "engine=\"aurora-postgres\"");
    let findings = editor.open("database.kdl", &weak);
    assert_eq!(codes(&findings), ["wrong-value"], "an imported file has its own findings");
}

#[test]
fn the_structure_of_a_text() {
    let base = runs::text("specs/payments.migspec.kdl");
    let mut editor = Editor::start(&[(SPEC, &base)]);
    editor.open(SPEC, &base);
    let symbols = editor.about("textDocument/documentSymbol", SPEC);
    assert_eq!(symbols[0]["name"], "migration payments");
    let children = symbols[0]["children"].as_array().cloned().unwrap_or_default();
    assert!(children.iter().any(|child| child["name"] == "database ledger"), "{children:?}");
    let folds = editor.about("textDocument/foldingRange", SPEC);
    assert!(folds.as_array().is_some_and(|folds| folds.len() > 20), "{folds}");
    let range = json!({ "start": position(&base, 0), "end": position(&base, base.len()) });
    let uri = editor.uri(SPEC);
    let hints = editor.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": uri }, "range": range }));
    let labels: Vec<&str> = hints.as_array().expect("hints").iter().filter_map(|hint| hint["label"].as_str()).collect();
    assert!(labels.iter().any(|label| label.starts_with("10.0.")), "{labels:?}");
    assert!(labels.iter().any(|label| label.contains("resources") && label.contains("account data")), "{labels:?}");
    let crooked = base.replace("    owner", "  owner");
    editor.change(SPEC, &crooked);
    let edits = editor.about("textDocument/formatting", SPEC);
    assert_eq!(applied(&crooked, edits.as_array().cloned().unwrap_or_default()), base);
}

/// The editor knows a file by another name than the file system.
#[cfg(unix)]
#[test]
fn a_file_behind_a_link_keeps_its_uri() {
    let base = runs::text("specs/payments.migspec.kdl");
    let mut editor = Editor::start(&[(SPEC, &base)]);
    let link = editor.folder.path().join("link");
    std::os::unix::fs::symlink(editor.folder.path(), &link).expect("a link");
    let name = format!("link/{SPEC}");
    assert_eq!(codes(&editor.open(&name, &weak(&base))), ["unencrypted-cluster"]);
    let text = weak(&base);
    let definition = editor.at("textDocument/definition", &name, &text, "to=\"ledger\"", 5);
    assert_eq!(definition[0]["uri"], editor.uri(&name));
}

#[test]
fn strange_requests_get_an_answer() {
    let mut editor = Editor::start(&[]);
    let text = "migration \"𝄞\" {\n    database \"";
    editor.open(SPEC, text);
    let uri = editor.uri("nowhere.kdl");
    let place = json!({ "textDocument": { "uri": uri }, "position": { "line": 9, "character": 9 } });
    assert_eq!(editor.ask("textDocument/hover", place), Value::Null);
    assert!(editor.request("textDocument/nonsense", json!({})).is_err());
    assert!(editor.request("textDocument/hover", json!({ "x": 1 })).is_err());
    // Every place of a broken text.
    for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
        let parameters = json!({ "textDocument": { "uri": editor.uri(SPEC) }, "position": position(text, at) });
        for method in
            ["textDocument/hover", "textDocument/completion", "textDocument/definition", "textDocument/prepareRename"]
        {
            editor.ask(method, parameters.clone());
        }
    }
}

#[test]
fn deep_nesting_gets_an_answer() {
    let mut editor = Editor::start(&[]);
    let text = "a{".repeat(100_000);
    let findings = editor.open(SPEC, &text);
    assert!(codes(&findings).contains(&"nested-too-deep"), "{findings:?}");
    let mut symbols = editor.about("textDocument/documentSymbol", SPEC);
    let mut depth = 0;
    while symbols[0]["name"] == "a" {
        depth += 1;
        symbols = symbols[0]["children"].take();
    }
    assert_eq!(depth, 129, "a node in each of the 128 blocks, and around them");
    let folds = editor.about("textDocument/foldingRange", SPEC);
    assert_eq!(folds.as_array().map(Vec::len), Some(0), "all blocks are on one line");
    for at in [0, 1, 300, 100_001, text.len()] {
        let parameters =
            json!({ "textDocument": { "uri": editor.uri(SPEC) }, "position": { "line": 0, "character": at } });
        for method in ["textDocument/hover", "textDocument/completion", "textDocument/definition"] {
            editor.ask(method, parameters.clone());
        }
    }
}
