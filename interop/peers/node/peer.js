// SPDX-License-Identifier: MIT
//
// What the two programs of the Node peer have in common: the official flags, the gRPC project's test certificates, and
// the service's definition, which is loaded from the .proto files when a program starts.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const protoLoader = require('@grpc/proto-loader');

const PROTOS = process.env.GRPC_PROTO_DIR || '/usr/share/grpc-proto';
const GEMS = '/usr/lib/x86_64-linux-gnu/rubygems-integration';

// Reads --name=value and --name value; the kind of value is that of the default.
function readFlags(flags) {
  const args = process.argv.slice(2);
  while (args.length > 0) {
    const [, name, inline] = /^--?([a-z_]+)(?:=(.*))?$/s.exec(args[0]) || [];
    if (!(name in flags)) {
      console.error(`unknown flag ${args[0]}`);
      process.exit(2);
    }
    args.shift();
    const bare = typeof flags[name] === 'boolean' && (args.length === 0 || args[0].startsWith('--'));
    const text = inline ?? (bare ? 'true' : args.shift());
    if (typeof flags[name] === 'boolean') flags[name] = text === 'true';
    else if (typeof flags[name] === 'number') flags[name] = Number(text);
    else flags[name] = text;
  }
  return flags;
}

// The folders that may hold the gRPC project's test certificates.
function* testdataFolders() {
  if (process.env.GRPCREF_TESTDATA) yield process.env.GRPCREF_TESTDATA;
  for (const ruby of list(GEMS))
    for (const gem of list(`${ruby}/gems`))
      if (path.basename(gem).startsWith('grpc-')) yield `${gem}/src/ruby/spec/testdata`;
  const modules = process.env.GOMODCACHE || path.join(os.homedir(), 'go/pkg/mod');
  for (const module of list(`${modules}/google.golang.org`)) yield `${module}/testdata`;
}

function list(folder) {
  return fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => path.join(folder, name)) : [];
}

// The octets of `file`, or where it is empty of the gRPC project's `name`.
function read(file, name) {
  if (file) return fs.readFileSync(file);
  for (const folder of testdataFolders())
    if (fs.existsSync(path.join(folder, name))) return fs.readFileSync(path.join(folder, name));
  console.error(`${name} is not on this machine (Debian's ruby-grpc has it): name your own by a flag`);
  return process.exit(2);
}

function loadDefinition() {
  const options = { keepCase: true, longs: Number, enums: Number, defaults: true, includeDirs: [PROTOS] };
  return protoLoader.loadSync(path.join(PROTOS, 'grpc/testing/test.proto'), options);
}

module.exports = { readFlags, read, loadDefinition };
