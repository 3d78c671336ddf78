// Starts `migspec lsp` for specs and for the files that they import.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function activate() {
  const command = vscode.workspace.getConfiguration("migspec").get("path", "migspec");
  const files = { scheme: "file" };
  client = new LanguageClient(
    "migspec",
    "migspec",
    { command, args: ["lsp"] },
    { documentSelector: [{ ...files, language: "migspec" }, { ...files, pattern: "**/*.kdl" }] },
  );
  return client.start();
}

function deactivate() {
  return client?.stop();
}

module.exports = { activate, deactivate };
