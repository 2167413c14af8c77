//! A service that signs, as a key management service does, and does it wrongly as it is told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alloy_consensus::{SignableTransaction, TxEnvelope};
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::{Address, Bytes, Signature, U64, U256, hex};
use anyhow::{Context, Result, bail};
use causeway_chain::{Fees, Unsigned};
use causeway_devnet::Account;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use super::proxy::wire::{self, Reply};

/// The order of the group: a signature's other form has what its s lacks of it.
const ORDER: U256 = U256::from_be_bytes(hex!(
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
));

/// What the service does instead of signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ill {
    /// It does not answer.
    Hangs,
    /// It answers with a status.
    Status(u16),
    /// It signs with another key.
    OtherKey,
    /// It gives the other form of the signature, which chains refuse.
    HighS,
    /// It signs another transaction.
    OtherTransaction,
}

#[derive(Debug)]
struct State {
    key: Account,
    ill: Option<Ill>,
    signed: u64,
}

/// A service that signs. It is gone when this is dropped.
#[derive(Debug)]
pub struct SigningService {
    url: String,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for SigningService {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SigningService {
    /// One that has the key of an account.
    ///
    /// # Errors
    /// If it cannot listen.
    pub async fn start(key: Account) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(Mutex::new(State {
            key,
            ill: None,
            signed: 0,
        }));
        let serving = Arc::clone(&state);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&serving);
                connections.spawn(async move {
                    wire::serve(stream, |body| answer(Arc::clone(&state), body)).await;
                });
            }
        });
        Ok(Self { url, state, task })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What is wrong with it from now on; nothing if it is well.
    pub fn fall(&self, ill: impl Into<Option<Ill>>) {
        self.state().ill = ill.into();
    }

    /// Has the key of another account from now on.
    pub fn take_key(&self, key: Account) {
        self.state().key = key;
    }

    /// How often it was asked to sign.
    pub fn asked(&self) -> u64 {
        self.state().signed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(state: Arc<Mutex<State>>, body: Vec<u8>) -> Reply {
    let Ok(question) = serde_json::from_slice::<Value>(&body) else {
        return Reply::status(400);
    };
    let (key, ill) = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.signed += u64::from(question["method"] == "eth_signTransaction");
        (state.key.clone(), state.ill)
    };
    match ill {
        Some(Ill::Hangs) => {
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            return Reply::Nothing;
        }
        Some(Ill::Status(status)) => return Reply::status(status),
        _ => {}
    }
    let result = match question["method"].as_str() {
        Some("eth_accounts") => Ok(json!([key.address()])),
        Some("eth_signTransaction") => sign(&key, ill, &question["params"][0])
            .await
            .map(|raw| json!(raw)),
        _ => Err(anyhow::anyhow!("no such method")),
    };
    let (name, value) = match result {
        Ok(result) => ("result", result),
        Err(error) => (
            "error",
            json!({ "code": -32_000, "message": format!("{error:#}") }),
        ),
    };
    Reply::json(&json!({ "jsonrpc": "2.0", "id": question["id"], name: value }))
}

async fn sign(key: &Account, ill: Option<Ill>, asked: &Value) -> Result<Bytes> {
    let mut unsigned = read(asked)?;
    let other = Account::named("somebody else");
    let key = if ill == Some(Ill::OtherKey) { &other } else { key };
    if ill == Some(Ill::OtherTransaction) {
        unsigned.value += U256::from(1);
    }
    let signed = unsigned.sign(key.signer()).await?;
    if ill != Some(Ill::HighS) {
        return Ok(signed.raw);
    }
    let TxEnvelope::Eip1559(signed) = TxEnvelope::decode_2718(&mut signed.raw.as_ref())? else {
        bail!("it has fees of another kind");
    };
    let signature = *signed.signature();
    let high = Signature::new(signature.r(), ORDER - signature.s(), !signature.v());
    Ok(signed.tx().clone().into_signed(high).encoded_2718().into())
}

/// What is to be signed, as it is asked for.
fn read(asked: &Value) -> Result<Unsigned> {
    fn field<T: std::str::FromStr>(asked: &Value, name: &str) -> Result<T> {
        let text = asked[name].as_str().with_context(|| format!("no {name}"))?;
        text.parse().ok().with_context(|| format!("{name} is {text}"))
    }
    let number = |name| field::<U64>(asked, name).map(|number| number.to::<u64>());
    let wei = |name| field::<U256>(asked, name).map(|wei| wei.to::<u128>());
    Ok(Unsigned {
        chain_id: number("chainId")?,
        nonce: number("nonce")?,
        to: field::<Address>(asked, "to")?,
        value: field(asked, "value")?,
        data: field(asked, "data")?,
        gas: number("gas")?,
        fees: Fees {
            max_fee: wei("maxFeePerGas")?,
            tip: wei("maxPriorityFeePerGas")?,
        },
    })
}
