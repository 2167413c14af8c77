//! Asking a relayer that runs.

mod options;
pub(crate) mod text;

use std::time::Duration;

use anyhow::{Context, Result};
use causeway_chain::Timeouts;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::exit::{self, Failure};
pub(crate) use options::{AdminOption, ApiOption, ConfigOption};

/// How long a relayer may take.
const PATIENCE: Timeouts = Timeouts {
    connect: Duration::from_secs(3),
    call: Duration::from_secs(60),
};

/// A relayer that runs, at an address.
#[derive(Debug)]
pub(crate) struct Relayer {
    address: String,
    token: Option<String>,
    client: Client,
    runtime: tokio::runtime::Runtime,
}

impl Relayer {
    pub(crate) fn at(address: String, token: Option<String>) -> Result<Self> {
        Ok(Self {
            address: address.trim_end_matches('/').to_owned(),
            token,
            client: causeway_chain::client(PATIENCE).context("this system has no means to ask over HTTP")?,
            runtime: runtime()?,
        })
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value> {
        self.ask(self.request(Method::GET, path))
    }

    pub(crate) fn send(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        kind: &'static str,
    ) -> Result<Value> {
        let request = self.request(method, path).header("content-type", kind).body(body);
        self.ask(request)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(
            Method::POST,
            path,
            body.to_string().into_bytes(),
            "application/json",
        )
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.address));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    fn ask(&self, request: RequestBuilder) -> Result<Value> {
        let silent = |error: reqwest::Error| {
            let message = format!(
                "no relayer answers at {}: is it running? Name another with --api or --admin",
                self.address
            );
            // The address may hold a name and a password.
            anyhow::Error::new(error.without_url()).context(Failure::new(exit::UNREACHABLE, message))
        };
        let (status, text) = self
            .runtime
            .block_on(async {
                let response = request.send().await?;
                Ok((response.status(), response.text().await?))
            })
            .map_err(silent)?;
        let answer: Value = serde_json::from_str(&text)
            .with_context(|| format!("what answers at {} is no relayer", self.address))?;
        if status.is_success() {
            return Ok(answer);
        }
        Err(refusal(status.as_u16(), &answer))
    }
}

/// A runtime for one question after the other.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no thread of work could be begun")
}

/// A refusal as an error: its message, and below it what to do.
fn refusal(status: u16, answer: &Value) -> anyhow::Error {
    let text = |field: &str| answer.get(field).and_then(Value::as_str).unwrap_or_default();
    let code = text("code");
    let exit = match (status, code) {
        (404, _) => exit::NOT_FOUND,
        (_, "storage") => exit::JOURNAL,
        (_, "not_ready") => exit::UNHEALTHY,
        (400 | 405, _) => exit::USAGE,
        (400..=499, _) | (_, "paused") => exit::CONFLICT,
        _ => exit::UNEXPECTED,
    };
    let next = match text("class") {
        _ if exit == exit::NOT_FOUND => "see that it is named rightly",
        "retry" => "ask again later",
        "rebuild" => "build another one",
        "wait" => "keep it until something else has happened",
        "operator" => "ask the operator",
        _ => "nothing more is known",
    };
    let mut more = format!("{code}: {next}");
    if let Some(after) = answer.get("retry_after_s") {
        more += &format!(", after {after} s");
    }
    if let Some(details) = answer.get("details") {
        more += &format!(" ({details})");
    }
    anyhow::Error::msg(more).context(Failure::new(exit, text("message")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_has_the_exit_code_of_what_to_do() {
        let answer = json!({
            "code": "unsigned", "class": "rebuild", "message": "not signed", "details": { "to_sign": "0x01" },
        });
        let error = refusal(422, &answer);
        assert_eq!(exit::code_of(&error), exit::CONFLICT);
        assert_eq!(error.to_string(), "not signed");
        let below: Vec<_> = error.chain().skip(1).map(ToString::to_string).collect();
        assert_eq!(below, ["unsigned: build another one ({\"to_sign\":\"0x01\"})"]);
        for (status, code, exit) in [
            (404, "not_found", exit::NOT_FOUND),
            (409, "height_conflict", exit::CONFLICT),
            (400, "malformed", exit::USAGE),
            (503, "storage", exit::JOURNAL),
            (503, "not_ready", exit::UNHEALTHY),
            (503, "paused", exit::CONFLICT),
            (500, "", exit::UNEXPECTED),
        ] {
            assert_eq!(exit::code_of(&refusal(status, &json!({ "code": code }))), exit);
        }
    }

    #[test]
    fn nobody_at_an_address_is_told_with_what_to_do() {
        // Port 9 of this machine: nobody listens there, and nobody could by chance.
        let relayer = Relayer::at("http://127.0.0.1:9/".to_owned(), None).expect("a client");
        let error = relayer.get("/healthz").expect_err("nobody");
        assert_eq!(exit::code_of(&error), exit::UNREACHABLE);
        assert_eq!(
            error.to_string(),
            "no relayer answers at http://127.0.0.1:9: is it running? Name another with --api or --admin"
        );
    }
}
