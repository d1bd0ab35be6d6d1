//! What is done to an update's bytes.

use rand::{RngExt as _, rngs::StdRng};

/// Bytes that parsers stumble over.
const STONES: &[&[u8]] = &[
    b"\\ud83d",
    b"\\udd95",
    b"\\ud83d\\ud83d",
    b"\\u0000",
    b"\\",
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"1e999",
    b"-",
    b"-0",
    b"1e-999",
    b"99999999999999999999999999",
    b"0.1e+1",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\xbd",
    b"\xf0\x9f\xa6",
    b"\xef\xbb\xbf",
    b"\0",
    b"\n",
    b"/*",
    b"NaN",
    b"\"update_id\":1,",
    b"\"message\":{},",
];

/// One to some changes somewhere in a body.
pub fn garble(random: &mut StdRng, bytes: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..random.random_range(1..5) {
        let at = random.random_range(0..=bytes.len());
        match random.random_range(0..9) {
            0 => bytes.truncate(at),
            1 => flip(random, bytes),
            2 => overwrite(random, bytes),
            3 => drop(bytes.drain(..at)),
            4 => {
                let from = random.random_range(0..=other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            5 => {
                let sign = [&b"["[..], b"{\"a\":"][random.random_range(0..2)];
                insert(bytes, at, &sign.repeat(random.random_range(1..400)));
            }
            6 => {
                let to = random.random_range(at..=bytes.len());
                let piece = bytes[at..to].to_vec();
                insert(bytes, at, &piece);
            }
            _ => insert(bytes, at, STONES[random.random_range(0..STONES.len())]),
        }
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}

fn flip(random: &mut StdRng, bytes: &mut [u8]) {
    if !bytes.is_empty() {
        let at = random.random_range(0..bytes.len());
        bytes[at] ^= 1 << random.random_range(0..8);
    }
}

fn overwrite(random: &mut StdRng, bytes: &mut [u8]) {
    if !bytes.is_empty() {
        let at = random.random_range(0..bytes.len());
        bytes[at] = random.random();
    }
}
