//! A proxy in front of a node that makes it fail as it is told.
//!
//! Its rules are changed while it runs. What it is asked is counted, and the transactions that it is sent are kept: they are the only
//! witnesses of what the relayer really broadcast.

mod frozen;
mod geth;
mod rules;
#[cfg(test)]
mod tests;
pub(super) mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alloy_primitives::Bytes;
use anyhow::{Context, Result};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

pub use rules::Fault;

use frozen::Frozen;
use geth::Geth;
use rules::Rules;
use wire::Reply;

/// A proxy in front of a node. It is gone when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    client: Client,
    state: Mutex<State>,
    /// Whoever hangs is let go, and gets no answer.
    released: Notify,
}

#[derive(Debug, Default)]
struct State {
    upstream: String,
    rules: Rules,
    frozen: Option<Frozen>,
    geth: Option<Geth>,
    counts: BTreeMap<String, u64>,
    sent: Vec<Bytes>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// A proxy in front of the node at an address.
    ///
    /// # Errors
    /// If it cannot listen.
    pub async fn start(upstream: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            client: Client::builder().build().context("no client")?,
            state: Mutex::new(State {
                upstream: upstream.to_owned(),
                ..State::default()
            }),
            released: Notify::new(),
        });
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            // Ends with this task: then whoever waits is cut off.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&serving);
                connections.spawn(async move {
                    wire::serve(stream, |body| answer(Arc::clone(&shared), body)).await;
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self { url, shared, task })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on, calls of a method (`*` for all) meet a fault.
    pub fn fail(&self, method: &str, fault: Fault) {
        self.shared.state().rules.add(method, fault, None);
    }

    /// So many next calls of a method meet a fault.
    pub fn fail_times(&self, method: &str, fault: Fault, times: u64) {
        self.shared.state().rules.add(method, fault, Some(times));
    }

    /// The node is well again: no faults, its head moves, whoever hangs is cut off, what is held is lost. Which chain it shows, and
    /// whether it judges replacements, stays.
    pub fn heal(&self) {
        let mut state = self.shared.state();
        state.rules = Rules::default();
        state.frozen = None;
        if let Some(geth) = &mut state.geth {
            geth.forget_held();
        }
        drop(state);
        self.shared.released.notify_waiters();
    }

    /// The node shows no newer block than it has now.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn freeze_head(&self) -> Result<()> {
        let upstream = self.shared.state().upstream.clone();
        let number = async |tag: &str| -> Result<u64> {
            let block = self
                .shared
                .ask(&upstream, "eth_getBlockByNumber", json!([tag, false]))
                .await?;
            frozen::number(&block["number"]).with_context(|| format!("no {tag} block"))
        };
        let frozen = Frozen {
            latest: number("latest").await?,
            safe: number("safe").await?,
            finalized: number("finalized").await?,
        };
        self.shared.state().frozen = Some(frozen);
        Ok(())
    }

    /// Shows another node's chain from now on.
    pub fn fork(&self, upstream: &str) {
        self.shared.state().upstream = upstream.to_owned();
    }

    /// From now on it takes a replacement only if both of its fees are a tenth above those of what it replaces, as geth does.
    pub fn judge_as_geth(&self) {
        self.shared.state().geth = Some(Geth::default());
    }

    /// How often a method was called.
    pub fn count(&self, method: &str) -> u64 {
        self.shared
            .state()
            .counts
            .get(method)
            .copied()
            .unwrap_or_default()
    }

    /// How often anything was called, by method.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.shared.state().counts.clone()
    }

    /// Every transaction that it was sent, in order, again and again where it was sent again.
    pub fn sent(&self) -> Vec<Bytes> {
        self.shared.state().sent.clone()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a question on and has the answer's bytes.
    async fn forward(&self, upstream: &str, body: Vec<u8>) -> Result<Vec<u8>> {
        let request = self
            .client
            .post(upstream)
            .header("content-type", "application/json")
            .body(body);
        Ok(request.send().await?.bytes().await?.to_vec())
    }

    /// Asks the node itself.
    async fn ask(&self, upstream: &str, method: &str, params: Value) -> Result<Value> {
        let question = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = self.forward(upstream, serde_json::to_vec(&question)?).await?;
        let mut answer: Value = serde_json::from_slice(&answer)?;
        Ok(answer["result"].take())
    }
}

/// What becomes of a question.
async fn answer(shared: Arc<Shared>, body: Vec<u8>) -> Reply {
    let Ok(mut question) = serde_json::from_slice::<Value>(&body) else {
        return Reply::status(400);
    };
    let method = question["method"].as_str().unwrap_or_default().to_owned();
    let id = question["id"].clone();
    let (upstream, fault, frozen) = {
        let mut state = shared.state();
        *state.counts.entry(method.clone()).or_default() += 1;
        if method == "eth_sendRawTransaction"
            && let Some(raw) = raw_of(&question)
        {
            state.sent.push(raw);
        }
        (state.upstream.clone(), state.rules.next(&method), state.frozen)
    };
    let result = |value: Value| Reply::json(&json!({ "jsonrpc": "2.0", "id": id, "result": value }));
    match &fault {
        Some(Fault::Delay(time)) => tokio::time::sleep(*time).await,
        Some(Fault::Hang) => {
            shared.released.notified().await;
            return Reply::Nothing;
        }
        Some(Fault::DropBefore) => return Reply::Nothing,
        Some(Fault::Status(status)) => return Reply::status(*status),
        Some(Fault::Html) => return Reply::html(),
        Some(Fault::Error { code, message, data }) => {
            let mut error = json!({ "code": code, "message": message });
            if let Some(data) = data {
                error["data"] = json!(data);
            }
            return Reply::json(&json!({ "jsonrpc": "2.0", "id": id, "error": error }));
        }
        Some(Fault::Null) => return result(Value::Null),
        Some(Fault::DropAfter | Fault::Truncated | Fault::Hold) | None => {}
    }
    if let Some(frozen) = &frozen
        && let Some(known) = frozen.before(&method, &mut question["params"])
    {
        return result(known);
    }
    if method == "eth_sendRawTransaction" {
        let held = fault == Some(Fault::Hold);
        if let Some(error) = geth::judge(&shared, &upstream, raw_of(&question), held).await {
            return Reply::json(&json!({ "jsonrpc": "2.0", "id": id, "error": error }));
        }
        if held {
            let hash = raw_of(&question).map(alloy_primitives::keccak256);
            return result(json!(hash));
        }
    }
    let body = serde_json::to_vec(&question).unwrap_or(body);
    let Ok(mut answer) = shared.forward(&upstream, body).await else {
        return Reply::Nothing;
    };
    if let Some(frozen) = &frozen
        && let Ok(mut read) = serde_json::from_slice::<Value>(&answer)
    {
        frozen.after(&method, &mut read["result"]);
        answer = serde_json::to_vec(&read).unwrap_or(answer);
    }
    match fault {
        Some(Fault::DropAfter) => Reply::Nothing,
        Some(Fault::Truncated) => Reply::Truncated(answer),
        _ => Reply::Whole {
            status: 200,
            kind: "application/json",
            body: answer,
        },
    }
}

fn raw_of(question: &Value) -> Option<Bytes> {
    question["params"][0].as_str()?.parse().ok()
}
