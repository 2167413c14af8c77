use std::time::Duration;

use alloy_consensus::{SignableTransaction, Signed, TxEip1559};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256, hex};
use alloy_signer::SignerSync;
use alloy_signer_local::PrivateKeySigner;

use crate::endpoint::{EndpointConfig, Timeouts};
use crate::fees::Fees;
use crate::testing::{Node, QUICK, Says};
use crate::{CallError, HeldKey, RemoteSigner, SigningError, TransactionSigner, Unsigned};

/// The order of the group: a signature's other form has what its s lacks of it.
const ORDER: U256 = U256::from_be_bytes(hex!(
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
));

fn key(byte: u8) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(byte)).expect("a key")
}

fn unsigned() -> Unsigned {
    Unsigned {
        chain_id: 31_337,
        nonce: 7,
        to: Address::repeat_byte(0x77),
        value: U256::from(3),
        data: Bytes::from_static(b"call"),
        gas: 90_000,
        fees: Fees { max_fee: 50, tip: 2 },
    }
}

fn signed_by(key: &PrivateKeySigner, unsigned: &Unsigned) -> Signed<TxEip1559> {
    let typed = unsigned.typed(TxKind::Call(unsigned.to));
    let signature = key.sign_hash_sync(&typed.signature_hash()).expect("signed");
    typed.into_signed(signature)
}

/// The same signature in its other form.
fn high(signed: &Signed<TxEip1559>) -> Signed<TxEip1559> {
    let signature = signed.signature();
    let other = Signature::new(signature.r(), ORDER - signature.s(), !signature.v());
    signed.tx().clone().into_signed(other)
}

fn told(signed: &Signed<TxEip1559>) -> String {
    format!("\"{}\"", hex::encode_prefixed(signed.encoded_2718()))
}

async fn asked(says: Says) -> (Node, RemoteSigner) {
    let node = Node::start(move |_| says.clone()).await;
    let config = EndpointConfig {
        name: "signer.settlement".to_owned(),
        url: node.url.clone(),
    };
    let timeouts = Timeouts {
        call: Duration::from_millis(300),
        ..QUICK.timeouts
    };
    let signer = RemoteSigner::new(config, timeouts, key(1).address()).expect("a signer");
    (node, signer)
}

async fn refused(says: Says) -> String {
    let (_node, signer) = asked(says).await;
    signer
        .sign(&unsigned())
        .await
        .expect_err("it is refused")
        .to_string()
}

#[tokio::test]
async fn what_was_asked_for_is_taken_bare_or_beside_what_it_says() {
    let expected = unsigned().sign(&key(1)).await.expect("signed");
    let signed = signed_by(&key(1), &unsigned());
    let raw = told(&signed);
    for answer in [raw.clone(), format!(r#"{{"raw":{raw},"tx":{{"nonce":"0x7"}}}}"#)] {
        let (_node, signer) = asked(Says::Result(answer)).await;
        assert_eq!(signer.sign(&unsigned()).await.expect("signed"), expected);
    }
    let held = HeldKey::new("key", Box::new(key(1)));
    assert_eq!(held.sign(&unsigned()).await.expect("signed"), expected);
}

#[tokio::test]
async fn whatever_else_comes_back_is_told_and_not_taken() {
    let (one, other) = (key(1).address(), key(2).address());
    let by_other = told(&signed_by(&key(2), &unsigned()));
    assert_eq!(
        refused(Says::Result(by_other)).await,
        format!("signer.settlement signed as {other}, and {one} was asked")
    );
    let high = told(&high(&signed_by(&key(1), &unsigned())));
    assert_eq!(
        refused(Says::Result(high)).await,
        "signer.settlement signed with a high s, which no chain takes"
    );
    let dearer = Unsigned {
        fees: Fees { max_fee: 51, tip: 2 },
        ..unsigned()
    };
    let another = told(&signed_by(&key(1), &dearer));
    assert_eq!(
        refused(Says::Result(another)).await,
        "signer.settlement signed another transaction than it was asked to"
    );
    assert!(
        refused(Says::Result("\"0x02c0\"".to_owned()))
            .await
            .starts_with("signer.settlement answers with something else than a signed transaction: ")
    );
}

#[tokio::test]
async fn a_service_that_is_ill_is_told_by_its_name_and_not_its_address() {
    assert_eq!(
        refused(Says::Nothing).await,
        "endpoint signer.settlement gave no answer to eth_signTransaction within 300ms"
    );
    assert_eq!(
        refused(Says::Status(429, String::new())).await,
        "endpoint signer.settlement answers eth_signTransaction with status 429"
    );
    assert_eq!(
        refused(Says::Refusal(-32_000, "policy says no", None)).await,
        "endpoint signer.settlement refuses eth_signTransaction: policy says no (-32000)"
    );
}

#[tokio::test]
async fn a_service_without_the_key_is_found_out_if_it_tells_whose_it_has() {
    let (one, other) = (key(1).address(), key(2).address());
    let (node, signer) = asked(Says::Result(format!("[\"{one}\",\"{other}\"]"))).await;
    signer.check().await.expect("it has the key");
    assert_eq!(node.asked(), ["eth_accounts"]);
    node.say(move |_| Says::Result(format!("[\"{other}\"]")));
    let error = signer.check().await.expect_err("it has not");
    assert!(
        matches!(&error, SigningError::NoSuchKey { expected, has, .. } if *expected == one && *has == [other]),
        "{error}"
    );
    node.say(|_| Says::Refusal(-32_601, "no such method", None));
    signer.check().await.expect("it tells nobody");
    node.say(|_| Says::Status(503, String::new()));
    let error = signer.check().await.expect_err("it is ill");
    assert!(
        matches!(error, SigningError::Call(CallError::Status { status: 503, .. })),
        "{error}"
    );
}
