#!/usr/bin/env node
// Starts the program that npm installed as the optional dependency for this platform.
"use strict";
const { spawnSync } = require("node:child_process");

const windows = process.platform === "win32";
const name = `@migspec/${process.platform}-${process.arch}`;

function find() {
  try {
    return require.resolve(`${name}/bin/migspec${windows ? ".exe" : ""}`);
  } catch {
    return null;
  }
}

const program = find();
if (program === null) {
  console.error(`migspec: the package ${name} is not installed`);
  console.error("install migspec without `--omit=optional`; `pip install migspec` and cargo have it for other platforms");
  process.exit(2);
}
const { error, signal, status } = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (error) {
  console.error(`migspec: ${program} does not start: ${error.message}`);
  process.exit(2);
}
// A shell reports an end by a signal as 128 and its number.
process.exit(signal ? 128 + require("node:os").constants.signals[signal] : status);
