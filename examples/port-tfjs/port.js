// tf.conv2dTranspose of TensorFlow.js, CPU backend, behind protocol 1: docs/protocol.md.
//
// Hands each call to TensorFlow.js in its own words and repairs nothing: what TensorFlow.js throws is a refusal, what
// its function has no argument for is unsupported, and what it accepts is its answer.
'use strict';

console.log = console.info = console.error; // standard output belongs to frames, whatever a library says

const tf = require('@tensorflow/tfjs');
const { readFrame, writeFrame } = require('./frames.js');

const WORDS = { SAME: 'same', VALID: 'valid' };

/** Why the signature of tf.conv2dTranspose has no words for a call. */
class Unsupported extends Error {}

/** The arguments behind x and filter: (x, filter, outputShape, strides, pad). */
function inItsWords({ output_shape: outputShape, strides, padding, data_format: dataFormat, dilations }) {
  if (dataFormat !== null && dataFormat !== 'NHWC') throw new Unsupported('conv2dTranspose has no dataFormat');
  if ([dilations ?? 1].flat().some((dilation) => dilation !== 1)) {
    throw new Unsupported('conv2dTranspose has no dilations');
  }
  if (Object.values(WORDS).includes(padding)) {
    throw new Unsupported(`${padding} is the right word here: it is how conv2dTranspose spells SAME and VALID`);
  }
  return [outputShape, pair(strides), WORDS[padding] ?? padding];
}

/** strides are a number or a pair here; four with 1 for batch and channels say the same as a pair. */
function pair(strides) {
  if (typeof strides === 'number') return strides;
  if (strides.length === 1) return strides[0];
  if (strides.length === 2) return strides;
  const [batch, height, width, channels] = strides;
  if (strides.length === 4 && batch === 1 && channels === 1) return [height, width];
  throw new Unsupported(`strides are a number or a pair here; asked was [${strides}]`);
}

function tensor(bytes, shape) {
  const elements = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / Float32Array.BYTES_PER_ELEMENT);
  return tf.tensor(elements, shape, 'float32');
}

/** The answer to one request: a header without its seq, and the result's bytes. */
function answer({ operator, arguments: call }, { value, filter }) {
  if (operator !== 'conv2d_transpose') return [{ type: 'unsupported', reason: `no ${operator} in this port` }];
  const words = inItsWords(call);
  const operands = [tensor(value, call.value), tensor(filter, call.filter)];
  const started = performance.now();
  let result;
  try {
    result = tf.conv2dTranspose(...operands, ...words);
  } catch (error) {
    return [{ type: 'refusal', error: error.name, message: error.message }];
  }
  const elements = result.dataSync();
  const header = { type: 'reply', seconds: (performance.now() - started) / 1000 };
  header.tensors = [{ name: 'result', dtype: result.dtype, shape: result.shape }];
  return [header, Buffer.from(elements.buffer, elements.byteOffset, elements.byteLength)];
}

function answerOrFail(header, tensors) {
  try {
    return tf.tidy(() => answer(header, tensors));
  } catch (error) {
    if (error instanceof Unsupported) return [{ type: 'unsupported', reason: error.message }];
    return [{ type: 'error', message: String(error.stack) }];
  }
}

async function main() {
  await tf.setBackend('cpu');
  writeFrame({
    type: 'hello', protocol: 1, framework: 'tfjs', version: tf.version.tfjs, language: 'JavaScript',
    operators: ['conv2d_transpose'], dtypes: ['float32'], layouts: ['NHWC'],
    versions: { 'tfjs-core': tf.version_core, node: process.versions.node }, flags: { backend: tf.getBackend() },
  });
  for (let frame = readFrame(); frame !== null; frame = readFrame()) {
    const { header, tensors } = frame;
    const [said, bytes] = answerOrFail(header, tensors);
    writeFrame({ seq: header.seq, ...said }, bytes);
  }
}

main();
