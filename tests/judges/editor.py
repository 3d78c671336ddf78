"""A session of pytest-lsp's client with `migspec lsp`: editor.py MIGSPEC SPEC

Every message of the server is read with the types of lsprotocol, which refuse what the protocol does not have.
"""

import asyncio
import pathlib
import sys

from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities, make_test_lsp_client


async def published(client: LanguageClient, uri: str) -> list[types.Diagnostic]:
    await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return list(client.diagnostics.get(uri, []))


def place(text: str, part: str, behind: int) -> types.Position:
    before = text[: text.index(part) + behind]
    column = len(before.rsplit("\n", 1)[-1].encode("utf-16-le")) // 2
    return types.Position(line=before.count("\n"), character=column)


async def session(program: str, spec: pathlib.Path) -> None:
    config = ClientServerConfig(server_command=[program, "lsp"], client_factory=make_test_lsp_client)
    client = await config.start()
    folder = spec.parent.as_uri()
    for editor in ("visual_studio_code", "neovim"):
        client_capabilities(editor)
    answer = await client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities("neovim"),
            root_uri=folder,
            workspace_folders=[types.WorkspaceFolder(uri=folder, name="specs")],
        )
    )
    assert answer.server_info and answer.server_info.name == "migspec"
    uri, text = spec.as_uri(), spec.read_text(encoding="utf-8")
    document = types.TextDocumentIdentifier(uri=uri)
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri=uri, language_id="migspec", version=1, text=text))
    )
    found = await published(client, uri)
    assert found == [], found

    weak = text.replace('secrets rotate="30d"', 'secrets rotate="365d"')
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(version=2, uri=uri),
            [types.TextDocumentContentChangeWholeDocument(text=weak)],
        )
    )
    found = await published(client, uri)
    assert [one.code for one in found] == ["slow-rotation"], found

    actions = await client.text_document_code_action_async(
        types.CodeActionParams(document, found[0].range, types.CodeActionContext(diagnostics=found))
    )
    fix = next(action for action in actions if action.is_preferred)
    edit = fix.edit.document_changes[0].edits[0]
    assert edit.new_text == '"30d"', edit

    hover = await client.text_document_hover_async(types.HoverParams(document, place(weak, 'retain="35d"', 9)))
    assert "BackupRetentionPeriod" in hover.contents.value, hover
    offers = await client.text_document_completion_async(
        types.CompletionParams(document, place(weak, 'engine="aurora', 9))
    )
    items = offers.items if isinstance(offers, types.CompletionList) else offers
    assert any(item.label == "aurora-postgresql" for item in items), items
    at = place(weak, 'to="ledger"', 5)
    assert len(await client.text_document_definition_async(types.DefinitionParams(document, at))) == 1
    references = types.ReferenceParams(types.ReferenceContext(include_declaration=True), document, at)
    assert len(await client.text_document_references_async(references)) == 3
    assert await client.text_document_rename_async(types.RenameParams(document, at, "book"))
    assert await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    assert await client.text_document_folding_range_async(types.FoldingRangeParams(document))
    whole = types.Range(types.Position(0, 0), types.Position(weak.count("\n"), 0))
    assert await client.text_document_inlay_hint_async(types.InlayHintParams(document, whole))
    options = types.FormattingOptions(tab_size=4, insert_spaces=True)
    assert not await client.text_document_formatting_async(types.DocumentFormattingParams(document, options))
    await client.shutdown_session()
    await client.stop()
    print("ok")


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(session(sys.argv[1], pathlib.Path(sys.argv[2]).resolve()), timeout=180))
