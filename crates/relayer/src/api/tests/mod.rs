mod admin;
mod documents;
mod limits;
pub(super) mod mock;
mod reads;
mod rpc;
mod serving;
mod submit;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use causeway_chain::Timeouts;
use causeway_journal::{Change, Journal, JournalError};
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Api, EpochConfiguration, Listeners, Settings, now};
use crate::config::schema;
use crate::metrics::Metrics;
use mock::MockDesk;

/// A service of a mock desk, on ports of its own.
struct Service {
    desk: Arc<MockDesk>,
    journal: Arc<Journal>,
    public: SocketAddr,
    admin: SocketAddr,
    metrics: SocketAddr,
    stop: CancellationToken,
    client: Client,
    _stop: DropGuard,
    _folder: TempDir,
}

fn settings() -> Settings {
    Settings {
        max_body: 64 << 10,
        rate_per_second: 0.001,
        rate_burst: 100,
        sender_rate_per_second: 0.001,
        sender_rate_burst: 1_000,
        max_pending: 1 << 20,
        trusted_proxies: Vec::new(),
        admin_token: None,
        request_timeout: Duration::from_secs(10),
        most_connections: 64,
        epochs: EpochConfiguration {
            epoch_duration: 50,
            genesis_block: 21_000_000,
        },
    }
}

impl Service {
    async fn new() -> Self {
        Self::with(settings()).await
    }

    async fn with(settings: Settings) -> Self {
        let folder = TempDir::new().expect("a folder");
        let journal =
            Journal::open(&folder.path().join("relayer.db"), &mock::FINGERPRINT).expect("a journal");
        let journal = Arc::new(journal);
        let desk = Arc::new(MockDesk::new(Arc::clone(&journal)));
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let addresses = schema::Api {
            public: any,
            admin: any,
            metrics: any,
            ..schema::Api::default()
        };
        let listeners = Listeners::bind(&addresses).await.expect("addresses");
        let [public, admin, metrics] = listeners.addresses().expect("addresses");
        let stop = CancellationToken::new();
        let api = Api::new(
            Arc::clone(&desk) as Arc<dyn crate::desk::Desk>,
            Arc::clone(&journal),
            Metrics::new(),
            settings,
            stop.clone(),
        );
        tokio::spawn(listeners.serve(api));
        Self {
            desk,
            journal,
            public,
            admin,
            metrics,
            client: causeway_chain::client(Timeouts {
                connect: Duration::from_secs(5),
                call: Duration::from_secs(30),
            })
            .expect("a client"),
            _stop: stop.clone().drop_guard(),
            stop,
            _folder: folder,
        }
    }

    /// Asks, and has the status and the JSON of the answer.
    async fn ask(
        &self,
        to: SocketAddr,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> (StatusCode, Value) {
        let mut request = self.client.request(method, format!("http://{to}{path}"));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("a text");
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.ask(self.public, Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: impl ToString) -> (StatusCode, Value) {
        self.ask(self.public, Method::POST, path, Some(body.to_string()))
            .await
    }

    async fn operate(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.ask(self.admin, Method::POST, path, Some(body.to_string()))
            .await
    }

    /// Calls a method of JSON-RPC.
    async fn call(&self, method: &str, params: Value) -> Value {
        let call = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let (status, answer) = self.post("/rpc", call).await;
        assert_eq!(status, StatusCode::OK);
        answer
    }

    fn change<T>(&self, change: impl FnOnce(&Change<'_>) -> Result<T, JournalError>) -> T {
        self.journal.change(now(), change).expect("a change")
    }
}
