#!/usr/bin/env bash
# tonic 0.14.9: a proxy's 503 is `UNAVAILABLE`, which clients retry, only if it has no body. With the usual page tonic reads the
# HTML as a message, whose first byte is no flag of compression, and the call fails with `INTERNAL`, which nobody retries. The
# status is left in the text; of a page of four bytes nothing is left.
set -euo pipefail
command -v cargo >/dev/null || { echo "skipped: needs cargo"; exit 0; }
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" && mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"
[dependencies]
bytes = "1"
http = "1"
tokio = { version = "1", features = ["macros", "rt"] }
tonic = { version = "=0.14.9", default-features = false, features = ["channel"] }
TOML
cat >src/main.rs <<'RUST'
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use bytes::{Buf, BufMut};
use http::uri::PathAndQuery;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Status, client::Grpc, transport::Endpoint};

/// Messages of bytes.
#[derive(Clone, Copy)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Raw;
    type Decoder = Raw;
    fn encoder(&mut self) -> Raw { Raw }
    fn decoder(&mut self) -> Raw { Raw }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;
    fn encode(&mut self, bytes: Vec<u8>, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put_slice(&bytes);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;
    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining()).to_vec()))
    }
}

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    [&length[1..], &[kind, flags, 0, 0, 0, stream], payload].concat()
}

/// Answers the one request of a connection with 503 and a page.
fn answer(mut socket: TcpStream, page: &[u8]) -> std::io::Result<()> {
    socket.read_exact(&mut [0; 24])?;
    socket.write_all(&frame(4, 0, 0, &[]))?;
    loop {
        let mut head = [0; 9];
        socket.read_exact(&mut head)?;
        let [_, high, low, kind, flags, .., stream] = head;
        socket.read_exact(&mut vec![0; usize::from(u16::from_be_bytes([high, low]))])?;
        match (kind, flags & 1) {
            (4, 0) => socket.write_all(&frame(4, 1, 0, &[]))?,
            (0 | 1, 1) => {
                // `:status: 503`, by HPACK.
                let last = u8::from(page.is_empty());
                socket.write_all(&frame(1, 4 | last, stream, b"\x08\x03503"))?;
                if !page.is_empty() {
                    socket.write_all(&frame(0, 1, stream, page))?;
                }
            }
            _ => {}
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for page in ["", "busy", "<html><h1>503 Service Unavailable</h1></html>"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || answer(listener.accept().unwrap().0, page.as_bytes()));
        let mut client = Grpc::new(Endpoint::from_shared(url).unwrap().connect_lazy());
        client.ready().await.unwrap();
        let path = PathAndQuery::from_static("/stock.Stock/Take");
        let status = client.unary(Request::new(vec![]), path, Raw).await.unwrap_err();
        let trace = if status.message().contains("503") { "503 is in its text" } else { "503 is nowhere" };
        println!("503 with {} bytes: {:?}, {trace}", page.len(), status.code());
    }
}
RUST
cargo build --quiet
timeout 60 target/debug/finding | tee seen
diff seen - <<'EXPECTED'
503 with 0 bytes: Unavailable, 503 is in its text
503 with 4 bytes: Internal, 503 is nowhere
503 with 45 bytes: Internal, 503 is in its text
EXPECTED
