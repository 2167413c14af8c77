use causeway_aggregation::domain as rate;
use causeway_ledger::poseidon as ledger;

use crate::keccak::list;
use crate::proofs::state::SUBTREE;
use crate::settlement::transition::{RUN, SEGMENT_CONTEXT, SUM, SUM_CHALLENGE, SUM_CHALLENGE_MORE};
use crate::settlement::{exit_trees, part, run, span, statement};

/// Of the two ways to hash, with tag and length in the rate or in the capacity, none has a tag of the other.
#[test]
fn no_two_domains_share_a_tag() {
    let in_capacity = [
        ledger::EXIT,
        ledger::EXIT_NODE,
        ledger::BALANCE,
        ledger::BALANCE_NODE,
        ledger::BALANCE_ROOT,
        ledger::NULLIFIER_NODE,
        ledger::HISTORY,
        ledger::HISTORY_NODE,
        ledger::NETWORK,
        ledger::GLOBAL,
        ledger::L1,
        ledger::GLOBAL_NODE,
        ledger::FRONTIER,
        ledger::COMMITMENT,
        ledger::IMPORT,
        ledger::CONTINGENCY,
        ledger::DEPENDENCY,
        ledger::CERTIFICATE,
        statement::TRANSITION,
        span::SEGMENT,
        span::DEPOSITS,
        span::ITEM,
        run::EPOCH,
        run::SHARED,
        part::PART,
        exit_trees::L1_RUN,
        RUN,
        SEGMENT_CONTEXT,
        SUM,
        SUM_CHALLENGE,
        SUM_CHALLENGE_MORE,
    ];
    let in_rate = [
        rate::KEY,
        rate::PUBLIC_INPUTS,
        rate::MESSAGE,
        rate::LEAF,
        rate::NODE,
        rate::STATEMENT,
        rate::SHAPE,
        SUBTREE,
    ];
    let mut tags = vec![list::TAG];
    tags.extend(in_capacity.map(ledger::Domain::tag));
    tags.extend(in_rate.map(rate::Domain::tag));
    for (at, tag) in tags.iter().enumerate() {
        assert!(
            !tags[..at].contains(tag),
            "{}",
            String::from_utf8_lossy(&tag.to_be_bytes())
        );
    }
}
