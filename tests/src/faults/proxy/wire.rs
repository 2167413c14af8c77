//! HTTP, written by hand: only so can a connection be closed in the middle of an answer.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What goes back.
#[derive(Debug)]
pub(in crate::faults) enum Reply {
    /// An answer.
    Whole {
        status: u16,
        kind: &'static str,
        body: Vec<u8>,
    },
    /// The first half of an answer.
    Truncated(Vec<u8>),
    /// The connection is closed.
    Nothing,
}

impl Reply {
    pub(in crate::faults) fn json(value: &Value) -> Self {
        Self::Whole {
            status: 200,
            kind: "application/json",
            body: value.to_string().into_bytes(),
        }
    }

    pub(in crate::faults) fn status(status: u16) -> Self {
        Self::Whole {
            status,
            kind: "text/plain",
            body: format!("status {status}\n").into_bytes(),
        }
    }

    pub(in crate::faults) fn html() -> Self {
        Self::Whole {
            status: 200,
            kind: "text/html",
            body: b"<html><body><h1>Bad gateway</h1></body></html>".to_vec(),
        }
    }
}

/// Answers the questions of one connection until it is closed.
pub(in crate::faults) async fn serve<F>(mut stream: TcpStream, answer: impl Fn(Vec<u8>) -> F)
where
    F: Future<Output = Reply>,
{
    let mut buffer = Vec::new();
    loop {
        let Some(body) = read_body(&mut stream, &mut buffer).await else {
            return;
        };
        let (head, body, goes_on) = match answer(body).await {
            Reply::Nothing => return,
            Reply::Whole { status, kind, body } => (head(status, kind, body.len()), body, true),
            Reply::Truncated(mut body) => {
                let head = head(200, "application/json", body.len());
                body.truncate(body.len() / 2);
                (head, body, false)
            }
        };
        let written = stream.write_all(&[head.as_bytes(), &body].concat()).await;
        if written.is_err() || !goes_on {
            let _ = stream.shutdown().await;
            return;
        }
    }
}

fn head(status: u16, kind: &str, length: usize) -> String {
    format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n")
}

/// The body of the next question; none when there is no other.
async fn read_body(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some((start, length)) = frame(buffer)
            && buffer.len() >= start + length
        {
            let rest = buffer.split_off(start + length);
            let question = std::mem::replace(buffer, rest);
            return Some(question[start..].to_vec());
        }
        let mut chunk = [0; 16_384];
        let read = stream.read(&mut chunk).await.ok()?;
        if read == 0 {
            return None;
        }
        buffer.extend_from_slice(&chunk[..read]);
    }
}

/// Where the body begins and how long it is, once the head is there.
fn frame(buffer: &[u8]) -> Option<(usize, usize)> {
    let end = buffer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    Some((end + 4, length))
}
