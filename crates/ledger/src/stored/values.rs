//! Numbers, digests, lists, and the values of which states are made.

use std::collections::VecDeque;

use alloy_primitives::{Address, B256, U256};
use causeway_types::{
    Authority, Exit, ExitRoot, GoldilocksDigest, HistoryEntry, LeafType, NetworkId, SettlementDomain,
    StateRoot, TokenId,
};

use super::{Stored, StoredError, Stream, stored_fields};
use crate::balances::BalanceLeaf;
use crate::chains::PayloadEntry;
use crate::commitment::NetworkState;

macro_rules! stored_numbers {
    ($($type:ty),+) => {
        $(impl Stored for $type {
            fn store(&self, to: &mut Vec<u8>) {
                to.extend(self.to_be_bytes());
            }

            fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
                Ok(Self::from_be_bytes(from.take()?))
            }
        })+
    };
}

stored_numbers!(u8, u32, u64);

impl Stored for () {
    fn store(&self, _: &mut Vec<u8>) {}

    fn restore(_: &mut Stream<'_>) -> Result<Self, StoredError> {
        Ok(())
    }
}

impl Stored for bool {
    fn store(&self, to: &mut Vec<u8>) {
        to.push((*self).into());
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        match from.take()? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(StoredError::Malformed { what: "truth" }),
        }
    }
}

impl Stored for U256 {
    fn store(&self, to: &mut Vec<u8>) {
        to.extend(self.to_be_bytes::<32>());
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        Ok(Self::from_be_bytes(from.take::<32>()?))
    }
}

impl Stored for B256 {
    fn store(&self, to: &mut Vec<u8>) {
        to.extend(self.0);
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        Ok(Self::new(from.take()?))
    }
}

impl Stored for Address {
    fn store(&self, to: &mut Vec<u8>) {
        to.extend(self.0);
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        Ok(Self::new(from.take()?))
    }
}

impl Stored for GoldilocksDigest {
    fn store(&self, to: &mut Vec<u8>) {
        B256::from(*self).store(to);
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        Self::try_from(B256::restore(from)?).map_err(|_| StoredError::Malformed { what: "digest" })
    }
}

impl Stored for NetworkId {
    fn store(&self, to: &mut Vec<u8>) {
        self.get().store(to);
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        Ok(Self::new(u32::restore(from)?))
    }
}

macro_rules! stored_roots {
    ($($type:ty),+) => {
        $(impl Stored for $type {
            fn store(&self, to: &mut Vec<u8>) {
                self.get().store(to);
            }

            fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
                Ok(Self::new(B256::restore(from)?))
            }
        })+
    };
}

stored_roots!(ExitRoot, StateRoot);

impl Stored for LeafType {
    fn store(&self, to: &mut Vec<u8>) {
        to.push(*self as u8);
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        Self::try_from(u8::restore(from)?).map_err(|_| StoredError::Malformed { what: "leaf type" })
    }
}

stored_fields!(TokenId, network, address);
stored_fields!(SettlementDomain, chain_id, settlement);
stored_fields!(
    Exit,
    leaf_type,
    token,
    destination_network,
    destination_address,
    amount,
    metadata_hash
);
stored_fields!(HistoryEntry, height, state_root, shadow_root, exit_count);
stored_fields!(BalanceLeaf, token, balance, next);
stored_fields!(
    NetworkState,
    network,
    height,
    exit_count,
    exit_root,
    shadow_root,
    balance_root,
    nullifier_root,
    history_root,
    state_root,
    frontier
);

impl Stored for Authority {
    fn store(&self, to: &mut Vec<u8>) {
        self.kind().store(to);
        self.signer_address().unwrap_or(Address::ZERO).store(to);
        self.validity_key().unwrap_or(GoldilocksDigest::ZERO).store(to);
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        let kind = u8::restore(from)?;
        let (signer, key) = <(Address, GoldilocksDigest)>::restore(from)?;
        Self::from_parts(kind, signer, key).map_err(|_| StoredError::Malformed { what: "authority" })
    }
}

impl Stored for PayloadEntry {
    fn store(&self, to: &mut Vec<u8>) {
        to.extend(self.encode());
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        Self::decode(&from.take()?).map_err(|_| StoredError::Malformed {
            what: "payload entry",
        })
    }
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    fn store(&self, to: &mut Vec<u8>) {
        self.0.store(to);
        self.1.store(to);
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        Ok((A::restore(from)?, B::restore(from)?))
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn store(&self, to: &mut Vec<u8>) {
        (self.len() as u64).store(to);
        self.iter().for_each(|item| item.store(to));
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        // No room is made for what a wrong length claims.
        let count = u64::restore(from)?;
        let mut items = Self::new();
        for _ in 0..count {
            items.push(T::restore(from)?);
        }
        Ok(items)
    }
}

impl<T: Stored> Stored for VecDeque<T> {
    fn store(&self, to: &mut Vec<u8>) {
        (self.len() as u64).store(to);
        self.iter().for_each(|item| item.store(to));
    }

    fn restore(from: &mut Stream<'_>) -> Result<Self, StoredError> {
        Vec::restore(from).map(Self::from)
    }
}
