//! A port: reads calls on standard input and answers them on standard output, by protocol 1 (docs/protocol.md).
//!
//! It passes `conformance smoke --lane exec:./my_port` as it stands, built by `rustc -O --edition 2021 my_port.rs`, with one operator
//! in plain Rust and without a crate. Replace `depth_to_space` by what you want judged, and HELLO by what that takes.

use std::io::{self, Read, Write};

const HELLO: &str = r#"{"type":"hello","protocol":1,"framework":"my_port","version":"0.1","language":"Rust",
"operators":["depth_to_space"],"dtypes":["float32"],"layouts":["NHWC"]}"#;
const MOST_HEADER: u64 = 1 << 24;

struct InvalidCall(String);

/// Channels to blocks of pixels. value: elements of [batch, height, width, channels]. Yours here.
fn depth_to_space(value: &[f32], shape: &[i64], block: i64, mode: &str, format: &str) -> Result<(Vec<f32>, [i64; 4]), InvalidCall> {
    let [batch, height, width, channels] = match shape {
        [n, h, w, c] if format == "NHWC" && (mode == "DCR" || mode == "CRD") => [*n, *h, *w, *c],
        _ => return Err(InvalidCall("a value has four axes, NHWC, and mode is DCR or CRD".into())),
    };
    if block < 1 || channels % (block * block) != 0 {
        return Err(InvalidCall(format!("{channels} channels are no blocks of {block} by {block}")));
    }
    let left = channels / (block * block);
    let mut result = Vec::with_capacity(value.len());
    for n in 0..batch {
        for y in 0..height * block {
            for x in 0..width * block {
                let pixel = ((n * height + y / block) * width + x / block) * channels;
                let place = y % block * block + x % block;
                for c in 0..left {
                    let from = if mode == "DCR" { place * left + c } else { c * block * block + place };
                    result.push(value[(pixel + from) as usize]);
                }
            }
        }
    }
    Ok((result, [batch, height * block, width * block, left]))
}

fn main() -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    send(&mut output, HELLO, &[])?;
    let mut length = [0; 8];
    while input.read(&mut length[..1])? == 1 {
        input.read_exact(&mut length[1..])?;
        let length = u64::from_le_bytes(length);
        assert!(length <= MOST_HEADER, "the input holds no header");
        let mut bytes = vec![0; length as usize];
        input.read_exact(&mut bytes)?;
        let header = Json(std::str::from_utf8(&bytes).expect("a header is UTF-8"));
        let call = header.member("arguments");
        let shape = header.member("tensors").first().member("shape").integers();
        let mut raw = vec![0; 4 * shape.iter().product::<i64>() as usize];
        input.read_exact(&mut raw)?;
        let value: Vec<f32> = raw.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
        let block = call.member("block_size").integers().first().copied().unwrap_or(0);
        let (mode, format) = (call.member("mode").word("DCR"), call.member("data_format").word("NHWC"));
        let seq = header.member("seq").0;
        match depth_to_space(&value, &shape, block, mode, format) {
            Ok((result, shape)) => {
                let tensor = format!(r#"{{"name":"result","dtype":"float32","shape":{shape:?}}}"#);
                let said = format!(r#"{{"type":"reply","seq":{seq},"tensors":[{tensor}]}}"#);
                let elements: Vec<u8> = result.iter().flat_map(|each| each.to_le_bytes()).collect();
                send(&mut output, &said, &elements)?;
            }
            Err(InvalidCall(why)) => {
                send(&mut output, &format!(r#"{{"type":"refusal","seq":{seq},"error":"InvalidCall","message":"{why}"}}"#), &[])?;
            }
        }
    }
    Ok(())
}

/// One frame: the header's length, the header, the elements row by row.
fn send(output: &mut impl Write, header: &str, elements: &[u8]) -> io::Result<()> {
    output.write_all(&(header.len() as u64).to_le_bytes())?;
    output.write_all(header.as_bytes())?;
    output.write_all(elements)?;
    output.flush()
}

/// A value of a JSON text: as much of JSON as headers need, so that no crate is. Put your own reader here.
#[derive(Clone, Copy)]
struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// Where the value ends.
    fn length(self) -> usize {
        let (mut depth, mut quoted, mut escaped) = (0, false, false);
        for (place, letter) in self.0.char_indices() {
            if quoted {
                quoted = escaped || letter != '"';
                escaped = !escaped && letter == '\\';
                if !quoted && depth == 0 {
                    return place + 1;
                }
                continue;
            }
            match letter {
                '"' => quoted = true,
                '{' | '[' => depth += 1,
                '}' | ']' if depth == 0 => return place,
                '}' | ']' => {
                    depth -= 1;
                    if depth == 0 {
                        return place + 1;
                    }
                }
                ',' | ':' if depth == 0 => return place,
                _ => (),
            }
        }
        self.0.len()
    }

    /// What follows this many bytes and what stands between two values.
    fn behind(self, bytes: usize) -> Self {
        Json(self.0[bytes..].trim_start_matches([' ', '\t', '\r', '\n', ',', ':']))
    }

    fn value(self) -> Self {
        Json(self.0[..self.length()].trim_end())
    }

    /// The first value of a list; empty where there is none.
    fn first(self) -> Self {
        if self.0.len() > 2 { self.behind(1).value() } else { Json("") }
    }

    /// The value of that name of an object; empty where there is none.
    fn member(self, name: &str) -> Self {
        let mut rest = if self.0.starts_with('{') { self.behind(1) } else { Json("") };
        while rest.0.starts_with('"') {
            let key = rest.value();
            let value = rest.behind(key.0.len());
            if key.0.trim_matches('"') == name {
                return value.value();
            }
            rest = value.behind(value.length());
        }
        Json("")
    }

    /// Whole numbers, of one or of a list.
    fn integers(self) -> Vec<i64> {
        self.0.split(['[', ']', ',', ' ']).filter_map(|part| part.parse().ok()).collect()
    }

    /// A text; the default where there is none.
    fn word(self, default: &'a str) -> &'a str {
        if self.0.starts_with('"') { self.0.trim_matches('"') } else { default }
    }
}
