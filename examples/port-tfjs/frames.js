// Frames of protocol 1 (docs/protocol.md), synchronous: one comes in, one goes out.
'use strict';

const fs = require('node:fs');

const STDIN = 0;
const STDOUT = 1;
const LENGTH = 8;
const MOST_HEADER = 2 ** 24;
const BYTES = {
  float64: 8, float32: 4, float16: 2, bfloat16: 2, int64: 8, int32: 4, int16: 2, int8: 1, uint8: 1, bool: 1,
  complex64: 8, complex128: 16,
};

/** The next frame as {header, tensors: {name: Buffer}}; null at the end of the input. */
function readFrame() {
  const prefix = read(LENGTH);
  if (prefix.length === 0) return null;
  const length = prefix.length === LENGTH ? Number(prefix.readBigUInt64LE()) : Infinity;
  if (length > MOST_HEADER) throw new Error(`no length of a frame: ${prefix.toString('hex')}`);
  const header = JSON.parse(whole(length).toString('utf8'));
  const tensors = {};
  for (const { name, dtype, shape } of header.tensors ?? []) {
    tensors[name] = whole(shape.reduce((size, axis) => size * axis, BYTES[dtype]));
  }
  return { header, tensors };
}

/** Writes a header and, for a reply, the bytes of its tensor. */
function writeFrame(header, bytes = Buffer.alloc(0)) {
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const prefix = Buffer.alloc(LENGTH);
  prefix.writeBigUInt64LE(BigInt(text.length));
  for (const part of [prefix, text, bytes]) {
    for (let done = 0; done < part.length;) done += fs.writeSync(STDOUT, part, done);
  }
}

function whole(count) {
  const bytes = read(count);
  if (bytes.length < count) throw new Error('the input ended inside a frame');
  return bytes;
}

/** So many bytes, or fewer where the input ends. A read returns what has come, often less than was asked for. */
function read(count) {
  const bytes = Buffer.alloc(count);
  let filled = 0;
  while (filled < count) {
    const came = fs.readSync(STDIN, bytes, filled, count - filled, null);
    if (came === 0) break;
    filled += came;
  }
  return bytes.subarray(0, filled);
}

module.exports = { readFrame, writeFrame };
