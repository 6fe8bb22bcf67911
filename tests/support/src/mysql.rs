//! A MySQL server that answers with errors, for those that no real server produces in a test.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

/// A server with MySQL's protocol that fails each statement `fail NUMBER STATE MESSAGE` as written. Others
/// succeed.
pub struct MySql {
    port: u16,
}

impl MySql {
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                thread::spawn(|| serve(client));
            }
        });
        MySql { port }
    }

    pub fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}/mysql", self.port)
    }
}

/// Serves a client (<https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html>).
fn serve(mut client: TcpStream) -> io::Result<()> {
    const OK: [u8; 7] = [0, 0, 0, 2, 0, 0, 0];
    const COM_QUERY: u8 = 3;
    send(&mut client, 0, &greeting())?;
    receive(&mut client)?;
    send(&mut client, 2, &OK)?;
    loop {
        let command = receive(&mut client)?;
        let Some((&COM_QUERY, text)) = command.split_first() else {
            return Ok(());
        };
        let text = String::from_utf8_lossy(text);
        let error = text.strip_prefix("fail ").and_then(error);
        send(&mut client, 1, error.as_deref().unwrap_or(&OK))?;
    }
}

fn greeting() -> Vec<u8> {
    // Passwords, a database, protocol 4.1, transactions, secure connections, and authentication plugins.
    const CAPABILITIES: [[u8; 2]; 2] = [[0x09, 0xa2], [0x08, 0]];
    const UTF8: u8 = 45;
    let mut greeting = b"\x0a8.4.0\0\x01\0\0\0abcdefgh\0".to_vec();
    greeting.extend(CAPABILITIES[0]);
    greeting.extend([UTF8, 2, 0]);
    greeting.extend(CAPABILITIES[1]);
    greeting.push(21);
    greeting.extend([0; 10]);
    greeting.extend(b"ijklmnopqrst\0mysql_native_password\0");
    greeting
}

/// Returns the packet of `NUMBER STATE MESSAGE`.
fn error(text: &str) -> Option<Vec<u8>> {
    let (number, rest) = text.split_once(' ')?;
    let (state, message) = rest.split_once(' ')?;
    let number: u16 = number.parse().ok()?;
    let packet = [
        &[0xff][..],
        &number.to_le_bytes(),
        b"#",
        state.as_bytes(),
        message.as_bytes(),
    ];
    Some(packet.concat())
}

fn send(client: &mut TcpStream, number: u8, payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len())
        .expect("a short packet")
        .to_le_bytes();
    client.write_all(&[&length[..3], &[number], payload].concat())
}

fn receive(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = [0; 4];
    client.read_exact(&mut head)?;
    let length = u32::from_le_bytes([head[0], head[1], head[2], 0]);
    let mut payload = vec![0; usize::try_from(length).expect("a short packet")];
    client.read_exact(&mut payload)?;
    Ok(payload)
}
