//! How the relayer is.

use alloy_primitives::{Address, B256, U256};
use causeway_chain::EndpointStatus;
use causeway_journal::Timestamp;
use causeway_ledger::{NetworkState, PayloadEntry};
use causeway_types::NetworkId;
use serde::Serialize;
use utoipa::ToSchema;

/// How the relayer is, all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Status {
    /// L1's chain id.
    pub chain_id: u64,
    /// The settlement contract.
    #[schema(value_type = String)]
    pub settlement: Address,
    /// The newest block of L1 that was read.
    pub block: Option<u64>,
    /// The state commitment after it.
    #[schema(value_type = Option<String>)]
    pub commitment: Option<B256>,
    /// Whether everything that it needs is there, part by part.
    pub components: Vec<Component>,
    /// L1's nodes, and those of the networks that are followed.
    #[schema(value_type = Vec<Object>)]
    pub endpoints: Vec<EndpointStatus>,
    /// Who pays.
    pub wallets: Vec<WalletStatus>,
    /// What runs.
    pub tasks: Vec<TaskStatus>,
}

impl Status {
    /// Whether everything that it needs is there.
    pub fn is_ready(&self) -> bool {
        self.components.iter().all(|component| component.ready)
    }
}

/// A part that has to be well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Component {
    /// `journal`, `l1_read`, `l1_submit`, `wallet`, `signer`, `prover`, `tasks`.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// Whether it is.
    pub ready: bool,
    /// Why not, or what it is.
    pub detail: String,
}

/// A wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WalletStatus {
    /// What it is for: `settlement`, or the name of a signer of claims.
    pub name: String,
    /// Its chain.
    pub chain: u64,
    /// Its address.
    #[schema(value_type = String)]
    pub address: Address,
    /// Wei, when it was last looked at.
    #[schema(value_type = Option<String>)]
    pub balance: Option<U256>,
    /// Below so many wei it is low.
    #[schema(value_type = String)]
    pub low_below: U256,
    /// Transactions that are mined.
    pub nonce: Option<u64>,
}

impl WalletStatus {
    /// Whether it is known to have too little.
    pub fn is_low(&self) -> bool {
        self.balance.is_some_and(|balance| balance < self.low_below)
    }
}

/// A task that runs for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskStatus {
    /// Its name.
    pub name: String,
    /// When it last finished a round.
    #[schema(value_type = Option<u64>)]
    pub last_tick: Option<Timestamp>,
    /// How long a round may take, in seconds.
    pub limit_s: u64,
    /// How often it fell and was begun again.
    pub restarts: u64,
}

/// A network as L1 and the certificates here have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NetworkStatus {
    /// Its id.
    #[schema(value_type = u32)]
    pub network: NetworkId,
    /// What people call it.
    pub name: Option<String>,
    /// Its authority's kind: 1 signer, 2 validity, 3 both.
    pub kind: u8,
    /// Its signer.
    #[schema(value_type = Option<String>)]
    pub signer: Option<Address>,
    /// How many certificates L1 has settled: the height of the next one.
    pub settled_height: u64,
    /// Its exit root there.
    #[schema(value_type = String)]
    pub exit_root: B256,
    /// How many exits that is.
    pub exit_count: u32,
    /// Its state root there.
    #[schema(value_type = String)]
    pub state_root: B256,
    /// Its exits at each tier: what a global exit root of that tier covers.
    pub exits: TierExits,
    /// Whether all of its settled certificates are here: if not, new ones wait.
    pub history_complete: bool,
    /// The height that the next certificate should have, after all live ones here.
    pub next_height: u64,
    /// Since when its oldest certificate waits that L1 does not have.
    #[schema(value_type = Option<u64>)]
    pub oldest_unsettled: Option<Timestamp>,
    /// Until when nothing of it is taken in, because it offended too often.
    #[schema(value_type = Option<u64>)]
    pub blocked_until: Option<Timestamp>,
}

/// A network's exits at each tier. A tier has what the ones below it in this list have, and more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TierExits {
    /// With every certificate that the ledger accepted.
    pub pre_confirmed: Exits,
    /// With those that are proven, and all that they depend on is.
    pub confirmed: Exits,
    /// With those that L1 has, as deep as counts.
    pub settled: Exits,
    /// With those that L1 has finalized.
    pub finalized: Exits,
}

/// A network's exits so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Exits {
    /// How many there are.
    pub exit_count: u32,
    /// Their root.
    #[schema(value_type = String)]
    pub exit_root: B256,
}

impl From<NetworkState> for Exits {
    fn from(state: NetworkState) -> Self {
        Self {
            exit_count: state.exit_count,
            exit_root: state.exit_root.get(),
        }
    }
}

impl From<PayloadEntry> for Exits {
    fn from(entry: PayloadEntry) -> Self {
        Self {
            exit_count: entry.exit_count,
            exit_root: entry.exit_root.get(),
        }
    }
}
