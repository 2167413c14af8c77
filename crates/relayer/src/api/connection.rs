//! Connections that are not held for ever: each of them is answered something within a time, or is closed.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};

use super::sender::counted_as;
use super::shares::{Share, Shares};
use super::{PARTS, Settings};

/// A listener that takes so many connections at a time, each of which must get something to write within a time. Who sends a byte now
/// and then has no answer coming, and is closed; who follows events hears something often enough.
#[derive(Debug)]
pub(super) struct Guarded {
    listener: TcpListener,
    room: Arc<Semaphore>,
    /// Nobody has more than a part of them.
    shares: Arc<Shares>,
    /// But those through whom others come.
    trusted: Vec<IpAddr>,
    patience: Duration,
}

impl Guarded {
    pub(super) fn new(listener: TcpListener, settings: &Settings, patience: Duration) -> Self {
        let most = settings.most_connections;
        Self {
            listener,
            room: Arc::new(Semaphore::new(most)),
            shares: Shares::new(most, (most / PARTS).max(1)),
            trusted: settings.trusted_proxies.clone(),
            patience,
        }
    }

    /// The next connection of somebody who has not too many of them; others are closed at once.
    async fn next(&mut self) -> (TcpStream, SocketAddr, Option<Share>) {
        loop {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            if self.trusted.contains(&address.ip().to_canonical()) {
                return (stream, address, None);
            }
            let mut share = self.shares.of(counted_as(address.ip()));
            if share.grow(1) {
                return (stream, address, Some(share));
            }
        }
    }
}

impl Listener for Guarded {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // The semaphore is never closed; without it there would be no limit, so there is no connection either.
        let room = loop {
            match Arc::clone(&self.room).acquire_owned().await {
                Ok(room) => break room,
                Err(_) => std::future::pending().await,
            }
        };
        let (stream, address, share) = self.next().await;
        let connection = Connection {
            stream,
            patience: self.patience,
            end: Box::pin(tokio::time::sleep(self.patience)),
            _room: room,
            _share: share,
        };
        (connection, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that ends when nothing was written to it for a time.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    patience: Duration,
    end: Pin<Box<Sleep>>,
    _room: OwnedSemaphorePermit,
    _share: Option<Share>,
}

impl Connection {
    /// What waits for the stream waits no longer than this.
    fn unless_over<T>(
        &mut self,
        context: &mut Context<'_>,
        poll: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if poll.is_pending() {
            ready!(self.end.as_mut().poll(context));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        poll
    }

    fn wrote(&mut self) {
        self.end.as_mut().reset(Instant::now() + self.patience);
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.unless_over(context, poll)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        if matches!(poll, Poll::Ready(Ok(_))) {
            self.wrote();
        }
        self.unless_over(context, poll)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(context);
        self.unless_over(context, poll)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
