//! A node that says what a test wants it to say, over real HTTP.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

use crate::endpoint::{EndpointConfig, Timeouts};
use crate::pool::{Pool, PoolConfig, Roles};

/// What it does with a call.
#[derive(Clone, Debug)]
pub(crate) enum Says {
    /// A result.
    Result(String),
    /// A refusal: code, message, data.
    Refusal(i64, &'static str, Option<&'static str>),
    /// A status and a body.
    Status(u16, String),
    /// Nothing, ever.
    Nothing,
    /// Half of an answer.
    Half,
}

type Script = Box<dyn Fn(&str) -> Says + Send + Sync>;

pub(crate) struct Node {
    pub(crate) url: Url,
    asked: Arc<Mutex<Vec<String>>>,
    script: Arc<Mutex<Script>>,
    task: JoinHandle<()>,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Node {
    pub(crate) async fn start(script: impl Fn(&str) -> Says + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let (log, says) = (Arc::clone(&asked), Arc::clone(&script));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&log), Arc::clone(&says)));
            }
        });
        Self {
            url: Url::parse(&format!("http://127.0.0.1:{port}/v3/secret-key")).expect("a URL"),
            asked,
            script,
            task,
        }
    }

    /// From now on it says something else.
    pub(crate) fn say(&self, script: impl Fn(&str) -> Says + Send + Sync + 'static) {
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(script);
    }

    /// The methods that it was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn answer(mut stream: TcpStream, asked: Arc<Mutex<Vec<String>>>, script: Arc<Mutex<Script>>) {
    let mut request = Vec::new();
    loop {
        let mut buffer = [0; 4_096];
        let Ok(read) = stream.read(&mut buffer).await else {
            return;
        };
        if read == 0 {
            return;
        }
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse()
                    .ok()
            })
            .unwrap_or(0);
        if body.len() < length {
            continue;
        }
        let body = body.to_owned();
        request.clear();
        let method = body
            .split_once("\"method\":\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map_or(String::new(), |(method, _)| method.to_owned());
        asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(method.clone());
        let says = script.lock().unwrap_or_else(PoisonError::into_inner)(&body);
        let (status, body) = match says {
            Says::Result(result) => (200, format!(r#"{{"jsonrpc":"2.0","id":1,"result":{result}}}"#)),
            Says::Refusal(code, message, data) => {
                let data = data.map_or(String::new(), |data| format!(r#","data":"{data}""#));
                let error = format!(r#"{{"code":{code},"message":"{message}"{data}}}"#);
                (
                    200,
                    format!(r#"{{"jsonrpc":"2.0","id":1,"result":null,"error":{error}}}"#),
                )
            }
            Says::Status(status, body) => (status, body),
            Says::Nothing => {
                tokio::time::sleep(Duration::from_secs(3_600)).await;
                return;
            }
            Says::Half => {
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"jsonrpc\":\"2.0\",")
                    .await;
                return;
            }
        };
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        if stream.write_all(head.as_bytes()).await.is_err()
            || stream.write_all(body.as_bytes()).await.is_err()
        {
            return;
        }
    }
}

/// A block as nodes tell it.
pub(crate) fn block(number: u64, fork: u8) -> String {
    format!(
        r#"{{"number":"{number:#x}","hash":"0x{:064x}","parentHash":"0x{:064x}","timestamp":"{:#x}","baseFeePerGas":"0x7"}}"#,
        u128::from(number) << 8 | u128::from(fork),
        u128::from(number.saturating_sub(1)) << 8 | u128::from(fork),
        1_700_000_000 + 12 * number,
    )
}

pub(crate) const QUICK: PoolConfig = PoolConfig {
    timeouts: Timeouts {
        connect: Duration::from_secs(1),
        call: Duration::from_secs(1),
    },
    stall_after: Duration::from_secs(4),
    most_lag: 3,
};

/// A pool of nodes called `a`, `b`, ..., asked in this order.
pub(crate) fn pool(urls: &[&Url]) -> Pool {
    let endpoints = urls.iter().enumerate().map(|(position, url)| {
        let config = EndpointConfig {
            name: char::from(b'a' + u8::try_from(position).unwrap_or(25)).to_string(),
            url: (*url).clone(),
        };
        (config, Roles::BOTH, u32::try_from(position).unwrap_or(u32::MAX))
    });
    Pool::new(endpoints, QUICK).expect("a pool")
}
