//! Who asks: the address that a request came from, or that a proxy says it came from whom we trust to say so.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::http::request::Parts;
use axum::serve::IncomingStream;

use super::Api;
use super::connection::Guarded;

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, Guarded>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Guarded>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Whose request it is.
pub(super) fn of(parts: &Parts, api: &Api) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<Peer>>();
    let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(Peer(address))| {
        address.ip()
    });
    let said: Vec<_> = parts
        .headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|said| said.to_str().ok())
        .collect();
    behind(peer, &said.join(","), &api.settings.trusted_proxies)
}

/// Who is behind proxies that are trusted. What anybody else says of those behind him is worth nothing.
fn behind(peer: IpAddr, said: &str, trusted: &[IpAddr]) -> IpAddr {
    let mut who = peer.to_canonical();
    let mut before = said.rsplit(',');
    while trusted.contains(&who) {
        let Some(Ok(next)) = before.next().map(|said| said.trim().parse::<IpAddr>()) else {
            break;
        };
        who = next.to_canonical();
    }
    counted_as(who)
}

/// As what an address is counted: of the sixth version everybody has 2^64.
pub(super) fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_says_who_is_behind_it() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let (proxy, inner) = (ip("10.0.0.1"), ip("10.0.0.2"));
        let trusted = [proxy, inner];
        let behind = |peer, said| behind(peer, said, &trusted);
        assert_eq!(
            behind(ip("7.7.7.7"), "1.1.1.1"),
            ip("7.7.7.7"),
            "he may say anything"
        );
        assert_eq!(behind(proxy, "7.7.7.7"), ip("7.7.7.7"));
        assert_eq!(
            behind(proxy, "1.1.1.1, 7.7.7.7"),
            ip("7.7.7.7"),
            "the last one he saw"
        );
        assert_eq!(
            behind(proxy, "7.7.7.7, 10.0.0.2"),
            ip("7.7.7.7"),
            "one behind another"
        );
        assert_eq!(behind(proxy, ""), proxy);
        assert_eq!(behind(proxy, "unknown"), proxy);
        assert_eq!(behind(ip("::ffff:10.0.0.1"), "7.7.7.7"), ip("7.7.7.7"));
        assert_eq!(behind(ip("2001:db8:1:2:3:4:5:6"), ""), ip("2001:db8:1:2::"));
    }
}
