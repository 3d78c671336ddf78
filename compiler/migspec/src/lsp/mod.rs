//! The language server: the checks of `migspec check` while the author types.
//!
//! One thread reads messages in their order. When none is left, it checks the
//! specs whose text has changed and publishes their findings, so that a burst
//! of keys costs one check.

mod actions;
mod completion;
mod diagnostics;
mod hints;
mod hover;
mod names;
mod position;
mod state;
mod structure;

use std::collections::BTreeSet;
use std::path::PathBuf;

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, DidSaveTextDocument, Notification as _,
    PublishDiagnostics, ShowMessage,
};
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentSymbolRequest, ExecuteCommand, FoldingRangeRequest, Formatting,
    GotoDefinition, HoverRequest, InlayHintRequest, PrepareRenameRequest, References, Rename, Request as _,
};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions, DidChangeTextDocumentParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentSymbolResponse,
    ExecuteCommandOptions, FoldingRangeProviderCapability, HoverProviderCapability, InitializeParams, InsertTextFormat,
    MessageType, OneOf, Position, PositionEncodingKind, PrepareRenameResponse, PublishDiagnosticsParams, RenameOptions,
    ServerCapabilities, ShowMessageParams, TextDocumentPositionParams, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Uri,
};
use migspec_policies::Rulebook;
use migspec_syntax::value::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

use self::position::{Encoding, name_of};
use self::state::{Document, State};
use crate::error::CommandError;

/// The end of a session.
#[derive(Debug, Error)]
pub enum LspError {
    #[error("the client broke the protocol: {0}")]
    Protocol(#[from] lsp_server::ProtocolError),
    #[error("a message cannot be read or written: {0}")]
    Message(#[from] serde_json::Error),
    #[error("the client closed the connection without `exit`")]
    Closed,
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// Serves a client until it asks for the end.
///
/// # Errors
///
/// The client breaks the protocol, or a policy cannot be evaluated.
pub fn serve(connection: &Connection, rulebook: Rulebook, today: Date) -> Result<(), LspError> {
    let (id, parameters) = connection.initialize_start()?;
    let parameters: InitializeParams = serde_json::from_value(parameters)?;
    let encoding = encoding(&parameters);
    let capabilities = serde_json::to_value(capabilities(encoding))?;
    let info = serde_json::json!({ "name": "migspec", "version": env!("CARGO_PKG_VERSION") });
    connection.initialize_finish(id, serde_json::json!({ "capabilities": capabilities, "serverInfo": info }))?;
    let state = State::new(rulebook, today, encoding, roots(&parameters));
    let mut server =
        Server { connection, state, insert_format: insert_format(&parameters), published: BTreeSet::new() };
    server.run()
}

/// UTF-8 if the client offers it; every client has UTF-16.
fn encoding(parameters: &InitializeParams) -> Encoding {
    let general = parameters.capabilities.general.as_ref();
    let offered = general.and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
    if offered.contains(&PositionEncodingKind::UTF8) { Encoding::Utf8 } else { Encoding::Utf16 }
}

fn roots(parameters: &InitializeParams) -> Vec<PathBuf> {
    let folders = parameters.workspace_folders.as_deref().unwrap_or_default();
    folders.iter().filter_map(|folder| name_of(&folder.uri)).map(PathBuf::from).collect()
}

/// Snippets, where the editor takes them.
fn insert_format(parameters: &InitializeParams) -> InsertTextFormat {
    let document = parameters.capabilities.text_document.as_ref();
    let completion = document.and_then(|document| document.completion.as_ref());
    let item = completion.and_then(|completion| completion.completion_item.as_ref());
    match item.and_then(|item| item.snippet_support) {
        Some(true) => InsertTextFormat::SNIPPET,
        _ => InsertTextFormat::PLAIN_TEXT,
    }
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(match encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::FULL),
            save: Some(TextDocumentSyncSaveOptions::Supported(true)),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(["\"", "=", " "].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: Default::default(),
        })),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::from(actions::FIX_ALL)]),
            ..CodeActionOptions::default()
        })),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: vec![actions::EXPLAIN.to_owned()],
            ..ExecuteCommandOptions::default()
        }),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        inlay_hint_provider: Some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    }
}

struct Server<'c> {
    connection: &'c Connection,
    state: State,
    insert_format: InsertTextFormat,
    /// Files with published findings.
    published: BTreeSet<String>,
}

impl Server<'_> {
    fn run(&mut self) -> Result<(), LspError> {
        loop {
            let message = match self.connection.receiver.try_recv() {
                Ok(message) => message,
                Err(_) => {
                    self.publish()?;
                    self.connection.receiver.recv().map_err(|_| LspError::Closed)?
                }
            };
            match message {
                Message::Request(request) => {
                    if self.connection.handle_shutdown(&request)? {
                        return Ok(());
                    }
                    let response = self.answer(request)?;
                    self.send(Message::Response(response))?;
                }
                Message::Notification(notification) => self.note(notification)?,
                Message::Response(_) => {}
            }
        }
    }

    fn send(&self, message: Message) -> Result<(), LspError> {
        self.connection.sender.send(message).map_err(|_| LspError::Closed)
    }

    fn notify<N: lsp_types::notification::Notification>(&self, parameters: &N::Params) -> Result<(), LspError>
    where
        N::Params: Serialize,
    {
        let params = serde_json::to_value(parameters)?;
        self.send(Message::Notification(Notification { method: N::METHOD.to_owned(), params }))
    }

    /// Checks what has changed and publishes the findings.
    fn publish(&mut self) -> Result<(), LspError> {
        self.state.refresh()?;
        for name in std::mem::take(&mut self.state.unpublished) {
            let Some(uri) = self.state.uri(&name) else { continue };
            let diagnostics = diagnostics::of_file(&self.state, &name);
            let had = self.published.remove(&name);
            if diagnostics.is_empty() && !had && !self.state.documents.contains_key(&name) {
                continue;
            }
            if !diagnostics.is_empty() {
                self.published.insert(name.clone());
            }
            let version = self.state.documents.get(&name).map(|document| document.version);
            self.notify::<PublishDiagnostics>(&PublishDiagnosticsParams { uri, diagnostics, version })?;
        }
        Ok(())
    }

    fn note(&mut self, notification: Notification) -> Result<(), LspError> {
        let Notification { method, params } = notification;
        match method.as_str() {
            DidOpenTextDocument::METHOD => {
                let DidOpenTextDocumentParams { text_document: opened } = serde_json::from_value(params)?;
                let document = Document { uri: opened.uri, text: opened.text, version: opened.version };
                self.change(&document.uri.clone(), Some(document));
            }
            DidChangeTextDocument::METHOD => {
                let mut changed: DidChangeTextDocumentParams = serde_json::from_value(params)?;
                if let Some(last) = changed.content_changes.pop() {
                    let lsp_types::VersionedTextDocumentIdentifier { uri, version } = changed.text_document;
                    self.change(&uri.clone(), Some(Document { uri, text: last.text, version }));
                }
            }
            DidCloseTextDocument::METHOD => {
                let DidCloseTextDocumentParams { text_document: closed } = serde_json::from_value(params)?;
                self.change(&closed.uri, None);
            }
            DidSaveTextDocument::METHOD => {
                let DidSaveTextDocumentParams { text_document: saved, .. } = serde_json::from_value(params)?;
                if let Some(name) = name_of(&saved.uri) {
                    self.state.touch(&name);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn change(&mut self, uri: &Uri, document: Option<Document>) {
        let Some(name) = name_of(uri) else { return };
        match document {
            Some(document) => {
                self.state.documents.insert(name.clone(), document);
            }
            None => {
                self.state.documents.remove(&name);
            }
        }
        self.state.touch(&name);
    }

    /// The answer to a request. Only a failed policy ends the session.
    fn answer(&mut self, request: Request) -> Result<Response, LspError> {
        let Request { id, method, params } = request;
        Ok(match method.as_str() {
            HoverRequest::METHOD => {
                self.at(id, params, |server, name, text, at| hover::hover(&server.state, name, text, at))
            }
            Completion::METHOD => self.at(id, params, |server, name, text, at| {
                completion::complete(&server.state, name, text, at, server.insert_format)
            }),
            GotoDefinition::METHOD => {
                self.at(id, params, |server, name, _, at| names::definition(&server.state, name, at))
            }
            PrepareRenameRequest::METHOD => self.at(id, params, |server, name, _, at| {
                names::renameable(&server.state, name, at).map(PrepareRenameResponse::Range)
            }),
            References::METHOD => self.with(id, params, |server, parameters: lsp_types::ReferenceParams| {
                let (name, _, at) = server.place(&parameters.text_document_position)?;
                Some(names::references(&server.state, &name, at, &parameters.context))
            }),
            Rename::METHOD => return Ok(self.rename(id, params)),
            CodeActionRequest::METHOD => return self.code_actions(id, params),
            Formatting::METHOD => self.with(id, params, |server, parameters: lsp_types::DocumentFormattingParams| {
                let name = name_of(&parameters.text_document.uri)?;
                structure::format(server.state.text(&name)?, server.state.encoding)
            }),
            DocumentSymbolRequest::METHOD => {
                self.with(id, params, |server, parameters: lsp_types::DocumentSymbolParams| {
                    let name = name_of(&parameters.text_document.uri)?;
                    let symbols = structure::symbols(server.state.text(&name)?, server.state.encoding);
                    Some(DocumentSymbolResponse::Nested(symbols))
                })
            }
            FoldingRangeRequest::METHOD => {
                self.with(id, params, |server, parameters: lsp_types::FoldingRangeParams| {
                    let name = name_of(&parameters.text_document.uri)?;
                    Some(structure::folds(server.state.text(&name)?))
                })
            }
            InlayHintRequest::METHOD => {
                self.state.refresh()?;
                self.with(id, params, |server, parameters: lsp_types::InlayHintParams| {
                    let name = name_of(&parameters.text_document.uri)?;
                    let text = server.state.text(&name)?;
                    let at = |position: Position| server.state.encoding.offset(text, position);
                    let range = at(parameters.range.start)..at(parameters.range.end);
                    Some(hints::hints(&server.state, &name, text, range))
                })
            }
            ExecuteCommand::METHOD => return self.execute(id, params),
            _ => Response::new_err(id, ErrorCode::MethodNotFound as i32, format!("`{method}` is not supported")),
        })
    }

    /// Answers with the result of a function of the parameters; `null` for `None`.
    fn with<P: DeserializeOwned, R: Serialize>(
        &self,
        id: RequestId,
        params: Value,
        answer: impl FnOnce(&Self, P) -> Option<R>,
    ) -> Response {
        match serde_json::from_value(params) {
            Ok(parameters) => Response::new_ok(id, answer(self, parameters)),
            Err(error) => Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string()),
        }
    }

    /// Answers with the result of a function of a place.
    fn at<R: Serialize>(
        &self,
        id: RequestId,
        params: Value,
        answer: impl FnOnce(&Self, &str, &str, usize) -> R,
    ) -> Response {
        self.with(id, params, |server, parameters: TextDocumentPositionParams| {
            let (name, text, at) = server.place(&parameters)?;
            Some(answer(server, &name, text, at))
        })
    }

    /// The file, the text and the byte offset of a place.
    fn place(&self, place: &TextDocumentPositionParams) -> Option<(String, &str, usize)> {
        let name = name_of(&place.text_document.uri)?;
        let text = self.state.text(&name)?;
        let at = self.state.encoding.offset(text, place.position);
        Some((name, text, at))
    }

    fn rename(&self, id: RequestId, params: Value) -> Response {
        let parameters: lsp_types::RenameParams = match serde_json::from_value(params) {
            Ok(parameters) => parameters,
            Err(error) => return Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string()),
        };
        let Some((name, _, at)) = self.place(&parameters.text_document_position) else {
            return Response::new_ok(id, Value::Null);
        };
        match names::rename(&self.state, &name, at, &parameters.new_name) {
            Ok(edit) => Response::new_ok(id, edit),
            Err(why) => Response::new_err(id, ErrorCode::InvalidParams as i32, why.to_string()),
        }
    }

    fn code_actions(&mut self, id: RequestId, params: Value) -> Result<Response, LspError> {
        self.state.refresh()?;
        let parameters: lsp_types::CodeActionParams = match serde_json::from_value(params) {
            Ok(parameters) => parameters,
            Err(error) => return Ok(Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string())),
        };
        let Some(name) = name_of(&parameters.text_document.uri) else { return Ok(Response::new_ok(id, Value::Null)) };
        let Some(text) = self.state.text(&name) else { return Ok(Response::new_ok(id, Value::Null)) };
        let at = |position: Position| self.state.encoding.offset(text, position);
        let range = at(parameters.range.start)..at(parameters.range.end);
        let only = parameters.context.only.unwrap_or_default();
        let wants = |kind: &str| {
            let within =
                |wanted: &CodeActionKind| kind == wanted.as_str() || kind.starts_with(&format!("{}.", wanted.as_str()));
            only.iter().any(within)
        };
        let mut actions = Vec::new();
        if only.is_empty() || wants("quickfix") {
            actions.extend(actions::actions(&self.state, &name, range));
        }
        if wants(actions::FIX_ALL) {
            actions.extend(actions::fix_all(&self.state, &name)?);
        }
        Ok(Response::new_ok(id, actions))
    }

    /// Shows the manual of a rule, and returns it as Markdown.
    fn execute(&self, id: RequestId, params: Value) -> Result<Response, LspError> {
        let parameters: lsp_types::ExecuteCommandParams = match serde_json::from_value(params) {
            Ok(parameters) => parameters,
            Err(error) => return Ok(Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string())),
        };
        let code = parameters.arguments.first().and_then(Value::as_str).unwrap_or_default();
        let page =
            (parameters.command == actions::EXPLAIN).then(|| hover::explain(&self.state.rulebook, code)).flatten();
        let Some(page) = page else {
            let message = format!("`{}` has no rule `{code}`", parameters.command);
            return Ok(Response::new_err(id, ErrorCode::InvalidParams as i32, message));
        };
        let typ = MessageType::INFO;
        self.notify::<ShowMessage>(&ShowMessageParams { typ, message: page.clone() })?;
        Ok(Response::new_ok(id, page))
    }
}
