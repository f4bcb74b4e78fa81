// A port: reads calls on standard input and answers them on standard output, by protocol 1 (docs/protocol.md).
//
// It passes `conformance smoke --lane "exec:node my_port.js"` as it stands, with one operator in plain JavaScript.
// Replace depthToSpace by what you want judged, and hello by what that takes.
'use strict';

console.log = console.info = console.error; // standard output belongs to frames, whatever a library says

const { readFrame, writeFrame } = require('./frames.js');

class InvalidCall extends Error {}

/** Channels to blocks of pixels. value: elements of [batch, height, width, channels]. Yours here. */
function depthToSpace(value, shape, { block_size: block, mode = 'DCR', data_format: format }) {
  if (shape.length !== 4 || (format ?? 'NHWC') !== 'NHWC' || !['DCR', 'CRD'].includes(mode)) {
    throw new InvalidCall('a value has four axes, NHWC, and mode is DCR or CRD');
  }
  const [batch, height, width, channels] = shape;
  if (block < 1 || channels % (block * block) !== 0) {
    throw new InvalidCall(`${channels} channels are no blocks of ${block} by ${block}`);
  }
  const left = channels / (block * block);
  const result = new Float32Array(value.length);
  let to = 0;
  for (let n = 0; n < batch; n++) for (let y = 0; y < height * block; y++) for (let x = 0; x < width * block; x++) {
    const pixel = ((n * height + Math.floor(y / block)) * width + Math.floor(x / block)) * channels;
    const place = (y % block) * block + (x % block);
    for (let c = 0; c < left; c++) {
      result[to++] = value[pixel + (mode === 'DCR' ? place * left + c : c * block * block + place)];
    }
  }
  return [result, [batch, height * block, width * block, left]];
}

/** The header of the answer to a request, without its seq, and the result's bytes. */
function answer({ arguments: call }, { value }) {
  const elements = new Float32Array(value.buffer.slice(value.byteOffset, value.byteOffset + value.length));
  try {
    const [result, shape] = depthToSpace(elements, call.value, call);
    const header = { type: 'reply', tensors: [{ name: 'result', dtype: 'float32', shape }] };
    return [header, Buffer.from(result.buffer, result.byteOffset, result.byteLength)];
  } catch (error) {
    if (error instanceof InvalidCall) return [{ type: 'refusal', error: 'InvalidCall', message: error.message }];
    return [{ type: 'error', message: String(error.stack) }];
  }
}

writeFrame({
  type: 'hello', protocol: 1, framework: 'my_port', version: '0.1', language: 'JavaScript',
  operators: ['depth_to_space'], dtypes: ['float32'], layouts: ['NHWC'], versions: { node: process.versions.node },
});
for (let frame = readFrame(); frame !== null; frame = readFrame()) {
  const [said, bytes] = answer(frame.header, frame.tensors);
  writeFrame({ seq: frame.header.seq, ...said }, bytes);
}
