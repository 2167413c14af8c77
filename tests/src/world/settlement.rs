//! Settlement on Ethereum, and what an epoch hands to it.

use alloy_primitives::{Address, B256, Bytes, FixedBytes, Log, U256};
use alloy_sol_types::SolValue;
use causeway_bindings::{Groth16Verifier, Settlement, VerifierGateway, mocks::MockStatementVerifier};
use causeway_ledger::{AuthorisationEntry, EpochOutcome, GlobalState, authorisations_chain, payload_chain};
use causeway_types::{Authority, Exit, NetworkId, PublicValues, SettlementDomain, Signature};

use super::error::WorldError;
use crate::evm::{Evm, EvmError, Receipt, SENDER};

/// Who creates settlement, and nothing before it: so its address is known to the exit roots that it manages.
pub(super) const CREATOR: Address = Address::with_last_byte(0xd0);
/// Who adds networks.
pub(super) const REGISTRAR: Address = Address::with_last_byte(0xd1);
/// Who announces programs.
pub(super) const ANNOUNCER: Address = Address::with_last_byte(0xd2);
/// Who may stop things.
pub(super) const GUARDIAN: Address = Address::with_last_byte(0xd3);
/// Who rotates the networks' keys.
pub(super) const ADMIN: Address = Address::with_last_byte(0xd4);

/// What checks proofs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verifier {
    /// The mock that takes the statement itself for its proof.
    Mock,
    /// The real one, for proofs of a program of this digest.
    Groth16(U256),
}

/// Settlement, where it is deployed.
#[derive(Clone, Copy, Debug)]
pub struct Deployed {
    /// The contract.
    pub contract: Address,
    /// What checks its proofs.
    pub verifier: Verifier,
    /// The route that it pins.
    pub selector: FixedBytes<4>,
}

/// The program digest that goes with the mock.
pub const MOCK_PROGRAM: U256 = U256::from_limbs([0xca05e, 0, 0, 0]);

impl Deployed {
    /// The verifier and its gateway; settlement comes after the contract that it manages.
    pub(super) fn gateway(evm: &mut Evm, verifier: Verifier) -> Result<(Address, FixedBytes<4>), EvmError> {
        let deployed = match verifier {
            Verifier::Mock => {
                let key_hash = B256::repeat_byte(0xab).abi_encode();
                evm.deploy(&MockStatementVerifier::BYTECODE, &key_hash)?
            }
            Verifier::Groth16(_) => evm.deploy(&Groth16Verifier::BYTECODE, &[])?,
        };
        let verifier = deployed.output;
        let key_hash = evm.view(verifier, &Groth16Verifier::KEY_HASHCall {})?;
        let arguments = (SENDER, false).abi_encode_params();
        let gateway = evm.deploy(&VerifierGateway::BYTECODE, &arguments)?.output;
        evm.call(gateway, &VerifierGateway::addRouteCall { verifier })?;
        Ok((gateway, FixedBytes::from_slice(&key_hash[..4])))
    }

    /// Settlement behind a gateway, managing Ethereum's exit roots.
    pub(super) fn deploy(
        evm: &mut Evm,
        verifier: Verifier,
        (gateway, selector): (Address, FixedBytes<4>),
        manager: Address,
    ) -> Result<Self, EvmError> {
        let roles = (REGISTRAR, ANNOUNCER, GUARDIAN);
        let program = match verifier {
            Verifier::Mock => MOCK_PROGRAM,
            Verifier::Groth16(program) => program,
        };
        let arguments = (gateway, manager, program, selector, roles).abi_encode_params();
        let contract = evm
            .deploy_from(CREATOR, &Settlement::BYTECODE, &arguments)?
            .output;
        Ok(Self {
            contract,
            verifier,
            selector,
        })
    }

    /// Adds a network.
    pub(super) fn add(&self, evm: &mut Evm, authority: &Authority) -> Result<Receipt<NetworkId>, EvmError> {
        let call = Settlement::addNetworkCall {
            kind: authority.kind(),
            signer: authority.signer_address().unwrap_or_default(),
            key: authority.validity_key().map_or(B256::ZERO, B256::from),
            admin: ADMIN,
        };
        let receipt = evm.call_from(REGISTRAR, self.contract, &call)?;
        Ok(Receipt {
            output: NetworkId::new(receipt.output),
            gas: receipt.gas,
            logs: receipt.logs,
        })
    }

    /// Replaces a network's authority.
    pub(super) fn rotate(
        &self,
        evm: &mut Evm,
        network: NetworkId,
        authority: &Authority,
    ) -> Result<Vec<Log>, EvmError> {
        let call = Settlement::rotateKeyCall {
            network: network.get(),
            kind: authority.kind(),
            signer: authority.signer_address().unwrap_or_default(),
            key: authority.validity_key().map_or(B256::ZERO, B256::from),
        };
        Ok(evm.call_from(ADMIN, self.contract, &call)?.logs)
    }

    /// The mock's proof of what an epoch says.
    pub fn mock_proof(&self, values: &PublicValues) -> Bytes {
        (MOCK_PROGRAM, U256::from_be_bytes(values.statement().0))
            .abi_encode()
            .into()
    }
}

/// An epoch: what it consumes, and what settles.
#[derive(Clone, Debug)]
pub struct Epoch {
    /// The state before.
    pub old: GlobalState,
    /// Entries of the registry that it consumes.
    pub registered: Vec<(NetworkId, Authority)>,
    /// Exits of Ethereum that it consumes.
    pub deposits: Vec<Exit>,
    /// Certificates that settle, those that do not, and the world after.
    pub outcome: EpochOutcome,
    /// The deployment.
    pub domain: SettlementDomain,
}

impl Epoch {
    /// Who had to agree to what.
    pub fn authorisations(&self) -> Vec<AuthorisationEntry> {
        let admitted = self.outcome.admitted.iter();
        admitted
            .filter_map(|admitted| {
                let network = admitted.certificate.network;
                let known = self.outcome.world.network(network)?;
                Some(AuthorisationEntry {
                    network,
                    digest: admitted.transition.digest(),
                    signer: known.authority.signer_address()?,
                })
            })
            .collect()
    }

    /// The signatures that go with them; zeros where there is none.
    pub fn signatures(&self) -> Bytes {
        let admitted = self.outcome.admitted.iter();
        let signing = admitted.filter(|admitted| {
            let known = self.outcome.world.network(admitted.certificate.network);
            known.is_some_and(|known| known.authority.signer_address().is_some())
        });
        let packed = signing.flat_map(|admitted| {
            let authority = admitted.transition.certificate().authority;
            let signature = authority.and_then(|authority| authority.signature());
            signature.map_or(Signature::APPROVED, |signature| signature.encode())
        });
        packed.collect()
    }

    /// What it publishes.
    pub fn payload(&self) -> Bytes {
        let entries = self.outcome.payload();
        entries.iter().flat_map(|entry| entry.encode()).collect()
    }

    /// What its proof says.
    pub fn public_values(&self) -> PublicValues {
        let new = self.outcome.world.global();
        let commitment = new.commitment();
        PublicValues {
            domain: self.domain,
            old_commitment: self.old.commitment().hash(),
            new_commitment: commitment.hash(),
            rollup_exit_root: commitment.rollup_exit_root,
            deposits: commitment.deposits,
            deposit_root: new.l1().exit_root,
            registry_entries: commitment.registry_entries,
            registry_hash: new.registry().hash(),
            expiry: self.outcome.expiry(),
            authorisations_chain: authorisations_chain(&self.authorisations()),
            payload_chain: payload_chain(&self.outcome.payload()),
        }
    }

    /// Whether it changes anything.
    pub fn is_empty(&self) -> bool {
        self.old.commitment() == self.outcome.world.global().commitment()
    }

    /// The call that settles it.
    pub fn call(&self, selector: FixedBytes<4>, proof: &Bytes) -> Settlement::settleCall {
        let values = self.public_values();
        let authorisations = self.authorisations();
        Settlement::settleCall {
            inputs: Settlement::EpochInputs {
                oldCommitment: values.old_commitment.into(),
                newCommitment: values.new_commitment.into(),
                rollupExitRoot: values.rollup_exit_root.into(),
                deposits: values.deposits,
                registryEntries: values.registry_entries,
                expiry: values.expiry.get(),
                authorisationsChain: values.authorisations_chain,
                payloadChain: values.payload_chain,
            },
            authorisations: authorisations.iter().flat_map(|entry| entry.encode()).collect(),
            signatures: self.signatures(),
            payload: self.payload(),
            proof: [&selector[..], proof].concat().into(),
        }
    }
}

/// Settles an epoch with a proof.
pub(super) fn settle(
    evm: &mut Evm,
    deployed: &Deployed,
    epoch: &Epoch,
    proof: &Bytes,
) -> Result<Receipt<()>, WorldError> {
    let call = epoch.call(deployed.selector, proof);
    let receipt = evm.call(deployed.contract, &call)?;
    Ok(Receipt {
        output: (),
        gas: receipt.gas,
        logs: receipt.logs,
    })
}
