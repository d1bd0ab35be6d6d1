//! What `check` finds out about the machine: free disk, the port; and what the health check of a
//! container asks.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::{
    chain::chain,
    webhook::{PROOF_HEADER, SECRET_HEADER},
};

/// How long a relay may take to say that it is alive.
const ALIVE_LIMIT: Duration = Duration::from_secs(4);

/// Who listens at an address of ours.
pub(super) enum Port {
    /// Nobody: a start can have it.
    Free,
    /// A relay that answers.
    Relay,
    /// Another program, or there is no such address.
    Taken(io::Error),
}

/// Looks who has the port.
pub(super) async fn port(address: SocketAddr) -> Port {
    match TcpListener::bind(address).await {
        Ok(_) => Port::Free,
        Err(_) if is_alive(address).await.is_ok() => Port::Relay,
        Err(error) => Port::Taken(error),
    }
}

/// Asks the relay that listens on an address of this machine whether it is alive, as a container's
/// health check does.
///
/// # Errors
/// When it does not answer, or with anything but 200.
pub async fn is_alive(address: SocketAddr) -> io::Result<()> {
    let asking = async {
        let mut connection = TcpStream::connect(reachable(address)).await?;
        connection.write_all(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n").await?;
        let mut answer = [0; 12];
        connection.read_exact(&mut answer).await?;
        let is_good = answer.starts_with(b"HTTP/1.") && answer.ends_with(b" 200");
        is_good.then_some(()).ok_or_else(|| io::Error::other("it answers, but not with 200"))
    };
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    tokio::time::timeout(ALIVE_LIMIT, asking).await.map_err(late)?
}

/// What answers at an address of ours as Telegram calls it, as seen from this machine.
pub(super) struct Answered {
    /// The status.
    pub(super) status: u16,
    /// What only a relay can know, where the answer has it.
    pub(super) proof: Option<String>,
}

/// Asks with `secret` in the place of Telegram's. Only the relay that has our key can answer with 401
/// and the proof.
///
/// # Errors
/// When the address can't be reached from here, which need not mean anything: why, in words.
pub(super) async fn answer_at(address: &str, secret: &str) -> Result<Answered, String> {
    // A certificate of one's own is Telegram's matter, and it says so.
    let client = reqwest::Client::builder()
        .danger_accept_invalid_certs(true)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(ALIVE_LIMIT)
        .no_proxy()
        .build()
        .map_err(|error| chain(&error))?;
    let request = client.post(address).header(SECRET_HEADER, secret).body("{}");
    let answer = request.send().await.map_err(|error| chain(&error.without_url()))?;
    let proof = answer.headers().get(PROOF_HEADER).and_then(|proof| proof.to_str().ok());
    Ok(Answered { status: answer.status().as_u16(), proof: proof.map(str::to_owned) })
}

/// Who listens everywhere is reached here.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, address.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, address.port()).into(),
        _ => address,
    }
}

/// The bytes that are free for us where a file is, or will be: its nearest folder that exists.
pub(super) fn free_bytes(file: &Path) -> Option<u64> {
    let absolute = std::path::absolute(file).ok()?;
    let folder = absolute.ancestors().skip(1).find(|folder| folder.is_dir())?;
    let found = rustix::fs::statvfs(folder).ok()?;
    // What is no disk has no blocks.
    (found.f_blocks > 0).then(|| found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_room_is_found_where_nothing_is_yet() {
        let folder = tempfile::tempdir().unwrap();
        let free = free_bytes(&folder.path().join("not/yet/there.db")).unwrap();
        assert!(free > 0);
    }

    #[test]
    fn who_listens_everywhere_is_asked_here() {
        for (address, asked) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("10.0.0.7:81", "10.0.0.7:81"),
        ] {
            assert_eq!(reachable(address.parse().unwrap()), asked.parse().unwrap());
        }
    }
}
