//! One node, asked over HTTP.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use url::Url;

use crate::error::{CallError, Frame, RpcError};

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// To be let in.
    pub connect: Duration,
    /// To have the whole answer.
    pub call: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            call: Duration::from_secs(10),
        }
    }
}

/// An endpoint's name and address. The address is never shown: it may hold a key.
#[derive(Clone, PartialEq, Eq)]
pub struct EndpointConfig {
    /// Its name, in logs and metrics.
    pub name: String,
    /// Where it is.
    pub url: Url,
}

impl fmt::Debug for EndpointConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or("nowhere");
        f.debug_struct("EndpointConfig")
            .field("name", &self.name)
            .field("host", &host)
            .finish_non_exhaustive()
    }
}

/// Answers that are longer are none that is asked for here.
const LONGEST_ANSWER: usize = 64 << 20;

/// Hears of every question to a node: which node and method, how long it took, and what went wrong.
pub trait CallObserver: fmt::Debug + Send + Sync {
    /// A question is answered, or is given up.
    fn called(&self, endpoint: &str, method: &'static str, took: Duration, error: Option<&CallError>);
}

/// One node.
#[derive(Clone, Debug)]
pub struct Endpoint {
    config: EndpointConfig,
    timeouts: Timeouts,
    client: Client,
    observer: Option<Arc<dyn CallObserver>>,
}

#[derive(Serialize)]
struct Request<'a, P> {
    jsonrpc: &'static str,
    id: u64,
    method: &'a str,
    params: P,
}

/// What asks over HTTP, within these times and wherever it is told to alone: it follows nobody elsewhere.
///
/// # Errors
/// If the system has no means to ask anybody.
pub fn client(timeouts: Timeouts) -> Result<Client, reqwest::Error> {
    // Of the whole process; whoever came first has it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.call)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

impl Endpoint {
    /// A node that is asked when something is asked, and not before.
    ///
    /// # Errors
    /// [`CallError::Unreachable`] if the system has no means to ask anybody.
    pub fn new(config: EndpointConfig, timeouts: Timeouts) -> Result<Self, CallError> {
        match client(timeouts) {
            Ok(client) => Ok(Self {
                config,
                timeouts,
                client,
                observer: None,
            }),
            Err(error) => Err(CallError::Unreachable {
                endpoint: config.name,
                detail: error.to_string(),
            }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// Lets somebody hear of every question from now on.
    pub fn observe(&mut self, observer: Arc<dyn CallObserver>) {
        self.observer = Some(observer);
    }

    /// Asks.
    ///
    /// # Errors
    /// A [`CallError`]; a null is [`CallError::Missing`] unless `T` takes it.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: impl Serialize,
    ) -> Result<T, CallError> {
        let began = Instant::now();
        let outcome = self.ask(method, params).await;
        if let Some(observer) = &self.observer {
            observer.called(self.name(), method, began.elapsed(), outcome.as_ref().err());
        }
        outcome
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: impl Serialize,
    ) -> Result<T, CallError> {
        let request = Request {
            jsonrpc: "2.0",
            id: 1,
            method,
            params,
        };
        let began = Instant::now();
        let sent = self
            .client
            .post(self.config.url.clone())
            .json(&request)
            .send()
            .await;
        let response = sent.map_err(|error| self.transport(method, &error, began))?;
        let status = response.status();
        if response
            .content_length()
            .is_some_and(|length| length > LONGEST_ANSWER as u64)
        {
            return Err(self.malformed(method, "it is too long"));
        }
        let body = response
            .bytes()
            .await
            .map_err(|error| self.transport(method, &error, began))?;
        self.parse(method, status, &body)
    }

    fn parse<T: DeserializeOwned>(
        &self,
        method: &'static str,
        status: StatusCode,
        body: &[u8],
    ) -> Result<T, CallError> {
        if matches!(status.as_u16(), 401 | 403) {
            return Err(CallError::Unauthorised {
                endpoint: self.name().to_owned(),
                status: status.as_u16(),
            });
        }
        // Some refuse with a status of failure, and the refusal in the body; a rate limit is the endpoint's own.
        let busy = matches!(status.as_u16(), 408 | 429) || status.is_server_error();
        let failed = || CallError::Status {
            endpoint: self.name().to_owned(),
            method,
            status: status.as_u16(),
        };
        if busy {
            return Err(failed());
        }
        let frame: Result<Frame<T>, _> = serde_json::from_slice(body);
        let error = match frame {
            Ok(Frame {
                error: Some(error), ..
            }) => return Err(self.refusal(method, error.into())),
            _ if !status.is_success() => return Err(failed()),
            Ok(Frame {
                result: Some(result), ..
            }) => return Ok(result),
            Ok(Frame { .. }) => return Err(self.missing(method)),
            Err(error) => error,
        };
        // No result of its type; is it one at all?
        match serde_json::from_slice(body) {
            Ok(Frame::<Option<IgnoredAny>> {
                error: Some(refusal), ..
            }) => Err(self.refusal(method, refusal.into())),
            Ok(Frame {
                result: None | Some(None),
                ..
            }) => Err(self.missing(method)),
            _ => Err(self.malformed(method, &error.to_string())),
        }
    }

    fn missing(&self, method: &'static str) -> CallError {
        CallError::Missing {
            endpoint: self.name().to_owned(),
            method,
        }
    }

    /// A refusal, or a fault in a refusal's clothes.
    fn refusal(&self, method: &'static str, error: RpcError) -> CallError {
        let limited = error.code == -32005 || error.message.to_lowercase().contains("rate limit");
        if limited {
            return CallError::Status {
                endpoint: self.name().to_owned(),
                method,
                status: 429,
            };
        }
        CallError::Refused {
            endpoint: self.name().to_owned(),
            method,
            error,
        }
    }

    fn malformed(&self, method: &'static str, detail: &str) -> CallError {
        CallError::Malformed {
            endpoint: self.name().to_owned(),
            method,
            detail: detail.to_owned(),
        }
    }

    fn transport(&self, method: &'static str, error: &reqwest::Error, began: Instant) -> CallError {
        if error.is_timeout() {
            return CallError::TimedOut {
                endpoint: self.name().to_owned(),
                method,
                after: began.elapsed().min(self.timeouts.call),
            };
        }
        CallError::Unreachable {
            endpoint: self.name().to_owned(),
            detail: innermost(error),
        }
    }
}

/// The last cause: what the outer ones say names the address, keys included.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error.source();
    let mut last = None;
    while let Some(error) = cause {
        last = Some(error);
        cause = error.source();
    }
    last.map_or_else(|| "the connection failed".to_owned(), ToString::to_string)
}
