use std::time::Duration;

use alloy_primitives::{Address, B256, Bytes, U64};

use crate::dialect::SendAnswer;
use crate::error::CallError;
use crate::head::Tag;
use crate::testing::{Node, Says, block, pool};

fn at(number: u64) -> impl Fn(&str) -> Says + Send + Sync + 'static {
    move |body| {
        if body.contains("eth_getBlockByNumber") {
            Says::Result(block(number, 0))
        } else if body.contains("eth_chainId") {
            Says::Result(r#""0x1""#.to_owned())
        } else {
            Says::Result("null".to_owned())
        }
    }
}

#[tokio::test]
async fn what_faults_is_passed_over_and_comes_last_until_it_is_well() {
    let faults: Vec<(&str, Says)> = vec![
        ("gave no answer to eth_chainId within", Says::Nothing),
        ("status 500", Says::Status(500, "oops".to_owned())),
        (
            "status 502",
            Says::Status(502, "<html>Bad gateway</html>".to_owned()),
        ),
        ("status 429", Says::Status(429, String::new())),
        ("status 408", Says::Status(408, String::new())),
        (
            "status 429",
            Says::Refusal(-32_005, "daily request count exceeded", None),
        ),
        ("refuses us with status 401", Says::Status(401, String::new())),
        ("refuses us with status 403", Says::Status(403, String::new())),
        (
            "something else",
            Says::Status(200, "<html>Hello</html>".to_owned()),
        ),
        ("something else", Says::Result(r#""no number""#.to_owned())),
        ("has nothing for", Says::Result("null".to_owned())),
        ("cannot be reached", Says::Half),
    ];
    for (words, fault) in faults {
        let said = fault.clone();
        let bad = Node::start(move |_| said.clone()).await;
        let good = Node::start(at(5)).await;
        let pool = pool(&[&bad.url, &good.url]);
        assert_eq!(pool.chain_id().await, Ok(1), "{fault:?}");
        let status = pool.status();
        assert!(!status[0].well, "{fault:?}");
        let last = status[0].last_fault.clone().expect("a fault");
        assert!(last.contains(words) && !last.contains("secret"), "{last}");
        // The next time the other one is asked at once.
        bad.asked();
        assert_eq!(pool.chain_id().await, Ok(1));
        assert_eq!(bad.asked(), Vec::<String>::new(), "{fault:?}");
        // It is looked at all the while, and well again when it is.
        bad.say(at(5));
        pool.look().await;
        assert!(pool.status()[0].well, "{fault:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_an_error_that_names_nobody_s_key() {
    let gone = Node::start(at(1)).await;
    let url = gone.url.clone();
    drop(gone);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let pool = pool(&[&url]);
    let error = pool.chain_id().await.expect_err("nobody there");
    let CallError::NoneLeft { last } = &error else {
        panic!("{error}");
    };
    assert!(last.starts_with("endpoint a cannot be reached"), "{last}");
    assert!(!format!("{error:?} {pool:?}").contains("secret"));
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_no_fault() {
    let refusing = Node::start(|_| Says::Refusal(3, "execution reverted", Some("0x12345678"))).await;
    let other = Node::start(at(5)).await;
    let pool = pool(&[&refusing.url, &other.url]);
    let outcome: Result<U64, _> = pool.call("eth_call", ()).await;
    let refused = outcome.expect_err("refused");
    assert_eq!(
        refused.refusal().and_then(crate::RpcError::revert_data),
        Some(Bytes::from_static(&[0x12, 0x34, 0x56, 0x78]))
    );
    assert_eq!(other.asked(), Vec::<String>::new());
    assert!(pool.status()[0].well);
}

#[tokio::test]
async fn what_stands_still_or_lags_comes_last() {
    let (still, moving) = (Node::start(at(10)).await, Node::start(at(10)).await);
    let pool = pool(&[&still.url, &moving.url]);
    pool.look().await;
    assert_eq!(pool.pin(Tag::Latest).await.expect("pinned").endpoint(), "a");
    // Three behind is well enough.
    moving.say(at(13));
    pool.look().await;
    assert_eq!(pool.pin(Tag::Latest).await.expect("pinned").endpoint(), "a");
    moving.say(at(14));
    pool.look().await;
    assert_eq!(pool.pin(Tag::Latest).await.expect("pinned").endpoint(), "b");
    // Standing still is not well, however near it is.
    still.say(at(14));
    pool.look().await;
    assert_eq!(pool.pin(Tag::Latest).await.expect("pinned").endpoint(), "a");
    for number in 15..18 {
        tokio::time::sleep(Duration::from_millis(1_800)).await;
        moving.say(at(number));
        pool.look().await;
    }
    assert_eq!(pool.pin(Tag::Latest).await.expect("pinned").endpoint(), "b");
    assert_eq!(pool.status()[0].head, Some(14));
}

#[tokio::test]
async fn a_pinned_view_stays_with_its_node_and_notices_when_its_block_goes() {
    let node = Node::start(at(10)).await;
    let pool = pool(&[&node.url]);
    let pinned = pool.pin(Tag::Latest).await.expect("pinned");
    assert_eq!(pinned.still_there().await, Ok(true));
    node.say(|body| {
        if body.contains("eth_getBlockByNumber") {
            Says::Result(block(10, 1))
        } else if body.contains("requireCanonical\":true") {
            Says::Refusal(-32_000, "hash is not currently canonical", None)
        } else {
            Says::Result(r#""0x""#.to_owned())
        }
    });
    assert_eq!(pinned.still_there().await, Ok(false));
    let gone = pinned.call(Address::ZERO, &[]).await.expect_err("gone");
    assert!(gone.to_string().contains("not currently canonical"), "{gone}");
}

#[tokio::test]
async fn a_receipt_that_one_node_lacks_is_asked_of_another() {
    let lacking = Node::start(at(10)).await;
    let having = Node::start(|_| {
        Says::Result(
            r#"{"transactionHash":"0x0100000000000000000000000000000000000000000000000000000000000000","transactionIndex":"0x0",
            "blockHash":"0x0200000000000000000000000000000000000000000000000000000000000000","blockNumber":"0x9","from":"0x0000000000000000000000000000000000000001",
            "to":"0x0000000000000000000000000000000000000002","cumulativeGasUsed":"0x5208","gasUsed":"0x5208","effectiveGasPrice":"0x7","contractAddress":null,
            "logs":[],"logsBloom":"0x00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
            "status":"0x1","type":"0x2"}"#
                .to_owned(),
        )
    })
    .await;
    let pool = pool(&[&lacking.url, &having.url]);
    let receipt = pool.receipt(B256::with_last_byte(1)).await.expect("answered");
    assert_eq!(receipt.and_then(|receipt| receipt.block_number), Some(9));
    having.say(|_| Says::Result("null".to_owned()));
    assert_eq!(pool.receipt(B256::with_last_byte(1)).await, Ok(None));
    // Null from one and silence from the other is no receipt, not a failure.
    having.say(|_| Says::Nothing);
    assert_eq!(pool.receipt(B256::with_last_byte(1)).await, Ok(None));
    lacking.say(|_| Says::Status(503, String::new()));
    assert!(pool.receipt(B256::with_last_byte(1)).await.is_err());
}

#[tokio::test]
async fn a_transaction_goes_to_all_and_the_best_answer_counts() {
    let hash = format!(r#""0x{:064x}""#, 7);
    let taking = Node::start(move |_| Says::Result(hash.clone())).await;
    let knowing = Node::start(|_| Says::Refusal(-32_000, "already known", None)).await;
    let silent = Node::start(|_| Says::Nothing).await;
    let pool = pool(&[&silent.url, &knowing.url, &taking.url]);
    let sent = pool.send(&Bytes::from_static(&[2, 1])).await;
    assert_eq!(sent.answer, SendAnswer::Accepted);
    assert_eq!(
        sent.each,
        [
            ("a".to_owned(), SendAnswer::Unknown),
            ("b".to_owned(), SendAnswer::Accepted),
            ("c".to_owned(), SendAnswer::Accepted)
        ]
    );
    taking.say(|_| Says::Refusal(-32_000, "nonce too low", None));
    knowing.say(|_| Says::Status(502, String::new()));
    let sent = pool.send(&Bytes::from_static(&[2, 1])).await;
    assert_eq!(sent.answer, SendAnswer::NonceTooLow);
}

#[tokio::test]
async fn the_market_is_the_next_base_fee_and_the_middle_tip() {
    let node = Node::start(|_| {
        Says::Result(
            r#"{"oldestBlock":"0x1","baseFeePerGas":["0x1","0x2","0x3"],"gasUsedRatio":[0.5,0.5],"reward":[["0x5"],["0x9"]]}"#
                .to_owned(),
        )
    })
    .await;
    let market = pool(&[&node.url]).market().await.expect("a market");
    assert_eq!((market.base_fee, market.tip), (3, 9));
}
