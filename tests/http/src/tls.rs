//! Servers of TLS with certificates of a test's own.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

/// The fault of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is of the past.
    Expired,
    /// It is of the future.
    NotYetValid,
    /// It is another host's.
    WrongName,
    /// Nobody has heard of who signed it.
    UnknownIssuer,
    /// It is sound, and the server wants one of the client, which has none.
    Clients,
    /// Nothing.
    Sound,
}

/// A server that answers every request with `200 OK`, behind its certificate.
#[derive(Debug)]
pub struct Tls {
    port: u16,
    certificate: CertificateDer<'static>,
}

impl Tls {
    /// Listens, in threads that end with the process.
    pub fn start(fault: Fault) -> Self {
        Tls::answering(
            fault,
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            true,
        )
    }

    /// The same with a sound certificate, for a server that says so much of a response and is gone, without
    /// the end that
    /// TLS has for it.
    pub fn breaking(answer: &'static [u8]) -> Self {
        Tls::answering(Fault::Sound, answer, false)
    }

    fn answering(fault: Fault, answer: &'static [u8], whole: bool) -> Self {
        let name = match fault {
            Fault::WrongName => "elsewhere.test",
            _ => "localhost",
        };
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        // It is its own issuer, whom no other's name may be taken for.
        static MADE: AtomicU32 = AtomicU32::new(0);
        let issuer = format!("issuer {}", MADE.fetch_add(1, Ordering::Relaxed));
        params.distinguished_name.push(DnType::CommonName, issuer);
        match fault {
            Fault::Expired => params.not_after = date_time_ymd(2001, 1, 1),
            Fault::NotYetValid => params.not_before = date_time_ymd(2400, 1, 1),
            _ => {}
        }
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let certificate = certificate.der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("versions");
        let config = match fault {
            Fault::Clients => {
                let mut roots = RootCertStore::empty();
                roots.add(certificate.clone()).expect("a certificate");
                let roots = Arc::new(roots);
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
                config.with_client_cert_verifier(verifier.build().expect("a verifier"))
            }
            _ => config.with_no_client_auth(),
        };
        let config = config
            .with_single_cert(vec![certificate.clone()], key)
            .expect("the certificate and its key");
        let config = Arc::new(config);
        let port = listen(move |stream| reply(stream, &config, answer, whole));
        Tls { port, certificate }
    }

    /// The URL of its root.
    pub fn url(&self) -> String {
        format!("https://localhost:{}/", self.port)
    }

    /// The certificate that a client has to trust.
    pub fn certificate(&self) -> CertificateDer<'static> {
        self.certificate.clone()
    }
}

/// The port of a server that does this with every connection.
pub fn listen(serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream));
        }
    });
    port
}

fn reply(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
    answer: &[u8],
    whole: bool,
) -> io::Result<()> {
    let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    stream.write_all(answer)?;
    stream.flush()?;
    if whole {
        stream.conn.send_close_notify();
        stream.flush()?;
    }
    Ok(())
}
