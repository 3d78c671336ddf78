-- A session of Neovim with `migspec lsp`: nvim --headless --clean --cmd "luafile RECIPE" -c "luafile neovim.lua" SPEC
local buffer = vim.api.nvim_get_current_buf()

local function wait(what, condition)
  if not vim.wait(90000, condition, 50) then
    error(what .. ": " .. vim.inspect(vim.diagnostic.get(buffer)))
  end
end

local function clients()
  return (vim.lsp.get_clients or vim.lsp.get_active_clients)()
end

--- The line that contains a text, from zero, and the column of the text.
local function place(text)
  for index, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    local column = line:find(text, 1, true)
    if column then
      return index - 1, column - 1, line
    end
  end
  error("the spec has no " .. text)
end

local function replace(old, new)
  local row, column = place(old)
  vim.api.nvim_buf_set_text(buffer, row, column, row, column + #old, { new })
end

local function request(method, more)
  local params = vim.tbl_extend("force", { textDocument = vim.lsp.util.make_text_document_params(buffer) }, more)
  local answers = assert(vim.lsp.buf_request_sync(buffer, method, params, 90000), method .. " got no answer")
  local _, answer = next(answers)
  assert(answer and not answer.err, method .. ": " .. vim.inspect(answer))
  return answer.result
end

local function position(text, behind)
  local row, column = place(text)
  return { position = { line = row, character = column + behind } }
end

local function session()
  wait("the server attaches", function()
    return #clients() == 1 and clients()[1].server_capabilities ~= nil and clients()[1].initialized ~= false
  end)
  assert(vim.bo[buffer].filetype == "migspec")

  replace('secrets rotate="30d"', 'secrets rotate="365d"')
  wait("a policy finds the change", function()
    return #vim.diagnostic.get(buffer) == 1
  end)
  local found = vim.diagnostic.get(buffer)[1]
  assert(found.message:find("rotat"), vim.inspect(found))

  local hover = request("textDocument/hover", position('retain="35d"', 9))
  assert(hover.contents.value:find("BackupRetentionPeriod"), vim.inspect(hover))
  local offers = request("textDocument/completion", position('engine="aurora', 9))
  local labels = vim.tbl_map(function(item)
    return item.label
  end, offers.items or offers)
  assert(vim.tbl_contains(labels, "aurora-postgresql"), vim.inspect(labels))

  local range = {
    start = { line = found.lnum, character = found.col },
    ["end"] = { line = found.end_lnum, character = found.end_col },
  }
  local diagnostic = {
    range = range,
    message = found.message,
    source = found.source,
    severity = found.severity,
    code = found.code or found.user_data.lsp.code,
  }
  assert(diagnostic.code == "slow-rotation", vim.inspect(found))
  local actions = request("textDocument/codeAction", { range = range, context = { diagnostics = { diagnostic } } })
  assert(actions, "no action for " .. vim.inspect(diagnostic))
  local fix
  for _, action in ipairs(actions) do
    fix = fix or (action.isPreferred and action)
  end
  assert(fix, vim.inspect(actions))
  vim.lsp.util.apply_workspace_edit(fix.edit, "utf-16")
  place('secrets rotate="30d"')
  wait("the finding disappears", function()
    return #vim.diagnostic.get(buffer) == 0
  end)

  replace("    secrets rotate", "  secrets rotate")
  if vim.lsp.buf.format then
    vim.lsp.buf.format({ timeout_ms = 90000 })
  else
    vim.lsp.buf.formatting_sync(nil, 90000)
  end
  place("    secrets rotate")

  local edit = request("textDocument/rename", vim.tbl_extend("force", position('to="ledger"', 5), { newName = "book" }))
  vim.lsp.util.apply_workspace_edit(edit, "utf-16")
  place('to="book"')
  place('database "book"')
end

local ok, why = xpcall(session, debug.traceback)
io.stdout:write(ok and "ok\n" or (why .. "\n"))
vim.cmd(ok and "qall!" or "cquit!")
