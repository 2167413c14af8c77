//! What somebody tries.

use causeway_types::NetworkId;
use proptest::prelude::*;

use crate::world::{A, B, G, L1, Party};

/// Something somebody tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A person sends a token; the amount is cut to what the person has.
    Asset {
        /// From.
        from: NetworkId,
        /// Who.
        who: Party,
        /// To.
        to: NetworkId,
        /// Whom.
        whom: Party,
        /// Which of the world's tokens.
        token: u8,
        /// How much.
        amount: u32,
        /// Whether the exit root is published at once.
        publish: bool,
    },
    /// A person sends a message with ether; the amount is cut to what the person has.
    Message {
        /// From.
        from: NetworkId,
        /// Who.
        who: Party,
        /// To.
        to: NetworkId,
        /// Whom.
        whom: Party,
        /// How much ether.
        value: u32,
    },
    /// A bridge publishes its exit root.
    Publish(NetworkId),
    /// L2s settle: a bit for each, A's the lowest.
    Settle(u8),
    /// An L2 learns Ethereum's newest global exit root.
    Inform(NetworkId),
    /// An L2 learns a root that Ethereum does not know yet.
    InformAhead(NetworkId),
    /// Somebody claims one of the exits that nobody claimed.
    Claim(u16),
    /// Somebody claims up to four exits to a network in one call.
    ClaimMany(NetworkId),
    /// Somebody claims an exit that was claimed.
    ClaimAgain(u16),
    /// Somebody claims an exit that does not exist, but nearly does.
    Forge(u16, Forgery),
    /// Somebody claims under a root that the network does not know.
    ClaimEarly(u16),
    /// A bridge stops.
    Stop(NetworkId),
    /// A bridge starts again.
    Resume(NetworkId),
    /// Hours pass.
    Wait(u8),
    /// A person gives a token to the bridge at its home.
    Donate {
        /// Who.
        who: Party,
        /// Which of the world's tokens.
        token: u8,
        /// How much.
        amount: u32,
    },
}

/// What a thief changes in a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgery {
    /// More.
    Amount,
    /// To somebody else.
    Recipient,
    /// Another token.
    Token,
    /// A token of another network.
    TokenNetwork,
    /// Other metadata.
    Metadata,
    /// As if it stood elsewhere in the tree.
    LeafIndex,
    /// As if it had been made on another network.
    Source,
    /// A word with more bits.
    LooseIndex,
    /// At another network than its own.
    Elsewhere,
    /// As if the other network were the destination.
    Destination,
    /// As a message if it is a token, and the other way round.
    LeafType,
}

impl Forgery {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Amount,
        Self::Recipient,
        Self::Token,
        Self::TokenNetwork,
        Self::Metadata,
        Self::LeafIndex,
        Self::Source,
        Self::LooseIndex,
        Self::Elsewhere,
        Self::Destination,
        Self::LeafType,
    ];
}

fn network() -> impl Strategy<Value = NetworkId> {
    prop::sample::select(vec![L1, A, B, G])
}

fn person() -> impl Strategy<Value = Party> {
    prop::sample::select(vec![Party::Alice, Party::Bob])
}

fn party() -> impl Strategy<Value = Party> {
    prop::sample::select(Party::ALL.to_vec())
}

/// Any step; amounts and choices shrink to the first, and steps to earlier ones of this list.
pub fn steps() -> impl Strategy<Value = Step> {
    let asset = (
        network(),
        person(),
        network(),
        party(),
        any::<u8>(),
        0..5_000_u32,
        any::<bool>(),
    );
    let asset = asset.prop_map(|(from, who, to, whom, token, amount, publish)| Step::Asset {
        from,
        who,
        to,
        whom,
        token,
        amount,
        publish,
    });
    let message = (network(), person(), network(), party(), 0..5_000_u32);
    let message = message.prop_map(|(from, who, to, whom, value)| Step::Message {
        from,
        who,
        to,
        whom,
        value,
    });
    let donation = (person(), any::<u8>(), 0..100_u32);
    let donation = donation.prop_map(|(who, token, amount)| Step::Donate { who, token, amount });
    prop_oneof![
        20 => asset,
        8 => message,
        4 => network().prop_map(Step::Publish),
        8 => any::<u8>().prop_map(Step::Settle),
        10 => network().prop_map(Step::Inform),
        3 => network().prop_map(Step::InformAhead),
        25 => any::<u16>().prop_map(Step::Claim),
        6 => network().prop_map(Step::ClaimMany),
        4 => any::<u16>().prop_map(Step::ClaimAgain),
        8 => (any::<u16>(), prop::sample::select(Forgery::ALL.to_vec()))
            .prop_map(|(pick, forgery)| Step::Forge(pick, forgery)),
        2 => any::<u16>().prop_map(Step::ClaimEarly),
        1 => network().prop_map(Step::Stop),
        2 => network().prop_map(Step::Resume),
        3 => (0..72_u8).prop_map(Step::Wait),
        2 => donation,
    ]
}
